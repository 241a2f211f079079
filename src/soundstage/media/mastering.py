"""Mastering of short sound: loudness to a target, true peaks under a ceiling, no direct current, clean ends or none.

The whole sound is held in memory (a minute takes 21 MB); it is meant for what engines make, not for films.
"""

from __future__ import annotations

import math
import struct
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy import fft, ndimage, signal

from soundstage.domain.sound import Seam
from soundstage.domain.value import Value
from soundstage.errors import EngineFailure
from soundstage.media.levels import UNHEARD, LevelMeter
from soundstage.media.progress import Report
from soundstage.media.seam import seam_of
from soundstage.media.storage_full import full_disk_told
from soundstage.media.true_peak import TAPS, frame_peaks, true_peak

Samples = NDArray[np.float32]  # (channels, frames)
Curve = NDArray[np.float32]  # (frames,): a gain
_LIMITER_SECONDS = 0.004  # half the width of the gain's dips: looked ahead and held after
_FADE_IN_SECONDS = 0.002
_FADE_OUT_SECONDS = 0.012
_LOWEST_HERTZ = 16.0  # below it nothing is heard, and direct current lives
_MOST_GAIN_DB = 30.0
_NOTHING = 1e-15  # −300 dB: what a filter makes of silence
_MARGIN_DB = 0.3  # of the limiter under the ceiling: for dither, rounding, and meters that interpolate otherwise


class MasteredSound(Value):
    """Loudness in LUFS (None for silence), true peak in dBTP (None for silence), gain and deepest limiting in dB.

    A sound shorter than 400 ms is measured as if it stood in 400 ms. `seam`: of a loop, as it was written.
    """

    frames: int
    sample_rate: int
    loudness_before: float | None
    loudness_after: float | None
    true_peak_before: float | None
    true_peak_after: float | None
    gain_db: float
    limited_db: float
    seam: Seam | None = None


def master(
    source: Path,
    output: Path,
    loudness_lufs: float,
    report: Report,
    ceiling_dbtp: float = -1.0,
    most_limiting_db: float = 6.0,
    loop: bool = False,
    stems: tuple[Path, ...] = (),
    stem_outputs: tuple[Path, ...] = (),
) -> MasteredSound:
    """Master `source` (WAV, mono or stereo, any rate) into `output` (raw float32 WAV) of exactly as many frames.

    `loudness_lufs` is aimed at; the limiter takes at most `most_limiting_db` off the peaks to reach it. A `loop` is
    taken to go round: filtered and limited across its seam, its ends not faded. `stems`, as long as the source, get
    the very gain that the source got at every frame, so that they add up to the output as they did to the source.
    The same samples and targets give the same bytes. Raises EngineFailure for samples that are not finite and stems of
    another length, StorageFull.
    """
    planar, rate = _read(source)
    planar = _without_direct_current(planar, rate, loop=loop)
    ends = None if loop else _ends(planar.shape[1], rate)
    _shape(planar, ends)
    report(0.2)
    before, peak_before = _loudness(planar, rate, loop=loop), _true_peak(planar, loop=loop)
    gain_db = _gain(before, peak_before, loudness_lufs, ceiling_dbtp - _MARGIN_DB + most_limiting_db)
    gain = 10 ** (gain_db / 20)
    planar *= np.float32(gain)
    report(0.4)
    limit = _limiter(planar, peak_before * gain, rate, ceiling_dbtp - _MARGIN_DB, loop=loop)
    _shape(planar, limit)
    limited_db = 0.0 if limit is None else float(-20 * math.log10(float(limit.min())))
    report(0.6)
    with full_disk_told(output):
        _write(output, planar, rate)
    for number, (stem, target) in enumerate(zip(stems, stem_outputs, strict=True)):
        _master_stem(stem, target, planar.shape, ends, gain, limit, loop=loop)
        report(0.6 + 0.3 * (number + 1) / len(stems))
    if limited_db:
        after, peak_after = _loudness(planar, rate, loop=loop), _true_peak(planar, loop=loop)
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
        seam=seam_of(planar, rate) if loop else None,
    )


def _read(source: Path) -> tuple[Samples, int]:
    """(channels, frames) and the rate."""
    samples, rate = soundfile.read(source, dtype="float32", always_2d=True)
    if not np.isfinite(samples).all():
        raise EngineFailure("The engine made samples that are not numbers. Try another seed, and report the prompt.")
    return np.ascontiguousarray(samples.T), rate


