"""Waveform peaks at several zooms, as one small binary file that a browser can read by ranges.

Layout, all little-endian:

    bytes 0–3    `SSPK`
    bytes 4–7    length of the header in bytes, uint32; a multiple of 4
    header       JSON, padded with spaces: {"version": 1, "sample_rate", "frames", "levels":
                 [{"frames_per_pair", "pairs", "offset"}, …]}; finest level first; offsets count from the file's start
    levels       int8 pairs (minimum, maximum) over all channels

A pair bounds its samples, read as 16 bits: minimum / 127 ≤ sample ≤ maximum / 127 (minima are rounded down, maxima
up). The last pair of a level may cover fewer frames.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from soundstage.domain.value import Value
from soundstage.media.storage_full import full_disk_told

MEDIA_TYPE = "application/vnd.soundstage.peaks"
MAGIC = b"SSPK"
BASE_FRAMES = 256  # 5.3 ms at 48 kHz: finer than a screen shows before samples themselves are drawn
_ZOOM = 4
_LEVELS = 5  # 256 … 65,536 frames a pair: the coarsest shows an hour in 2,600 pairs
_BLOCK_FRAMES = 65_536
_MAX_HEADER_BYTES = 65536


class PeakLevel(Value):
    """One zoom: `pairs` pairs of `frames_per_pair` frames, beginning at byte `offset` of the file."""

    frames_per_pair: int
    pairs: int
    offset: int


class Peaks(Value):
    """The header of a peaks file."""

    version: int = 1
    sample_rate: int
    frames: int
    levels: tuple[PeakLevel, ...]


def write_peaks(audio: Path, output: Path) -> Peaks:
    """Read `audio` (WAV or FLAC, any rate and channel count) once, streaming, and write its peaks to `output`."""
    with soundfile.SoundFile(audio) as file:
        meter = PeakMeter()
        for block in file.blocks(_BLOCK_FRAMES, dtype="int16", always_2d=True):
            meter.push(block)
        return meter.write(output, file.samplerate)


class PeakMeter:
    """Collects peaks from 16-bit blocks of any length; memory grows by 2 bytes every 256 frames."""

    def __init__(self) -> None:
        self._base: list[NDArray[np.int8]] = []
        self._rest: NDArray[np.int16] | None = None
        self._frames = 0

    def push(self, block: NDArray[np.int16]) -> None:
        """`block`: (n, channels)."""
        self._frames += len(block)
        if self._rest is not None and len(self._rest):
            block = np.concatenate([self._rest, block])
        whole = len(block) - len(block) % BASE_FRAMES
        self._rest = block[whole:].copy()
        if whole:
            self._base.append(_pairs(block[:whole].reshape(whole // BASE_FRAMES, -1)))

    def write(self, output: Path, rate: int) -> Peaks:
        """Write everything that was pushed, at `rate` frames a second. Raises StorageFull."""
        base = list(self._base)
        if self._rest is not None and len(self._rest):
            base.append(_pairs(self._rest.reshape(1, -1)))
        levels = [np.concatenate(base) if base else np.zeros((0, 2), np.int8)]
        for _ in range(_LEVELS - 1):
            levels.append(_coarser(levels[-1]))
        peaks = _header(rate, self._frames, levels)
        with full_disk_told(output), output.open("wb") as target:
            header = _header_bytes(peaks)
            target.write(MAGIC + struct.pack("<I", len(header)) + header)
            for level in levels:
                target.write(level.tobytes())
        return peaks


def read_peaks(path: Path) -> Peaks:
    """The header of a peaks file. Raises ValueError when it is none."""
    with path.open("rb") as file:
        start = file.read(8)
        length = struct.unpack("<I", start[4:])[0] if len(start) == 8 and start[:4] == MAGIC else None
        if length is None or length > _MAX_HEADER_BYTES:
            raise ValueError(f"{path.name} is no peaks file")
        return Peaks.model_validate_json(file.read(length))


def read_level(path: Path, level: PeakLevel) -> NDArray[np.int8]:
    """The pairs of one zoom: (pairs, 2) int8, minimum and maximum."""
    with path.open("rb") as file:
        file.seek(level.offset)
        return np.frombuffer(file.read(level.pairs * 2), np.int8).reshape(-1, 2)


def _pairs(groups: NDArray[np.int16]) -> NDArray[np.int8]:
    """(pairs, samples of a pair) int16 to (pairs, 2) int8."""
    low = np.floor(groups.min(axis=1) * (127 / 32768))
    high = np.minimum(np.ceil(groups.max(axis=1) * (127 / 32768)), 127)
    return np.stack([low, high], axis=1).astype(np.int8)


def _coarser(level: NDArray[np.int8]) -> NDArray[np.int8]:
    if not len(level):
        return level
    starts = np.arange(0, len(level), _ZOOM)
    return np.stack([np.minimum.reduceat(level[:, 0], starts), np.maximum.reduceat(level[:, 1], starts)], axis=1)


def _header(rate: int, frames: int, levels: list[NDArray[np.int8]]) -> Peaks:
    """The header; offsets depend on its own length, so it is laid out for the longest offsets and padded."""
    sizes: list[dict[str, Any]] = [
        {"frames_per_pair": BASE_FRAMES * _ZOOM**index, "pairs": len(level)} for index, level in enumerate(levels)
    ]

    def laid_out(start: int) -> Peaks:
        offset, placed = start, []
        for size in sizes:
            placed.append(PeakLevel(**size, offset=offset))
            offset += size["pairs"] * 2
        return Peaks(sample_rate=rate, frames=frames, levels=tuple(placed))

    start = 0
    while (length := 8 + len(_header_bytes(laid_out(start)))) != start:
        start = length
    return laid_out(start)


def _header_bytes(peaks: Peaks) -> bytes:
    text = json.dumps(peaks.model_dump(), separators=(",", ":")).encode()
    return text.ljust(-(-len(text) // 64) * 64)
