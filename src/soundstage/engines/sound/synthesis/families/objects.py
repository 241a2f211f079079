"""Things: wood, metal, glass, crockery, coins, keys, paper, cloth, balls; what falls, clinks and crashes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from soundstage.engines.sound.contract import SAMPLE_RATE
from soundstage.engines.sound.synthesis import filters
from soundstage.engines.sound.synthesis.blows import Blow, blown, bounced
from soundstage.engines.sound.synthesis.envelopes import decay, faded, peaked
from soundstage.engines.sound.synthesis.noise import shaped
from soundstage.engines.sound.synthesis.particles import arrivals, heavy_tailed, panned, scatter
from soundstage.engines.sound.synthesis.sounds import Character, Event, Signal, Stereo, frames_of
from soundstage.engines.sound.synthesis.voices import glide

_WOOD = Blow(210, 2600, 9, 0.12, slope=0.3, damping=0.7, noise_hz=(500, 3000), noise_t60=0.02, noise=0.35, thud=0.2)
_METAL = Blow(
    420, 9000, 26, 0.467, slope=0.026, damping=0.59, ring=1.1, noise_hz=(1500, 8000), noise_t60=0.011, noise=0.33,
    scatter=0.052,
)  # fmt: skip
_COIN = Blow(
    low_hz=1590.0,
    high_hz=11400.0,
    modes=7,
    t60=0.449,
    slope=0.0589,
    damping=1.69,
    ring=1.52,
    noise_hz=(3880.0, 5380.0),
    noise_t60=0.00609,
    noise=0.191,
    scatter=0.205,
)
_KEY = Blow(
    6150, 8480, 9, 0.537, slope=0.038, damping=0.71, ring=0.667, noise_hz=(2300, 7510), noise_t60=0.0049, noise=1.2,
    scatter=0.18,
)  # fmt: skip
_DISH = Blow(
    700, 8500, 20, 0.16, slope=0.15, damping=0.5, noise_hz=(1200, 8000), noise_t60=0.03, noise=0.8, scatter=0.5
)
_FORK = Blow(2300, 11000, 8, 0.25, slope=0.1, damping=0.5, noise_hz=(2500, 9000), noise_t60=0.01, noise=0.4)
_GLASS = Blow(1900, 9500, 6, 0.7, slope=0.4, damping=0.8, noise_hz=(3000, 10000), noise_t60=0.006, noise=0.25)
_THUD = Blow(95, 700, 7, 0.12, slope=0.7, noise_hz=(100, 1200), noise_t60=0.07, noise=0.6, thud=1.0, thud_hz=62)
_FLESH = Blow(
    low_hz=272.0,
    high_hz=627.0,
    modes=6,
    t60=0.0261,
    slope=0.0629,
    damping=1.85,
    ring=1.55,
    noise_hz=(2810.0, 3500.0),
    noise_t60=0.0577,
    noise=0.552,
    thud_hz=399.0,
    thud_t60=0.0109,
    thud=0.985,
    scatter=0.0569,
)
_BALL = Blow(
    low_hz=192.3,
    high_hz=6364.0,
    modes=12,
    t60=0.0757,
    slope=0.0657,
    damping=0.763,
    ring=0.749,
    noise_hz=(374.0, 881.0),
    noise_t60=0.00712,
    noise=0.69,
    thud_hz=107.0,
    thud_t60=0.0714,
    thud=0.354,
    scatter=0.182,
)


def wood_hit(rng: Generator, index: int, character: Character) -> Stereo:
    """A blow on a board or a box: modes of 200–2600 Hz that die within a tenth of a second."""
    return panned(blown(rng, _WOOD, 0.4, index % 2, character.between(0.4, 1.0)), float(rng.uniform(0.4, 0.6)))


def metal_hit(rng: Generator, index: int, character: Character) -> Stereo:
    """A blow on a plate, a pipe or a pan: many modes, hardly damped."""
    return panned(blown(rng, _METAL, 1.8, index % 3, character.between(0.4, 1.0)), float(rng.uniform(0.4, 0.6)))


def _blow_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(0.7, 1.3)) / character.paced(0.5, 2.5)


def coin(rng: Generator, index: int, character: Character) -> Stereo:
    """A coin that falls, bounces, and spins itself to rest ever faster."""
    bounce = bounced(rng, _COIN, 1.9, float(rng.uniform(0.22, 0.34)), 0.62, index)
    spin = np.zeros_like(bounce)
    at, gap = frames_of(0.75), 0.075
    while at < len(spin) - 900 and gap > 0.006:
        stroke = blown(rng, _COIN, 0.12, index, 0.5)[: len(spin) - at]
        spin[at : at + len(stroke)] += np.float32(0.18) * stroke
        at += frames_of(gap)
        gap *= 0.93
    return faded(panned(peaked(bounce + spin), float(rng.uniform(0.35, 0.65))), 0.0, 0.1)


def _coin_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(1.5, 2.3)) / character.paced(0.5, 3.0)


def keys(rng: Generator, index: int, character: Character) -> Stereo:
    """A bunch of keys: a dozen small bars knocking against one another in bursts as the hand shakes them."""
    frames = frames_of(0.5)
    starts = arrivals(rng, frames - frames_of(0.12), 44)
    grains = np.stack([blown(rng, _KEY, 0.25, kind) for kind in range(8)])
    shake = glide(frames, [(0, 0.3), (0.25, 1), (0.6, 0.6), (1, 0.1)])
    gains = heavy_tailed(rng, len(starts), 1.2, 0.1) * shake[starts]
    return faded(peaked(scatter(rng, frames, starts, gains, grains, 0.5)), 0.0, 0.05)


def _keys_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(0.25, 0.7)) / character.paced(0.6, 1.6)


def dishes(rng: Generator, index: int, character: Character) -> Stereo:
    """Plates and pots set down and stacked: two or three knocks on earthenware, close together."""
    frames = frames_of(0.7)
    out = np.zeros((frames, 2), np.float32)
    for _ in range(int(rng.integers(1, 4))):
        at = int(rng.uniform(0, 0.25) * 44_100)
        stroke = blown(rng, _DISH, 0.4, int(rng.integers(0, 9)), float(rng.uniform(0.4, 1)))
        out[at : at + len(stroke)] += panned(stroke, float(rng.uniform(0.3, 0.7)))[: frames - at]
    return peaked(out, float(rng.uniform(0.6, 1)))


def _dish_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(0.25, 0.9)) / character.paced(0.5, 2.0)


def cutlery(rng: Generator, index: int, character: Character) -> Stereo:
    """Knives and forks touching plates and one another."""
    frames = frames_of(0.45)
    out = np.zeros((frames, 2), np.float32)
    for _ in range(int(rng.integers(1, 5))):
        at = int(rng.uniform(0, 0.2) * 44_100)
        kind = _FORK if rng.random() < 0.75 else _DISH
        stroke = blown(rng, kind, 0.25, int(rng.integers(0, 9)), float(rng.uniform(0.4, 1))) * float(
            rng.uniform(0.3, 1)
        )
        out[at : at + len(stroke)] += panned(stroke, float(rng.uniform(0.3, 0.7)))[: frames - at]
    return peaked(out, float(rng.uniform(0.6, 1)))


def clink(rng: Generator, index: int, character: Character) -> Stereo:
    """Two glasses touching: each rings with its own few modes (T. Rossing, "Wine glasses, bell modes…", 1990)."""
    first, second = blown(rng, _GLASS, 0.9, index), blown(rng, _GLASS, 0.9, index + 40)
    return peaked(panned(first, 0.4) + panned(second, 0.6) * np.float32(0.8))


def thud(rng: Generator, index: int, character: Character) -> Stereo:
    """Something heavy and soft comes down: weight, a dull floor, hardly a ring; sometimes it settles."""
    out = blown(rng, _THUD, 0.6, index % 2, character.between(0.3, 0.9))
    if rng.random() < 0.5:
        at = frames_of(float(rng.uniform(0.09, 0.16)))
        out[at:] += np.float32(0.3) * blown(rng, _THUD, 0.6, 3, 0.3)[: len(out) - at]
    return panned(peaked(out), 0.5)


def punch(rng: Generator, index: int, character: Character) -> Stereo:
    """A fist or a flat hand on flesh: a slap of noise with a short dull body, as films have it."""
    return panned(blown(rng, _FLESH, 0.3, index % 3, character.between(0.5, 1.0)), float(rng.uniform(0.42, 0.58)))


def ball(rng: Generator, index: int, character: Character) -> Stereo:
    """A ball dribbled: rubber and air over a hall's floor, with the short metallic ring of the air inside it."""
    out = blown(rng, _BALL, 0.45, 0, character.between(0.4, 1))
    air = np.sin(2 * np.pi * np.float32(560) * np.arange(len(out), dtype=np.float32) / 44_100) * decay(len(out), 0.12)
    return panned(peaked(out + np.float32(0.14) * air), 0.5)


