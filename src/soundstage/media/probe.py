"""What a media file holds: container, length, every stream."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from av.stream import Disposition

from soundstage.domain.media import MediaInfo, Stream, StreamKind
from soundstage.errors import ExceptionReason, SourceFailure
from soundstage.media.container import open_media

_KINDS = {"audio": StreamKind.AUDIO, "video": StreamKind.VIDEO, "subtitle": StreamKind.SUBTITLE}
_MAX_STREAMS = 256
_MAX_TEXT = 200


def probe(path: Path, file_name: str) -> MediaInfo:
    """Look into `path`, which its owner calls `file_name`. Reads headers and a little of each stream.

    Raises SourceFailure: INVALID_SOURCE_DATA, SOURCE_TYPE_NOT_SUPPORTED, CONTENT_DOES_NOT_MATCH_EXTENSION.
    """
    with open_media(path, file_name) as container:
        if len(container.streams) == 0 or len(container.streams) > _MAX_STREAMS:
            raise SourceFailure(
                f"The media holds {len(container.streams)} streams, which cannot be right. Export it again.",
                ExceptionReason.INVALID_SOURCE_DATA,
            )
        streams: list[Stream] = []
        audio_count = 0
        for stream in container.streams:
            kind = _kind(stream)
            streams.append(_stream(stream, kind, audio_count if kind is StreamKind.AUDIO else None))
            audio_count += kind is StreamKind.AUDIO
        lengths = [stream.duration_ms or 0 for stream in streams]
        if container.duration is not None:
            lengths.append(max(0, round(container.duration / 1000)))  # FFmpeg counts containers in microseconds
        return MediaInfo(
            container=container.format.name,
            duration_ms=max(lengths),
            bytes=path.stat().st_size,
            bit_rate=container.bit_rate or None,
            streams=tuple(streams),
        )


def _kind(stream: Any) -> StreamKind:
    if Disposition.attached_pic in stream.disposition:
        return StreamKind.DATA  # a cover picture makes no video of a song
    return _KINDS.get(stream.type, StreamKind.DATA)


def _stream(stream: Any, kind: StreamKind, audio_index: int | None) -> Stream:
    context = stream.codec_context
    language = stream.metadata.get("language", "").strip().lower()
    length = stream.duration * stream.time_base if stream.duration and stream.time_base else None
    return Stream(
        index=stream.index,
        kind=kind,
        codec=context.codec.canonical_name if context is not None else stream.type,
        language=language[:_MAX_TEXT] if language not in ("", "und") else None,
        title=stream.metadata.get("title", "").strip()[:_MAX_TEXT] or None,
        is_default=Disposition.default in stream.disposition,
        duration_ms=round(length * 1000) if length is not None and length > 0 else None,
        audio_index=audio_index,
        sample_rate=context.sample_rate if kind is StreamKind.AUDIO and context is not None else None,
        channels=context.channels if kind is StreamKind.AUDIO and context is not None else None,
        layout=_layout(context) if kind is StreamKind.AUDIO and context is not None else None,
        width=context.width if kind is StreamKind.VIDEO and context is not None else None,
        height=context.height if kind is StreamKind.VIDEO and context is not None else None,
        frame_rate=_rate(stream) if kind is StreamKind.VIDEO else None,
    )


def _layout(context: Any) -> str:
    """FFmpeg's name of the layout; one or two channels in no told order are what everybody takes them for."""
    usual = {"1 channels": "mono", "2 channels": "stereo"}
    name: str = context.layout.name
    return usual.get(name, name)


def _rate(stream: Any) -> float | None:
    rate = stream.average_rate or stream.base_rate
    return round(float(rate), 3) if rate else None
