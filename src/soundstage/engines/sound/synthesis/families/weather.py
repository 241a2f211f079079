"""Rain, wind and thunder."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from soundstage.engines.sound.contract import SAMPLE_RATE
from soundstage.engines.sound.synthesis import filters
from soundstage.engines.sound.synthesis.envelopes import decay, faded, peaked, seconds
from soundstage.engines.sound.synthesis.modal import body
from soundstage.engines.sound.synthesis.noise import level, moving_band, shaped, shaped_stereo, slow, wander
from soundstage.engines.sound.synthesis.particles import arrivals, heavy_tailed, scatter
from soundstage.engines.sound.synthesis.sounds import Character, Event, Signal, Stereo, Texture, frames_of

_SPEED_OF_SOUND = 343.0  # m/s


def _drops(rng: Generator, material: str | None) -> Signal:
    """(16, frames) of single drops on a surface."""
    frames = frames_of(0.05 if material == "tin" else 0.03)
    grains = np.zeros((16, frames), np.float32)
    for kind in range(16):
        if material == "tin":
            ring = body(rng, frames, 800 + 900 * rng.random(), 9000, 8, 0.022, slope=0.3)
            grains[kind] = ring + rng.uniform(-1, 1, frames) * decay(frames, 0.005)
        elif material == "leaves":
            pat = rng.uniform(-1, 1, frames).astype(np.float32) * decay(frames, 0.015, attack=0.0008)
            grains[kind] = filters.filtered(pat, filters.peak(900 + 2500 * rng.random(), 1.2))
        elif material == "glass":
            grains[kind] = body(rng, frames, 1200 + 1500 * rng.random(), 8000, 5, 0.02, slope=0.3)
            grains[kind] += 0.5 * rng.uniform(-1, 1, frames) * decay(frames, 0.004)
        else:  # on ground and water: a click, then the bubble that it shuts in (Pumphrey; van den Doel 2005)
            pitch = 1980 * 4.3 ** rng.random()
            bubble = np.sin(2 * np.pi * pitch * seconds(frames)) * decay(frames, 0.004 + 0.0155 * rng.random())
            grains[kind] = 0.1 * bubble + rng.uniform(-1, 1, frames) * decay(frames, 0.0011)
        grains[kind] = peaked(grains[kind])
    return grains


def rain(rng: Generator, frames: int, character: Character) -> Stereo:
    """A bed of countless far drops and, on it, near drops one by one.

    Bed and drops as in A. Farnell, "Designing Sound" (2010), ch. rain; drops after K. van den Doel, "Physically based
    models for liquid sounds" (ACM TAP, 2005). Sizes follow a cut Pareto law.
    """
    heavy = character.intensity
    bed = filters.beside(
        filters.scaled(0.28 + 0.6 * heavy, filters.band(310, 2330, 1)),
        filters.chain(filters.high(1060, 2), filters.low(8400)),
    )
    wash = shaped_stereo(rng, frames, bed, 0.9)
    wash *= (1 + 0.04 * slow(rng, frames, 0.7))[:, None]
    starts = arrivals(rng, frames, (90 + 480 * heavy) * {"tin": 2.0, None: 0.5}.get(character.material, 1.0))
    gains = heavy_tailed(rng, len(starts), 1.3 if character.material else 0.86, 0.08)
    drops = scatter(rng, frames, starts, gains, _drops(rng, character.material))
    share = {"tin": 1.1, "glass": 0.9, "leaves": 1.0}.get(character.material or "", 0.61) * (1.5 - 0.9 * heavy)
    return level(wash, 0.1) + level(drops, 0.1 * share)


def wind(rng: Generator, frames: int, character: Character) -> Stereo:
    """Turbulence whose brightness follows the gusts, and two whistling edges (Aeolian tones: pitch follows the speed).

    After A. Farnell, "Designing Sound" (2010), ch. wind: f = 0.2·U/d for the whistles.
    """
    gusts = wander(rng, frames, 0.35 + 0.5 * character.pace, 0.25, 1.0) * wander(rng, frames, 1.7, 0.8, 1.05)
    gusts = 1 - (1 - gusts) * np.float32(0.5 + 0.5 * character.intensity)
    out = np.zeros((frames, 2), np.float32)
    for low_hz, high_hz, power, gain in (
        (50, 260, 1.0, 1.0),
        (200, 700, 1.7, 0.8),
        (600, 1800, 2.6, 0.35),
        (1500, 5000, 3.5, 0.12),
    ):
        noise = shaped_stereo(rng, frames, filters.band(low_hz, high_hz), 0.85)
        out += noise * (np.float32(gain) * gusts ** np.float32(power))[:, None]
    howl = character.between(0.15, 0.75)
    for place, base in ((0.3, 420.0), (0.72, 640.0)):
        speed = gusts * (1 + np.float32(0.08) * slow(rng, frames, 0.9))
        whistle = moving_band(rng, np.asarray(base * (0.55 + 0.8 * speed), np.float32), 14.0) * speed ** np.float32(2.2)
        out[:, 0] += np.float32(howl * (1 - place)) * whistle
        out[:, 1] += np.float32(howl * place) * whistle
    return out


def thunder(rng: Generator, index: int, character: Character) -> Stereo:
    """The sound of a crooked lightning channel, summed over its pieces.

    H. Ribner and D. Roy, "Acoustics of thunder: a quasilinear model for tortuous lightning" (JASA, 1982): every piece
    sends an N-wave that arrives after its distance; pieces broadside to the listener are louder. Air dulls what is far.
    """
    near_m = 250 + 2800 * character.distance
    pieces = 1600
    turn = rng.standard_normal((pieces, 3)).astype(np.float64)
    turn[:, 2] *= 0.6
    walk = np.cumsum(0.75 * turn + np.repeat(rng.standard_normal((pieces // 40, 3)), 40, axis=0) * 0.9, axis=0)
    path = walk * 3.0 + np.array([near_m, 0.0, 0.0])
    path[:, 2] = np.linspace(0, 2600, pieces) + 0.3 * path[:, 2]
    distance = np.sqrt(np.sum(path**2, axis=1))
    along = np.gradient(path, axis=0)
    broadside = 1 - np.abs(np.sum(along * path, axis=1)) / (np.linalg.norm(along, axis=1) * distance + 1e-9)
    arrival = (distance - distance.min()) / _SPEED_OF_SOUND
    frames = frames_of(min(float(arrival.max()), 5.5) + 2.6)
    strength = (near_m / distance) ** 1.2 * (0.08 + broadside**3) * rng.exponential(1.0, pieces)
    at = np.minimum((arrival * SAMPLE_RATE).astype(np.int64), frames - 1)
    train = np.bincount(at, strength * rng.choice((-1.0, 1.0), pieces), frames).astype(np.float32)
    envelope = np.bincount(at, strength, frames).astype(np.float32)
    smooth = np.maximum(filters.filtered(envelope, filters.low(2.2, 2), tail=1.0), 0)
    fast = np.maximum(filters.filtered(envelope, filters.low(6, 2), tail=0.8), 0)
    boom = filters.filtered(train, filters.chain(filters.high(25, 2), filters.low(110, 2)), tail=0.5)
    left, right = (
        level(shaped(rng, frames, filters.chain(filters.high(35), filters.low(130, 2))) * np.sqrt(smooth), 0.5)
        + level(shaped(rng, frames, filters.chain(filters.high(150), filters.low(700))) * np.sqrt(fast * smooth), 0.35)
        for _ in range(2)
    )
    out = np.stack((left, right), axis=1) + level(boom, 0.4)[:, None]
    closeness = (1 - character.distance) * character.between(0.5, 1.0)
    crack = shaped_stereo(rng, frames, filters.band(300, 5000, 1), 0.6)
    crack *= (fast / max(float(fast.max()), 1e-9) * decay(frames, 1.6, attack=0.05))[:, None]
    out += peaked(crack, 0.4 * closeness * float(np.abs(out).max()))
    out *= decay(frames, frames / SAMPLE_RATE * 1.6)[:, None]
    return faded(peaked(out), 0.004, 1.2)


def _storm_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(5.0, 9.0) / character.paced(0.5, 2.0))


def breeze_in_leaves(rng: Generator, frames: int, character: Character) -> Stereo:
    """Leaves that touch: short bright grains, thick in the gusts (particles after Cook, 1997)."""
    gusts = wander(rng, frames, 0.5, 0.15, 1.0)
    hiss = shaped_stereo(rng, frames, filters.chain(filters.high(1500, 1), filters.low(6000)), 1.0)
    rustle = 1 + np.float32(0.4) * slow(rng, frames, 9.0)
    low = shaped_stereo(rng, frames, filters.band(120, 500), 0.8)
    return hiss * (gusts**2 * rustle)[:, None] + low * (np.float32(0.8) * gusts)[:, None]


SOUNDS = (
    Texture(
        "rain", ("rain", "raindrop", "rainfall", "downpour", "drizzle", "rain shower", "raining", "rainy",
        "pouring rain"),
            rain, level=-20, tone=(-3, 4, 10, 8, -6, -1, -12),
        materials={
            "tin": "tin", "metal": "tin", "roof": "tin", "corrugated": "tin", "car": "tin", "leaf": "leaves",
            "leaves": "leaves",
            "foliage": "leaves", "tree": "leaves", "tent": "leaves", "umbrella": "leaves", "window": "glass",
            "glass": "glass",
        },
        example="heavy rain on a tin roof",
    ),
    Texture(
        "wind", ("wind", "windy", "gale", "gust", "gusty", "blizzard", "windstorm", "hurricane", "tornado", "draft"),
            wind, level=-20, tone=(10, 7, -2, -3, -3, -4, -6),
        example="howling wind",
    ),
    Texture(
        "leaves", ("rustling leaves", "rustling tree", "breeze", "rustle", "rustling"), breeze_in_leaves, level=-26,
        tone=(8, -20, -3, 5, -8, 17, 1),
            example="a breeze in the leaves",
    ),
    Event(
        "thunder", ("thunder", "thunderclap", "lightning", "rolling thunder"), thunder, _storm_gap, level=-3,
        tone=(1, 15, 5, -3, -17, 5, -6),
            space="outdoors",
        example="distant thunder",
    ),
)  # fmt: skip