def _ball_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(0.5, 0.62)) / character.paced(0.6, 1.8)


def crash(rng: Generator, index: int, character: Character) -> Stereo:
    """A shelf comes down: one broad blow, then boards, crockery and metal in a cloud that thins out."""
    frames = frames_of(2.2)
    kinds = (_WOOD, _METAL, _DISH, _GLASS, _THUD)
    grains = np.stack([blown(rng, kinds[kind % 5], 0.5, kind) for kind in range(20)])
    starts = arrivals(rng, frames - frames_of(0.4), character.between(45, 110))
    time = starts / SAMPLE_RATE
    keep = rng.random(len(starts)) < np.exp(-2.4 * time)
    starts = starts[keep]
    gains = heavy_tailed(rng, len(starts), 1.2, 0.15) * np.exp(-1.3 * time[keep])
    cloud = scatter(rng, frames, starts, gains, grains, 0.9)
    burst = shaped(rng, frames, filters.band(120, 5000, 1)) * decay(frames, 0.4)
    return faded(peaked(peaked(cloud, 0.9) + np.float32(0.9) * peaked(burst)[:, None]), 0.0005, 0.3)


def _crash_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(2.4, 3.4))


def _crackle(rng: Generator, frames: int, rate: float, loud: Signal, low_hz: float, high_hz: float) -> Stereo:
    """Creases that snap: clicks whose sizes follow a power law (E. Kramer and A. Lobkovsky, 1996)."""
    size = frames_of(0.012)
    grains = np.stack([
        peaked(filters.filtered(rng.uniform(-1, 1, size).astype(np.float32) * decay(size, 0.004 + 0.006 * rng.random()),
                                filters.peak(low_hz * (high_hz / low_hz) ** rng.random(), 1.0)))
        for _ in range(24)
    ])  # fmt: skip
    starts = arrivals(rng, frames, rate)
    return scatter(rng, frames, starts, heavy_tailed(rng, len(starts), 1.1, 0.04) * loud[starts], grains, 0.5)


