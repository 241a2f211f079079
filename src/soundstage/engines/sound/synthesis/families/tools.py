"""Tools: hammer, saw, drill, chainsaw, jackhammer, file, scissors, chopping knife."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from soundstage.engines.sound.synthesis import filters
from soundstage.engines.sound.synthesis.blows import Blow, blown
from soundstage.engines.sound.synthesis.envelopes import peaked
from soundstage.engines.sound.synthesis.motors import Band, Motor, firing, whirring
from soundstage.engines.sound.synthesis.noise import level, shaped, slow, wander
from soundstage.engines.sound.synthesis.particles import panned
from soundstage.engines.sound.synthesis.sounds import Character, Event, Signal, Stereo, Texture, frames_of
from soundstage.engines.sound.synthesis.voices import glide

_NAIL = Blow(
    low_hz=774.0,
    high_hz=7700.0,
    modes=12,
    t60=0.259,
    slope=0.0534,
    damping=0.159,
    ring=0.291,
    noise_hz=(853.0, 7320.0),
    noise_t60=0.0071,
    noise=1.25,
    thud_hz=92.5,
    thud_t60=0.143,
    thud=0.421,
    scatter=0.147,
)
_BOARD = Blow(160, 2200, 9, 0.1, slope=0.4, noise_hz=(400, 2500), noise_t60=0.03, noise=0.5, thud=0.3, thud_hz=90)
_KNIFE = Blow(
    low_hz=270.0,
    high_hz=2550.0,
    modes=9,
    t60=0.0258,
    slope=0.0583,
    damping=0.529,
    ring=1.34,
    noise_hz=(202.0, 40400.0),
    noise_t60=0.0248,
    noise=0.637,
    thud_hz=44.8,
    thud_t60=0.0814,
    thud=0.21,
    scatter=0.296,
)
_AXE = Blow(170, 2400, 10, 0.13, slope=0.35, noise_hz=(500, 4500), noise_t60=0.05, noise=0.8, thud=0.6, thud_hz=85)


def hammer(rng: Generator, index: int, character: Character) -> Stereo:
    """Steel on a nail in a board: the nail rings higher as less of it stands out, the board answers."""
    nail = blown(rng, _NAIL, 0.35, index % 5, character.between(0.5, 1.0))
    board = blown(rng, _BOARD, 0.35, 0, 0.8)
    return panned(peaked(nail + 0.8 * board), 0.5)


def _hammer_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(0.9, 1.5) if index % 5 == 4 else rng.uniform(0.38, 0.46)) / character.paced(0.6, 1.8)


def saw(rng: Generator, index: int, character: Character) -> Stereo:
    """One stroke of a hand saw: teeth catching fibres some 300 times a second, the blade and the plank resonating."""
    forth = index % 2 == 0
    frames = frames_of(character.paced(0.55, 0.22) * float(rng.uniform(0.9, 1.1)))
    speed = glide(frames, [(0, 0.1), (0.45, 1), (1, 0.1)])
    bite = np.abs(slow(rng, frames, 260.0))
    rasp = shaped(
        rng, frames, filters.beside(filters.peak(700, 1.2), filters.peak(1600, 1.5), filters.peak(3600, 1.5, 0.7))
    )
    sound = rasp * (0.7 + 0.4 * bite) * speed
    return panned(peaked(sound, 1.0 if forth else 0.7), 0.48 if forth else 0.52)


def _saw_gap(rng: Generator, index: int, character: Character) -> float:
    return character.paced(0.58, 0.24) * float(rng.uniform(0.98, 1.04))


def file(rng: Generator, index: int, character: Character) -> Stereo:
    """A rasp or sandpaper: finer teeth and a brighter, drier noise than a saw's, stroke by stroke."""
    frames = frames_of(character.paced(0.5, 0.2) * float(rng.uniform(0.9, 1.1)))
    speed = glide(frames, [(0, 0), (0.4, 1), (0.85, 0.7), (1, 0)])
    rasp = shaped(
        rng,
        frames,
        filters.beside(filters.peak(2400, 1.0), filters.peak(5200, 1.2), filters.scaled(0.2, filters.high(900))),
    )
    return panned(peaked(rasp * (0.5 + 0.5 * np.abs(slow(rng, frames, 400.0))) * speed), 0.5)


def _file_gap(rng: Generator, index: int, character: Character) -> float:
    return character.paced(0.72, 0.3) * float(rng.uniform(0.96, 1.06))


_DRILL = Motor(
    turns=114.0,
    poles=6,
    tilt=3.5,
    bands=((800, 1.34, 0.69), (2100, 1.25, 0.81), (4200, 2.02, 0.68)),
    hiss=0.78,
    air_hz=(387.0, 3330.0),
    unsteady=0.018,
    tone=1.05,
)


