"""Spectra turn back into the sound they were made of, in blocks of any size."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from soundstage.engines.separation.spectrum import HOP, SIZE, Analysis, Synthesis


def noise(count: int) -> np.ndarray:
    return np.random.default_rng(count).normal(scale=0.2, size=(count, 2)).astype(np.float32)


@settings(deadline=None)
@given(st.lists(st.integers(0, 3 * SIZE), max_size=8), st.integers(1, 40))
def test_back_and_forth_is_the_same_sound(lengths: list[int], at_a_time: int) -> None:
    sound = noise(sum(lengths))
    analysis, synthesis = Analysis(channels=2), Synthesis(channels=2)
    cuts = np.cumsum(lengths)[:-1] if lengths else []
    spectra = np.concatenate([*(analysis.push(block) for block in np.split(sound, cuts)), analysis.flush()], axis=1)
    assert spectra.shape == (2, -(-(len(sound) + SIZE - HOP) // HOP), SIZE // 2 + 1)
    starts = range(0, spectra.shape[1], at_a_time)
    back = np.concatenate([synthesis.push(spectra[:, start : start + at_a_time]) for start in starts])
    assert len(sound) <= len(back) < len(sound) + HOP
    assert np.abs(back[: len(sound)] - sound).max(initial=0.0) < 1e-5
    assert np.abs(back[len(sound) :]).max(initial=0.0) < 1e-5


def test_a_tone_lies_where_it_belongs() -> None:
    tone = np.sin(2 * np.pi * 1000 * np.arange(44_100) / 44_100).astype(np.float32)
    spectra = Analysis(channels=2).push(np.stack([tone, 0.5 * tone], axis=1))
    loudness = np.abs(spectra).mean(axis=1)
    assert loudness[0].argmax() == round(1000 * SIZE / 44_100)
    assert np.allclose(loudness[1], loudness[0] / 2, rtol=1e-3, atol=1e-2)
