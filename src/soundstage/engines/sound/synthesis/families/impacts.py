"""Glass that breaks, explosions, shots, hits, and air that is cut: whooshes."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from soundstage.engines.sound.contract import SAMPLE_RATE
from soundstage.engines.sound.synthesis import filters
from soundstage.engines.sound.synthesis.envelopes import curve, decay, faded, peaked, seconds
from soundstage.engines.sound.synthesis.modal import body, struck
from soundstage.engines.sound.synthesis.noise import level, moving_band, shaped, shaped_stereo, wander
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

    P. Cook's particles with modal grains (PhISEM,
        1997); D. Rath and F. Fontana on bouncing and breaking (2003): breaking
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


def explosion(rng: Generator, index: int, character: Character) -> Stereo:
    """A blast wave (Friedlander's curve), the fireball's roar falling in pitch as it grows, debris, and the far rumble.

    A. Farnell, "Designing Sound" (2010), ch. explosions; W. Baker, "Explosions in Air" (1973) for the wave.
    """
    frames = frames_of(3.2 + 1.6 * character.intensity)
    time = seconds(frames)
    blast = (1 - time / np.float32(0.03)) * np.exp(-time / np.float32(0.03))
    blast *= np.minimum(time * np.float32(4000), 1)
    out = np.zeros((frames, 2), np.float32)
    boil = wander(rng, frames, 16.0, 0.55, 1.0)
    for low_hz, high_hz, t60, gain in (
        (28, 110, 3.4, 1.0),
        (80, 450, 2.2, 0.75),
        (350, 1600, 1.3, 0.42),
        (1400, 7000, 0.6, 0.26),
    ):
        noise = shaped_stereo(rng, frames, filters.band(low_hz, high_hz), 0.7)
        out += noise * (np.float32(gain) * decay(frames, t60, attack=0.004) * boil)[:, None]
    out = np.tanh(out * np.float32(0.9 + character.intensity))
    out += (np.float32(1.2) * blast)[:, None]
    starts = arrivals(rng, frames, 40)
    gains = heavy_tailed(rng, len(starts), 1.1, 0.05) * np.exp(-1.1 * time[starts]) * (time[starts] > 0.25)
    size = frames_of(0.06)
    bits = np.stack([peaked(body(rng, size, 300, 5000, 6, 0.05, slope=0.3)) for _ in range(12)])
    return faded(peaked(out + np.float32(0.35) * scatter(rng, frames, starts, gains, bits)), 0.0005, 0.8)


def gunshot(rng: Generator, index: int, character: Character) -> Stereo:
    """Muzzle blast and the ground's and walls' answer within a fraction of a second."""
    frames = frames_of(1.1)
    blast = shaped_stereo(
        rng, frames, filters.beside(filters.low(900, 1), filters.scaled(0.7, filters.band(900, 6000, 1))), 0.4
    )
    body_of_it = blast * (decay(frames, 0.16) + 0.16 * decay(frames, 0.9))[:, None]
    thump = struck(frames, [75.0, 130.0], [0.16, 0.12], [0.25, 0.2])
    return faded(peaked(np.tanh(body_of_it * np.float32(0.9)) + thump[:, None]), 0.0003, 0.3)


def whoosh(rng: Generator, index: int, character: Character) -> Stereo:
    """Something thin and quick passing: wake noise whose pitch and strength follow the speed, from side to side.

    Aeolian tone f = 0.2·speed/width (A. Farnell, "Designing Sound", 2010, ch. swinging objects).
    """
    length = character.paced(1.5, 0.4) * float(rng.uniform(0.85, 1.15))
    frames = frames_of(length)
    top = float(rng.uniform(0.45, 0.6)) * length
    speed = curve(frames, [(0, 0.0), (top, 1.0), (length, 0.0)]) ** np.float32(1.5)
    centre = 260 + speed * np.float32(character.between(900, 1900))
    tone = moving_band(rng, centre, 170.0) + 0.6 * moving_band(rng, centre * np.float32(1.9), 420.0)
    air = shaped(rng, frames, filters.band(350, 4000, 1)) * np.float32(0.55)
    out = (tone + air * speed) * speed**2
    side = 0.15 + 0.7 * np.linspace(0, 1, frames)
    if rng.random() < 0.5:
        side = 1 - side
    angle = side * np.pi / 2
    return faded(peaked(np.stack((out * np.cos(angle), out * np.sin(angle)), axis=1).astype(np.float32)), 0.01, 0.05)


def hit(rng: Generator, index: int, character: Character) -> Stereo:
    """A cinematic hit: a low drop, a broad blow, a long dark tail."""
    frames = frames_of(3.5)
    pitch = 38 + 70 * decay(frames, 0.25)
    drop = np.sin(2 * np.pi * np.cumsum(pitch, dtype=np.float64) / SAMPLE_RATE).astype(np.float32) * decay(frames, 2.6)
    blow = shaped_stereo(
        rng, frames, filters.beside(filters.low(500, 2), filters.scaled(0.3, filters.band(500, 5000, 1))), 0.6
    )
    tail = shaped_stereo(rng, frames, filters.band(60, 600, 1), 1.0) * decay(frames, 3.2)[:, None]
    out = (
        drop[:, None] + level(blow, 0.8) * decay(frames, 0.3)[:, None] + level(tail, 0.25) * decay(frames, 3.0)[:, None]
    )
    return faded(peaked(out), 0.0005, 0.6)


def _break_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(2.2, 3.2))


def _blast_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(3.8, 5.0)) / character.paced(0.7, 2.0)


def _shot_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(0.9, 1.7)) / character.paced(0.5, 6.0)


def _whoosh_gap(rng: Generator, index: int, character: Character) -> float:
    return character.paced(2.2, 0.8) * float(rng.uniform(0.9, 1.2))


SOUNDS = (
    Event("glass_break", ("glass", "shatter", "glass break", "breaking glass", "smash", "window break",
        "broken glass", "bottle", "shard"), glass_break,
          _break_gap, level=-4, space="room", example="a window shatters"),
    Event("explosion", ("explosion", "explode", "blast", "bomb", "boom", "detonation", "grenade", "dynamite",
        "cannon", "eruption"), explosion, _blast_gap,
          level=-2, space="outdoors", example="a huge explosion"),
    Event("gunshot", ("gunshot", "gun", "shot", "rifle", "pistol", "gunfire", "shoot", "firecracker"), gunshot,
        _shot_gap, level=-3, space="street",
          example="two gunshots"),
    Event("whoosh", ("whoosh", "swoosh", "swish", "swing", "swipe", "whip", "pass by", "flyby", "arrow",
        "transition"), whoosh, _whoosh_gap, level=-5,
          example="a fast whoosh"),
    Event("hit", ("hit", "cinematic hit", "impact", "braam", "trailer hit", "stinger", "slam hit"), hit, _blast_gap,
        level=-3, space="hall",
          example="a cinematic hit"),
)  # fmt: skip
