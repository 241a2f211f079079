"""Noise with a spectrum, a moving band, and slow random control: the raw material of weather, water and fire.

Noise is drawn in the frequency domain (complex Gaussian bins under a magnitude curve, then one inverse FFT), which is
exact Gaussian noise of that spectrum and cheaper than filtering white noise.
"""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from soundstage.engines.sound.contract import SAMPLE_RATE
from soundstage.engines.sound.synthesis.filters import Response, fast_length, joined, sampled
from soundstage.engines.sound.synthesis.sounds import Signal, Stereo


def shaped(rng: Generator, frames: int, response: Response) -> Signal:
    """(frames,) of Gaussian noise with the magnitude of `response`, at RMS 1."""
    length = fast_length(frames)
    bins = length // 2 + 1
    spectrum = rng.standard_normal((bins, 2), dtype=np.float32).view(np.complex64)[:, 0]
    spectrum *= np.abs(sampled(response, length))
    spectrum[0] = 0
    noise: Signal = np.fft.irfft(spectrum, length).astype(np.float32, copy=False)[:frames]
    return level(noise, 1.0)


def shaped_stereo(rng: Generator, frames: int, response: Response, width: float = 1.0) -> Stereo:
    """(frames, 2) of noise at RMS 1; `width` 0 is mono, 1 two independent channels."""
    left, right = shaped(rng, frames, response), shaped(rng, frames, response)
    if width < 1:
        right = (1 - width) * left + width * right
    return np.stack((left, right), axis=1)


def moving_band(rng: Generator, centre: Signal, width_hz: float) -> Signal:
    """Narrow noise whose centre follows `centre` (Hz, one value a frame): a low band carried on an oscillator."""
    frames = len(centre)
    phase = np.cumsum(centre, dtype=np.float64) * (2 * np.pi / SAMPLE_RATE)
    phase %= 2 * np.pi
    angle = phase.astype(np.float32)
    real, imaginary = slow(rng, frames, width_hz), slow(rng, frames, width_hz)
    return real * np.cos(angle) - imaginary * np.sin(angle)


def slow(rng: Generator, frames: int, rate_hz: float) -> Signal:
    """Smooth random control around 0, RMS about 1, turning about `rate_hz` times a second (random points, cubics)."""
    hop = 32 if rate_hz < 100 else 1  # the curve is drawn at 1378 Hz and joined by straight lines
    points = rng.standard_normal(int(frames * rate_hz / SAMPLE_RATE) + 5, dtype=np.float32)
    where = np.arange(frames // hop + 2, dtype=np.float64) * (hop * rate_hz / SAMPLE_RATE) + 1 + rng.random()
    index = np.minimum(where.astype(np.int64), len(points) - 3)
    t = (where - index).astype(np.float32)
    a, b, c, d = (points[index + k] for k in (-1, 0, 1, 2))
    curve = b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
    return joined(curve, hop, frames).astype(np.float32, copy=False)


def wander(rng: Generator, frames: int, rate_hz: float, low: float, high: float) -> Signal:
    """Smooth random control that stays within `low`…`high`."""
    return (low + (high - low) * (0.5 + 0.5 * np.tanh(slow(rng, frames, rate_hz)))).astype(np.float32)


def level(signal: NDArray[np.floating], rms: float) -> NDArray[np.float32]:
    """The signal at that RMS; silence stays silence."""
    power = float(np.sqrt(np.mean(np.square(signal), dtype=np.float64)))
    scaled = signal * np.float32(rms / power) if power > 1e-12 else signal
    return scaled.astype(np.float32, copy=False)
