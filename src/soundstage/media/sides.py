"""How the two channels of a track stand to each other: the same, different, one empty, or against each other."""

from __future__ import annotations

import math
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from soundstage.domain.value import Share, Value

_AUDIBLE = 1e-6  # mean square of −60 dBFS: what is softer says nothing about phase
_SAME = 1e-4  # energy of the difference against that of the sum: −40 dB, what lossy coding makes of one sound
_EMPTY = 1e-6  # energy of one channel against the other's
_AGAINST = -0.5  # correlation below which the mix to mono loses half of the sound and more


class Sides(StrEnum):
    """`SAME`: dual mono. `SILENT`: neither channel holds a sound."""

    SAME = "same"
    STEREO = "stereo"
    LEFT_ONLY = "left_only"
    RIGHT_ONLY = "right_only"
    SILENT = "silent"


class Phase(Value):
    """`correlation` of left and right over all of the sound, −1 (out of phase) to 1 (the same); None where a channel is
    silent. `out_of_phase_share`: of the time that can be heard, in which it lies below −0.5."""

    sides: Sides
    correlation: float | None
    out_of_phase_share: Share


class PhaseMeter:
    """Push stereo blocks of any length. Memory is flat."""

    def __init__(self, rate: int) -> None:
        self._hop = rate // 10
        self._rest = np.zeros((2, 0), np.float32)
        self._energy = np.zeros(3)  # left · left, right · right, left · right
        self._heard = 0
        self._against = 0

    def push(self, planar: NDArray[np.float32]) -> None:
        """`planar`: (2, n) float32, full scale ±1."""
        samples = np.concatenate([self._rest, planar], axis=1)
        whole = samples.shape[1] - samples.shape[1] % self._hop
        self._rest = samples[:, whole:]
        if not whole:
            return
        products = _products(samples[:, :whole].reshape(2, -1, self._hop))
        self._energy += products.sum(axis=1)
        left, right, cross = products
        heard = left + right > 2 * self._hop * _AUDIBLE
        self._heard += int(np.count_nonzero(heard))
        self._against += int(np.count_nonzero(heard & (cross < _AGAINST * np.sqrt(left * right))))

    def phase(self) -> Phase:
        """What was measured so far."""
        left, right, cross = self._energy + _products(self._rest[:, np.newaxis]).sum(axis=1)
        sides = _sides(left, right, cross)
        both = sides in (Sides.SAME, Sides.STEREO)
        return Phase(
            sides=sides,
            correlation=round(max(-1.0, min(1.0, cross / math.sqrt(left * right))), 3) if both else None,
            out_of_phase_share=self._against / self._heard if self._heard and both else 0.0,
        )


def _products(hops: NDArray[np.float32]) -> NDArray[np.float64]:
    """(2, hops, n) to (3, hops): the sums over each hop of left · left, right · right, left · right."""
    pairs = ((0, 0), (1, 1), (0, 1))
    return np.array([np.einsum("hn,hn->h", hops[a], hops[b]) for a, b in pairs], np.float64)


def _sides(left: float, right: float, cross: float) -> Sides:
    if left == 0 and right == 0:
        return Sides.SILENT
    if right <= left * _EMPTY:
        return Sides.LEFT_ONLY
    if left <= right * _EMPTY:
        return Sides.RIGHT_ONLY
    difference, total = left + right - 2 * cross, left + right + 2 * cross
    return Sides.SAME if difference <= total * _SAME else Sides.STEREO