def drill(rng: Generator, frames: int, character: Character) -> Stereo:
    """A power drill: a series motor's whine through a gearbox, sinking when the bit bites."""
    bite = 1 - np.float32(0.16) * np.clip(slow(rng, frames, 0.7), 0, 1)
    return whirring(rng, frames, _DRILL, bite * np.float32(character.paced(0.8, 1.25)))


@dataclass(frozen=True)
class MotorSaw:
    """idle, revved: firings a second. rough, sharp, exhaust: see `motors.firing`. chain, chain_hz: of its clatter."""

    idle: float
    revved: float
    rough: float
    sharp: float
    exhaust: tuple[Band, ...]
    chain: float
    chain_hz: tuple[float, float]
    bite: float


_CHAINSAW = MotorSaw(
    idle=55.3,
    revved=163.0,
    rough=0.167,
    sharp=9.65,
    exhaust=((158.0, 1.42, 0.53), (739.0, 1.57, 1.07), (1060.0, 0.754, 1.62), (2430.0, 4.45, 0.513)),
    chain=0.935,
    chain_hz=(1010.0, 4510.0),
    bite=0.234,
)


def chainsaw(rng: Generator, frames: int, character: Character) -> Stereo:
    """A two-stroke of 60 cm³: one firing a turn, 3300 of them a minute idling and nearly 10 000 in the wood; revved,
    loaded by what the chain bites, and let go.
    """
    revs = 0.5 + 0.5 * np.tanh(2.5 * slow(rng, frames, 0.4) + 1.0)
    load = 1 - np.float32(_CHAINSAW.bite) * np.clip(slow(rng, frames, 1.6), 0, 1) * revs
    quick = _CHAINSAW.revved * character.paced(0.85, 1.2)
    rate = (np.float32(_CHAINSAW.idle) + np.float32(quick - _CHAINSAW.idle) * revs) * load
    body = firing(rng, frames, rate, _CHAINSAW.exhaust, _CHAINSAW.rough, _CHAINSAW.sharp)
    chain = shaped(rng, frames, filters.band(*_CHAINSAW.chain_hz, 1)) * (0.15 + 0.85 * revs)
    sound = level(body * (0.5 + 0.5 * revs), 0.1) + level(chain, 0.1 * _CHAINSAW.chain)
    return np.repeat(sound[:, None], 2, axis=1)


def jackhammer(rng: Generator, frames: int, character: Character) -> Stereo:
    """Twenty blows a second of a chisel on concrete, the exhaust of compressed air between them."""
    rate = np.full(frames, 19.0 * character.paced(0.8, 1.2), np.float32) * (
        1 + np.float32(0.02) * slow(rng, frames, 4.0)
    )
    blows = np.flatnonzero(np.diff(np.floor(np.cumsum(rate, dtype=np.float64) / 44_100)) > 0)
    out = np.zeros(frames + 8000, np.float32)
    chisel = Blow(
        380, 5200, 14, 0.07, slope=0.25, noise_hz=(600, 5000), noise_t60=0.035, noise=1.0, thud=0.5, thud_hz=110
    )
    strokes = [blown(rng, chisel, 0.12, number) for number in range(6)]
    for number, at in enumerate(blows.tolist()):
        stroke = strokes[number % 6]
        out[at : at + len(stroke)] += np.float32(rng.uniform(0.7, 1)) * stroke
    air = shaped(rng, frames, filters.band(900, 6000, 1))
    sound = level(out[:frames], 0.1) + level(air * wander(rng, frames, 8.0, 0.5, 1.0), 0.015)
    return np.repeat(sound[:, None], 2, axis=1)


@dataclass(frozen=True)
class Shears:
    """slide_s: how long the edges slide. slide, slide_hz, slide_q: level, pitches and sharpness of what they ring at.

    grain: how strongly they catch and slip, 0…1, grain_hz: how often. open: of the blades going apart before the cut.
    """

    slide_s: float
    slide: float
    slide_hz: tuple[float, float]
    slide_q: float
    grain: float
    grain_hz: float
    open: float


_SHEARS = Shears(
    slide_s=0.168,
    slide=0.374,
    slide_hz=(3770.0, 12000.0),
    slide_q=0.81,
    grain=0.24,
    grain_hz=168.0,
    open=0.084,
)
_BOWS = Blow(
    low_hz=4430.0,
    high_hz=10700.0,
    modes=9,
    t60=0.0506,
    slope=0.134,
    damping=0.275,
    ring=0.4,
    noise_hz=(1700.0, 11700.0),
    noise_t60=0.0205,
    noise=0.737,
    scatter=0.0375,
)


