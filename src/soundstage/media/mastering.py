"""Mastering of short sound: loudness to a target, true peaks under a ceiling, no direct current, clean ends.

The whole sound is held in memory (a minute takes 21 MB); it is meant for what engines make, not for films.
"""

from __future__ import annotations

import math
import struct
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy import ndimage, signal

from soundstage.domain.value import Value
from soundstage.errors import EngineFailure
from soundstage.media.levels import UNHEARD, LevelMeter
from soundstage.media.progress import Report
from soundstage.media.storage_full import full_disk_told
from soundstage.media.true_peak import frame_peaks, true_peak

Samples = NDArray[np.float32]
_LIMITER_SECONDS = 0.004  # half the width of the gain's dips: looked ahead and held after
_FADE_IN_SECONDS = 0.002
_FADE_OUT_SECONDS = 0.012
_LOWEST_HERTZ = 16.0  # below it nothing is heard, and direct current lives
_MOST_GAIN_DB = 30.0
_NOTHING = 1e-15  # −300 dB: what a filter makes of silence
_MARGIN_DB = 0.3  # of the limiter under the ceiling: for dither, rounding, and meters that interpolate otherwise


class MasteredSound(Value):
    """Loudness in LUFS (None for silence), true peak in dBTP (None for silence), gain and deepest limiting in dB.

    A sound shorter than 400 ms is measured as if it stood in 400 ms.
    """

    frames: int
    sample_rate: int
    loudness_before: float | None
    loudness_after: float | None
    true_peak_before: float | None
    true_peak_after: float | None
    gain_db: float
    limited_db: float


def master(
    source: Path,
    output: Path,
    loudness_lufs: float,
    report: Report,
    ceiling_dbtp: float = -1.0,
    most_limiting_db: float = 6.0,
) -> MasteredSound:
    """Master `source` (WAV, mono or stereo, any rate) into `output` (raw float32 WAV) of exactly as many frames.

    `loudness_lufs` is aimed at; the limiter takes at most `most_limiting_db` off the peaks to reach it.
    The same samples and targets give the same bytes. Raises EngineFailure for samples that are not finite, StorageFull.
    """
    samples, rate = soundfile.read(source, dtype="float32", always_2d=True)
    if not np.isfinite(samples).all():
        raise EngineFailure("The engine made samples that are not numbers. Try another seed, and report the prompt.")
    planar = _without_direct_current(np.ascontiguousarray(samples.T), rate)
    _fade_ends(planar, rate)
    report(0.2)
    before, peak_before = _loudness(planar, rate), true_peak(planar)
    gain_db = _gain(before, peak_before, loudness_lufs, ceiling_dbtp - _MARGIN_DB + most_limiting_db)
    gain = 10 ** (gain_db / 20)
    planar *= np.float32(gain)
    report(0.5)
    limited_db = _limit(planar, peak_before * gain, rate, ceiling_dbtp - _MARGIN_DB)
    report(0.8)
    with full_disk_told(output):
        _write(output, planar, rate)
    if limited_db:
        after, peak_after = _loudness(planar, rate), true_peak(planar)
    else:  # what is only louder or softer need not be measured again
        after, peak_after = None if before is None else round(before + gain_db, 2), peak_before * gain
    report(1.0)
    return MasteredSound(
        frames=planar.shape[1],
        sample_rate=rate,
        loudness_before=before,
        loudness_after=after,
        true_peak_before=_decibels(peak_before),
        true_peak_after=_decibels(peak_after),
        gain_db=round(gain_db, 2),
        limited_db=round(limited_db, 2),
    )


def _loudness(planar: Samples, rate: int) -> float | None:
    meter = LevelMeter(rate)
    stereo = planar if len(planar) == 2 else np.repeat(planar[:1], 2, axis=0)
    meter.push(stereo.T)
    missing = math.ceil(0.4 * rate) - planar.shape[1]
    if missing > 0:
        meter.push(np.zeros((missing, 2), np.float32))
    return meter.levels().integrated_lufs


def _without_direct_current(planar: Samples, rate: int) -> Samples:
    """The mean goes first, so that the high-pass begins without a step."""
    sos = signal.butter(2, _LOWEST_HERTZ, "highpass", fs=rate, output="sos")
    centred = planar - planar.mean(axis=1, keepdims=True, dtype=np.float64)
    single: Samples = signal.sosfilt(sos, centred + UNHEARD, axis=-1).astype(np.float32)
    single[np.abs(single) < _NOTHING] = 0.0
    return single


def _fade_ends(planar: Samples, rate: int) -> None:
    frames = planar.shape[1]
    rise = min(int(_FADE_IN_SECONDS * rate), frames // 8)
    fall = min(int(_FADE_OUT_SECONDS * rate), frames // 4)
    if rise:
        planar[:, :rise] *= (0.5 - 0.5 * np.cos(np.pi * np.arange(rise) / rise)).astype(np.float32)
    if fall:
        planar[:, -fall:] *= (0.5 + 0.5 * np.cos(np.pi * np.arange(1, fall + 1) / fall)).astype(np.float32)


def _gain(loudness: float | None, peak: float, wanted: float, highest_db: float) -> float:
    """Gain to the wanted loudness in dB, such that peaks stay below `highest_db` before the limiter; 0 for silence."""
    if loudness is None or peak <= 0:
        return 0.0
    return min(wanted - loudness, highest_db - 20 * math.log10(peak), _MOST_GAIN_DB)


def _limit(planar: Samples, peak: float, rate: int, ceiling_dbtp: float) -> float:
    """Turns peaks down in place, both channels alike, and returns the deepest cut in dB.

    The gain needed around every peak is held over a window and then averaged over one as wide, so that it is smooth,
    begins before the peak and is never above what the peak needs (the look-ahead limiter of Zölzer, DAFX, 2011).
    """
    ceiling = 10 ** (ceiling_dbtp / 20)
    if peak <= ceiling:
        return 0.0
    peaks = frame_peaks(planar, ceiling)
    needed = np.minimum(1.0, ceiling / np.maximum(peaks, 1e-9)).astype(np.float32)
    width = 2 * max(1, int(_LIMITER_SECONDS * rate)) + 1
    held = ndimage.minimum_filter1d(needed, width, mode="nearest")
    smooth = ndimage.uniform_filter1d(held.astype(np.float64), width, mode="nearest")
    planar *= np.minimum(smooth, 1.0).astype(np.float32)
    rest = true_peak(planar)  # a bent waveform can peak between samples a little higher than the straight one did
    if rest > ceiling:
        planar *= np.float32(ceiling / rest)
    return float(-20 * math.log10(float(smooth.min())))


def _decibels(peak: float) -> float | None:
    return round(20 * math.log10(peak), 2) if peak > 0 else None


def _write(output: Path, planar: Samples, rate: int) -> None:
    """Raw float32 WAV, bare: libsndfile would stamp it with the time of day, and no two would be alike."""
    channels, frames = planar.shape
    data = np.ascontiguousarray(planar.T, dtype="<f4")
    format_ = struct.pack("<HHIIHHH", 3, channels, rate, rate * channels * 4, channels * 4, 32, 0)
    head = struct.pack("<4sI", b"fmt ", len(format_)) + format_ + struct.pack("<4sII", b"fact", 4, frames)
    with output.open("wb") as target:
        target.write(struct.pack("<4sI4s", b"RIFF", 4 + len(head) + 8 + data.nbytes, b"WAVE") + head)
        target.write(struct.pack("<4sI", b"data", data.nbytes))
        target.write(data.data)
