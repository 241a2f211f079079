"""Small machines: clocks, keyboards."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from soundstage.engines.sound.synthesis import filters
from soundstage.engines.sound.synthesis.envelopes import decay, peaked
from soundstage.engines.sound.synthesis.modal import body, struck
from soundstage.engines.sound.synthesis.particles import panned
from soundstage.engines.sound.synthesis.sounds import Character, Event, Signal, Stereo, frames_of


def _impact(rng: Generator, frames: int, t60: float, response: filters.Response) -> Signal:
    """A knock without a pitch: a short burst under a response, peak 1."""
    burst = rng.uniform(-1, 1, frames).astype(np.float32) * decay(frames, t60)
    return peaked(filters.filtered(burst, response))


def clock(rng: Generator, index: int, character: Character) -> Stereo:
    """Tick and tock by turns: unlocking, impulse and drop of an escapement, each a knock on one wheelwork and case.

    Three impacts a beat, 4–9 ms apart, as in timing-machine recordings of lever movements.
    """
    frames = frames_of(0.16)
    tock = index % 2
    scale = {"grandfather": 0.55, "watch": 1.7}.get(character.material or "", 1.0) * (0.86 if tock else 1.0)
    case = {"grandfather": 0.9, "watch": 0.05}.get(character.material or "", 0.3)
    pitches = [1750 * scale, 2630 * scale, 3480 * scale, 4900 * scale, 6700 * scale]
    wheel = struck(frames, pitches, [0.03, 0.024, 0.02, 0.016, 0.012], [0.7, 1.0, 0.8, 0.6, 0.4])
    wood = struck(frames, [210 * scale, 430 * scale, 760 * scale], [0.09, 0.07, 0.05], [0.6, 0.8, 0.5])
    click = _impact(rng, frames, 0.01, filters.high(2000))
    out = np.zeros(frames, np.float32)
    for start_s, gain in ((0.0, 0.35), (0.005, 0.5), (0.0125, 1.0)):
        start = round(start_s * 44_100)
        knock = 0.2 * wheel + np.float32(case) * wood + click
        out[start:] += np.float32(gain * rng.uniform(0.93, 1.07)) * knock[: frames - start]
    return panned(peaked(out), 0.46 + 0.08 * tock)


def _clock_gap(rng: Generator, index: int, character: Character) -> float:
    usual = {"grandfather": 1.0, "watch": 0.2}.get(character.material or "", 0.5)
    return usual / float(2 ** round(2 * character.pace - 1))


def typing(rng: Generator, index: int, character: Character) -> Stereo:
    """One key: the finger and the key's bottom on the way down, a softer click on the way up 60–110 ms later.

    Two impacts on a shell of plastic (modes 400–6000 Hz, short), every key a little different; some are the space bar.
    """
    frames = frames_of(0.22)
    space_bar = rng.random() < 0.16
    old = character.material == "typewriter"
    out = np.zeros(frames, np.float32)
    for start_s, gain in ((0.0, 1.0), (float(rng.uniform(0.06, 0.11)), 0.4 if not old else 0.2)):
        start = frames_of(start_s)
        left = frames - start
        low_hz = 260 if space_bar else rng.uniform(420, 700)
        shell = body(rng, left, low_hz * (2.2 if old else 1), 7000, 10, 0.035 if not old else 0.09, slope=0.3)
        thud = struck(left, [170.0 if space_bar else 240.0], [0.05], [0.5])
        tap = _impact(rng, left, 0.009, filters.band(1200, 9000, 1))
        out[start:] += np.float32(gain) * (0.6 * peaked(shell) + 0.4 * thud + tap)
    return panned(peaked(out, rng.uniform(0.55, 1.0)), rng.uniform(0.3, 0.7))


def _typing_gap(rng: Generator, index: int, character: Character) -> float:
    pause = rng.random() < 0.07
    return float(rng.uniform(0.35, 0.8) if pause else rng.gamma(6, 0.022)) / character.paced(0.55, 1.8) + 0.02


def camera(rng: Generator, index: int, character: Character) -> Stereo:
    """Mirror up, shutter, mirror down: three clicks on a small hollow body."""
    frames = frames_of(0.35)
    out = np.zeros(frames, np.float32)
    for start_s, gain in ((0.0, 0.8), (0.045, 0.5), (0.12, 1.0)):
        start = round(start_s * 44_100)
        left = frames - start
        out[start:] += np.float32(gain) * (
            0.5 * peaked(body(rng, left, 500, 6000, 9, 0.025, slope=0.2))
            + _impact(rng, left, 0.03, filters.band(700, 7000, 1))
        )
    return panned(peaked(out), 0.5)


def _camera_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(0.9, 1.8)) / character.paced(0.4, 3.0)


SOUNDS = (
    Event(
        "clock", ("clock", "ticking", "tick", "tick tock", "clock ticking", "tock", "metronome", "stopwatch", "timer",
            "pendulum"), clock, _clock_gap,
        level=-6, tone=(0, 1, 7, 12, 6, -6, 14), space="small room",
        materials={"grandfather": "grandfather", "wall": "wall", "old": "grandfather", "watch": "watch",
            "pocket": "watch", "wristwatch": "watch"},
        example="an old clock ticking",
    ),
    Event(
        "typing", ("type", "typing", "keyboard", "computer keyboard", "keyboard typing", "typewriter", "keystroke",
            "typist"), typing, _typing_gap,
        level=-6, tone=(-22, -12, 1, 17, -9, -2, 26), space="small room", materials={"typewriter": "typewriter",
            "mechanical": "mechanical"},
            example="fast typing on a keyboard",
    ),
    Event("camera", ("camera", "shutter", "snapshot", "photo", "photograph"), camera, _camera_gap, level=-6,
        tone=(-8, -3, 2, 2, 12, 11, 12), space="small room", example="a camera shutter"),
)  # fmt: skip