def _slid(rng: Generator, seconds: float, rising: bool) -> Signal:
    """Two edges that touch in one point, which runs along them, catching and slipping."""
    frames = frames_of(seconds * float(rng.uniform(0.8, 1.2)))
    ring = filters.beside(*(filters.peak(hz, _SHEARS.slide_q) for hz in _SHEARS.slide_hz))
    catch = 1 + np.float32(_SHEARS.grain) * slow(rng, frames, _SHEARS.grain_hz)
    force = glide(frames, [(0, 0), (0.2, 0.4), (0.9, 1), (1, 0)] if rising else [(0, 0), (0.15, 1), (0.6, 0.4), (1, 0)])
    return peaked(shaped(rng, frames, ring) * catch * force)


def scissors(rng: Generator, index: int, character: Character) -> Stereo:
    """Snip: the blades go apart, slide along each other as they close, and the bows meet."""
    out = np.zeros(frames_of(0.5), np.float32)
    apart = _slid(rng, 0.7 * _SHEARS.slide_s, False)
    out[: len(apart)] += np.float32(_SHEARS.open) * apart
    start = len(apart) + frames_of(0.03)
    close = _slid(rng, _SHEARS.slide_s, True)[: len(out) - start]
    out[start : start + len(close)] += np.float32(_SHEARS.slide) * close
    stop = blown(rng, _BOWS, 0.15, index % 2)
    at = start + len(close)
    out[at : at + len(stop)] += stop[: len(out) - at]
    return panned(peaked(out, float(rng.uniform(0.7, 1))), 0.5)


def _snip_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(0.36, 0.5)) / character.paced(0.6, 1.8)


def chopping(rng: Generator, index: int, character: Character) -> Stereo:
    """A kitchen knife through vegetables onto a board; `wood`: an axe into a log, and what splits off."""
    if character.material == "axe":
        out = blown(rng, _AXE, 0.6, index % 3, 0.9)
        splinter = shaped(rng, len(out), filters.band(900, 5000, 1)) * glide(
            len(out), [(0, 0), (0.1, 1), (0.3, 0.1), (1, 0)]
        )
        return panned(peaked(out + np.float32(0.12) * splinter), 0.5)
    return panned(blown(rng, _KNIFE, 0.25, index % 3, 0.8) * np.float32(rng.uniform(0.7, 1)), 0.5)


def _chop_gap(rng: Generator, index: int, character: Character) -> float:
    if character.material == "axe":
        return float(rng.uniform(1.5, 2.1)) / character.paced(0.6, 1.6)
    return float(rng.uniform(0.9, 1.3) if index % 9 == 8 else rng.uniform(0.19, 0.25)) / character.paced(0.6, 1.8)


SOUNDS = (
    Event("hammer", ("hammer", "nail", "hammering", "mallet", "blacksmith"), hammer, _hammer_gap, level=-5, tone=(-5,
        -6, -1, 1, 3, 5, 3), space="small room",
        example="hammering a nail", also=("a carpenter at work",)),
    Event("saw", ("saw", "hand saw", "sawing", "handsaw"), saw, _saw_gap, level=-7, space="room",
        example="a hand saw", also=("cutting a plank by hand",)),
    Event("file", ("rasp", "sanding", "sandpaper", "scrape", "scraping", "filing"), file, _file_gap, level=-9,
        space="room", example="sanding by hand", also=("smoothing an edge with abrasive",)),
    Texture("drill", ("drill", "power drill", "electric drill", "power tool", "electric screwdriver", "drilling"),
        drill,
        level=-19, tone=(1, -4, -18, -5, 4, -9, 7), space="small room", example="a power drill",
            also=("boring a hole in the wall",
            "the neighbour renovates")),
    Texture("chainsaw", ("chainsaw", "chain saw"), chainsaw, level=-18,
        space="outdoors", refines="saw",
        example="a chainsaw", also=("felling trees with a motor",)),
    Texture("jackhammer", ("jackhammer", "pneumatic drill", "construction", "road work", "pneumatic hammer"),
        jackhammer,
        level=-18, tone=(-6, 0, -2, 2, 7, -2, 2), space="street", refines="hammer", example="a jackhammer",
            also=("breaking up the asphalt",)),
    Event("scissors", ("scissors", "scissor", "snip", "shears", "haircut"), scissors, _snip_gap,
        level=-9, tone=(4, 1, 1, 0, -9, -7, 12),
        space="small room", example="scissors", also=("at the hairdresser",)),
    Event("chopping", ("chop", "chopping", "axe", "knife chop", "chopping vegetable", "wood chopping", "cut vegetable"),
        chopping, _chop_gap, level=-6, space="room", materials={"wood": "axe", "axe": "axe", "log": "axe",
            "tree": "axe"},
        example="chopping vegetables", also=("a cook prepares onions", "a lumberjack splits firewood")),
)  # fmt: skip
