"""Which streams of a media file become the source track, and why."""

from __future__ import annotations

from dataclasses import dataclass

from soundstage.domain.iso_639 import short_code
from soundstage.domain.media import UNKNOWN_CODEC, MediaInfo, Stream
from soundstage.errors import ExceptionReason, SourceFailure


@dataclass(frozen=True)
class Choice:
    """The streams to mix, in file order, and one sentence for a person on why these."""

    streams: tuple[Stream, ...]
    why: str


def choose_streams(info: MediaInfo, selected: tuple[int, ...] | None, language: str | None = None) -> Choice:
    """The audio streams `selected` (0-based among the audio streams). Where nothing is selected one stream is chosen:
    the only one tagged as `language` (ISO 639, what is said to be spoken), else the one flagged as default, else the
    first; commentaries and audio descriptions only where there is nothing else.

    Raises SourceFailure: VIDEO_DOES_NOT_HAVE_AUDIO_STREAMS, INVALID_AUDIO_TRACKS_SELECTION, MISMATCHED_SOURCE_CODEC
    (nothing decodes what is chosen).
    """
    audio = info.audio
    if not audio:
        what = "The video has no audio streams" if info.video else "The media has no audio streams"
        raise SourceFailure(f"{what}, so there is nothing to dub.", ExceptionReason.VIDEO_DOES_NOT_HAVE_AUDIO_STREAMS)
    choice = _selected(audio, selected) if selected else _found(audio, language)
    for stream in choice.streams:
        if stream.codec == UNKNOWN_CODEC:
            raise SourceFailure(
                f"Audio track {stream.audio_index} cannot be decoded: its format is unknown. Export it as AAC or PCM.",
                ExceptionReason.MISMATCHED_SOURCE_CODEC,
            )
    return choice


def _found(audio: tuple[Stream, ...], language: str | None) -> Choice:
    if len(audio) == 1:
        return Choice(audio, "Audio track 0 is the only one.")
    decodable = tuple(stream for stream in audio if stream.codec != UNKNOWN_CODEC) or audio
    main = tuple(stream for stream in decodable if not stream.side_track) or decodable
    stream, why = _best(main, language)
    told = f"Audio track {stream.audio_index} is {why} of {len(audio)}"
    aside = len(audio) - len(main)
    if aside:
        told += f", not counting {aside} with commentary, descriptions or an unknown format"
    return Choice((stream,), f"{told}. Name others in selected_audio_tracks.")


def _best(streams: tuple[Stream, ...], language: str | None) -> tuple[Stream, str]:
    if language is not None:
        spoken = [stream for stream in streams if stream.language and short_code(stream.language) == language]
        if len(spoken) == 1:
            return spoken[0], f"the only one tagged as the source language ({spoken[0].language})"
    default = next((stream for stream in streams if stream.is_default), None)
    if default is not None:
        return default, "the default"
    if all(stream.channels == 1 for stream in streams):
        return streams[0], "the first, each with one channel and none marked as the default,"
    return streams[0], "the first, none being marked as the default,"


def _selected(audio: tuple[Stream, ...], selected: tuple[int, ...]) -> Choice:
    wrong = sorted({index for index in selected if not 0 <= index < len(audio)})
    if wrong:
        there = "only track 0" if len(audio) == 1 else f"tracks 0 to {len(audio) - 1}"
        raise SourceFailure(
            f"Audio track {', '.join(map(str, wrong))} does not exist; the media has {there}.",
            ExceptionReason.INVALID_AUDIO_TRACKS_SELECTION,
        )
    chosen = sorted(set(selected))
    if len(chosen) == 1:
        return Choice((audio[chosen[0]],), f"Audio track {chosen[0]} was asked for.")
    names = ", ".join(map(str, chosen))
    return Choice(tuple(audio[index] for index in chosen), f"Audio tracks {names} were asked for; they are averaged.")
