"""Glass that breaks."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from soundstage.engines.sound.synthesis import filters
from soundstage.engines.sound.synthesis.envelopes import decay, faded, peaked, seconds
from soundstage.engines.sound.synthesis.modal import body, struck
from soundstage.engines.sound.synthesis.noise import shaped_stereo
from soundstage.engines.sound.synthesis.particles import arrivals, heavy_tailed, panned, scatter
from soundstage.engines.sound.synthesis.sounds import Character, Event, Signal, Stereo, frames_of


def _shards(rng: Generator) -> Signal:
    """(20, frames) of single shards: a few high modes each, ringing for 20–250 ms."""
    frames = frames_of(0.3)
    out = np.zeros((20, frames), np.float32)
    for kind in range(20):
        lowest = 1900 * 3.2 ** rng.random()
        pitches = lowest * np.cumprod(np.concatenate(([1.0], rng.uniform(1.12, 1.75, 5))))
        t60s = rng.uniform(0.03, 0.26) * (lowest / pitches) ** 0.6
        out[kind] = peaked(struck(frames, pitches.tolist(), t60s.tolist(), rng.uniform(0.3, 1.0, 6).tolist()))
    return out


def glass_break(rng: Generator, index: int, character: Character) -> Stereo:
    """The crack of the pane, then a cloud of shards that thins out as they fall and bounce.

    P. Cook's particles with modal grains (PhISEM, 1997); D. Rath and F. Fontana on bouncing and breaking (2003):
    breaking
    is a dense onset whose pieces arrive ever more rarely and weakly.
    """
    frames = frames_of(1.3 + 0.9 * character.intensity)
    time = seconds(frames)
    starts = arrivals(rng, frames, character.between(260, 520))
    keep = rng.random(len(starts)) < np.exp(-time[starts] * 4.2) + 0.06 * np.exp(-time[starts] * 1.0)
    starts = starts[keep] + frames_of(0.012)
    starts = starts[starts < frames]
    gains = heavy_tailed(rng, len(starts), 1.3, 0.12) * np.exp(-1.6 * time[starts])
    cloud = scatter(rng, frames, starts, gains, _shards(rng), 0.8)
    burst = shaped_stereo(rng, frames, filters.chain(filters.high(700, 2), filters.low(11_000)), 0.7)
    crack = burst * (decay(frames, 0.12) * (0.5 + 0.5 * decay(frames, 0.015)))[:, None]
    pane = panned(peaked(body(rng, frames, 420, 7000, 16, 0.16, slope=0.1)), 0.5)
    return faded(peaked(peaked(cloud, 0.8) + peaked(crack, 0.9) + 0.6 * pane), 0.0004, 0.2)


def _break_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(2.2, 3.2))


SOUNDS = (
    Event("glass_break", ("glass", "shatter", "glass break", "breaking glass", "smash", "window break", "broken glass",
        "bottle", "shard", "vase"), glass_break, _break_gap, level=-4, space="room", example="a window shatters",
        also=("a burglar gets in through the pane", "someone drops a mirror")),
)  # fmt: skip