def paper(rng: Generator, index: int, character: Character) -> Stereo:
    """A sheet crumpled in the hand: thousands of snaps in a few squeezes."""
    frames = frames_of(float(rng.uniform(0.7, 1.2)))
    squeeze = glide(frames, [(0, 0), (0.15, 1), (0.4, 0.35), (0.6, 0.9), (0.85, 0.3), (1, 0)])
    return peaked(_crackle(rng, frames, 900, squeeze, 1500, 7000), float(rng.uniform(0.7, 1)))


def _paper_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(0.5, 1.0)) / character.paced(0.6, 1.6)


def _tear_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(1.0, 1.6)) / character.paced(0.6, 1.6)


@dataclass(frozen=True)
class Zip:
    """slow, fast: teeth a second as the hand begins and at its quickest. uneven: of the teeth, 0…1. tooth_hz: what a
    tooth and the slider ring at, tooth_q how sharply, tooth_t60 how long. cloth, cloth_hz: of the noise of the tape.
    """

    slow: float
    fast: float
    uneven: float
    tooth_hz: tuple[float, float]
    tooth_q: float
    tooth_t60: float
    cloth: float
    cloth_hz: tuple[float, float]


_ZIP = Zip(
    slow=95.0,
    fast=450.0,
    uneven=0.51,
    tooth_hz=(1120.0, 6100.0),
    tooth_q=1.2,
    tooth_t60=0.0009,
    cloth=0.027,
    cloth_hz=(1390.0, 6660.0),
)


def zipper(rng: Generator, index: int, character: Character) -> Stereo:
    """Teeth that snap one by one, some 2 mm apart, ever faster with the hand: a buzz that rises; open and shut by
    turns.
    """
    frames = frames_of(character.paced(0.8, 0.35) * float(rng.uniform(0.8, 1.2)))
    quick = _ZIP.fast * float(rng.uniform(0.8, 1.2))
    course = [(0, _ZIP.slow), (0.35, 0.6 * quick), (0.85, quick), (1, 0.5 * quick)]
    if index % 2:
        course = [(0, _ZIP.slow), (0.2, 0.8 * quick), (0.5, 0.9 * quick), (1, 0.4 * quick)]
    turns = np.cumsum(glide(frames, course), dtype=np.float64) / SAMPLE_RATE
    teeth = np.flatnonzero(np.diff(np.floor(turns)) > 0)
    apart = np.diff(teeth, append=frames)
    teeth = np.clip(teeth + apart * _ZIP.uneven * rng.standard_normal(len(teeth)), 0, frames - 1).astype(np.int64)
    train = np.zeros(frames, np.float32)
    train[teeth] = 1 - 3 * _ZIP.uneven * rng.random(len(teeth))
    size = frames_of(0.012)
    slider = filters.beside(*(filters.peak(hz, _ZIP.tooth_q) for hz in _ZIP.tooth_hz))
    tooth = peaked(filters.filtered(rng.uniform(-1, 1, size).astype(np.float32) * decay(size, _ZIP.tooth_t60), slider))
    speed = np.minimum(glide(frames, course) / np.float32(quick), 1)
    cloth = shaped(rng, frames, filters.band(*_ZIP.cloth_hz, 1)) * np.float32(_ZIP.cloth) * speed
    sound = (peaked(filters.convolved(train, tooth)[:frames]) + cloth) * np.sqrt(speed)
    return panned(faded(peaked(sound), 0.01, 0.02), 0.5)


