"""Doors, knocks and other blows on wood."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from soundstage.engines.sound.contract import SAMPLE_RATE
from soundstage.engines.sound.synthesis import filters
from soundstage.engines.sound.synthesis.envelopes import curve, decay, faded, peaked
from soundstage.engines.sound.synthesis.modal import body, struck
from soundstage.engines.sound.synthesis.noise import slow
from soundstage.engines.sound.synthesis.particles import panned
from soundstage.engines.sound.synthesis.sounds import Character, Event, Signal, Stereo, frames_of


def _creak(rng: Generator, seconds: float, character: Character) -> Signal:
    """A dry hinge: stick and slip, each slip a small blow on the panel.

    The rate of slips follows the speed of the door, with the panel's modes as the body (A. Farnell, "Designing Sound",
    2010, ch. creaking door; S. Serafin, "The sound of friction", 2004).
    """
    frames = frames_of(seconds)
    points = [(seconds * k / 6, float(rng.uniform(45, 210))) for k in range(7)]
    points[0], points[-1] = (0.0, 28.0), (seconds, 36.0)
    rate = curve(frames, points) * np.float32(character.paced(0.6, 1.6))
    rate *= 1 + np.float32(0.12) * slow(rng, frames, 30.0)
    turns = np.cumsum(np.maximum(rate, 8.0), dtype=np.float64) / SAMPLE_RATE
    slips = np.flatnonzero(np.diff(np.floor(turns)) > 0)
    train = np.zeros(frames, np.float32)
    train[slips] = rng.uniform(0.4, 1.0, len(slips)) * np.minimum(rate[slips] / 90, 1)
    panel = body(rng, frames_of(0.09), 320, 5200, 16, 0.06, slope=0.15)
    panel *= np.exp(-np.arange(len(panel), dtype=np.float32) / 3000)
    shaped = filters.convolved(train, panel)[:frames]
    squeal = np.sin(2 * np.pi * np.cumsum(rate * np.float32(8.0), dtype=np.float64) / SAMPLE_RATE).astype(np.float32)
    grip = np.maximum(slow(rng, frames, 3.0), 0)
    return peaked(faded(peaked(shaped) + np.float32(0.22) * squeal * grip, 0.05, 0.08))


def creak(rng: Generator, index: int, character: Character) -> Stereo:
    return panned(_creak(rng, character.paced(2.6, 1.1) * float(rng.uniform(0.85, 1.15)), character), 0.5)


def _slam(rng: Generator, character: Character) -> Signal:
    """The panel in its frame: one broad blow, the low modes of the panel, then latch and rattle."""
    frames = frames_of(0.9)
    burst = rng.uniform(-1, 1, frames).astype(np.float32) * decay(frames, 0.07, attack=0.0008)
    blow = peaked(
        filters.filtered(burst, filters.beside(filters.low(700, 2), filters.scaled(0.35, filters.band(700, 4500, 1))))
    )
    panel = peaked(body(rng, frames, 62, 900, 14, 0.38, slope=0.6))
    weight = struck(frames, [48.0, 71.0], [0.3, 0.25], [0.7, 0.5])
    out = blow + 0.9 * panel + 0.5 * weight
    for start_s, gain in ((0.012, 0.4), (0.05, 0.3), (0.085, 0.18), (0.13, 0.1)):
        start = frames_of(start_s * rng.uniform(0.8, 1.2))
        latch = peaked(body(rng, frames - start, 1100, 6500, 8, 0.05, slope=0.2))
        out[start:] += np.float32(gain * character.between(0.6, 1.1)) * latch
    return peaked(out)


def slam(rng: Generator, index: int, character: Character) -> Stereo:
    return panned(_slam(rng, character), 0.5)


def door(rng: Generator, index: int, character: Character) -> Stereo:
    """Creaks, then shuts."""
    opening = _creak(rng, character.paced(2.0, 0.9) * float(rng.uniform(0.9, 1.1)), character)
    shut = _slam(rng, character)
    gap = frames_of(0.12)
    out = np.zeros(len(opening) + gap + len(shut), np.float32)
    out[: len(opening)] = 0.55 * opening
    out[len(opening) + gap :] += shut
    return panned(out, 0.5)


def knock(rng: Generator, index: int, character: Character) -> Stereo:
    """Knuckles on a panel: a dull click, the panel's modes at 120–1200 Hz, dying within a tenth of a second."""
    frames = frames_of(0.35)
    low_hz, t60 = (330.0, 0.22) if character.material == "metal" else (135.0, 0.14)
    wood = peaked(
        body(np.random.default_rng(7), frames, low_hz, 1500, 10, t60, slope=0.35) * 0.8
        + 0.2 * body(rng, frames, low_hz, 2200, 6, t60, 0.3)
    )
    burst = rng.uniform(-1, 1, frames).astype(np.float32) * decay(frames, 0.012, attack=0.0005)
    tap = peaked(filters.filtered(burst, filters.band(600, 3000, 1)))
    return panned(peaked(wood + 0.5 * tap, rng.uniform(0.8, 1.0)), 0.5)


def _knock_gap(rng: Generator, index: int, character: Character) -> float:
    after_three = index % 3 == 2
    return float(rng.uniform(0.95, 1.05)) * (1.3 if after_three else 0.27) / character.paced(0.6, 1.7)


def _door_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(3.6, 4.6))


def _slam_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(1.8, 2.6)) / character.paced(0.6, 1.7)


_WOOD = {"wood": "wood", "wooden": "wood", "heavy": "wood", "metal": "metal", "iron": "metal", "steel": "metal"}

SOUNDS = (
    Event("door", ("door", "gate", "doorway", "garage door"), door, _door_gap, level=-5, tone=(-5, -1, -2, -3, 12,
        -6, 6), space="corridor",
        materials=_WOOD, example="a heavy wooden door"),
    Event("door_creak", ("creak", "creaky", "squeak", "squeaky", "hinge", "door creak", "creaking door", "floorboard",
        "door open"), creak, _door_gap,
          level=-7, space="corridor", materials=_WOOD, refines="door", example="a creaking door"),
    Event("door_slam", ("slam", "door slam", "slamming door", "slammed", "door close", "door shut", "door bang",
        "shut", "bang"), slam, _slam_gap,
          level=-3, tone=(6, 4, 2, 7, 0, -3, -16), space="room", materials=_WOOD, refines="door",
              example="a door slams"),
    Event("knock", ("knock", "knocking", "rap", "door knock", "pound"), knock, _knock_gap, level=-5, tone=(1, 10, -2,
        12, 4, -15, -10),
        materials=_WOOD, refines="door",
          example="three knocks on a door"),
)  # fmt: skip
