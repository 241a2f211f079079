"""Fire."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from soundstage.engines.sound.synthesis import filters
from soundstage.engines.sound.synthesis.envelopes import decay, peaked
from soundstage.engines.sound.synthesis.noise import level, shaped_stereo, wander
from soundstage.engines.sound.synthesis.particles import arrivals, heavy_tailed, scatter
from soundstage.engines.sound.synthesis.sounds import Character, Signal, Stereo, Texture, frames_of


def _crackles(rng: Generator) -> Signal:
    """(24, frames) of snaps: very short bursts, each coloured by the splinter that broke."""
    frames = frames_of(0.035)
    grains = np.zeros((24, frames), np.float32)
    for kind in range(24):
        burst = rng.uniform(-1, 1, frames).astype(np.float32) * decay(frames, 0.003 + 0.02 * rng.random())
        grains[kind] = peaked(filters.filtered(burst, filters.peak(900 * 6 ** rng.random(), 0.8)) + 0.35 * burst)
    return grains


def fire(rng: Generator, frames: int, character: Character) -> Stereo:
    """Lapping flames, hissing gas and crackles whose sizes follow a power law.

    The three parts of A. Farnell, "Designing Sound" (2010), ch. fire; crackle statistics as of crumpling and burning
    (E. Kramer and A. Lobkovsky, "Universal power law in the noise from a crumpled elastic sheet", 1996).
    """
    big = character.intensity
    lap = wander(rng, frames, 5.0, 0.35, 1.0) * wander(rng, frames, 0.8, 0.6, 1.0)
    flames = shaped_stereo(rng, frames, filters.chain(filters.high(40), filters.low(240, 2)), 0.6) * (lap**2)[:, None]
    roar = shaped_stereo(rng, frames, filters.band(150, 900, 1), 0.8) * lap[:, None]
    hiss = shaped_stereo(rng, frames, filters.chain(filters.high(2500, 2), filters.low(9000)), 1.0)
    hiss *= (wander(rng, frames, 3.0, 0.2, 1.0) ** 2)[:, None]
    starts = arrivals(rng, frames, 22 + 50 * big)
    bursts = wander(rng, frames, 2.0, 0.1, 1.0)[starts]
    crackles = scatter(rng, frames, starts, heavy_tailed(rng, len(starts), 1.05, 0.03) * bursts, _crackles(rng), 0.8)
    return (
        level(flames, 0.015 + 0.05 * big**2)
        + level(roar, 0.003 + 0.03 * big**2)
        + level(hiss, 0.004 + 0.004 * big)
        + peaked(crackles, 0.9)
    )


SOUNDS = (
    Texture(
        "fire", ("fire", "campfire", "flame", "fireplace", "bonfire", "burning", "crackling fire", "wildfire",
            "blaze", "hearth", "burn", "crackle"),
        fire, level=-22, tone=(-2, -5, -8, 6, 2, 11, -4), space="outdoors", example="a crackling campfire",
    ),
)  # fmt: skip
