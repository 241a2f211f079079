"""What a media file holds: container, length, every stream."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from av.stream import Disposition

from soundstage.domain.media import UNKNOWN_CODEC, MediaInfo, Stream, StreamKind
from soundstage.errors import ExceptionReason, SourceFailure
from soundstage.media.container import open_media
from soundstage.media.told_length import length_of

_KINDS = {"audio": StreamKind.AUDIO, "video": StreamKind.VIDEO, "subtitle": StreamKind.SUBTITLE}
_SIDE_TRACKS = (Disposition.comment, Disposition.hearing_impaired, Disposition.visual_impaired)
_UNEVEN = 0.01  # between the average frame rate and the lowest that fits all timestamps
_EBML_BYTES = 256  # hold the header of a Matroska file
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
        lengths.append(max(0, round(1000 * (length_of(container) or 0.0))))
        return MediaInfo(
            container=container.format.name,
            brand=_brand(container, path),
            duration_ms=max(lengths),
            bytes=path.stat().st_size,
            bit_rate=container.bit_rate or None,
            streams=tuple(streams),
        )


def _brand(container: Any, path: Path) -> str | None:
    if container.format.name.startswith("matroska"):
        with path.open("rb") as file:
            return "webm" if b"\x42\x82\x84webm" in file.read(_EBML_BYTES) else "matroska"  # EBML's DocType
    return container.metadata.get("major_brand", "").strip()[:_MAX_TEXT] or None


def _kind(stream: Any) -> StreamKind:
    if Disposition.attached_pic in stream.disposition:
        return StreamKind.DATA  # a cover picture makes no video of a song
    return _KINDS.get(stream.type, StreamKind.DATA)


def _stream(stream: Any, kind: StreamKind, audio_index: int | None) -> Stream:
    context = stream.codec_context
    language = stream.metadata.get("language", "").strip().lower()
    told: dict[str, Any] = {}
    if context is not None and kind is StreamKind.AUDIO:
        told = _sound(context)
    elif context is not None and kind is StreamKind.VIDEO:
        told = _picture(stream, context)
    return Stream(
        index=stream.index,
        kind=kind,
        codec=_codec(stream, kind),
        profile=(getattr(context, "profile", None) or None) if kind is StreamKind.VIDEO else None,
        language=language[:_MAX_TEXT] if language not in ("", "und") else None,
        title=stream.metadata.get("title", "").strip()[:_MAX_TEXT] or None,
        is_default=Disposition.default in stream.disposition,
        side_track=any(mark in stream.disposition for mark in _SIDE_TRACKS),
        bit_rate=(getattr(context, "bit_rate", None) or None) if context is not None else None,
        start_ms=_milliseconds(stream.start_time, stream),
        duration_ms=max(0, _milliseconds(stream.duration, stream) or 0) or None,
        audio_index=audio_index,
        **told,
    )


def _codec(stream: Any, kind: StreamKind) -> str:
    if stream.codec_context is not None:
        return str(stream.codec_context.codec.canonical_name)
    return UNKNOWN_CODEC if kind in (StreamKind.AUDIO, StreamKind.VIDEO) else str(stream.type)


def _sound(context: Any) -> dict[str, Any]:
    return {
        "sample_rate": context.sample_rate,
        "channels": context.channels,
        "layout": _layout(context),
        "bits": context.format.bits if context.format is not None else None,
    }


def _picture(stream: Any, context: Any) -> dict[str, Any]:
    average, base = stream.average_rate, stream.base_rate
    return {
        "width": context.width,
        "height": context.height,
        "pixel_format": context.pix_fmt,
        "frame_rate": _rate(stream),
        "variable_frame_rate": abs(float(base / average) - 1) > _UNEVEN if average and base else None,
    }


def _milliseconds(time: int | None, stream: Any) -> int | None:
    return round(time * stream.time_base * 1000) if time is not None and stream.time_base else None


def _layout(context: Any) -> str:
    """FFmpeg's name of the layout; one or two channels in no told order are what everybody takes them for."""
    usual = {"1 channels": "mono", "2 channels": "stereo"}
    name: str = context.layout.name
    return usual.get(name, name)


def _rate(stream: Any) -> float | None:
    rate = stream.average_rate or stream.base_rate
    return round(float(rate), 3) if rate else None
