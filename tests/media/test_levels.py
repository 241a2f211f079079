from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.media.reference_meter import ffmpeg_levels

from soundstage.media.levels import LevelMeter, Levels, k_weighting
from soundstage.media.loudness import measure
from soundstage.testing import media

RATED = {"integrated_lufs", "loudness_range_lu"}


def metered(samples: np.ndarray, rate: int = 48_000, block: int = 48_000) -> Levels:
    meter = LevelMeter(rate)
    for start in range(0, len(samples), block):
        meter.push(samples[start : start + block])
    return meter.levels()


def tone(dbfs: float, seconds: float, hertz: float = 997.0, rate: int = 48_000) -> np.ndarray:
    return media.sine(hertz, seconds, rate, level=10 ** (dbfs / 20), channels=2)


def test_filter_is_that_of_the_standard() -> None:
    """The coefficients that BS.1770 prints for 48 kHz."""
    shelf, low_cut = k_weighting(48_000)
    assert shelf == pytest.approx(
        [1.53512485958697, -2.69169618940638, 1.19839281085285, 1, -1.69065929318241, 0.73248077421585]
    )
    assert low_cut[3:] == pytest.approx([1, -1.99004745483398, 0.99007225036621])


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
@pytest.mark.parametrize("dbfs", [-23.0, -33.0])
def test_ebu_3341_cases_1_and_2(rate: int, dbfs: float) -> None:
    assert metered(tone(dbfs, 20, 1000.0, rate), rate).integrated_lufs == pytest.approx(dbfs, abs=0.1)


def test_ebu_3341_case_3_relative_gate() -> None:
    samples = np.concatenate([tone(-36, 10), tone(-23, 60), tone(-36, 10)])
    assert metered(samples).integrated_lufs == pytest.approx(-23.0, abs=0.1)


def test_ebu_3341_case_4_both_gates() -> None:
    samples = np.concatenate([tone(-72, 10), tone(-36, 10), tone(-23, 60), tone(-36, 10), tone(-72, 10)])
    assert metered(samples).integrated_lufs == pytest.approx(-23.0, abs=0.1)


def test_ebu_3341_case_5() -> None:
    samples = np.concatenate([tone(-26, 20), tone(-20, 20.1), tone(-26, 20)])
    assert metered(samples).integrated_lufs == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize(
    ("levels", "spread"), [((-20, -30), 10), ((-20, -15), 5), ((-40, -20), 20), ((-50, -35, -20, -35, -50), 15)]
)
def test_ebu_3342_cases_1_to_4(levels: tuple[float, ...], spread: float) -> None:
    samples = np.concatenate([tone(level, 20, 1000.0) for level in levels])
    assert metered(samples).loudness_range_lu == pytest.approx(spread, abs=1.0)


def test_ffmpeg_measures_the_same(clips: Path) -> None:
    recording, rate = soundfile.read(clips / "jfk.flac", dtype="float32", always_2d=True)
    voice = soxr.resample(recording[:, 0], rate, 48_000)
    quieter = voice * np.float32(0.2)
    left, right = np.concatenate([voice, quieter, voice]), np.concatenate([quieter, voice, quieter])
    for samples in (np.stack([left, right], axis=1), np.stack([left, left], axis=1)):
        ours, theirs = metered(samples), ffmpeg_levels(samples)
        assert ours.integrated_lufs == pytest.approx(theirs["I"], abs=0.05)
        assert ours.loudness_range_lu == pytest.approx(theirs["LRA"], abs=0.25)


def test_what_is_the_same_on_both_sides_is_measured_as_if_it_were_not() -> None:
    """Such sound takes a shorter way; changing between the ways loses nothing."""
    random = np.random.default_rng(5)
    same = np.repeat(random.normal(0, 0.1, (48_000, 1)), 2, axis=1)
    samples = np.concatenate([same, random.normal(0, 0.1, (48_000, 2)), same, same]).astype(np.float32)
    other = samples.copy()
    other[::4800, 0] += 1e-7  # no longer the same, by nothing that is heard
    ours, theirs = metered(samples), metered(other)
    assert ours.integrated_lufs == pytest.approx(theirs.integrated_lufs, abs=0.011)
    assert ours.loudness_range_lu == pytest.approx(theirs.loudness_range_lu, abs=0.011)


