"""True peaks: how high the sound goes between its samples, by four times oversampling (ITU-R BS.1770-5, annex 2)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import signal

Samples = NDArray[np.float32]
_TIMES = 4
_HALF = 12  # samples that the interpolation looks to either side: within 0.1 dB up to 0.45 of the sample rate
_FILTER = (signal.firwin(2 * _HALF * _TIMES + 1, 1 / _TIMES, window=("kaiser", 7.0)) * _TIMES).astype(np.float32)
_FILTER.flags.writeable = False
_BLOCK = 2048
_BETWEEN = 0.4  # the interpolation can at most multiply what lies around it by 2.4


def true_peak(planar: Samples) -> float:
    """The highest true peak of `planar` (channels, frames), linear; 0 for silence."""
    if planar.size == 0:
        return 0.0
    top = float(max(planar.max(), -planar.min()))
    for start, stop in _loud(planar, top * _BETWEEN):
        top = max(top, float(_between(planar, start, stop).max()))
    return top


def block_peaks(planar: Samples, above: float) -> Samples:
    """For each frame the highest of its samples and of the curve up to the next frame, over all channels, linear.

    Exact wherever it exceeds `above`; elsewhere the samples' own magnitude may stand.
    """
    peaks: Samples = np.abs(planar).max(axis=0)
    for start, stop in _loud(planar, above * _BETWEEN):
        curve = _between(planar, start, stop).max(axis=(0, 2))
        np.maximum(peaks[start:stop], curve, out=peaks[start:stop])
        # a peak between two samples belongs to both
        np.maximum(peaks[start + 1 : stop], curve[:-1], out=peaks[start + 1 : stop])
    return peaks


def _loud(planar: Samples, threshold: float) -> Iterator[tuple[int, int]]:
    """Spans of blocks, with their neighbours, that hold a sample above `threshold`."""
    frames = planar.shape[1]
    starts = np.arange(0, frames, _BLOCK)
    tops = np.maximum(
        np.maximum.reduceat(planar, starts, axis=1).max(axis=0),
        -np.minimum.reduceat(planar, starts, axis=1).min(axis=0),
    )
    for block in np.flatnonzero(tops > threshold):
        start = int(starts[block])
        yield start, min(frames, start + _BLOCK + 1)


def _between(planar: Samples, start: int, stop: int) -> Samples:
    """|curve| at four points a frame: (channels, stop − start, 4)."""
    low, high = max(0, start - _HALF), min(planar.shape[1], stop + _HALF)
    fine = signal.upfirdn(_FILTER, planar[:, low:high], up=_TIMES, axis=1)
    first = (start - low) * _TIMES + _HALF * _TIMES
    wanted = fine[:, first : first + (stop - start) * _TIMES]
    curve: Samples = np.abs(wanted).reshape(len(planar), stop - start, _TIMES)
    return curve
