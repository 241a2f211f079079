"""The tone of a class: a smooth equaliser over its model, as a sound designer would set it by ear."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from soundstage.engines.sound.synthesis import filters
from soundstage.engines.sound.synthesis.envelopes import peaked
from soundstage.engines.sound.synthesis.sounds import Stereo

POINTS_HZ = (90.0, 220.0, 500.0, 1100.0, 2400.0, 5000.0, 9500.0)  # where a tone's decibels stand
_LOGS = np.log(np.array(POINTS_HZ))


def equaliser(decibels: tuple[float, ...]) -> filters.Response:
    """Gains at `POINTS_HZ`, joined by straight lines over the logarithm of the pitch, flat beyond both ends."""

    def response(f: NDArray[np.float32]) -> NDArray[np.complex64]:
        gains = np.interp(np.log(np.maximum(f, 1.0)), _LOGS, decibels)
        return np.asarray(10 ** (gains / 20), np.complex64)

    return response


def toned(samples: Stereo, decibels: tuple[float, ...]) -> Stereo:
    """The samples through the equaliser; as they are where there is none."""
    return filters.filtered(samples, equaliser(decibels), tail=0.02) if decibels else samples


def toned_at_its_peak(samples: Stereo, decibels: tuple[float, ...]) -> Stereo:
    """The samples through the equaliser, as strong at their peak as they were: a tone is no level."""
    return peaked(toned(samples, decibels), float(np.abs(samples).max(initial=0.0))) if decibels else samples
