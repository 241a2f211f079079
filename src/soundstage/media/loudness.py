"""Loudness of a finished file, with its true peak."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

from soundstage.domain.value import Milliseconds
from soundstage.media.levels import LevelMeter, Levels, decibels
from soundstage.media.true_peak import TruePeakMeter


class Loudness(Levels):
    """Levels of a whole file; `true_peak_dbtp` by four times oversampling, None for digital silence."""

    duration_ms: Milliseconds
    frames: int
    sample_rate: int
    true_peak_dbtp: float | None


def measure(audio: Path) -> Loudness:
    """Measure a mono or stereo WAV or FLAC of any rate, streaming. Mono counts as the same sound on both sides."""
    with soundfile.SoundFile(audio) as file:
        rate, frames, channels = file.samplerate, file.frames, min(file.channels, 2)
        meter, peaks = LevelMeter(rate), TruePeakMeter(channels)
        for block in file.blocks(rate, dtype="float32", always_2d=True):
            pair = np.ascontiguousarray(block[:, :channels])
            meter.push(np.repeat(pair, 2, axis=1) if channels == 1 else pair)
            peaks.push(pair.T)
    return Loudness(
        **meter.levels().model_dump(),
        duration_ms=round(frames * 1000 / rate),
        frames=frames,
        sample_rate=rate,
        true_peak_dbtp=decibels(peaks.peak),
    )
