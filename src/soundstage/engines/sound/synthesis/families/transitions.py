"""Transitions of trailers and games: whooshes, risers, hits, drops, swells."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from soundstage.engines.sound.contract import SAMPLE_RATE
from soundstage.engines.sound.synthesis import filters
from soundstage.engines.sound.synthesis.envelopes import curve, decay, faded, peaked, phase
from soundstage.engines.sound.synthesis.noise import level, moving_band, shaped, shaped_stereo, slow
from soundstage.engines.sound.synthesis.particles import panned
from soundstage.engines.sound.synthesis.sounds import Character, Event, Stereo, frames_of


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


def _whoosh_gap(rng: Generator, index: int, character: Character) -> float:
    return character.paced(2.2, 0.8) * float(rng.uniform(0.9, 1.2))


def _blast_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(3.8, 5.0)) / character.paced(0.7, 2.0)


def riser(rng: Generator, index: int, character: Character) -> Stereo:
    """Tension: a cluster that climbs two octaves, noise that brightens with it, and a cut at the top."""
    length = character.paced(4.5, 1.8)
    frames = frames_of(length)
    climb = np.linspace(0, 1, frames, dtype=np.float32) ** np.float32(1.6)
    out = np.zeros((frames, 2), np.float32)
    for number, detune in enumerate((0.0, 0.07, -0.06, 7.0, 12.05)):
        pitch = np.float32(98.0 * 2 ** (detune / 12)) * 4**climb * (1 + np.float32(0.003) * slow(rng, frames, 3.0))
        angle = phase(pitch.astype(np.float32))
        wave = sum(np.sin(k * angle) * np.float32(1 / k) for k in range(1, 7))
        out += panned(np.asarray(wave, np.float32), (number + 0.5) / 5)
    noise = moving_band(rng, (500 * 12**climb).astype(np.float32), 500.0)
    pulse = 0.7 + 0.3 * np.sin(phase((3 * 5**climb).astype(np.float32)))
    out = level(out, 0.08) + level(noise, 0.08)[:, None]
    return faded(peaked(out * (climb**1.2 * pulse + 0.02)[:, None]), 0.05, 0.02)


def _riser_gap(rng: Generator, index: int, character: Character) -> float:
    return character.paced(4.5, 1.8) + 0.8


def drop(rng: Generator, index: int, character: Character) -> Stereo:
    """A sub drop: one sine that falls from 120 to 28 Hz, with enough overtones to be told on small speakers."""
    frames = frames_of(2.6)
    pitch = 28 + 92 * decay(frames, 2.2)
    angle = phase(pitch.astype(np.float32))
    wave = np.tanh(2.2 * np.sin(angle)) * decay(frames, 2.9, 0.01)
    return faded(panned(peaked(wave.astype(np.float32)), 0.5), 0.005, 0.5)


def swell(rng: Generator, index: int, character: Character) -> Stereo:
    """A cymbal played backwards: dense bright noise that grows and is cut off."""
    frames = frames_of(character.paced(2.6, 1.1))
    wash = shaped_stereo(
        rng,
        frames,
        filters.beside(
            filters.peak(4200, 0.6),
            filters.scaled(0.5, filters.high(5000)),
            filters.scaled(0.25, filters.band(300, 2000, 1)),
        ),
        0.9,
    )
    return faded(peaked(wash * (decay(frames, frames / SAMPLE_RATE * 1.1)[::-1] ** 0.9)[:, None]), 0.02, 0.012)


def _swell_gap(rng: Generator, index: int, character: Character) -> float:
    return character.paced(2.6, 1.1) + 0.7


def braam(rng: Generator, index: int, character: Character) -> Stereo:
    """The low brass of trailers: saw-like tones of 49–98 Hz whose brightness blares up and sinks."""
    frames = frames_of(3.2)
    out = np.zeros((frames, 2), np.float32)
    blare = curve(frames, [(0, 0.0), (0.12, 1.0), (0.9, 0.55), (3.2, 0.0)])
    for number, (pitch, gain) in enumerate(((49.0, 1.0), (49.3, 0.8), (73.4, 0.6), (98.1, 0.7), (97.7, 0.5))):
        angle = phase(np.full(frames, pitch, np.float32))
        wave = np.zeros(frames, np.float32)
        for k in range(1, 30):
            wave += np.sin(k * angle) * (np.float32(1 / k) * blare ** np.float32(0.4 + k / 9))
        out += panned(np.float32(gain) * wave, (number + 0.5) / 5)
    return faded(peaked(np.tanh(2.0 * peaked(out))), 0.003, 0.4)


SOUNDS = (
    Event("whoosh", ("whoosh", "swoosh", "swish", "swing", "swipe", "pass by", "flyby", "transition", "fly by",
        "woosh"),
        whoosh, _whoosh_gap, level=-5, tone=(-5, 13, 16, -4, -8, -2, -10), example="a fast whoosh",
        also=("something rushes past the camera", "movement between two slides")),
    Event("riser", ("riser", "tension", "rise", "uplifter"), riser, _riser_gap,
        level=-5, example="a riser", also=("suspense mounting before the cut",)),
    Event("hit", ("hit", "cinematic hit", "impact", "trailer hit", "stinger", "slam hit"), hit, _blast_gap, level=-3,
        space="hall", example="a cinematic hit", also=("a big moment on the title card",)),
    Event("drop", ("sub drop", "bass drop", "downer", "low drop", "sub bass"), drop, _riser_gap, level=-4,
        example="a sub drop", also=("the floor gives way under the bass",)),
    Event("swell", ("reverse cymbal", "reverse", "suck back"), swell, _swell_gap, level=-7,
        example="a reverse cymbal swell", also=("sound sucked backwards into the cut",)),
    Event("braam", ("braam", "horn blast", "trailer horn", "inception", "brass hit"), braam, _blast_gap, level=-4,
        space="hall", example="a cinematic braam", also=("the deep brass of film trailers",)),
)  # fmt: skip
