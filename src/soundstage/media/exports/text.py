"""Plain text: one segment a line."""

from __future__ import annotations

from soundstage.domain.segment import Segment
from soundstage.media.exports.material import Material
from soundstage.media.subtitles.cues import clock_time


def text(material: Material) -> str:
    """The spoken words only; with options `[00:00:01.000 - 00:00:02.500] Ann: The words.`"""
    return "".join(f"{_line(material, segment)}\n" for segment in material.document.segments)


def _line(material: Material, segment: Segment) -> str:
    words = " ".join(material.text(segment).split())
    speaker = material.speaker(segment) if material.options.speakers else None
    said = f"{speaker}: {words}" if speaker else words
    if not material.options.times:
        return said
    return f"[{clock_time(segment.span.start_ms)} - {clock_time(segment.span.end_ms)}] {said}"
