from __future__ import annotations

import numpy as np
import pytest

from soundstage.media.sides import Phase, PhaseMeter, Sides

RATE = 48_000


def noise(seed: int, seconds: float = 3.0, level: float = 0.1) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, level, int(seconds * RATE)).astype(np.float32)


def measured(left: np.ndarray, right: np.ndarray, block: int = 10_007) -> Phase:
    meter = PhaseMeter(RATE)
    for start in range(0, len(left), block):
        meter.push(np.stack([left[start : start + block], right[start : start + block]]))
    return meter.phase()


def test_dual_mono() -> None:
    assert measured(noise(1), noise(1)) == Phase(sides=Sides.SAME, correlation=1.0, out_of_phase_share=0.0)


def test_dual_mono_after_lossy_coding() -> None:
    assert measured(noise(1), noise(1) + noise(2, level=0.0003)).sides is Sides.SAME
    assert measured(noise(1), noise(1) + noise(2, level=0.01)).sides is Sides.STEREO


def test_the_same_sound_louder_on_one_side_is_stereo() -> None:
    found = measured(noise(1), noise(1) * np.float32(0.5))
    assert found.sides is Sides.STEREO and found.correlation == pytest.approx(1.0, abs=0.001)


def test_unrelated_channels() -> None:
    found = measured(noise(1), noise(2))
    assert found.sides is Sides.STEREO and abs(found.correlation or 1) < 0.02 and found.out_of_phase_share == 0


def test_one_channel_turned_round() -> None:
    found = measured(noise(1), -noise(1))
    assert found == Phase(sides=Sides.STEREO, correlation=-1.0, out_of_phase_share=1.0)


def test_out_of_phase_for_a_part_is_counted_in_audible_time() -> None:
    left = np.concatenate([noise(1, 3.0), np.zeros(4 * RATE, np.float32), noise(2, 1.0)])
    right = np.concatenate([noise(1, 3.0), np.zeros(4 * RATE, np.float32), -noise(2, 1.0)])
    assert measured(left, right).out_of_phase_share == pytest.approx(0.25, abs=0.01)


def test_one_empty_channel() -> None:
    nothing = np.zeros(3 * RATE, np.float32)
    assert measured(noise(1), nothing) == Phase(sides=Sides.LEFT_ONLY, correlation=None, out_of_phase_share=0.0)
    assert measured(nothing, noise(1)).sides is Sides.RIGHT_ONLY
    assert measured(noise(1), noise(2, level=0.00001)).sides is Sides.LEFT_ONLY


def test_silence_and_nothing() -> None:
    for frames in (0, 10, 3 * RATE):
        nothing = np.zeros(frames, np.float32)
        assert measured(nothing, nothing) == Phase(sides=Sides.SILENT, correlation=None, out_of_phase_share=0.0)


def test_what_is_shorter_than_a_measure_counts() -> None:
    assert measured(noise(1, 0.01), noise(1, 0.01)).sides is Sides.SAME
