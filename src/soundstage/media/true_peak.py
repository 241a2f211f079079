"""True peaks: how high the sound goes between its samples, by four times oversampling (ITU-R BS.1770-5, annex 2)."""

from __future__ import annotations

from functools import reduce

import numpy as np
import soxr
from numpy.typing import NDArray

Samples = NDArray[np.float32]
_TIMES = 4


def true_peak(planar: Samples, rate: int) -> float:
    """The highest true peak of `planar` (channels, frames), linear; 0 for silence."""
    return float(frame_peaks(planar, rate).max(initial=0.0))


def frame_peaks(planar: Samples, rate: int) -> Samples:
    """For each frame the highest of its samples and of the curve to either side of it, over all channels, linear."""
    channels, frames = planar.shape
    peaks: Samples = np.abs(planar).max(axis=0)
    finer = soxr.ResampleStream(rate, rate * _TIMES, channels, quality="HQ")
    at, rest = 0, np.zeros(0, np.float32)
    for start in range(0, frames, rate):
        block = np.ascontiguousarray(planar[:, start : start + rate].T)
        curve = _highest(np.abs(finer.resample_chunk(block, last=start + rate >= frames)))
        rest = np.concatenate([rest, curve])
        whole = min(len(rest) // _TIMES, frames - at)
        between = _highest(rest[: whole * _TIMES].reshape(whole, _TIMES))
        rest = rest[whole * _TIMES :]
        np.maximum(peaks[at : at + whole], between, out=peaks[at : at + whole])
        after = peaks[at + 1 : at + whole + 1]  # a peak between two samples belongs to both
        np.maximum(after, between[: len(after)], out=after)
        at += whole
    return peaks


def _highest(rows: Samples) -> Samples:
    """The maximum of each row of a few columns; over columns, which NumPy does many times faster than along rows."""
    return reduce(np.maximum, rows.T)
