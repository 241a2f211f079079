"""The seam of a loop: what is heard is told, what is not is not."""

from __future__ import annotations

import numpy as np
import pytest

from soundstage.media.seam import seam_of

RATE = 44_100


def tone(hertz: float, frames: int, phase: float = 0.4) -> np.ndarray:
    wave = 0.5 * np.sin(2 * np.pi * hertz * np.arange(frames) / RATE + phase)
    return np.stack([wave, wave]).astype(np.float32)


def test_whole_periods_close_and_others_do_not() -> None:
    assert seam_of(tone(441, RATE), RATE).step_db <= 0.1, "100 frames a period: 441 of them"
    assert seam_of(tone(441, RATE + 30), RATE).step_db > 20


def test_a_kink_without_a_jump_is_found() -> None:
    """The value meets, the slope does not: a triangle's tip in a smooth wave."""
    half = tone(441, RATE + 50, phase=0.0)
    assert abs(half[0, 0] - half[0, -1]) < 0.05
    assert seam_of(half, RATE).step_db > 10


@pytest.mark.parametrize("seed", range(20))
def test_noise_that_goes_round_closes(seed: int) -> None:
    """Cut anywhere, circular noise is as noisy at the seam as beside it."""
    rng = np.random.default_rng(seed)
    spectrum = rng.standard_normal((2, 5_001)) + 1j * rng.standard_normal((2, 5_001))
    spectrum[:, 2_000:] = 0
    circular = np.fft.irfft(spectrum, 10_000).astype(np.float32)
    assert seam_of(circular, RATE).step_db <= 0


@pytest.mark.parametrize("frames", [1, 2, 3, 9, 100])
def test_the_shortest_loops_have_a_seam_too(frames: int) -> None:
    seam = seam_of(tone(441, frames), RATE)
    assert seam.frames == frames
    assert np.isfinite(seam.step_db)


def test_silence_closes() -> None:
    assert seam_of(np.zeros((2, 1000), np.float32), RATE).step_db == 0