def _master_stem(
    source: Path,
    output: Path,
    shape: tuple[int, ...],
    ends: Curve | None,
    gain: float,
    limit: Curve | None,
    *,
    loop: bool,
) -> None:
    """What was done to the whole, done to a part of it: every step is linear but the limiter, whose curve is given."""
    planar, rate = _read(source)
    if planar.shape != shape:
        raise EngineFailure(f"The stem {source.name} has {planar.shape[1]:,} frames and the sound {shape[1]:,}.")
    planar = _without_direct_current(planar, rate, loop=loop)
    _shape(planar, ends)
    planar *= np.float32(gain)
    _shape(planar, limit)
    with full_disk_told(output):
        _write(output, planar, rate)


def _loudness(planar: Samples, rate: int, *, loop: bool) -> float | None:
    """Of a loop: of two rounds of it, so that it does not matter where it is cut."""
    meter = LevelMeter(rate)
    planar = np.tile(planar, 2) if loop else planar
    stereo = planar if len(planar) == 2 else np.repeat(planar[:1], 2, axis=0)
    meter.push(stereo.T)
    missing = math.ceil(0.4 * rate) - planar.shape[1]
    if missing > 0:
        meter.push(np.zeros((missing, 2), np.float32))
    return meter.levels().integrated_lufs


def _without_direct_current(planar: Samples, rate: int, *, loop: bool) -> Samples:
    """The mean goes first, so that the high-pass begins without a step.

    A loop is filtered as if it had gone round for ever: its spectrum times the filter's response.
    """
    sos = signal.butter(2, _LOWEST_HERTZ, "highpass", fs=rate, output="sos")
    centred = planar - planar.mean(axis=1, keepdims=True, dtype=np.float64)
    if loop:
        frames = planar.shape[1]
        _, response = signal.freqz_sos(sos, np.fft.rfftfreq(frames, 1 / rate), fs=rate)
        filtered = fft.irfft(fft.rfft(centred, axis=-1) * response, frames, axis=-1)
    else:
        filtered = signal.sosfilt(sos, centred + UNHEARD, axis=-1)
    single: Samples = filtered.astype(np.float32)
    single[np.abs(single) < _NOTHING] = 0.0
    return single


def _ends(frames: int, rate: int) -> Curve:
    """The fades at both ends."""
    rise = min(int(_FADE_IN_SECONDS * rate), frames // 8)
    fall = min(int(_FADE_OUT_SECONDS * rate), frames // 4)
    curve = np.ones(frames, np.float32)
    if rise:
        curve[:rise] *= (0.5 - 0.5 * np.cos(np.pi * np.arange(rise) / rise)).astype(np.float32)
    if fall:
        curve[-fall:] *= (0.5 + 0.5 * np.cos(np.pi * np.arange(1, fall + 1) / fall)).astype(np.float32)
    return curve


def _shape(planar: Samples, curve: Curve | None) -> None:
    if curve is not None:
        planar *= curve


def _true_peak(planar: Samples, *, loop: bool) -> float:
    return true_peak(_round(planar) if loop else planar)


def _round(planar: Samples) -> Samples:
    """A loop with what comes before and after it when it goes round."""
    return np.pad(planar, ((0, 0), (TAPS, TAPS)), mode="wrap")


def _gain(loudness: float | None, peak: float, wanted: float, highest_db: float) -> float:
    """Gain to the wanted loudness in dB, such that peaks stay below `highest_db` before the limiter; 0 for silence."""
    if loudness is None or peak <= 0:
        return 0.0
    return min(wanted - loudness, highest_db - 20 * math.log10(peak), _MOST_GAIN_DB)


def _limiter(planar: Samples, peak: float, rate: int, ceiling_dbtp: float, *, loop: bool) -> Curve | None:
    """The gain that turns peaks down at every frame, for both channels alike; None where nothing has to be.

    The gain needed around every peak is held over a window and then averaged over one as wide, so that it is smooth,
    begins before the peak and is never above what the peak needs (the look-ahead limiter of Zölzer, DAFX, 2011).
    """
    ceiling = 10 ** (ceiling_dbtp / 20)
    if peak <= ceiling:
        return None
    peaks = frame_peaks(_round(planar), ceiling)[TAPS:-TAPS] if loop else frame_peaks(planar, ceiling)
    needed = np.minimum(1.0, ceiling / np.maximum(peaks, 1e-9)).astype(np.float32)
    width = 2 * max(1, int(_LIMITER_SECONDS * rate)) + 1
    beyond = "wrap" if loop else "nearest"
    held = ndimage.minimum_filter1d(needed, width, mode=beyond)
    smooth = ndimage.uniform_filter1d(held.astype(np.float64), width, mode=beyond)
    curve: Curve = np.minimum(smooth, 1.0).astype(np.float32)
    rest = _true_peak(planar * curve, loop=loop)  # bent, it can peak between samples a little higher than straight
    if rest > ceiling:
        curve *= np.float32(ceiling / rest)
    return curve


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
