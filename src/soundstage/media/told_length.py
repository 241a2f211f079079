"""What files tell of their own length where FFmpeg does not pass it on."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

_SEARCHED_BYTES = 512 * 1024  # an ID3 tag with a cover picture comes first


def has_length_tag(path: Path) -> bool:
    """Whether an MP3 carries its length (a Xing, Info or VBRI tag); without one FFmpeg guesses from the bit rate."""
    with path.open("rb") as file:
        beginning = file.read(_SEARCHED_BYTES)
    return any(tag in beginning for tag in (b"Xing", b"Info", b"VBRI"))


def present_share(path: Path) -> float:
    """How much of a WAV is there, 0–1, by the size in its header; 1.0 where the header tells none (a recorded pipe)."""
    with path.open("rb") as file:
        header = file.read(8)
    told = struct.unpack("<I", header[4:])[0] + 8 if len(header) == 8 and header[:4] == b"RIFF" else 0
    size = path.stat().st_size
    return size / told if size < told < 0xFFFF_FF00 else 1.0


def length_of(container: Any, told: float | None = None) -> float | None:
    """Seconds from the first moment of an open container to its last; None where it tells nothing.

    told: what one of its streams tells of itself instead. Matroska counts lengths from zero, even where its times begin
    later (a part of a broadcast), and FFmpeg passes that on.
    """
    if told is None:
        told = container.duration / 1_000_000 if container.duration else None  # FFmpeg counts in microseconds
    if told is None or not container.format.name.startswith("matroska"):
        return told
    begun = max(0.0, (container.start_time or 0) / 1_000_000)
    return told - begun if told > begun else told
