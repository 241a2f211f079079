"""What goes on lies under what happens beside it: a bell is heard in the rain because the rain is mixed below it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache

import numpy as np
from numpy.random import PCG64, Generator

from soundstage.domain.sound import Layer
from soundstage.engines.sound.contract import SAMPLE_RATE
from soundstage.engines.sound.synthesis import filters
from soundstage.engines.sound.synthesis.noise import level
from soundstage.engines.sound.synthesis.players import class_of
from soundstage.engines.sound.synthesis.sounds import Character, Texture, frames_of
from soundstage.engines.sound.synthesis.tone import toned, toned_at_its_peak

_ABOVE_DB = 12.0  # by which the loudest tenth of a second of what happens is above what goes on
_LOWEST_DB = -10.0  # of a texture under events: lower, and it would no longer be there
_HEARD = filters.band(200, 7000, 1)  # where ears judge loudness
_MOMENT = SAMPLE_RATE // 10


def under(layer: Layer, layers: Iterable[Layer]) -> float:
    """The gain of a layer among those that are heard: 1 for an event, at least −10 dB for a texture under events.

    It weighs the classes as they usually are: what is asked to be soft or far away stays so.
    """
    mine = class_of(layer)
    if not isinstance(mine, Texture):
        return 1.0
    others = [_loudness(class_of(one).name, one.material) for one in layers if not isinstance(class_of(one), Texture)]
    if not others:
        return 1.0
    lacking = _loudness(mine.name, layer.material) + _ABOVE_DB - min(others)
    return float(10 ** (-min(max(lacking, 0.0), -_LOWEST_DB) / 20))


@lru_cache(maxsize=256)
def _loudness(name: str, material: str | None) -> float:
    """dBFS of a class as it usually is, between 200 and 7000 Hz: of an event its loudest tenth of a second."""
    sound = class_of(Layer(sound=name, words=name))
    rng, character = Generator(PCG64(0)), Character(material=material)
    if isinstance(sound, Texture):
        steady = toned(sound.render(rng, frames_of(1.0), character).astype(np.float32, copy=False), sound.tone)
        return sound.level + _db(filters.filtered(level(steady, 1.0), _HEARD))
    happening = filters.filtered(toned_at_its_peak(sound.render(rng, 0, character), sound.tone), _HEARD)
    power = np.cumsum(np.mean(happening**2, axis=1, dtype=np.float64))
    moments = np.diff(power[:: _MOMENT // 4], prepend=0.0)
    loudest = float(np.convolve(moments, np.ones(4)).max()) / _MOMENT
    return sound.level + 10 * math.log10(max(loudest, 1e-12))


def _db(samples: np.ndarray) -> float:
    return 10 * math.log10(max(float(np.mean(samples**2, dtype=np.float64)), 1e-12))
