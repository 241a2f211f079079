"""Machines that run: fans, vacuum cleaner, hair dryer, blender, sewing machine, steam, mains, static."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from soundstage.engines.sound.synthesis import filters
from soundstage.engines.sound.synthesis.blows import Blow, blown
from soundstage.engines.sound.synthesis.envelopes import peaked, seconds
from soundstage.engines.sound.synthesis.motors import Motor, turned, whirring
from soundstage.engines.sound.synthesis.noise import level, shaped, shaped_stereo, slow, wander
from soundstage.engines.sound.synthesis.particles import arrivals, heavy_tailed, panned, scatter
from soundstage.engines.sound.synthesis.sounds import Character, Event, Stereo, Texture, frames_of
from soundstage.engines.sound.synthesis.voices import glide

_FAN = Motor(
    turns=51.1,
    poles=5,
    tilt=11.2,
    bands=((205.0, 0.52, 1.34), (374.0, 1.34, 0.154)),
    hiss=5.92,
    air_hz=(189.0, 1300.0),
    air_order=0.7,
    unsteady=0.0033,
    tone=1.29,
)
_VACUUM = Motor(
    turns=870.0,
    poles=3,
    tilt=4.74,
    bands=((900, 3.42, 1.27), (1800, 2.39, 0.48)),
    hiss=1.52,
    air_hz=(300, 4500),
    unsteady=0.0055,
    tone=0.86,
)
_DRYER = Motor(
    turns=205.0,
    poles=5,
    tilt=7.0,
    bands=((1050, 5.0, 1.0), (2100, 4.0, 0.4)),
    hiss=2.2,
    air_hz=(700, 6500),
    unsteady=0.003,
    tone=0.5,
)
_BLENDER = Motor(
    turns=230.0,
    poles=4,
    tilt=3.99,
    bands=((920, 1.77, 0.74), (1900, 1.89, 0.363), (3900, 1.56, 0.6)),
    hiss=0.766,
    air_hz=(500, 7000),
    air_order=1.54,
    unsteady=0.037,
    tone=1.06,
)
_SHAVER = Motor(
    turns=116.0,
    poles=1,
    tilt=2.0,
    bands=((700, 1.2, 0.7), (2300, 1.3, 1.0), (4300, 1.5, 0.7)),
    hiss=0.25,
    air_hz=(2500, 7500),
    unsteady=0.006,
)
_STITCH = Blow(
    low_hz=700.0,
    high_hz=5470.0,
    modes=12,
    t60=0.05,
    slope=0.103,
    damping=0.395,
    ring=1.34,
    noise_hz=(586.0, 44100.0),
    noise_t60=0.021,
    noise=0.955,
    thud_hz=48.2,
    thud_t60=0.1,
    thud=0.284,
    scatter=0.0805,
)


def fan(rng: Generator, frames: int, character: Character) -> Stereo:
    """Blades chopping air: broad low noise that throbs at the blade pass, a soft hum of the motor."""
    return whirring(rng, frames, _FAN, character.paced(0.7, 1.5))


def vacuum(rng: Generator, frames: int, character: Character) -> Stereo:
    """A fast small turbine, 870 turns a second, behind a filter: its whine, and a rush of air under 5 kHz."""
    nozzle = 1 + np.float32(0.02) * np.clip(slow(rng, frames, 0.6), -1, 1)
    return whirring(rng, frames, _VACUUM, nozzle)


def dryer(rng: Generator, frames: int, character: Character) -> Stereo:
    """A hair dryer: mostly hot air, with the thin tone of its little fan."""
    return whirring(rng, frames, _DRYER, character.paced(0.85, 1.15))


def blender(rng: Generator, frames: int, character: Character) -> Stereo:
    """A mixer's shrill motor, loaded unevenly by what it cuts."""
    load = 1 - np.float32(0.09) * np.clip(slow(rng, frames, 2.5), 0, 1)
    return whirring(rng, frames, _BLENDER, load)


def shaver(rng: Generator, frames: int, character: Character) -> Stereo:
    """An electric razor or toothbrush: an armature that swings at twice the mains' rate behind thin foil."""
    press = 1 - np.float32(0.03) * np.clip(slow(rng, frames, 1.0), 0, 1)
    return whirring(rng, frames, _SHAVER, press)


