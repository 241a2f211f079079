"""Which streams of a media file become the source track."""

from __future__ import annotations

from soundstage.domain.media import MediaInfo, Stream
from soundstage.errors import ExceptionReason, SourceFailure


def choose_streams(info: MediaInfo, selected: tuple[int, ...] | None) -> tuple[Stream, ...]:
    """The audio streams to mix, in file order: those `selected` (0-based among the audio streams), or, where nothing is
    selected, the one flagged as default, else the first.

    Raises SourceFailure: VIDEO_DOES_NOT_HAVE_AUDIO_STREAMS, INVALID_AUDIO_TRACKS_SELECTION.
    """
    audio = info.audio
    if not audio:
        what = "The video has no audio streams" if info.video else "The media has no audio streams"
        raise SourceFailure(f"{what}, so there is nothing to dub.", ExceptionReason.VIDEO_DOES_NOT_HAVE_AUDIO_STREAMS)
    if not selected:
        return (next((stream for stream in audio if stream.is_default), audio[0]),)
    wrong = sorted({index for index in selected if not 0 <= index < len(audio)})
    if wrong:
        there = "only track 0" if len(audio) == 1 else f"tracks 0 to {len(audio) - 1}"
        raise SourceFailure(
            f"Audio track {', '.join(map(str, wrong))} does not exist; the media has {there}.",
            ExceptionReason.INVALID_AUDIO_TRACKS_SELECTION,
        )
    return tuple(audio[index] for index in sorted(set(selected)))
