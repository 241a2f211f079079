"""What drives, flies and runs on rails."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from soundstage.engines.sound.contract import SAMPLE_RATE
from soundstage.engines.sound.synthesis import filters
from soundstage.engines.sound.synthesis.envelopes import decay, faded, peaked, phase, seconds
from soundstage.engines.sound.synthesis.motors import firing, turned
from soundstage.engines.sound.synthesis.noise import level, moving_band, shaped, shaped_stereo, slow, wander
from soundstage.engines.sound.synthesis.particles import panned, scatter
from soundstage.engines.sound.synthesis.sounds import Character, Event, Signal, Stereo, Texture, frames_of
from soundstage.engines.sound.synthesis.voices import glide

_CAR = ((105, 2.0, 1.2), (260, 2.0, 1.0), (560, 1.8, 0.8), (1150, 1.4, 0.6), (2400, 1.2, 0.35))
_TRUCK = ((70, 2.0, 1.2), (150, 2.0, 1.2), (340, 1.8, 1.0), (800, 1.4, 0.7), (1900, 1.2, 0.4))
_BIKE = ((140, 2.0, 1.2), (330, 2.0, 1.0), (700, 1.6, 0.8), (1500, 1.4, 0.5), (2900, 1.2, 0.3))
_SMALL = ((240, 1.8, 1.0), (560, 1.8, 1.0), (1300, 1.5, 0.7), (2700, 1.3, 0.4))


def engine(rng: Generator, frames: int, character: Character) -> Stereo:
    """A car or a lorry standing or driving: see `motors.firing`; belts, fan and intake hiss beside it."""
    cylinders, idle, rev, exhaust = {
        "truck": (6, 620.0, 1500.0, _TRUCK),
        "small": (1, 2600.0, 4200.0, _SMALL),
    }.get(character.material or "", (4, 850.0, 4200.0, _CAR))
    effort = max(character.pace - 0.5, character.intensity - 0.5, 0.0) * 2
    speed = idle + (rev - idle) * effort
    drift = np.float32(0.012) * slow(rng, frames, 3.0) + np.float32(0.03 * (0.3 + effort)) * slow(rng, frames, 0.35)
    rate = np.asarray(speed / 120 * cylinders * (1 + drift), np.float32)
    mouth = firing(rng, frames, rate, exhaust, 0.75, 6.0, cylinders)
    belts = shaped_stereo(rng, frames, filters.band(500, 4500, 1), 0.9)
    belts *= (0.7 + np.float32(0.3) * np.cos(2 * np.pi * turned(frames, rate / cylinders * 2)))[:, None]
    return level(mouth, 0.1)[:, None] + level(belts, 0.035 + 0.02 * effort)


def motorcycle(rng: Generator, frames: int, character: Character) -> Stereo:
    """A big twin: two uneven firings a cycle, revved now and then."""
    revs = np.clip(slow(rng, frames, 0.4) + (character.pace - 0.5) * 3, 0, 1.5)
    rate = (34 + 60 * revs).astype(np.float32) * (1 + np.float32(0.02) * slow(rng, frames, 4.0))
    mouth = firing(rng, frames, rate, _BIKE, 0.7, 6.0, 2)
    sound = level(np.tanh(3 * mouth * (0.6 + 0.4 * revs)), 0.1)
    return np.repeat(sound[:, None], 2, axis=1)


def race_car(rng: Generator, frames: int, character: Character) -> Stereo:
    """A racing engine through its gears: up to 18,000 turns a minute, a jump down at each shift."""
    gear = turned(frames, 0.45 * character.paced(0.7, 1.5), float(rng.random()))
    rate = (180 + 260 * gear**0.7).astype(np.float32) * (1 + np.float32(0.004) * slow(rng, frames, 9.0))
    mouth = firing(
        rng, frames, rate, ((450, 1.2, 1.0), (1100, 1.3, 1.0), (2400, 1.2, 0.8), (4200, 1.2, 0.4)), 0.5, 4.0, 4
    )
    return level(np.tanh(2.5 * mouth), 0.1)[:, None] + level(
        shaped_stereo(rng, frames, filters.band(300, 4000, 1), 0.8), 0.015
    )


def helicopter(rng: Generator, frames: int, character: Character) -> Stereo:
    """Blade slap: a low pressure pulse a blade pass, chopping broad wake noise, over the turbine's whine.

    The slap is the blade meeting the vortex of the one before (F. Schmitz and Y. Yu, "Helicopter impulsive noise", JSV,
    1986): short, between 450 Hz and a few kilohertz, on a thump at the rate of the blades.
    """
    rate = np.full(frames, character.paced(13.5, 22), np.float32) * (1 + np.float32(0.01) * slow(rng, frames, 0.5))
    within = turned(frames, rate)
    chop = 0.5 - 0.5 * np.cos(2 * np.pi * within ** np.float32(0.4))
    wake = shaped_stereo(
        rng, frames, filters.beside(filters.band(160, 500, 1), filters.scaled(0.14, filters.band(500, 5000, 1))), 0.5
    )
    thump = filters.filtered(
        chop - np.float32(chop.mean()), filters.beside(filters.peak(62, 1.5), filters.peak(152, 2.0, 0.6))
    )
    slap = shaped(rng, frames, filters.band(450, 1260.0, 1)) * np.exp(np.float32(-6.7) * within)
    whine = np.sin(phase(np.full(frames, 1450.0, np.float32))) * np.float32(0.009)
    beaten = level(thump, 0.041) + level(slap, 0.009) + whine
    return level(wake * (0.355 + 0.645 * chop)[:, None], 0.1) + beaten[:, None]


def airplane(rng: Generator, frames: int, character: Character) -> Stereo:
    """An aircraft overhead or around one: `jet` mixing noise and the fan's whine; `propeller` blades and pistons.

    Jet noise after M. Lighthill (1952): broad, fullest at 200–800 Hz.
    """
    if character.material == "propeller":
        rate = (78 + np.float32(1.5) * slow(rng, frames, 0.4)).astype(np.float32)
        blades = firing(
            rng, frames, rate, ((120, 1.5, 1.2), (300, 1.5, 1.0), (700, 1.4, 0.7), (1600, 1.2, 0.4)), 0.5, 5.0
        )
        return level(blades, 0.1)[:, None] + level(shaped_stereo(rng, frames, filters.band(150, 2500, 1), 0.8), 0.05)
    roar = shaped_stereo(
        rng, frames, filters.beside(filters.band(90, 700, 1), filters.scaled(0.4, filters.band(600, 3000, 1))), 0.6
    )
    centre = 2300 + np.float32(60) * slow(rng, frames, 0.3)
    whine = moving_band(rng, centre.astype(np.float32), 12.0) + 0.5 * moving_band(
        rng, (centre * 1.5).astype(np.float32), 16.0
    )
    return (
        level(roar * wander(rng, frames, 1.2, 0.75, 1.0)[:, None], 0.1)
        + level(whine.astype(np.float32), 0.008)[:, None]
    )


def _joints(rng: Generator, frames: int, period: float) -> Stereo:
    """(frames, 2) of bogies over rail joints: two wheels and, a little later, two more, dull and soft."""
    size = frames_of(0.4)
    dull = filters.band(140, 6000, 1)
    strokes = np.stack([shaped(rng, size, dull) * decay(size, 0.27, attack=0.05) for _ in range(12)])
    begins = np.arange(float(rng.uniform(0, period)), frames / SAMPLE_RATE, period)
    begins = begins + rng.uniform(-0.03, 0.03, len(begins)) * period
    starts = (begins[:, None] + period * np.array((0.0, 0.14, 0.42, 0.56))).ravel()
    gains = np.tile((1.0, 0.9, 0.7, 0.6), len(begins)) * rng.uniform(0.7, 1.0, len(starts))
    inside = (starts >= 0) & (starts < frames / SAMPLE_RATE)
    return scatter(rng, frames, (starts[inside] * SAMPLE_RATE).astype(np.int64), gains[inside], strokes, 0.4)


def train(rng: Generator, frames: int, character: Character) -> Stereo:
    """Wheels on rails: rolling noise on the resonances of rail and wheel, flanges that sing, joints two by two.

    D. Thompson, "Railway Noise and Vibration" (2009): the roughness of both surfaces drives rail and wheel, which ring
    between 300 and 2000 Hz; in curves the wheels creep and squeal.
    """
    rail = 328.0 * float(rng.uniform(0.95, 1.05))
    rolling = shaped_stereo(
        rng,
        frames,
        filters.chain(
            filters.high(60, 2),
            filters.beside(
                filters.scaled(0.6, filters.band(60, 350, 1)),
                filters.scaled(0.1, filters.band(350, 1500, 1)),
                filters.scaled(0.022, filters.band(1500, 5000, 1)),
                filters.peak(rail, 8.8, 3.0),
                filters.peak(1.74 * rail, 8.8, 2.1),
            ),
        ),
        0.6,
    )
    rolling *= (1 + np.float32(0.05) * slow(rng, frames, 5.0))[:, None]
    squeal = moving_band(rng, 2.9 * rail * (1 + np.float32(0.01) * slow(rng, frames, 0.7)), 25.0)
    squeal *= wander(rng, frames, 0.5, 0.0, 1.0)
    joints = _joints(rng, frames, 0.75 / character.paced(0.6, 1.7))
    return level(rolling, 0.07) + level(joints, 0.031) + level(squeal, 0.033)[:, None]


def train_horn(rng: Generator, index: int, character: Character) -> Stereo:
    """A locomotive: a chord of air horns; `steam`: a chime whistle, breathy and sliding into its pitch."""
    length = float(rng.uniform(1.3, 2.2))
    frames = frames_of(length)
    out = np.zeros(frames, np.float32)
    slide = glide(frames, [(0, 0.94), (0.12, 1.0), (0.85, 1.0), (1, 0.95)])
    if character.material == "steam":
        for pitch in (520.0, 655.0, 780.0):
            angle = phase((slide * np.float32(pitch)).astype(np.float32))
            out += np.sin(angle) + np.float32(0.3) * np.sin(2 * angle) + np.float32(0.12) * np.sin(3 * angle)
        out += np.float32(0.25) * shaped(rng, frames, filters.chain(filters.high(600), filters.low(5000)))
    else:
        for pitch in (277.2, 329.6, 392.0, 440.0, 554.4):
            angle = phase((slide * np.float32(pitch)).astype(np.float32))
            for k, gain in ((1, 1.0), (2, 0.5), (3, 0.3), (4, 0.15)):
                out += np.float32(gain) * np.sin(k * angle)
        out += np.float32(0.4) * shaped(rng, frames, filters.chain(filters.high(600), filters.low(4500)))
    return panned(peaked(out * glide(frames, [(0, 0), (0.06, 1), (0.9, 0.9), (1, 0)])), 0.5)


def _horn_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(2.6, 3.6)) / character.paced(0.6, 1.7)


def boat(rng: Generator, frames: int, character: Character) -> Stereo:
    """An outboard: a small engine muffled by water, a wash of spray behind."""
    rate = (48 * character.paced(0.6, 1.7) * (1 + np.float32(0.04) * slow(rng, frames, 1.2))).astype(np.float32)
    motor = firing(
        rng, frames, rate, ((160, 1.6, 1.0), (380, 1.6, 1.0), (850, 1.4, 0.7), (1900, 1.3, 0.3)), 0.6, 5.0, 2
    )
    wash = shaped_stereo(
        rng, frames, filters.beside(filters.band(250, 1500, 1), filters.scaled(0.6, filters.band(1500, 6000, 1))), 0.9
    )
    return level(motor, 0.1)[:, None] + level(wash * wander(rng, frames, 2.0, 0.4, 1.0)[:, None], 0.06)


def skid(rng: Generator, index: int, character: Character) -> Stereo:
    """Tyres at their limit: the tread sticks and slips at 700–1100 Hz, in rough harmonics, and the rubber hisses."""
    frames = frames_of(2.0 * float(rng.uniform(0.8, 1.25)))
    slip = 893.0 * float(rng.uniform(0.88, 1.14))
    pitch = glide(frames, [(0, 0.9 * slip), (0.3, 1.1 * slip), (0.7, slip), (1, 0.8 * slip)])
    out = np.zeros(frames, np.float32)
    for tyre in (1.0, 1.027, 1.058):
        shake = np.float32(0.012) * slow(rng, frames, 34.0) + np.float32(0.064) * shaped(
            rng, frames, filters.band(30, 150, 1)
        )
        turn = np.exp(1j * phase((pitch * np.float32(tyre) * (1 + shake)).astype(np.float32))).astype(np.complex64)
        wave = np.ones(frames, np.complex64)
        grip = wander(rng, frames, 9.0, 0.86, 1.0)
        for number in range(1, 7):
            wave *= turn
            out += np.float32(number**-0.6) * wave.imag * grip
    hiss = np.float32(0.33) * shaped(rng, frames, filters.band(735, 6790, 1))
    return panned(
        faded(peaked((out + hiss) * glide(frames, [(0, 0), (0.08, 1), (0.75, 0.8), (1, 0)])), 0.005, 0.05), 0.5
    )


def _skid_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(2.6, 3.8)) / character.paced(0.6, 1.6)


def traffic(rng: Generator, frames: int, character: Character) -> Stereo:
    """A road: tyre noise of many cars as a bed, and single ones that swell, pass from side to side and fade.

    Tyre noise is fullest near 1 kHz (U. Sandberg and J. Ejsmont, "Tyre/Road Noise Reference Book", 2002).
    """
    bed = shaped_stereo(rng, frames, filters.beside(filters.band(57, 250, 1), filters.band(500, 1700, 1)), 0.8)
    out = level(bed, 0.033)
    time = seconds(frames)
    tyre = filters.beside(
        filters.scaled(0.17, filters.band(80, 400, 1)),
        filters.band(500, 1010, 1),
        filters.scaled(0.04, filters.band(1010, 6000, 1)),
    )
    at = float(rng.uniform(-1, 2))
    while at < frames / SAMPLE_RATE + 1:
        wide = float(rng.uniform(0.42, 0.86)) / character.paced(0.7, 1.5)
        begin, end = (min(max(int((at + far * wide) * SAMPLE_RATE), 0), frames) for far in (-9, 9))  # farther: too soft
        past = (time[begin:end] - np.float32(at)) / np.float32(wide)
        near = np.maximum(1 / (1 + past**2) - np.float32(1 / 82), 0)
        angle = np.float32(np.pi / 2) * (0.5 + np.float32(0.45 * rng.choice((-1, 1))) * np.tanh(past))
        if end > begin:
            wash = shaped(rng, end - begin, tyre) * near * np.float32(rng.uniform(0.075, 0.21))
            out[begin:end] += np.stack((wash * np.cos(angle), wash * np.sin(angle)), axis=1)
        at += float(rng.exponential(1.6)) / character.between(0.6, 1.8) + 0.4
    return out


def starter(rng: Generator, index: int, character: Character) -> Stereo:
    """A car is started: the starter motor whines as it churns the engine over, it catches, revs up and settles."""
    churning = frames_of(float(rng.uniform(0.8, 1.2)))
    turns = 6.0 * (1 + np.float32(0.15) * slow(rng, churning, 3.0))
    churn = firing(rng, churning, turns, ((570, 1.5, 1.0), (810, 1.5, 0.9), (2500, 1.4, 0.5)), 0.5, 2.1)
    pinion = phase((315 * (1 + np.float32(0.06) * np.cos(2 * np.pi * turned(churning, turns)))).astype(np.float32))
    whine = np.asarray(sum(np.sin(k * pinion) * np.float32(1 / k) for k in range(1, 6)), np.float32)
    running = frames_of(3.2)
    rate = glide(running, [(0, 45), (0.18, 176), (0.45, 86), (1, 63)])
    swell = glide(running, [(0, 0.5), (0.15, 1.0), (0.8, 0.55), (1, 0)])
    run = firing(rng, running, rate, _CAR, 0.38, 3.75, 4) * swell
    belts = shaped(rng, running, filters.band(500, 4500, 1)) * swell
    started: Signal = level(churn, 0.024) + level(whine, 0.042)
    out = np.concatenate((started, level(run, 0.1) + level(belts, 0.03)))
    return panned(faded(peaked(out), 0.01, 0.2), 0.5)


def _starter_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(4.4, 5.4))


SOUNDS = (
    Texture("engine", ("engine", "motor", "car", "car engine", "truck", "vehicle", "tractor", "idling", "generator",
        "lawnmower", "scooter", "lorry", "bus", "accelerating", "drive", "drive by"),
        engine, level=-19, tone=(-14, -3, -11, -3, 0, 21, 9), space="street",
        materials={"truck": "truck", "lorry": "truck", "bus": "truck", "diesel": "truck", "tractor": "truck",
            "scooter": "small", "lawnmower": "small", "generator": "small"},
        example="a truck engine idling", also=("an automobile waits with its motor running",)),
    Texture("motorcycle", ("motorcycle", "motorbike", "biker", "moped"), motorcycle, level=-18, tone=(15, 3, -1, 0,
        -2, -3, -11),
        refines="engine", example="a motorcycle revving", also=("a rider on a heavy machine",)),
    Texture("race_car", ("race car", "racing car", "formula one", "race", "grand prix"), race_car, level=-18,
        tone=(0, 7, -7, -1, 2, -1, -1), space="street", refines="engine", example="a race car",
            also=("cars at the circuit on the straight",)),
    Event("car_start", ("car start", "start car", "engine start", "start engine", "ignition", "start up"), starter,
        _starter_gap,
        level=-6, tone=(7, -2, 5, -6, 3, -7, 0), space="street", refines="engine", example="car start",
        also=("turning the key in the morning",)),
    Texture("helicopter", ("helicopter", "chopper", "rotor"), helicopter, level=-19, tone=(2, -1, 8, 8, -5, -8, -5),
        example="a helicopter",
        also=("rescue aircraft hovering",)),
    Texture("airplane", ("airplane", "aeroplane", "plane", "jet", "aircraft", "airliner", "jet engine", "fighter jet",
        "propeller"), airplane, level=-19, tone=(14, -15, 11, 2, 12, -6, -18), space="street",
        materials={"propeller": "propeller", "biplane": "propeller"},
        example="a jet airplane", also=("passengers aloft", "something passes high in the sky")),
    Texture("train", ("train", "railway", "railroad", "tram", "subway train", "rail", "locomotive", "wagon"), train,
        level=-19, tone=(5, 4, 3, -2, 4, -10, -3), space="outdoors", example="a train passing",
        also=("carriages rattling over the tracks",)),
    Event("train_horn", ("train horn", "train whistle", "steam whistle", "locomotive whistle"), train_horn, _horn_gap,
        level=-5, tone=(4, -16, 14, 4, -1, -5, -1), space="street", refines="train",
        materials={"steam": "steam", "whistle": "steam"}, example="a train horn",
        also=("a warning at the level crossing",)),
    Texture("boat", ("motorboat", "speedboat", "boat", "boat engine", "outboard", "ferry"), boat, level=-19, tone=(6,
        11, 8, -2, -19, 9, -13), example="a motorboat", also=("crossing the lake at speed",)),
    Event("skid", ("skid", "tire squeal", "screech", "brake", "drift", "tyre", "tire", "braking"), skid, _skid_gap,
        level=-6, tone=(4, 0, -19, 19, 6, -4, -8), space="street", example="a tire squeal",
            also=("a driver brakes in panic",)),
    Texture("traffic", ("traffic", "highway", "motorway", "road noise", "city traffic", "rush hour", "city", "freeway"),
        traffic, level=-20, tone=(18, 10, 0, 2, 0, -15, -14), example="city traffic",
            also=("a busy road by the window", "downtown in the afternoon")),
)  # fmt: skip