def sewing(rng: Generator, frames: int, character: Character) -> Stereo:
    """A needle bar going down and up 8–14 times a second, in seams with pauses, over the motor."""
    run = np.clip(2.5 * slow(rng, frames, 0.4) + 1.4, 0, 1)
    rate = np.float32(11 * character.paced(0.7, 1.4)) * run + np.float32(0.01)
    stitches = np.flatnonzero(np.diff(np.floor(np.cumsum(rate * 2, dtype=np.float64) / 44_100)) > 0)
    out = np.zeros(frames + 9000, np.float32)
    strokes = [blown(rng, _STITCH, 0.15, number % 2) for number in range(6)]
    for number, at in enumerate(stitches.tolist()):
        stroke = strokes[number % 6]
        out[at : at + len(stroke)] += np.float32((1.0, 0.6)[number % 2] * rng.uniform(0.85, 1)) * stroke
    motor = whirring(rng, frames, Motor(95.0, 2, 4.0, ((600, 1.5, 1.0), (1500, 1.5, 0.6)), 0.5), 0.3 + 0.7 * run)
    return level(out[:frames], 0.1)[:, None] + level(motor * run[:, None], 0.035)


def steam(rng: Generator, frames: int, character: Character) -> Stereo:
    """Vapour through a valve: jet noise, brighter the smaller the opening (M. Lighthill, 1952), that sputters a
    little.
    """
    jet = shaped_stereo(
        rng, frames, filters.beside(filters.peak(3800, 0.7), filters.scaled(0.5, filters.high(2500))), 0.6
    )
    return jet * (wander(rng, frames, 1.2, 0.4, 1.0) * wander(rng, frames, 14.0, 0.75, 1.0))[:, None]


def mains(rng: Generator, frames: int, character: Character) -> Stereo:
    """A transformer: twice the mains' 50 Hz and its harmonics, with the buzz of loose sheets."""
    time = seconds(frames)
    out = np.zeros(frames, np.float32)
    for number in range(1, 18):
        gain = (1.0 if number % 2 == 0 else 0.4) / number**1.1
        out += np.float32(gain) * np.sin(2 * np.pi * np.float32(50 * number) * time + np.float32(rng.random() * 6))
    buzz = shaped(rng, frames, filters.band(1000, 5000)) * np.abs(np.sin(2 * np.pi * 50 * time)) ** 8
    out = level(out, 0.1) + level(buzz.astype(np.float32), 0.006)
    return np.stack((out, out), axis=1)


def static(rng: Generator, frames: int, character: Character) -> Stereo:
    """A radio between stations: white noise in a telephone's band, and crackles of atmospherics."""
    hiss = shaped_stereo(rng, frames, filters.band(250, 6500, 1), 0.4)
    hiss *= wander(rng, frames, 5.0, 0.6, 1.0)[:, None]
    size = frames_of(0.01)
    grains = rng.uniform(-1, 1, (12, size)).astype(np.float32) * np.linspace(1, 0, size, dtype=np.float32) ** 3
    starts = arrivals(rng, frames, 30)
    clicks = scatter(rng, frames, starts, heavy_tailed(rng, len(starts), 1.0, 0.05), grains, 0.4)
    return level(hiss, 0.1) + level(clicks, 0.03)


def ratchet(rng: Generator, index: int, character: Character) -> Stereo:
    """A pawl over the teeth of a wheel: a run of sharp clicks, one turn of the hand."""
    count = int(rng.integers(8, 14))
    frames = frames_of(0.55)
    out = np.zeros(frames, np.float32)
    tooth = Blow(1500, 8500, 9, 0.03, slope=0.1, noise_hz=(1500, 8000), noise_t60=0.01, noise=0.8)
    for number in range(count):
        at = int((0.02 + 0.4 * (number / count) ** 0.9) * 44_100)
        stroke = blown(rng, tooth, 0.06, number % 2)
        out[at : at + len(stroke)] += np.float32(rng.uniform(0.7, 1)) * stroke[: frames - at]
    return panned(peaked(out), 0.5)


def _ratchet_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(0.62, 0.8)) / character.paced(0.6, 1.6)


def frying(rng: Generator, frames: int, character: Character) -> Stereo:
    """Fat in a pan: water bursting into steam, thousands of tiny pops a second over a hiss."""
    size = frames_of(0.008)
    grains = np.stack([
        peaked(filters.filtered(rng.uniform(-1, 1, size).astype(np.float32) * np.linspace(1, 0, size,
        dtype=np.float32) ** 2,
                                filters.peak(1800 * 4.5 ** rng.random(), 1.2)))
        for _ in range(24)
    ])  # fmt: skip
    starts = arrivals(rng, frames, character.between(250, 700))
    pops = scatter(rng, frames, starts, heavy_tailed(rng, len(starts), 1.2, 0.06), grains, 0.8)
    hiss = shaped_stereo(rng, frames, filters.chain(filters.high(1800), filters.low(8000)), 0.8)
    return level(pops, 0.1) + level(hiss * wander(rng, frames, 2.0, 0.7, 1.0)[:, None], 0.06)


