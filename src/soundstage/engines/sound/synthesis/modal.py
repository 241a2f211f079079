"""Modal synthesis: a struck body as a bank of decaying sinusoids.

J.-M. Adrien, "The missing link: modal synthesis" (1991); K. van den Doel and D. Pai, "The sounds of physical shapes"
(Presence, 1998).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.random import Generator

from soundstage.engines.sound.contract import SAMPLE_RATE
from soundstage.engines.sound.synthesis.sounds import Signal

_T60 = 6.9078  # ln(1000): a decay by 60 dB
_ROW = 512


def damped(frequency: float, t60: float, frames: int, phase: float = 0.0) -> Signal:
    """A sinusoid falling by 60 dB in `t60` seconds.

    Powers of one complex number, as the outer product of a fine and a coarse row: no sine or exponential a frame.
    """
    rows = -(-frames // _ROW)
    step = -_T60 / (t60 * SAMPLE_RATE) + 2j * np.pi * frequency / SAMPLE_RATE
    fine = np.exp(step * np.arange(_ROW)).astype(np.complex64)
    coarse = np.exp(step * _ROW * np.arange(rows) + 1j * (phase - np.pi / 2)).astype(np.complex64)
    wave = coarse.real[:, None] * fine.real - coarse.imag[:, None] * fine.imag
    return np.asarray(wave.reshape(-1)[:frames], np.float32)


def struck(frames: int, frequencies: Sequence[float], t60s: Sequence[float], gains: Sequence[float]) -> Signal:
    """(frames,) of all modes struck at once at time 0; modes above 0.45 of the sample rate are left out."""
    out = np.zeros(frames, np.float32)
    for frequency, t60, gain in zip(frequencies, t60s, gains, strict=True):
        if not 10 < frequency < 0.45 * SAMPLE_RATE:
            continue
        length = min(frames, int(t60 * 1.2 * SAMPLE_RATE) + 1)
        out[:length] += np.float32(gain) * damped(frequency, t60, length)
    return out


def body(
    rng: Generator, frames: int, low_hz: float, high_hz: float, modes: int, t60: float, slope: float = 1.0
) -> Signal:
    """A body with modes scattered by equal ratios between two frequencies; higher modes are weaker and shorter.

    `slope` 0: all equally loud; 1: as 1/f. `t60` is that of the lowest.
    """
    places = (np.arange(modes) + rng.random(modes)) / modes
    frequencies = low_hz * (high_hz / low_hz) ** places
    ratio = low_hz / frequencies
    t60s = t60 * np.sqrt(ratio) * (0.6 + 0.8 * rng.random(modes))
    gains = ratio**slope * (0.4 + 0.6 * rng.random(modes))
    return struck(frames, frequencies.tolist(), t60s.tolist(), gains.tolist())
