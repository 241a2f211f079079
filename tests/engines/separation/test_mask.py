"""Windows come and go unheard: what is masked is what a single window of that length would mask."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from soundstage.engines.separation.mask import FADE, WINDOW, separated
from soundstage.engines.separation.spleeter_graph import BINS, FRAMES_MULTIPLE

STEP = WINDOW - FADE
POINTS = 2049
LENGTHS = [
    1,
    63,
    64,
    FADE,
    STEP - 1,
    STEP,
    STEP + 1,
    STEP + FADE,
    WINDOW + 1,
    2 * STEP,
    2 * STEP + FADE,
    3 * STEP + 100,
]


@pytest.fixture(scope="module")
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


def spectra(frames: int) -> np.ndarray:
    draw = np.random.default_rng(frames)
    return (draw.normal(size=(2, frames, POINTS)) + 1j * draw.normal(size=(2, frames, POINTS))).astype(np.complex64)


def blocks(whole: np.ndarray) -> Iterator[np.ndarray]:
    for start in range(0, whole.shape[1], 43):
        yield whole[:, start : start + 43].copy()


def run(whole: np.ndarray, network, pool: ThreadPoolExecutor) -> np.ndarray:
    return np.concatenate(list(separated(blocks(whole), network, pool, 2)), axis=1)


@pytest.mark.parametrize("frames", LENGTHS)
def test_every_frame_comes_back_once_and_in_order(frames: int, pool: ThreadPoolExecutor) -> None:
    whole = spectra(frames)
    assert np.allclose(run(whole, np.ones_like, pool), whole)
    assert np.allclose(run(whole, lambda heard: np.full_like(heard, 0.25), pool), whole * 0.25, rtol=1e-4)


@pytest.mark.parametrize("frames", LENGTHS)
def test_a_network_that_looks_at_each_frame_alone_sees_no_windows(frames: int, pool: ThreadPoolExecutor) -> None:
    def louder_bins(heard: np.ndarray) -> np.ndarray:
        return (heard > heard.mean(axis=-1, keepdims=True)).astype(np.float32)

    whole = spectra(frames)
    heard = np.abs(whole[..., :BINS])
    share = heard > heard.mean(axis=-1, keepdims=True)
    assert np.allclose(run(whole, louder_bins, pool)[..., :BINS], whole[..., :BINS] * share)


def test_the_network_hears_windows_at_one_level_whatever_the_sound(pool: ThreadPoolExecutor) -> None:
    seen = []

    def remember(heard: np.ndarray) -> np.ndarray:
        seen.append((heard.shape, float(np.sqrt(np.mean(np.square(heard))))))
        return np.ones_like(heard)

    for level in (1e-4, 1.0):
        run(spectra(WINDOW + STEP) * np.complex64(level), remember, pool)
    shapes, levels = zip(*seen, strict=True)
    assert set(shapes) == {(1, 2, WINDOW, BINS)}
    assert WINDOW % FRAMES_MULTIPLE == 0
    assert max(levels) == pytest.approx(min(levels), rel=1e-3)


def test_masks_fade_into_each_other(pool: ThreadPoolExecutor) -> None:
    """Two windows of opposite opinion: between them no step is larger than one frame's share of the fade."""
    opinions = iter((1.0, 0.0))
    with ThreadPoolExecutor(1) as one:
        masked = run(spectra(2 * STEP), lambda heard: np.full_like(heard, next(opinions)), one)
    share = np.abs(masked[0, :, 100]) / np.abs(spectra(2 * STEP)[0, :, 100])
    assert np.allclose(share[:STEP], 1.0, atol=1e-4)
    assert np.allclose(share[STEP + FADE :], 0.0, atol=1e-4)
    assert np.abs(np.diff(share)).max() < 1.1 / FADE


def test_above_the_mask_the_top_of_it_decides(pool: ThreadPoolExecutor) -> None:
    whole = spectra(100)

    def low_only(heard: np.ndarray) -> np.ndarray:
        mask = np.zeros_like(heard)
        mask[..., :500] = 1.0
        return mask

    assert np.abs(run(whole, low_only, pool)[..., BINS:]).max() == 0.0
    assert np.allclose(run(whole, lambda heard: 1 - low_only(heard), pool)[..., BINS:], whole[..., BINS:])


def test_silence_is_not_asked_about_and_mono_stays_mono(pool: ThreadPoolExecutor) -> None:
    def fail(heard: np.ndarray) -> np.ndarray:
        raise AssertionError("silence needs no network")

    assert np.abs(run(np.zeros((2, 700, POINTS), np.complex64), fail, pool)).max() == 0.0

    def one_sided(heard: np.ndarray) -> np.ndarray:
        mask = np.ones_like(heard)
        mask[:, 1] = 0.0
        return mask

    whole = spectra(700)
    whole[1] = whole[0]
    masked = run(whole, one_sided, pool)
    assert np.array_equal(masked[0], masked[1])
    assert np.allclose(masked, whole / 2)


def test_a_network_that_fails_is_heard_of(pool: ThreadPoolExecutor) -> None:
    def fail(heard: np.ndarray) -> np.ndarray:
        raise RuntimeError("no memory")

    with pytest.raises(RuntimeError, match="no memory"):
        run(spectra(100), fail, pool)
