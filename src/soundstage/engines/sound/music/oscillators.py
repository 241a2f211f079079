"""Oscillators: one period as a table, read at any pitch by a whole-number phase (exact over minutes, no drift).

All signals are float32 at 44.1 kHz. A phase is a uint32 whose full range is one turn.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Signal = NDArray[np.float32]
Phase = NDArray[np.uint32]
RATE = 44_100
_BITS = 14
TABLE = 1 << _BITS  # points a period: so fine that the nearest one is within -79 dB of the truth
_TURN = 2**32
_SHIFT = np.uint32(32 - _BITS)


def phase(hertz: float, frames: int, start: float = 0.0) -> Phase:
    """Phase of a steady tone; `start` in turns."""
    step = round(hertz / RATE * _TURN)
    return np.arange(frames, dtype=np.uint32) * np.uint32(step) + np.uint32(
        int(start * _TURN) % _TURN
    )  # wraps, as meant


def bent(hertz: float, turns: NDArray[np.float64]) -> Phase:
    """Phase of a tone bent by `turns` (one value a frame): vibrato, frequency modulation."""
    steady = phase(hertz, len(turns))
    bend: Phase = (turns * _TURN).astype(np.int64).astype(np.uint32)
    return steady + bend


def partials(hertz: float, limit: int = 64) -> NDArray[np.float64]:
    """Numbers 1, 2, 3 … of the harmonics that stay below 18 kHz, at most `limit`."""
    return np.arange(1, max(1, min(limit, int(18_000 / hertz))) + 1, dtype=np.float64)


def table(amplitudes: NDArray[np.float64]) -> Signal:
    """One period of harmonics 1 … n with these amplitudes, peak 1; phases after Schroeder (1970)."""
    count = len(amplitudes)
    number = np.arange(1, count + 1)
    spectrum = np.zeros(TABLE // 2 + 1, dtype=np.complex128)
    spectrum[1 : count + 1] = amplitudes * np.exp(-1j * np.pi * number * (number - 1) / max(count, 1)) * -1j
    wave = np.fft.irfft(spectrum, TABLE)
    wave /= np.abs(wave).max() or 1.0
    return wave.astype(np.float32)


SINE = np.sin(2 * np.pi * np.arange(TABLE) / TABLE).astype(np.float32)
SINE.flags.writeable = False


def read(wave: Signal, at: Phase) -> Signal:
    """The table's point nearest to each phase."""
    return wave.take((at >> _SHIFT).view(np.int32), mode="clip")


def ringing(hertz: float, frames: int, amplitudes: NDArray[np.float64], decays: NDArray[np.float64]) -> Signal:
    """A plucked or struck string: every harmonic dies at its own rate (`decays`, per second).

    This is the Karplus–Strong loop (1983) worked out in its spectrum: each period is the one before with every
    harmonic turned down a little, so pitch is exact and any colour of decay is possible. Peak of the start 1.
    """
    number = np.arange(1, len(amplitudes) + 1)
    columns = 1 << int(np.ceil(np.log2(max(64, 8 * len(amplitudes)))))
    periods = max(1, round(0.002 * hertz))  # between two tables: 2 ms, or one period of a low tone
    rows = int(np.ceil(frames * hertz / RATE / periods)) + 1
    times = np.arange(rows)[:, None] * periods / hertz
    spectrum = np.zeros((rows, columns // 2 + 1), dtype=np.complex64)
    turned = amplitudes * np.exp(-1j * np.pi * number * (number - 1) / len(amplitudes)) * -1j
    spectrum[:, 1 : len(amplitudes) + 1] = turned * np.exp(-times * decays)
    waves = np.fft.irfft(spectrum, columns, axis=1).astype(np.float32)
    waves /= np.abs(waves[0]).max() or 1.0
    step = round(hertz / RATE * _TURN)
    turns = np.arange(frames, dtype=np.uint64) * np.uint64(step)
    row = np.minimum((turns >> np.uint64(32)) // np.uint64(periods), np.uint64(rows - 1)).astype(np.int64)
    place = (turns.astype(np.uint32) / np.float64(_TURN) * columns).astype(np.float32)
    column = place.astype(np.int64)
    flat = waves.ravel()
    base = row * columns
    low = flat[base + column]
    high = flat[base + (column + 1) % columns]
    between: Signal = low + (place - column.astype(np.float32)) * (high - low)
    return between


def seconds(frames: int) -> Signal:
    """Time of each frame."""
    return (np.arange(frames, dtype=np.float64) / RATE).astype(np.float32)


def ramp(frames: int, rise: float) -> Signal:
    """0 to 1 over `rise` seconds along a raised cosine, then 1."""
    count = min(frames, max(1, int(rise * RATE)))
    shape = np.ones(frames, dtype=np.float32)
    shape[:count] = 0.5 - 0.5 * np.cos(np.pi * np.arange(count) / count)
    return shape