def test_below_three_seconds_there_is_no_range() -> None:
    short = metered(tone(-20, 2.9))
    assert short.loudness_range_lu is None and short.integrated_lufs is not None


def test_silence_and_very_short_sound_have_no_loudness() -> None:
    silent = metered(np.zeros((96_000, 2), np.float32))
    assert (silent.integrated_lufs, silent.sample_peak_dbfs, silent.silence_share) == (None, None, 1.0)
    short = metered(tone(-6, 0.3))
    assert short.integrated_lufs is None and short.sample_peak_dbfs == pytest.approx(-6, abs=0.05)


def test_nothing_at_all() -> None:
    assert metered(np.zeros((0, 2), np.float32)).silence_share == 1.0


def test_digital_silence_costs_no_more_than_sound() -> None:
    """Numbers below the smallest normal one, to which a filter fades without end, take a CPU 30 times as long."""
    meter, noise = LevelMeter(48_000), np.random.default_rng(2).normal(0, 0.1, (48_000, 2)).astype(np.float32)
    meter.push(noise)
    for _ in range(30):
        meter.push(np.zeros_like(noise))
    state = np.abs(meter._state)
    assert (state[state > 0] >= np.finfo(np.float64).tiny).all() and state.max() < 1e-9


def test_clipping_and_silence_are_counted() -> None:
    samples = np.concatenate([np.zeros((48_000, 2), np.float32), tone(-20, 3)])
    samples[60_000:60_007, 1] = 1.0
    samples[70_000, 0] = -1.5
    levels = metered(samples)
    assert levels.clipped_samples == 8 and levels.silence_share == pytest.approx(0.25, abs=0.001)
    assert levels.sample_peak_dbfs == pytest.approx(20 * math.log10(1.5), abs=0.01)


@settings(max_examples=20, deadline=None)
@given(block=st.integers(1, 60_000), frames=st.integers(1, 100_000))
def test_blocks_do_not_matter(block: int, frames: int) -> None:
    block = max(block, frames // 50)
    samples = np.random.default_rng(frames).uniform(-0.5, 0.5, (frames, 2)).astype(np.float32)
    whole, pieces = metered(samples, block=frames), metered(samples, block=block)
    assert pieces.model_dump(exclude=RATED) == whole.model_dump(exclude=RATED)
    if whole.integrated_lufs is not None:
        assert pieces.integrated_lufs == pytest.approx(whole.integrated_lufs, abs=0.011)


def test_measure_a_file(tmp_path: Path) -> None:
    loudness = measure(media.make_wav(tmp_path / "x.wav", tone(-23, 5, 1000.0, 44_100), 44_100, "FLOAT"))
    assert loudness.integrated_lufs == pytest.approx(-23, abs=0.1) and loudness.frames == 220_500
    assert loudness.true_peak_dbtp == pytest.approx(-23, abs=0.1) and loudness.duration_ms == 5000


def test_mono_counts_as_both_sides(tmp_path: Path) -> None:
    stereo = measure(media.make_wav(tmp_path / "s.wav", tone(-23, 2), 48_000, "FLOAT"))
    mono = measure(media.make_wav(tmp_path / "m.wav", tone(-23, 2)[:, :1], 48_000, "FLOAT"))
    assert mono == stereo


def test_true_peak_lies_between_samples(tmp_path: Path) -> None:
    """A quarter of the rate at 45 degrees: samples reach 0.707 of the wave's peak (EBU Tech 3341, case 15 and on)."""
    wave = 0.5 * np.sin(np.pi / 2 * np.arange(48_000) + np.pi / 4)
    samples = np.repeat(wave[:, np.newaxis], 2, axis=1).astype(np.float32) * np.hanning(48_000)[:, np.newaxis]
    loudness = measure(media.make_wav(tmp_path / "x.wav", samples.astype(np.float32), 48_000, "FLOAT"))
    assert loudness.sample_peak_dbfs == pytest.approx(-9.03, abs=0.1)
    assert loudness.true_peak_dbtp == pytest.approx(-6.02, abs=0.3)


def test_silence_and_emptiness_can_be_measured(tmp_path: Path) -> None:
    for frames in (0, 100, 48_000):
        loudness = measure(media.make_wav(tmp_path / "x.wav", np.zeros((frames, 2), np.float32), 48_000))
        assert loudness.true_peak_dbtp is None and loudness.frames == frames
