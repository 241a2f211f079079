"""True peaks: how high sound goes between its samples, at four times the rate (ITU-R BS.1770-5, annex 2).

One filter measures what is decoded, what is mastered and what mastering keeps under its ceiling.

Interpolating everything would cost more than decoding. By the triangle inequality no interpolated value is higher than
the highest sample under the filter times the filter's absolute sum (`BOUND`, about 7.5 dB), so a stretch whose samples
stay that far under the highest peak found so far, or under a ceiling, cannot hold a higher one: it is left out and
nothing is lost. What is left, a few hundredths of ordinary sound, is interpolated as one product with a banded matrix.
"""

from __future__ import annotations

from functools import reduce

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Samples = NDArray[np.float32]
Places = NDArray[np.intp]

TAPS = 32  # of each phase; flat within 0.01 dB to 20 kHz at 48 kHz
_KAISER_BETA = 6.5  # 65 dB
_BETWEEN = (0.25, 0.5, 0.75)  # where between two samples; the samples themselves are the fourth phase
_FRAME = 16  # intervals that one row of the product interpolates
_GROUP = 12 * _FRAME  # intervals that are left out or interpolated together: 4 ms at 48 kHz
_LAP = TAPS - 1
_BEFORE = TAPS // 2 - 1  # samples under the filter before the interval it is for
# So many rows at a time keep the product under what OpenBLAS spreads over threads, whose waiting costs more than it.
_GROUPS_AT_ONCE = 9


def phases() -> NDArray[np.float64]:
    """The interpolation filter: (TAPS, 3), for points ¼, ½ and ¾ between the two samples in the middle."""
    offsets = np.arange(TAPS)[:, np.newaxis] - _BEFORE - np.array(_BETWEEN)
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


def true_peak(planar: Samples) -> float:
    """The highest true peak of `planar` (channels, frames), linear; 0 for silence."""
    meter = TruePeakMeter(len(planar))
    meter.push(planar)
    return meter.peak


def frame_peaks(planar: Samples, ceiling: float) -> Samples:
    """For each frame the highest of its samples and of the curve to either side of it, over all channels, linear.

    Only what goes over `ceiling` is looked at between the samples: elsewhere the answer may be too low, but never where
    it matters. Before and after the sound is silence; how the curve swings there belongs to the first and last frame.
    """
    channels, frames = planar.shape
    groups = -(-(frames + _LAP) // _GROUP)  # every interval that a sample has a part in
    samples = np.pad(planar, ((0, 0), (_LAP, groups * _GROUP - frames)))
    order, heights = _by_height(samples, groups)
    over = order[: np.count_nonzero(heights * BOUND > ceiling)]
    curves: Samples = np.zeros((channels * groups, _GROUP), np.float32)
    grouped = _grouped(samples, groups)
    for at in range(0, len(over), _GROUPS_AT_ONCE):
        places = over[at : at + _GROUPS_AT_ONCE]
        points = np.abs(_between(grouped, places)).reshape(-1, len(_BETWEEN))
        curves[places] = reduce(np.maximum, points.T).reshape(-1, _GROUP)
    curve = curves.reshape(channels, -1).max(axis=0)  # interval i lies between frames i − 16 and i − 15
    first, last = TAPS // 2, frames + TAPS // 2 - 1
    peaks: Samples = np.abs(planar).max(axis=0)
    peaks[0] = max(peaks[0], curve[:first].max())
    peaks[-1] = max(peaks[-1], curve[last:].max())
    np.maximum(peaks[:-1], curve[first:last], out=peaks[:-1])
    np.maximum(peaks[1:], curve[first:last], out=peaks[1:])
    return peaks


def _highest(samples: Samples, groups: int, peak: float) -> float:
    """The higher of `peak` and the peaks in the first `groups` groups of intervals of (channels, n) samples."""
    order, heights = _by_height(samples, groups)
    peak = max(peak, float(heights[0]))
    grouped = _grouped(samples, groups)
    for at in range(0, len(order), _GROUPS_AT_ONCE):
        if heights[at] * BOUND <= peak:
            break
        between = _between(grouped, order[at : at + _GROUPS_AT_ONCE])
        peak = max(peak, float(between.max()), -float(between.min()))
    return peak


def _by_height(samples: Samples, groups: int) -> tuple[Places, Samples]:
    """Channels' groups of intervals (numbered channel · groups + group), and the highest sample under each, falling."""
    whole = samples[:, : groups * _GROUP].reshape(len(samples), groups, _GROUP)
    cells = np.maximum(whole.max(axis=2), -whole.min(axis=2))
    tail = np.abs(samples[:, groups * _GROUP :]).max(axis=1, keepdims=True, initial=0.0)
    highest = np.maximum(cells, np.concatenate([cells[:, 1:], tail], axis=1)).ravel()  # a filter reaches into the next
    order = np.argsort(highest)[::-1]
    return order, highest[order]


def _grouped(samples: Samples, groups: int) -> Samples:
    """(channels, groups, frames in a group, samples under a frame), a view."""
    frames = sliding_window_view(samples, _FRAME + _LAP, axis=1)[:, : groups * _GROUP : _FRAME]
    return frames.reshape(len(samples), groups, _GROUP // _FRAME, _FRAME + _LAP)


def _between(grouped: Samples, places: Places) -> Samples:
    """(places · frames in a group, 3 · _FRAME): the points between the samples, in order of time."""
    channel, group = np.divmod(places, grouped.shape[1])
    points: Samples = grouped[channel, group].reshape(-1, _FRAME + _LAP) @ _MATRIX
    return points
