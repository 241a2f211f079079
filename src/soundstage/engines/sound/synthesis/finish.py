"""The last touches: a bed of quiet so that no part is digital silence, level, ends without a click."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.random import Generator

from soundstage.domain.sound import Layer, Plan
from soundstage.engines.sound.reel import let_go
from soundstage.engines.sound.synthesis.mix import softened
from soundstage.engines.sound.synthesis.players import BLOCK, Stretch, TexturePlayer, class_of
from soundstage.engines.sound.synthesis.reverb import room_tone
from soundstage.engines.sound.synthesis.sounds import Character, Stereo, Texture

PEAK = 0.89  # −1 dBFS
_LOUDEST_RMS = 0.16  # −16 dBFS: noise is not made as loud as its peaks would allow
_BED_RMS = 0.0035  # −49 dBFS, of the quiet between events
_LEAST_RMS = 0.0071  # −43 dBFS of the whole; where a few short events are lost in minutes, the bed rises to this
_RISE, _FALL = 0.004, 0.025  # seconds of fade at the ends


class Levels(NamedTuple):
    """Linear peak and RMS."""

    peak: float
    rms: float


def measured(samples: Stereo) -> Levels:
    """Block by block, so that a long sound is not copied."""
    peak = power = 0.0
    for begin in range(0, len(samples), BLOCK):
        part = samples[begin : begin + BLOCK]
        peak = max(peak, float(np.max(np.abs(part))))
        power += float(np.sum(np.square(part, dtype=np.float32), dtype=np.float64))
        let_go(samples)
    return Levels(peak, (power / max(samples.size, 1)) ** 0.5)


def finished(samples: Stereo, plan: Plan, seed: int, loop: bool = False) -> Levels:
    """In place: level, bed, fades (not of a loop). The peak ends at most 0.9, the RMS above −45 dBFS."""
    before = measured(samples)
    gain = min(PEAK / max(before.peak, 1e-9), _LOUDEST_RMS / max(before.rms, 1e-9))
    scale(samples, gain)
    if not any(_goes_on(layer) for layer in plan.layers):
        rms = before.rms * gain
        wanted = max(_BED_RMS, (max(_LEAST_RMS**2 - rms**2, 0.0)) ** 0.5)
        _lay_bed(samples, plan, seed, wanted, loop)
    if not loop:
        softened(samples, _RISE, _FALL)
    after = measured(samples)
    if after.peak > PEAK:
        scale(samples, PEAK / after.peak)
        after = Levels(PEAK, after.rms * PEAK / after.peak)
    return after


def _goes_on(layer: Layer) -> bool:
    return isinstance(class_of(layer), Texture) and layer.onset == 0 and layer.until == 1 and layer.movement is None


def scale(samples: Stereo, gain: float) -> None:
    for begin in range(0, len(samples), BLOCK):
        samples[begin : begin + BLOCK] *= np.float32(gain)
        let_go(samples)


def _lay_bed(samples: Stereo, plan: Plan, seed: int, rms: float, loop: bool) -> None:
    """The place's quiet under the whole: a texture like any other, so that it closes where the sound is a loop."""
    usual = next((class_of(layer).space for layer in plan.layers), None)
    space = usual if plan.space is None else plan.space.name

    def quiet(rng: Generator, frames: int, character: Character) -> Stereo:  # noqa: ARG001 - as every texture has it
        return room_tone(rng, frames, space)

    bed = Texture("bed", (), quiet, level=20 * math.log10(rms))
    layer = Layer(sound="bed", words="")
    player = TexturePlayer(layer, bed, seed, 1 << 16, Stretch(0, len(samples), loop))
    for begin in range(0, len(samples), BLOCK):
        part = samples[begin : begin + BLOCK]
        part += player.next(len(part))
        let_go(samples)
    rest = player.rest()[: len(samples)]
    samples[: len(rest)] += rest
