"""Probe: what the media holds, and which of its audio is used."""

from __future__ import annotations

from collections import Counter

from soundstage.domain.language import BY_ID
from soundstage.domain.media import MediaInfo, Stream, StreamKind
from soundstage.domain.request import ProjectSetupRequest
from soundstage.domain.value import Milliseconds, Value
from soundstage.errors import ExceptionReason, SourceFailure
from soundstage.media.choose import Choice, choose_streams
from soundstage.pipelines.context import StageContext
from soundstage.pipelines.stage import Outcome
from soundstage.pipelines.stages.ingest import Ingested
from soundstage.pipelines.wording import clock, counted, listed


class Probed(Value):
    """The media and the audio streams that are mixed into the source track."""

    media: MediaInfo
    chosen: tuple[Stream, ...]


class ProbeFindings(Value):
    """`audio_tracks` are the chosen ones, 0-based among the audio streams, and a sentence on why; `bit_rate` in bits a
    second."""

    container: str
    duration_ms: Milliseconds
    bit_rate: int | None
    streams: tuple[Stream, ...]
    audio_tracks: tuple[int, ...]
    audio_tracks_why: str


def probe(context: StageContext, request: ProjectSetupRequest, ingested: Ingested) -> Outcome[Probed]:
    path = context.open(ingested.source)
    media: MediaInfo = context.isolated("soundstage.media.probe:probe", path=path, file_name=ingested.file_name)
    language = BY_ID[request.source_language].code if request.source_language else None
    choice = choose_streams(media, request.selected_audio_tracks, language)
    _check_length(media.duration_ms, context.settings.max_media_seconds)
    return Outcome(
        output=Probed(media=media, chosen=choice.streams),
        findings=ProbeFindings(
            container=media.container,
            duration_ms=media.duration_ms,
            bit_rate=media.bit_rate,
            streams=media.streams,
            audio_tracks=tuple(stream.audio_index for stream in choice.streams if stream.audio_index is not None),
            audio_tracks_why=choice.why,
        ),
        summary=_summary(media, ingested.file_name, choice),
        media_seconds=media.duration_ms / 1000,
    )


def _check_length(duration_ms: int, limit_seconds: float) -> None:
    """Raise SourceFailure (SOURCE_TOO_LONG) where the media is longer than this server takes."""
    if duration_ms > limit_seconds * 1000:
        raise SourceFailure(
            f"The media is {clock(duration_ms)} long; this server takes up to {clock(round(limit_seconds * 1000))}. "
            "Cut it into parts, or raise the setting max_media_seconds.",
            ExceptionReason.SOURCE_TOO_LONG,
        )


def _summary(media: MediaInfo, file_name: str, choice: Choice) -> str:
    names = media.container.split(",")  # FFmpeg names a family: mov,mp4,m4a,3gp,3g2,mj2
    ending = file_name.rpartition(".")[2].lower()
    container = (ending if ending in names else names[0]).upper()
    kinds = Counter(stream.kind for stream in media.streams)
    holds = listed([counted(kinds[kind], f"{kind.value} stream") for kind in StreamKind if kinds[kind]])
    length = clock(media.duration_ms) if media.duration_ms else "unknown length"
    used = listed([f"audio track {stream.audio_index} ({_described(stream)})" for stream in choice.streams])
    return f"{container}, {length}, {holds}; using {used}. {choice.why}"


def _described(stream: Stream) -> str:
    rate = f"{stream.sample_rate / 1000:g} kHz" if stream.sample_rate else None
    named = stream.layout if stream.layout and not stream.layout[0].isdigit() else None
    channels = named or (counted(stream.channels, "channel") if stream.channels else None)
    return ", ".join(part for part in (stream.codec, channels, rate, stream.language, stream.title) if part)
