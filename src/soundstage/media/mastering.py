"""Mastering of short sound: loudness to a target, true peaks under a ceiling, no direct current, clean ends or none.

The whole sound is held in memory (a minute takes 21 MB) and worked on in blocks; it is meant for what engines make, not
for films.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy import ndimage, signal

from soundstage.domain.sound import Seam
from soundstage.domain.value import Value
from soundstage.errors import EngineFailure
from soundstage.media.levels import UNHEARD, LevelMeter
from soundstage.media.progress import Report
from soundstage.media.seam import seam_of
from soundstage.media.storage_full import full_disk_told
from soundstage.media.true_peak import TAPS, TruePeakMeter, frame_peaks

Samples = NDArray[np.float32]  # (channels, frames)
Curve = NDArray[np.float32]  # (frames,): a gain
_BLOCK = 1 << 18  # frames worked on at a time
_SETTLED_SECONDS = 2.0  # in which the high-pass has forgotten everything: e^-142
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
    _take_direct_current(planar, rate, loop=loop)
    ends = None if loop else _ends(planar.shape[1], rate)
    _fade(planar, ends)
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
    if limited_db:
        after, peak_after = _loudness(planar, rate, loop=loop), _true_peak(planar, loop=loop)
    else:  # what is only louder or softer need not be measured again
        after, peak_after = None if before is None else round(before + gain_db, 2), peak_before * gain
    report(0.7)
    seam, shape = seam_of(planar, rate) if loop else None, planar.shape
    del planar  # a stem takes as much
    for number, (stem, target) in enumerate(zip(stems, stem_outputs, strict=True)):
        _master_stem(stem, target, shape, ends, gain, limit, loop=loop)
        report(0.7 + 0.3 * (number + 1) / len(stems))
    report(1.0)
    return MasteredSound(
        frames=shape[1],
        sample_rate=rate,
        loudness_before=before,
        loudness_after=after,
        true_peak_before=_decibels(peak_before),
        true_peak_after=_decibels(peak_after),
        gain_db=round(gain_db, 2),
        limited_db=round(limited_db, 2),
        seam=seam,
    )


def _read(source: Path) -> tuple[Samples, int]:
    """(channels, frames) and the rate."""
    with soundfile.SoundFile(source) as file:
        planar: Samples = np.empty((file.channels, file.frames), np.float32)
        for part in _parts(planar):
            samples = file.read(part.stop - part.start, dtype="float32", always_2d=True)
            if len(samples) < part.stop - part.start:
                raise EngineFailure(f"The file {source.name} ends before its head says. Try again.")
            if not np.isfinite(samples).all():
                raise EngineFailure(
                    "The engine made samples that are not numbers. Try another seed, and report the prompt."
                )
            planar[:, part] = samples.T
        return planar, int(file.samplerate)


def _parts(planar: Samples) -> Iterator[slice]:
    for begin in range(0, planar.shape[1], _BLOCK):
        yield slice(begin, min(begin + _BLOCK, planar.shape[1]))


def _wrapped(planar: Samples, begin: int, end: int) -> Samples:
    """Frames `begin` to `end` of a loop, whose beginning follows its end."""
    wrapped: Samples = np.take(planar, np.arange(begin, end) % planar.shape[1], axis=1)
    return wrapped


def _master_stem(
    source: Path,
    output: Path,
    shape: tuple[int, ...],
    ends: tuple[Curve, Curve] | None,
    gain: float,
    limit: Curve | None,
    *,
    loop: bool,
) -> None:
    """What was done to the whole, done to a part of it: every step is linear but the limiter, whose curve is given."""
    planar, rate = _read(source)
    if planar.shape != shape:
        raise EngineFailure(f"The stem {source.name} has {planar.shape[1]:,} frames and the sound {shape[1]:,}.")
    _take_direct_current(planar, rate, loop=loop)
    _fade(planar, ends)
    planar *= np.float32(gain)
    _shape(planar, limit)
    with full_disk_told(output):
        _write(output, planar, rate)


def _loudness(planar: Samples, rate: int, *, loop: bool) -> float | None:
    """Of a loop: of two rounds of it, so that it does not matter where it is cut."""
    meter, rounds = LevelMeter(rate), 2 if loop else 1
    for _ in range(rounds):
        for part in _parts(planar):
            block = planar[:, part]
            meter.push((block if len(block) == 2 else np.repeat(block[:1], 2, axis=0)).T)
    missing = math.ceil(0.4 * rate) - rounds * planar.shape[1]
    if missing > 0:
        meter.push(np.zeros((missing, 2), np.float32))
    return meter.levels().integrated_lufs


def _take_direct_current(planar: Samples, rate: int, *, loop: bool) -> None:
    """In place. The mean goes first, so that the high-pass begins without a step.

    A loop is filtered as if it had gone round for ever: the filter comes to its beginning from its end.
    """
    sos = signal.butter(2, _LOWEST_HERTZ, "highpass", fs=rate, output="sos")
    mean = planar.mean(axis=1, keepdims=True, dtype=np.float64)
    state = np.zeros((len(sos), len(planar), 2))
    if loop:
        before = _wrapped(planar, -int(_SETTLED_SECONDS * rate), 0)
        _, state = signal.sosfilt(sos, before - mean + UNHEARD, axis=-1, zi=state)
    for part in _parts(planar):
        filtered, state = signal.sosfilt(sos, planar[:, part] - mean + UNHEARD, axis=-1, zi=state)
        single = filtered.astype(np.float32)
        single[np.abs(single) < _NOTHING] = 0.0
        planar[:, part] = single


def _ends(frames: int, rate: int) -> tuple[Curve, Curve]:
    """The fades at both ends."""
    rise = min(int(_FADE_IN_SECONDS * rate), frames // 8)
    fall = min(int(_FADE_OUT_SECONDS * rate), frames // 4)
    return (
        (0.5 - 0.5 * np.cos(np.pi * np.arange(rise) / max(rise, 1))).astype(np.float32),
        (0.5 + 0.5 * np.cos(np.pi * np.arange(1, fall + 1) / max(fall, 1))).astype(np.float32),
    )


def _fade(planar: Samples, ends: tuple[Curve, Curve] | None) -> None:
    if ends is not None:
        rise, fall = ends
        planar[:, : len(rise)] *= rise
        planar[:, planar.shape[1] - len(fall) :] *= fall


def _shape(planar: Samples, curve: Curve | None) -> None:
    if curve is not None:
        planar *= curve


def _true_peak(planar: Samples, curve: Curve | None = None, *, loop: bool) -> float:
    """Of what the gain `curve` would make of it; of a loop with what comes before and after it when it goes round."""
    meter, frames = TruePeakMeter(len(planar)), planar.shape[1]
    gain = np.ones(1, np.float32) if curve is None else curve

    def around(begin: int, end: int) -> Samples:
        return _wrapped(planar, begin, end) * np.take(gain, np.arange(begin, end) % len(gain))

    if loop:
        meter.push(around(-TAPS, 0))
    for part in _parts(planar):
        meter.push(planar[:, part] if curve is None else planar[:, part] * curve[part])
    if loop:
        meter.push(around(frames, frames + TAPS))
    return meter.peak


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
    width = 2 * max(1, int(_LIMITER_SECONDS * rate)) + 1
    curve: Curve = np.empty(planar.shape[1], np.float32)
    for part in _parts(planar):
        curve[part] = _dips(planar, part, ceiling, width, loop=loop)
    rest = _true_peak(planar, curve, loop=loop)  # bent, it can peak between samples a little higher than straight
    if rest > ceiling:
        curve *= np.float32(ceiling / rest)
    return curve


def _dips(planar: Samples, part: slice, ceiling: float, width: int, *, loop: bool) -> Curve:
    """The limiter's gain for some frames, by all that reaches into it from either side."""
    begin, end = part.start - TAPS - width, part.stop + TAPS + width
    if not loop:
        begin, end = max(0, begin), min(end, planar.shape[1])
    peaks = frame_peaks(_wrapped(planar, begin, end) if loop else planar[:, begin:end], ceiling)
    needed = np.minimum(1.0, ceiling / np.maximum(peaks, 1e-9)).astype(np.float32)
    held = ndimage.minimum_filter1d(needed, width, mode="nearest")
    smooth = ndimage.uniform_filter1d(held.astype(np.float64), width, mode="nearest")
    dips: Curve = np.minimum(smooth, 1.0).astype(np.float32)
    return dips[part.start - begin : part.stop - begin]


def _decibels(peak: float) -> float | None:
    return round(20 * math.log10(peak), 2) if peak > 0 else None


def _write(output: Path, planar: Samples, rate: int) -> None:
    """Raw float32 WAV, bare: libsndfile would stamp it with the time of day, and no two would be alike."""
    channels, frames = planar.shape
    size = channels * frames * 4
    format_ = struct.pack("<HHIIHHH", 3, channels, rate, rate * channels * 4, channels * 4, 32, 0)
    head = struct.pack("<4sI", b"fmt ", len(format_)) + format_ + struct.pack("<4sII", b"fact", 4, frames)
    with output.open("wb") as target:
        target.write(struct.pack("<4sI4s", b"RIFF", 4 + len(head) + 8 + size, b"WAVE") + head)
        target.write(struct.pack("<4sI", b"data", size))
        for part in _parts(planar):
            target.write(np.ascontiguousarray(planar[:, part].T, dtype="<f4").data)
