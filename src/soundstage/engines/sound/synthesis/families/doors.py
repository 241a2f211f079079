"""Doors, knocks and other blows on wood."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from soundstage.engines.sound.contract import SAMPLE_RATE
from soundstage.engines.sound.synthesis import filters
from soundstage.engines.sound.synthesis.blows import Blow, blown
from soundstage.engines.sound.synthesis.envelopes import curve, decay, faded, peaked
from soundstage.engines.sound.synthesis.modal import body
from soundstage.engines.sound.synthesis.noise import shaped, slow
from soundstage.engines.sound.synthesis.particles import panned
from soundstage.engines.sound.synthesis.sounds import Character, Event, Signal, Stereo, frames_of


@dataclass(frozen=True)
class Hinge:
    """slow, fast: slips a second as the door begins and at its quickest. rough: how uneven they are, 0…1.

    panel_hz, modes, t60, slope: what they shake, see `modal.body`. grit: of the noise in a slip, against the panel.
    rub: of the noise of the pin in its sleeve.
    """

    slow: float
    fast: float
    rough: float
    panel_hz: tuple[float, float]
    modes: int
    t60: float
    slope: float
    grit: float
    rub: float


_HINGE = Hinge(
    slow=20.0,
    fast=110.0,
    rough=0.2,
    panel_hz=(500.0, 6000.0),
    modes=24,
    t60=0.08,
    slope=0.3,
    grit=2.0,
    rub=0.08,
)


def _creak(rng: Generator, seconds: float, character: Character) -> Signal:
    """A dry hinge: stick and slip, each slip a small blow on the panel.

    The rate of slips follows the speed of the door, with the panel's modes as the body (A. Farnell, "Designing Sound",
    2010, ch. creaking door; S. Serafin, "The sound of friction", 2004): single clacks while it hardly moves, a rattling
    groan where it is quick.
    """
    hinge = _HINGE
    frames = frames_of(seconds)
    quick = hinge.fast * character.paced(0.7, 1.4) * float(rng.uniform(0.75, 1.3))
    ratio = quick / hinge.slow
    speeds = np.clip(rng.uniform(-0.1, 1.1, 6), 0, 1)
    speeds[0], speeds[-1] = 0.0, 0.15
    points = [(seconds * k / 5, float(speeds[k])) for k in range(6)]
    rate = hinge.slow * np.float32(ratio) ** curve(frames, points)
    rate = np.maximum(rate * (1 + np.float32(hinge.rough) * slow(rng, frames, 40.0)), np.float32(4.0))
    turns = np.cumsum(rate, dtype=np.float64) / SAMPLE_RATE
    slips = np.flatnonzero(np.diff(np.floor(turns)) > 0)
    train = np.zeros(frames, np.float32)
    strength = 1 + hinge.rough * 4 * rng.uniform(-0.8, 1, len(slips))
    train[slips] = strength * np.sqrt(hinge.slow / rate[slips])
    size = frames_of(hinge.t60 * 1.3)
    panel = peaked(body(rng, size, *hinge.panel_hz, hinge.modes, hinge.t60, slope=hinge.slope))
    burst = rng.uniform(-1, 1, size).astype(np.float32) * decay(size, 0.6 * hinge.t60)
    panel += np.float32(hinge.grit) * peaked(filters.filtered(burst, filters.band(*hinge.panel_hz, 1)))
    sound = peaked(filters.convolved(train, panel)[:frames])
    rub = shaped(rng, frames, filters.band(600, 5000, 1)) * (rate / np.float32(quick)) ** 2
    grip = 0.35 + 0.65 * curve(frames, [(0, 0.6), (seconds * 0.3, 1.0), (seconds * 0.8, 0.9), (seconds, 0.3)])
    return peaked(faded((sound + np.float32(hinge.rub) * rub) * grip, 0.03, 0.08))


def creak(rng: Generator, index: int, character: Character) -> Stereo:
    return panned(_creak(rng, character.paced(2.8, 1.3) * float(rng.uniform(0.8, 1.2)), character), 0.5)


@dataclass(frozen=True)
class Frame:
    """latch: of the bolt against the panel; rattles: of what shakes after it.

    boom, boom_hz, boom_t60: of the air that is pushed into the room.
    """

    latch: float
    rattles: float
    boom: float
    boom_hz: tuple[float, float]
    boom_t60: float


_PANEL = Blow(
    low_hz=68.0,
    high_hz=1500.0,
    modes=16,
    t60=0.28,
    slope=0.5,
    damping=0.6,
    ring=0.9,
    noise_hz=(120.0, 3500.0),
    noise_t60=0.09,
    noise=1.0,
    thud_hz=52.0,
    thud_t60=0.3,
    thud=0.6,
    scatter=0.3,
)
_LATCH = Blow(
    low_hz=900.0,
    high_hz=6500.0,
    modes=9,
    t60=0.05,
    slope=0.2,
    noise_hz=(900.0, 6000.0),
    noise_t60=0.015,
    noise=0.8,
)
_FRAME = Frame(
    latch=0.4,
    rattles=0.25,
    boom=0.4,
    boom_hz=(60.0, 500.0),
    boom_t60=0.35,
)


def _slam(rng: Generator, character: Character) -> Signal:
    """The bolt meets its plate, the panel the frame: one broad blow and the panel's low modes, a push of air into the
    room, and what hangs on the door rattles.
    """
    frames = frames_of(1.0)
    out = np.zeros(frames, np.float32)
    panel = frames_of(float(rng.uniform(0.012, 0.03)))
    blow = blown(rng, _PANEL, 0.9, int(rng.integers(0, 4)), character.between(0.5, 1.0))
    out[panel : panel + len(blow)] += blow
    push = rng.uniform(-1, 1, frames - panel).astype(np.float32) * decay(frames - panel, _FRAME.boom_t60, attack=0.01)
    out[panel:] += np.float32(_FRAME.boom) * peaked(filters.filtered(push, filters.band(*_FRAME.boom_hz, 1)))
    shakes = [(0.0, _FRAME.latch)] + [
        (at, _FRAME.rattles * fall) for at, fall in ((0.06, 1.0), (0.1, 0.6), (0.15, 0.35))
    ]
    for start_s, gain in shakes:
        start = frames_of(start_s * float(rng.uniform(0.8, 1.3)))
        latch = blown(rng, _LATCH, 0.1, int(rng.integers(0, 3)))
        out[start : start + len(latch)] += np.float32(gain * character.between(0.7, 1.2)) * latch
    return peaked(out)


def slam(rng: Generator, index: int, character: Character) -> Stereo:
    return panned(_slam(rng, character), 0.5)


def door(rng: Generator, index: int, character: Character) -> Stereo:
    """Creaks, then shuts."""
    opening = _creak(rng, character.paced(1.5, 0.8) * float(rng.uniform(0.85, 1.15)), character)
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
    return float(rng.uniform(2.9, 3.7))


def _creak_gap(rng: Generator, index: int, character: Character) -> float:
    return character.paced(3.7, 1.8) * float(rng.uniform(0.9, 1.1))


def _slam_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(1.6, 2.3)) / character.paced(0.6, 1.7)


_WOOD = {"wood": "wood", "wooden": "wood", "heavy": "wood", "metal": "metal", "iron": "metal", "steel": "metal"}

SOUNDS = (
    Event("door", ("door", "gate", "doorway", "garage door"), door, _door_gap, level=-5, space="corridor",
        tone=(-5, -1, -2, -3, 12, -6, 6),
        materials=_WOOD, example="a heavy wooden door"),
    Event("door_creak", ("creak", "creaky", "squeak", "squeaky", "hinge", "door creak", "creaking door", "floorboard",
        "door open"), creak, _creak_gap,
          level=-7, space="small room", materials=_WOOD, refines="door", example="a creaking door"),
    Event("door_slam", ("slam", "door slam", "slamming door", "slammed", "door close", "door shut", "door bang",
        "shut", "bang"), slam, _slam_gap,
          level=-3, space="corridor", materials=_WOOD, refines="door",
              example="a door slams"),
    Event("knock", ("knock", "knocking", "rap", "door knock", "pound"), knock, _knock_gap, level=-5, tone=(1, 10, -2,
        12, 4, -15, -10),
        materials=_WOOD, refines="door",
          example="three knocks on a door"),
)  # fmt: skip
