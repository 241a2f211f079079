from __future__ import annotations

import math

import numpy as np
import pytest
import soundfile
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.media.reference_meter import ffmpeg_levels

from soundstage.media.true_peak import BOUND, TAPS, TruePeakMeter, frame_peaks, phases, true_peak
from soundstage.testing import media

RATE = 48_000


def metered(planar: np.ndarray, block: int = RATE) -> float:
    meter = TruePeakMeter(len(planar))
    for start in range(0, planar.shape[1], block):
        meter.push(planar[:, start : start + block])
    return meter.peak


def everything_interpolated(planar: np.ndarray) -> float:
    """The same filter at every point, nothing left out."""
    filters = phases()
    peaks = [float(np.abs(planar).max(initial=0.0))]
    for channel in planar.astype(np.float64):
        peaks += [float(np.abs(np.convolve(channel, filters[::-1, k])).max()) for k in range(3)]
    return max(peaks)


def decibels(peak: float) -> float:
    return 20 * math.log10(peak)


@pytest.mark.parametrize(
    ("divisor", "degrees", "level"), [(4, 0, 0.5), (4, 45, 0.5), (6, 60, 0.5), (8, 67.5, 0.5), (4, 45, 1.41)]
)
def test_ebu_3341_cases_15_to_19(divisor: int, degrees: float, level: float) -> None:
    """A sine of a whole part of the rate, whose samples all miss its peak; +0.2 and −0.4 dB are allowed."""
    wave = level * np.sin(2 * np.pi * np.arange(RATE) / divisor + np.radians(degrees))
    fade = np.minimum(1, np.minimum(np.arange(RATE), np.arange(RATE)[::-1]) / 4800)
    peak = metered(np.stack([wave * fade] * 2).astype(np.float32))
    assert -0.4 <= decibels(peak) - decibels(level) <= 0.2


@pytest.mark.parametrize("offset", range(4))
def test_ebu_3341_cases_20_to_23(offset: int) -> None:
    """A tone made at four times the rate with one louder wave in it, brought down at each of four offsets: 0 dBTP."""
    wide = 0.5 * np.sin(2 * np.pi * np.arange(4 * RATE) / 24)
    middle = 2 * RATE
    wide[middle : middle + 24] *= 2
    low_pass = np.sinc((np.arange(801) - 400) / 4) / 4 * np.blackman(801)
    smooth = np.convolve(wide, low_pass, "same")
    true = np.abs(smooth[1000:-1000]).max()
    wave = smooth[offset::4].astype(np.float32)[np.newaxis, 500:-500]
    assert -0.4 <= decibels(metered(wave)) - decibels(true) <= 0.2


@settings(max_examples=40)
@given(seed=st.integers(0, 2**32), frames=st.integers(1, 6000), block=st.integers(1, 6000), burst=st.floats(0, 1))
def test_what_is_left_out_changes_nothing(seed: int, frames: int, block: int, burst: float) -> None:
    random = np.random.default_rng(seed)
    planar = random.normal(0, 0.1, (2, frames))
    at = int(burst * frames)
    planar[:, at : at + 40] *= random.uniform(0, 12)
    planar = planar.astype(np.float32)
    assert metered(planar, max(block, frames // 40)) == pytest.approx(everything_interpolated(planar), rel=1e-5)


@settings(max_examples=40)
@given(
    seed=st.integers(0, 2**32),
    frames=st.integers(1, 3000),
    channels=st.integers(1, 2),
    ceiling=st.sampled_from([0, 0.3, 2]),
)
def test_each_frame_is_as_high_as_the_curve_beside_it(seed: int, frames: int, channels: int, ceiling: float) -> None:
    planar = np.random.default_rng(seed).laplace(0, 0.15, (channels, frames)).astype(np.float32)
    found = frame_peaks(planar, ceiling)
    samples = np.abs(planar).max(axis=0)
    assert found.max() == pytest.approx(max(true_peak(planar), samples.max()), rel=1e-5) or found.max() <= ceiling
    exact = interpolated_beside(planar)
    over = exact > ceiling
    assert found[over] == pytest.approx(exact[over], rel=1e-4)
    assert (samples <= found).all() and (found <= exact * 1.0001).all()


def interpolated_beside(planar: np.ndarray) -> np.ndarray:
    """Of each frame, nothing left out; what swings before the first and after the last belongs to these."""
    filters, frames = phases(), planar.shape[1]
    peaks = np.abs(planar).max(axis=0)
    for channel in planar.astype(np.float64):
        curve = np.max([np.abs(np.convolve(channel, filters[::-1, k])) for k in range(3)], axis=0)
        for interval, height in enumerate(curve):  # between the frames interval − 16 and interval − 15
            for frame in (interval - 16, interval - 15):
                at = min(max(frame, 0), frames - 1)
                peaks[at] = max(peaks[at], height)
    return peaks


def test_the_worst_sound_reaches_the_bound_and_not_more() -> None:
    filters = phases()
    worst = np.sign(filters[:, np.argmax(np.abs(filters).sum(axis=0))]).astype(np.float32)[np.newaxis]
    quiet_after_loud = np.concatenate([worst, np.zeros((1, 5000), np.float32), worst / 2], axis=1)
    assert metered(worst) == metered(quiet_after_loud) == pytest.approx(BOUND, rel=1e-5)


def test_the_filter_is_flat_and_passes_what_is_heard() -> None:
    offsets = np.arange(TAPS) - (TAPS // 2 - 1)
    for hertz in (100, 1000, 5000, 10_000, 15_000, 20_000):
        for k, between in enumerate((0.25, 0.5, 0.75)):
            gain = (phases()[:, k] * np.exp(-2j * np.pi * hertz / RATE * (offsets - between))).sum()
            assert abs(decibels(abs(gain))) < 0.01 and abs(np.angle(gain)) < 0.001


def test_ffmpeg_measures_the_same_true_peak(clips) -> None:
    random = np.random.default_rng(7)
    talk, rate = soundfile.read(clips / "jfk.flac")
    voice = np.repeat(soxr.resample(talk.reshape(len(talk), -1)[:, 0], rate, RATE)[:, np.newaxis], 2, axis=1)
    crushed = np.clip(random.normal(0, 0.4, (RATE * 3, 2)), -0.7, 0.7)
    fading = media.sine(11_000, 2.0, RATE, level=0.6, channels=2) * np.hanning(2 * RATE)[:, np.newaxis]
    for samples in (voice, crushed, fading):
        single = samples.astype(np.float32)
        ours, theirs = metered(np.ascontiguousarray(single.T)), ffmpeg_levels(single)["true_peak"]
        assert decibels(ours) == pytest.approx(decibels(theirs), abs=0.35)


def test_silence_and_nothing() -> None:
    assert metered(np.zeros((2, 5000), np.float32)) == TruePeakMeter().peak == 0.0
