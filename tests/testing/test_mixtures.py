"""What is mixed has the level asked for, and what is joined lies where it is said to lie."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from soundstage.testing import mixtures
from soundstage.testing.mixtures import RATE, WITHOUT_WORDS, joined, noise, over_music, read, rms, write

VOICE = noise(1.0, slope=1.0, level=0.2, seed=3)


@pytest.mark.parametrize("decibels", [0, 10])
def test_music_lies_as_far_below_the_speech_as_asked(decibels: int) -> None:
    mix, voice = over_music(VOICE, noise(2.0, slope=0.0), decibels)
    assert 20 * np.log10(rms(voice) / rms(mix - voice)) == pytest.approx(decibels, abs=0.01)
    assert np.abs(mix).max() <= 0.9001 and mix.shape == voice.shape == VOICE.shape
    assert np.corrcoef(voice[:, 0], VOICE[:, 0])[0, 1] == pytest.approx(1.0)


def test_parts_begin_where_they_are_said_to() -> None:
    whole, begins = joined([VOICE, VOICE[: RATE // 2]], pause=0.25)
    assert begins == (0.25, 1.5) and len(whole) == RATE * 2.25
    for begin in begins:
        first = round(begin * RATE)
        assert not whole[first - 100 : first].any()
        assert np.array_equal(whole[first : first + 100], VOICE[:100])


def test_recordings_of_one_channel_and_another_rate_are_read_as_two_at_48_khz(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "x.wav", VOICE[::3, 0], RATE // 3)
    assert read(tmp_path / "x.wav").shape == (RATE, 2)
    assert np.allclose(read(write(tmp_path / "y.flac", VOICE)), VOICE, atol=1e-6)


def test_sounds_without_words_are_made_the_same_each_time() -> None:
    for name in ("pink noise", "rain", "music: jazz"):
        one, two = WITHOUT_WORDS[name](1.0), WITHOUT_WORDS[name](1.0)
        assert one.shape == (RATE, 2) and np.array_equal(one, two) and 0.01 < rms(one) < 0.5
    assert not WITHOUT_WORDS["silence"](1.0).any()
    assert all(mixtures.rms(make(0.5)) < 0.5 for make in WITHOUT_WORDS.values())
