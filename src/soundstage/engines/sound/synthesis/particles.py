"""Many small sounds: grains thrown onto a line of time.

P. Cook, "Physically informed sonic modeling (PhISM)" (Computer Music Journal, 1997); C. Roads, "Microsound" (2001).
"""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from soundstage.engines.sound.contract import SAMPLE_RATE
from soundstage.engines.sound.synthesis.sounds import Signal, Stereo


def arrivals(rng: Generator, frames: int, per_second: float) -> NDArray[np.int64]:
    """Start frames of a Poisson stream, sorted."""
    count = int(rng.poisson(per_second * frames / SAMPLE_RATE))
    return np.sort(rng.integers(0, frames, count))


def scatter(
    rng: Generator,
    frames: int,
    starts: NDArray[np.int64],
    gains: NDArray[np.floating],
    grains: Signal,
    width: float = 1.0,
) -> Stereo:
    """(frames, 2): at each start one of `grains` (kinds, grain frames) at its gain, somewhere in stereo."""
    kinds, size = grains.shape
    out = np.zeros((2, frames + size), np.float32)
    chosen = rng.integers(0, kinds, len(starts))
    left, right = pan_gains(0.5 + width * (rng.random(len(starts)) - 0.5))
    gains = gains.astype(np.float32)
    for start, kind, a, b in zip(
        starts.tolist(), chosen.tolist(), (gains * left).tolist(), (gains * right).tolist(), strict=True
    ):
        grain = grains[kind]
        out[0, start : start + size] += a * grain
        out[1, start : start + size] += b * grain
    return np.ascontiguousarray(out[:, :frames].T)


def pan_gains(position: NDArray[np.float64]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Equal-power gains of left and right; position 0 is left, 1 right."""
    angle = np.clip(position, 0, 1) * (np.pi / 2)
    return np.cos(angle).astype(np.float32), np.sin(angle).astype(np.float32)


def panned(signal: Signal, position: float) -> Stereo:
    """(frames, 2): one channel placed at `position`, 0 left … 1 right, at equal power."""
    angle = min(max(position, 0.0), 1.0) * np.pi / 2
    return np.stack((signal * np.float32(np.cos(angle)), signal * np.float32(np.sin(angle))), axis=1)


def heavy_tailed(rng: Generator, count: int, exponent: float, floor: float = 0.02) -> NDArray[np.float64]:
    """Gains in `floor`…1, small ones common, large ones rare (a cut Pareto law): how drops and crackles are sized."""
    return np.minimum(floor * (1 - rng.random(count)) ** (-1 / exponent), 1.0)


def noise_grains(rng: Generator, kinds: int, frames: int, t60: float) -> Signal:
    """(kinds, frames) of decaying white noise, peak about 1."""
    time = np.arange(frames, dtype=np.float32) / SAMPLE_RATE
    noise = rng.uniform(-1, 1, (kinds, frames)).astype(np.float32)
    return noise * np.exp(-6.9078 / t60 * time).astype(np.float32)
