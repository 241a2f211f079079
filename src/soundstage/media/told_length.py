"""What files tell of their own length where FFmpeg does not pass it on."""

from __future__ import annotations

import struct
from pathlib import Path

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
