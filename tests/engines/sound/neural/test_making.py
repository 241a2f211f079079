"""Exact lengths, channels, rates and loops, of waves that are known."""

from __future__ import annotations

import numpy as np
import pytest

from soundstage.engines.sound.neural.making import fitted, seconds_for
from soundstage.errors import EngineFailure


def tone(rate: int, seconds: float, channels: int = 1, hertz: float = 440.0) -> np.ndarray:
    wave = np.sin(2 * np.pi * hertz * np.arange(round(rate * seconds)) / rate)
    return np.stack([wave] * channels).astype(np.float32)


@pytest.mark.parametrize(("rate", "channels"), [(16_000, 1), (32_000, 2), (44_100, 2), (48_000, 2)])
def test_any_rate_becomes_44_1_khz_stereo_of_exactly_so_many_frames(rate: int, channels: int) -> None:
    for frames in (1, 12_345, 44_100):
        sound = fitted(tone(rate, 1.1, channels), rate, frames, loop=False, name="toy")
        assert sound.shape == (frames, 2)
        assert sound.dtype == np.float32
    middle = slice(5_000, 40_000)
    assert np.abs(sound[middle, 0] - tone(44_100, 1.0)[0][middle]).max() < 0.01, "the same tone at the same pitch"


def test_a_few_samples_short_are_filled_with_silence() -> None:
    sound = fitted(tone(44_100, 0.5), 44_100, 22_060, loop=False, name="toy")
    assert len(sound) == 22_060
    assert not sound[22_050:].any()


def test_a_loop_begins_with_what_would_have_followed_its_end() -> None:
    noise = np.random.default_rng(1).standard_normal((2, 66_150)).astype(np.float32)
    loop = fitted(noise, 44_100, 44_100, loop=True, name="toy")
    assert np.array_equal(loop[0], noise[:, 44_100])
    assert np.array_equal(loop[-1], noise[:, 44_099])
    assert np.std(loop[2_000:9_000]) == pytest.approx(1.0, abs=0.05), "of equal power all through the fade"


def test_what_is_no_sound_is_refused() -> None:
    for wave in (np.zeros((1, 0), np.float32), np.full((2, 10), np.nan, np.float32)):
        with pytest.raises(EngineFailure, match="no sound"):
            fitted(wave, 44_100, 10, loop=False, name="toy")


def test_how_long_a_sound_the_model_is_asked_for() -> None:
    assert seconds_for(44_100, None, loop=False, name="toy") == 1.0
    assert seconds_for(4 * 44_100, 10.0, loop=True, name="toy") == 5.0
    assert seconds_for(4 * 44_100, 4.5, loop=True, name="toy") == 4.5
    with pytest.raises(EngineFailure, match=r"at most 4\.0 s at once, of which a loop needs"):
        seconds_for(4 * 44_100, 4.0, loop=True, name="toy")
