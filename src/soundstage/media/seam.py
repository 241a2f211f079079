"""The seam of a loop: whether its last sample leads into its first as its samples lead into each other elsewhere."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from soundstage.domain.sound import Seam

_AROUND_SECONDS = 0.01  # on either side of the seam: about what the ear masks a click with
_LEAST = 2.0**-15  # a step of 16 bits: what is smaller is lost in the file's own noise


def seam_of(planar: NDArray[np.float32], rate: int) -> Seam:
    """Of (channels, frames) at `rate` Hz, played round.

    A click is a sample that its neighbours do not foretell: a jump of the value, or a kink of the slope. So the first
    and second differences across the seam are held against the largest of the 10 ms before and after it; `step_db` is
    the higher of the two ratios in dB, at most 0 where the seam is no larger than what is beside it. Differences below
    a step of 16 bits count as one.
    """
    frames = planar.shape[1]
    around = min(max(8, int(_AROUND_SECONDS * rate)), max(2, frames // 2))
    places = np.arange(-around - 2, around + 2) % frames  # the seam lies between places −1 and 0
    near = planar[:, places].astype(np.float64)
    worst = max(_over(np.diff(near, order), around + 2, order) for order in (1, 2))
    return Seam(step_db=round(20 * math.log10(worst), 2), frames=frames)


def _over(differences: NDArray[np.float64], seam: int, order: int) -> float:
    """The largest difference that reaches over the seam (before index `seam`), as a ratio to the largest that does not.

    Difference i of order n reaches from sample i to sample i + n.
    """
    heights = np.abs(differences).max(axis=0)
    across = np.zeros(len(heights), bool)
    across[seam - order : seam] = True
    return max(float(heights[across].max()), _LEAST) / max(float(heights[~across].max(initial=0.0)), _LEAST)
