"""Shapes in time: decays, curves through points, fades, and glides of pitch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from soundstage.engines.sound.contract import SAMPLE_RATE
from soundstage.engines.sound.synthesis.sounds import Signal, frames_of

_T60 = 6.9078  # ln(1000): a decay by 60 dB


def seconds(frames: int) -> Signal:
    """The time of each frame in seconds."""
    return np.arange(frames, dtype=np.float32) / np.float32(SAMPLE_RATE)


def decay(frames: int, t60: float, attack: float = 0.0) -> Signal:
    """Exponential fall by 60 dB in `t60` seconds after a linear rise of `attack` seconds."""
    time = seconds(frames)
    fall: Signal = np.exp(-_T60 / max(t60, 1e-4) * np.maximum(time - np.float32(attack), 0)).astype(np.float32)
    if attack > 0:
        fall *= np.minimum(time / np.float32(attack), 1)
    return fall


def curve(frames: int, points: Sequence[tuple[float, float]]) -> Signal:
    """A smooth line through (second, value) points, by half cosines; flat before the first and after the last."""
    time = np.arange(frames) / SAMPLE_RATE
    at = np.array([p[0] for p in points])
    value = np.array([p[1] for p in points])
    index = np.clip(np.searchsorted(at, time, side="right") - 1, 0, len(at) - 2)
    share = np.clip((time - at[index]) / np.maximum(at[index + 1] - at[index], 1e-6), 0, 1)
    share = 0.5 - 0.5 * np.cos(np.pi * share)
    line: Signal = (value[index] + (value[index + 1] - value[index]) * share).astype(np.float32)
    return line


def phase(frequency: Signal) -> Signal:
    """Radians, wrapped, of an oscillator at `frequency` (Hz, one value a frame)."""
    turns = np.cumsum(frequency, dtype=np.float64) / SAMPLE_RATE
    return ((turns % 1.0) * (2 * np.pi)).astype(np.float32)


def faded(samples: NDArray[np.float32], rise: float, fall: float) -> NDArray[np.float32]:
    """In place: raised-cosine fades of `rise` and `fall` seconds, each at most half of the samples."""
    frames = samples.shape[0]
    for count, end in ((min(frames_of(rise), frames // 2), False), (min(frames_of(fall), frames // 2), True)):
        if count == 0:
            continue
        ramp = (0.5 - 0.5 * np.cos(np.pi * (np.arange(count) + 0.5) / count)).astype(np.float32)
        shaped = ramp if samples.ndim == 1 else ramp[:, None]
        if end:
            samples[frames - count :] *= shaped[::-1]
        else:
            samples[:count] *= shaped
    return samples


def peaked(samples: NDArray[np.floating], top: float = 1.0) -> NDArray[np.float32]:
    """The samples scaled so that the largest is `top`; silence stays silence."""
    most = float(np.max(np.abs(samples), initial=0.0))
    scaled = samples * np.float32(top / most) if most > 1e-12 else samples
    return scaled.astype(np.float32, copy=False)