def pop(rng: Generator, index: int, character: Character) -> Stereo:
    """A cork: the neck of the bottle rings once as it opens, and gas follows."""
    frames = frames_of(0.5)
    neck = blown(rng, Blow(430, 2600, 5, 0.05, slope=0.4, noise_hz=(400, 4000), noise_t60=0.03, noise=0.9), 0.5, index)
    fizz = shaped(rng, frames, filters.high(3000, 2)) * decay(frames, 0.6, attack=0.03) * np.float32(0.02)
    return panned(peaked(neck[:frames] + fizz), 0.5)


SOUNDS = (
    Event("wood_hit", ("wood", "wooden hit", "plank drop", "stick", "wood block", "box", "crate", "log"), wood_hit,
        _blow_gap, level=-5, tone=(4, 1, 19, 5, -4, -15, -10), space="room", example="a stick on a crate",
            also=("timber knocking together",)),
    Event("metal_hit", ("metal", "metal hit", "clang", "clank", "pipe", "metallic impact", "anvil", "scrap metal",
        "metal bang"), metal_hit, _blow_gap, level=-6, tone=(-4, -9, 8, 9, -2, 3, -1), space="room",
        example="a metal pipe clangs",
        also=("steel beams striking one another", "a wrench dropped in a workshop")),
    Event("coin", ("coin", "coin drop", "money", "penny"), coin, _coin_gap, level=-7, tone=(14, 8, 0, 2, -18, -11,
        -2), space="corridor",
        example="a coin", also=("loose change falls on the counter",)),
    Event("keys", ("key", "keychain", "key ring", "jingling key", "jangle"), keys, _keys_gap, level=-8,
        tone=(-8, -15, -11, -6, -6, -2, 14), space="room",
        example="jingling keys", also=("someone about to unlock the house",)),
    Event("dishes", ("dish", "plate", "pot", "pan", "crockery", "washing up", "kitchenware", "saucepan"), dishes,
        _dish_gap, level=-7, space="room", example="dishes in a kitchen", also=("someone clears the table",)),
    Event("cutlery", ("cutlery", "fork", "spoon", "silverware", "knife"), cutlery, _dish_gap, level=-8, space="room",
        example="cutlery", also=("eating utensils in a drawer",)),
    Event("clink", ("clink", "clinking", "toast", "wine glass", "cheers glass", "champagne glass"), clink, _blow_gap,
        level=-8, space="room", refines="glass_break", example="two glasses clink", also=("a toast at dinner",)),
    Event("thud", ("thud", "thump", "body fall", "fall down", "drop heavy"), thud, _blow_gap, level=-4, tone=(3, 8,
        1, 2, -1, -5, -8), space="small room",
        example="a heavy thud", also=("a sack of flour hits the floor", "someone collapses upstairs")),
    Event("punch", ("punch", "slap", "smack", "fist", "fight", "kick", "whack"), punch, _blow_gap, level=-4,
        tone=(-1, 4, 9, -2, 1, 2, -13), space="small room", example="a punch", also=("a boxer lands a blow", "brawl")),
    Event("ball", ("ball", "bounce", "basketball", "bouncing ball", "dribble", "bouncing"), ball, _ball_gap,
        level=-5, tone=(-4, 14, 2, 5, 8, 5, 8), space="room", example="a bouncing basketball",
            also=("someone practises hoops in the gym",)),
    Event("crash", ("crash", "collapse", "debris", "wreck", "car crash", "collision", "rubble"), crash, _crash_gap,
        level=-3, space="room", example="a loud crash", also=("everything tumbles to the ground",)),
    Event("paper", ("paper", "crumple", "crinkle", "page", "wrapper", "newspaper", "page turn"), paper, _paper_gap,
        level=-9, space="room", example="crumpling paper", also=("unwrapping a present",)),
    Event("zipper", ("zipper", "zip", "unzip"), zipper, _tear_gap, level=-9, tone=(5, 13, 1, -4, -14, 0, 2),
        space="small room",        example="a zipper", also=("closing a jacket", "opening a tent")),
    Event("pop", ("pop", "cork", "champagne", "balloon pop", "plop"), pop, _tear_gap, level=-5, tone=(-13, -1, 23,
        23, -25, -7, 1), space="small room",
        example="a cork pops", also=("opening a bottle of sparkling wine",)),
)  # fmt: skip
