"""Talk of any length, out of the recordings of `../shared/clips`: different speakers with pauses of half a second."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import soundfile
import soxr

CLIPS = Path(__file__).resolve().parents[2] / "shared" / "clips"
RATE = 16_000


@cache
def _once() -> np.ndarray:
    """All recordings one after the other: four minutes."""
    parts = []
    sources = [*sorted(CLIPS.glob("LJ*.flac")), *sorted(CLIPS.glob("conv*.wav")), *sorted(CLIPS.glob("ls-*.flac"))]
    for source in sources:
        samples, rate = soundfile.read(source, dtype="float32", always_2d=True)
        parts += [soxr.resample(samples.mean(axis=1), rate, RATE), np.zeros(RATE // 2, np.float32)]
    return np.concatenate(parts)


def write_talk(path: Path, seconds: float, *, begin: float = 0.0) -> Path:
    """`seconds` of talk, 16 kHz mono, as FLAC, from its second `begin` on; it begins anew where it ends."""
    once = _once()
    start = round(begin * RATE) % len(once)
    with soundfile.SoundFile(path, "w", RATE, 1, format="FLAC") as file:
        left = round(seconds * RATE)
        while left:
            part = once[start : start + left]
            file.write(part)
            left, start = left - len(part), 0
    return path
