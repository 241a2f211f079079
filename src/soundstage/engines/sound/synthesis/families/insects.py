"""Small creatures of the evening: crickets, bees, flies, mosquitoes, frogs."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from soundstage.engines.sound.contract import SAMPLE_RATE
from soundstage.engines.sound.synthesis import filters
from soundstage.engines.sound.synthesis.envelopes import peaked, phase, seconds
from soundstage.engines.sound.synthesis.noise import shaped, slow, wander
from soundstage.engines.sound.synthesis.particles import panned
from soundstage.engines.sound.synthesis.sounds import Character, Event, Signal, Stereo, Texture, frames_of
from soundstage.engines.sound.synthesis.voices import glide, still, unsteady, voiced


def crickets(rng: Generator, frames: int, character: Character) -> Stereo:
    """Several crickets: chirps of 3–4 pulses of a pure 4–5 kHz tone, each insect with its own pitch and beat.

    Pulse 17 ms, every 30 ms, chirps 2–3 a second (T. Walker, "Acoustic synchrony: two mechanisms in the snowy tree
    cricket", Science, 1969); behind them a chorus of many trills.
    """
    out = np.zeros((frames, 2), np.float32)
    time = seconds(frames)
    for number in range(6):
        pitch = float(rng.uniform(4100, 5100))
        beat = float(rng.uniform(0.42, 0.62)) / character.paced(0.7, 1.5)
        chirp = (time / np.float32(beat) + np.float32(rng.random())) % 1 * np.float32(beat)
        pulse = chirp / np.float32(0.030)
        inside = (pulse - np.floor(pulse)) * np.float32(0.030 / 0.018)
        gate = np.where(
            (pulse < int(rng.integers(3, 5))) & (inside < 1), np.sin(np.pi * np.minimum(inside, 1)) ** 2, 0
        ).astype(np.float32)
        angle = phase((pitch * (1 - 0.012 * np.minimum(inside, 1))).astype(np.float32))
        voice = (np.sin(angle) + np.float32(0.08) * np.sin(2 * angle)) * gate
        out += panned(voice * np.float32(1.0 if number == 0 else rng.uniform(0.12, 0.55)), float(rng.uniform(0.1, 0.9)))
    for side in range(2):
        trill = 0.6 + np.float32(0.4) * np.sin(2 * np.pi * np.float32(rng.uniform(36, 46)) * time)
        chorus = shaped(rng, frames, filters.peak(rng.uniform(4300, 5000), 16)) * trill
        out[:, side] += np.float32(0.16) * chorus * (1 + np.float32(0.3) * slow(rng, frames, 3.0))
    return out


def _insect(rng: Generator, frames: int, pitch: float, wander_by: float, near: float) -> Stereo:
    """One insect on the wing: a buzz at its wing beat with all harmonics, circling the listener."""
    course = slow(rng, frames, 0.6)
    beat = np.float32(pitch) * (1 + np.float32(wander_by) * course + np.float32(0.02) * slow(rng, frames, 40.0))
    buzz = voiced(beat.astype(np.float32), still((pitch * 2, pitch * 4, 1.0), (3000, 3000, 0.6)), 2.5, 7500)
    buzz *= 1 + np.float32(0.35) * slow(rng, frames, 60.0)
    closeness = wander(rng, frames, 0.5, near, 1.0) ** 2
    side = wander(rng, frames, 0.35, 0.08, 0.92) * np.float32(np.pi / 2)
    return np.stack((buzz * closeness * np.cos(side), buzz * closeness * np.sin(side)), axis=1)


def bees(rng: Generator, frames: int, character: Character) -> Stereo:
    """A swarm: wing beats of 190–260 Hz (bees; S. Sotavalta, 1947), near ones heard one by one, far ones as a hum."""
    count = 3 + round(4 * character.intensity)
    out = np.zeros((frames, 2), np.float32)
    for _ in range(count):
        out += _insect(rng, frames, float(rng.uniform(190, 260)), 0.07, 0.1) * np.float32(rng.uniform(0.4, 1.0))
    return out


def fly(rng: Generator, frames: int, character: Character) -> Stereo:
    """One housefly: 150–220 wing beats a second, in dashes and turns."""
    return _insect(rng, frames, float(rng.uniform(165, 205)), 0.13, 0.05)


def mosquito(rng: Generator, frames: int, character: Character) -> Stereo:
    """One mosquito: a thin whine at 450–650 Hz that comes and goes by the ear."""
    pitch = float(rng.uniform(480, 620))
    course = slow(rng, frames, 0.8)
    beat = np.float32(pitch) * (1 + np.float32(0.05) * course + np.float32(0.012) * slow(rng, frames, 40.0))
    whine = voiced(beat.astype(np.float32), still((pitch * 1.3, 700, 1.0), (3000, 3000, 0.6)), 2.5, 7500)
    whine *= 1 + np.float32(0.3) * slow(rng, frames, 60.0)
    closeness = wander(rng, frames, 0.6, 0.04, 1.0) ** 2
    side = wander(rng, frames, 0.4, 0.05, 0.95) * np.float32(np.pi / 2)
    return np.stack((whine * closeness * np.cos(side), whine * closeness * np.sin(side)), axis=1)


def frog(rng: Generator, index: int, character: Character) -> Stereo:
    """A croak: a train of pulses, 58–72 a second, through a resonant throat sac (H. Gerhardt and F. Huber, 2002)."""
    frames = frames_of(float(rng.uniform(0.28, 0.4)))
    rate = unsteady(rng, np.full(frames, rng.uniform(58, 72), np.float32), 0.0, 0.04)
    turn = (np.cumsum(rate, dtype=np.float64) / SAMPLE_RATE % 1).astype(np.float32)
    opened = np.where(turn < 0.6, np.sin(np.pi * turn / np.float32(0.6)) ** 2 - turn, -turn * np.float32(0.2))
    source = np.diff(opened, prepend=np.float32(0)) * 6
    source = source + np.float32(0.08) * shaped(rng, frames, filters.high(500)) * (0.3 + opened)
    sac = filters.beside(filters.peak(520, 9), filters.peak(1150, 9, 0.7), filters.peak(2100, 6, 0.3))
    voice = filters.filtered(source.astype(np.float32), sac) * glide(frames, [(0, 0), (0.6, 1), (1, 0)])
    return panned(peaked(voice, float(rng.uniform(0.5, 1))), float(rng.uniform(0.2, 0.8)))


def _frog_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(0.45, 1.1)) / character.paced(0.6, 1.7)


def cicadas(rng: Generator, frames: int, character: Character) -> Stereo:
    """A tree full of cicadas: ribs of the tymbal click 200 times a second, all near 5 kHz, swelling and sinking."""
    out = np.zeros((frames, 2), np.float32)
    for side in range(2):
        for _ in range(3):
            rate = float(rng.uniform(110, 210))
            clicks = _pulsed(frames, rate, rng) * shaped(rng, frames, filters.peak(float(rng.uniform(4200, 6200)), 5))
            out[:, side] += clicks * wander(rng, frames, 0.3, 0.35, 1.0)
    return out


def _pulsed(frames: int, rate: float, rng: Generator) -> Signal:
    turn = (np.arange(frames, dtype=np.float32) * np.float32(rate / SAMPLE_RATE) + np.float32(rng.random())) % 1
    return np.asarray(np.exp(-4 * turn), np.float32)


SOUNDS = (
    Texture("crickets", ("cricket", "insect", "grasshopper", "katydid"), crickets, level=-22, tone=(9, 11, 13, 2,
        -10, 0, -25),
        space="outdoors", example="crickets on a summer night",
        also=("chirring in the warm dark meadow", "night time in the countryside")),
    Texture("cicadas", ("cicada", "locust"), cicadas, level=-22, tone=(-6, -2, -3, -4, -21, 19, 16), example="cicadas",
        also=("buzzing trees on a hot afternoon",)),
    Texture("bees", ("bee", "wasp", "hornet", "swarm", "beehive", "bumblebee", "buzzing bee"), bees, level=-20,
        tone=(-9, -15, 7, 3, 0, 14, 1), space="street", example="a swarm of bees",
        also=("stinging insects around a hive",)),
    Texture("fly", ("fly", "housefly", "flies"), fly, level=-20, tone=(0, -25, -1, -6, 7, 23, 2), space="outdoors",
        example="a housefly",
        also=("an annoying insect at the window",)),
    Texture("mosquito", ("mosquito", "gnat", "midge"), mosquito, level=-22, tone=(-17, -25, -25, 13, 20, 11, 23),
        example="a mosquito",
        also=("the whine that keeps you awake in a tent",)),
    Event("frogs", ("frog", "croak", "toad"), frog, _frog_gap, level=-9, space="outdoors", example="frogs in a pond",
        also=("amphibians calling in a marsh", "swamp at night")),
)  # fmt: skip
