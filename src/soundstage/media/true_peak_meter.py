"""True peaks of a stream: how high sound goes between its samples, at four times the rate (ITU-R BS.1770-5, annex 2).

Interpolating everything would cost more than decoding. By the triangle inequality no interpolated value is higher than
the highest sample under the filter times the filter's absolute sum (`BOUND`, about 7.5 dB), so a stretch whose samples
stay that far under the highest peak found so far cannot hold a higher one: it is left out and nothing is lost. What is
left, a few hundredths of ordinary sound, is interpolated as one product with a banded matrix.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Samples = NDArray[np.float32]

TAPS = 32  # of each phase; flat within 0.01 dB to 20 kHz at 48 kHz
_KAISER_BETA = 6.5  # 65 dB
_BETWEEN = (0.25, 0.5, 0.75)  # where between two samples; the samples themselves are the fourth phase
_FRAME = 16  # intervals that one row of the product interpolates
_GROUP = 12 * _FRAME  # intervals that are left out or interpolated together: 4 ms at 48 kHz
_LAP = TAPS - 1
# So many rows at a time keep the product under what OpenBLAS spreads over threads, whose waiting costs more than it.
_GROUPS_AT_ONCE = 9


def phases() -> NDArray[np.float64]:
    """The interpolation filter: (TAPS, 3), for points ¼, ½ and ¾ between the two samples in the middle."""
    offsets = np.arange(TAPS)[:, np.newaxis] - (TAPS // 2 - 1) - np.array(_BETWEEN)
    window = np.i0(_KAISER_BETA * np.sqrt(1 - (offsets / (TAPS // 2)) ** 2)) / np.i0(_KAISER_BETA)
    taps = np.sinc(offsets) * window
    return np.asarray(taps / taps.sum(axis=0))


_PHASES = phases()
BOUND = float(np.abs(_PHASES).sum(axis=0).max())


def _banded() -> Samples:
    """(_FRAME + TAPS − 1, 3 · _FRAME): the samples under a frame to the points between them."""
    matrix = np.zeros((_FRAME + _LAP, _FRAME, len(_BETWEEN)))
    for interval in range(_FRAME):
        matrix[interval : interval + TAPS, interval] = _PHASES
    return matrix.reshape(_FRAME + _LAP, -1).astype(np.float32)


_MATRIX = _banded()


class TruePeakMeter:
    """Push blocks of any length; before and after the sound is silence."""

    def __init__(self, channels: int = 2) -> None:
        self._rest: Samples = np.zeros((channels, _LAP), np.float32)
        self._peak = 0.0

    def push(self, planar: Samples) -> None:
        """`planar`: (channels, n) float32, full scale ±1."""
        samples = np.concatenate([self._rest, planar], axis=1)
        groups = max(0, samples.shape[1] - _LAP) // _GROUP
        self._rest = samples[:, groups * _GROUP :].copy()
        if groups:
            self._peak = _highest(samples, groups, self._peak)

    @property
    def peak(self) -> float:
        """The highest true peak of everything pushed, linear; 0 for digital silence."""
        ending = np.zeros((len(self._rest), _LAP + _GROUP), np.float32)
        samples = np.concatenate([self._rest, ending], axis=1)
        return _highest(samples, (samples.shape[1] - _LAP) // _GROUP, self._peak)


def _highest(samples: Samples, groups: int, peak: float) -> float:
    """The higher of `peak` and the peaks in the first `groups` groups of intervals of (channels, n) samples."""
    whole = samples[:, : groups * _GROUP].reshape(len(samples), groups, _GROUP)
    cells = np.maximum(whole.max(axis=2), -whole.min(axis=2))
    tail = np.abs(samples[:, groups * _GROUP :]).max(axis=1, keepdims=True, initial=0.0)
    peak = max(peak, float(cells.max()), float(tail.max()))
    highest = np.maximum(cells, np.concatenate([cells[:, 1:], tail], axis=1))  # a filter reaches into the next group
    order = np.argsort(highest, axis=None)[::-1]
    ceilings = highest.ravel()[order] * np.float32(BOUND)
    frames = sliding_window_view(samples, _FRAME + _LAP, axis=1)[:, : groups * _GROUP : _FRAME]
    grouped = frames.reshape(len(samples), groups, _GROUP // _FRAME, _FRAME + _LAP)  # a view still
    for at in range(0, len(order), _GROUPS_AT_ONCE):
        if ceilings[at] <= peak:
            break
        channel, group = np.divmod(order[at : at + _GROUPS_AT_ONCE], groups)
        between = grouped[channel, group].reshape(-1, _FRAME + _LAP) @ _MATRIX
        peak = max(peak, float(between.max()), -float(between.min()))
    return peak