def washing(rng: Generator, frames: int, character: Character) -> Stereo:
    """A drum going round once a second: the motor's hum, water and linen that tumble and slosh."""
    place = turned(frames, 0.85, float(rng.random()))
    motor = whirring(
        rng, frames, Motor(48.0, 2, 5.0, ((150, 1.5, 1.0), (420, 1.5, 0.7), (900, 1.5, 0.3)), 0.4, (150, 1500))
    )
    slosh = shaped_stereo(
        rng, frames, filters.beside(filters.band(250, 1400, 1), filters.scaled(0.3, filters.band(1400, 5000, 1))), 0.5
    )
    tumble = (glide(frames, [(0, 1), (1, 1)]) * np.maximum(np.sin(2 * np.pi * place), 0) ** 2)[:, None]
    return level(motor, 0.08) + level(slosh * (0.25 + tumble), 0.07)


SOUNDS = (
    Texture("fan", ("fan", "ventilator", "air conditioning", "air conditioner", "ventilation", "extractor",
        "cooler"), fan,
        level=-22, tone=(0, -2, 9, -3, -6, -1, -2), example="a fan", also=("cooling on a hot day",
            "air moved in a server room")),
    Texture("vacuum", ("vacuum", "vacuum cleaner", "hoover", "hoovering"), vacuum, level=-19, tone=(-18, 9, 11, 11,
        5, 11, -17), space="room",
        example="a vacuum cleaner", also=("cleaning the carpet",)),
    Texture("hair_dryer", ("hair dryer", "hairdryer", "blow dryer", "hand dryer"), dryer, level=-19, tone=(-2, -2,
        20, 0, 3, -12, -7), space="small room",
        example="a hair dryer", also=("styling wet hair",)),
    Texture("blender", ("blender", "mixer", "food processor", "smoothie", "juicer"), blender, level=-18, tone=(-13,
        13, 2, -7, 0, -6, -2), space="room",
        example="a blender", also=("making a milkshake in the kitchen",)),
    Texture("shaver", ("shaver", "razor", "electric razor", "electric toothbrush", "clipper", "toothbrush"), shaver,
        level=-21, space="small room", example="a shaver", also=("morning grooming in the bathroom",)),
    Texture("sewing_machine", ("sewing machine", "sewing", "stitch"), sewing, level=-20, tone=(-11, -4, 8, 2, -6, 5,
        6), space="hall",
        example="a sewing machine", also=("a tailor making a dress",)),
    Texture("washing_machine", ("washing machine", "laundry", "dishwasher", "washer"), washing, level=-21, space="room",
        example="a washing machine", also=("dirty clothes going round",)),
    Texture("steam", ("steam", "steam vent", "gas leak", "valve", "pressure cooker", "air leak", "spray"), steam,
        level=-21,
        space="room", example="a steam vent", also=("pressure let off from a boiler",)),
    Texture("hum", ("hum", "mains hum", "transformer", "electric hum", "power line", "fridge", "refrigerator",
        "fluorescent light", "neon light"), mains, level=-23, tone=(23, -9, 4, -6, -9, 2, -11), space="outdoors",
        example="an electric hum",
        also=("a substation at night",)),
    Texture("static", ("static", "radio static", "white noise", "tv static", "interference", "radio noise"), static,
        level=-22, tone=(7, -1, -6, -5, 2, -1, 5), example="radio static", also=("a detuned receiver",
            "lost television signal")),
    Event("ratchet", ("ratchet", "winch", "wind up", "socket wrench", "winding"), ratchet, _ratchet_gap, level=-8,
        tone=(1, -15, -11, 0, 3, -4, 8), space="room", example="a ratchet", also=("winding a mechanical toy",)),
    Texture("frying", ("fry", "frying", "sizzle", "sizzling", "bacon", "frying pan", "grill"), frying, level=-22,
        tone=(-23, -12, 2, 5, -1, 10, 20), space="small room", example="bacon frying",
            also=("breakfast on the stove",)),
)  # fmt: skip
