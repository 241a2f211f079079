"""Loudness of a finished file, with its true peak, measured as mastering measures it (`true_peak`)."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import soundfile
import soxr

from soundstage.domain.value import Milliseconds
from soundstage.media.levels import LevelMeter, Levels

_OVERSAMPLING = 4  # BS.1770-5, annex 2: at least 192 kHz, which four times 48 kHz is


class Loudness(Levels):
    """Levels of a whole file; `true_peak_dbtp` by four times oversampling, None for digital silence."""

    duration_ms: Milliseconds
    frames: int
    sample_rate: int
    true_peak_dbtp: float | None


def measure(audio: Path) -> Loudness:
    """Measure a mono or stereo WAV or FLAC of any rate, streaming. Mono counts as the same sound on both sides."""
    peak = 0.0
    with soundfile.SoundFile(audio) as file:
        rate, frames, channels = file.samplerate, file.frames, min(file.channels, 2)
        meter = LevelMeter(rate)
        finer = soxr.ResampleStream(rate, rate * _OVERSAMPLING, channels, quality="HQ")
        for block in file.blocks(rate, dtype="float32", always_2d=True):
            pair = np.ascontiguousarray(block[:, :channels])
            meter.push(np.repeat(pair, 2, axis=1) if channels == 1 else pair)
            oversampled = finer.resample_chunk(pair)
            peak = max(peak, float(np.abs(pair).max()), float(np.abs(oversampled).max(initial=0.0)))
    rest = finer.resample_chunk(np.zeros((0, channels), np.float32), last=True)
    peak = max(peak, float(np.abs(rest).max(initial=0.0)))
    levels = meter.levels()
    return Loudness(
        **levels.model_dump(),
        duration_ms=round(frames * 1000 / rate),
        frames=frames,
        sample_rate=rate,
        true_peak_dbtp=None if levels.sample_peak_dbfs is None else round(20 * math.log10(peak), 2),
    )
