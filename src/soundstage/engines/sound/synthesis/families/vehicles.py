"""Engines, sirens and alarms."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from soundstage.engines.sound.contract import SAMPLE_RATE
from soundstage.engines.sound.synthesis import filters
from soundstage.engines.sound.synthesis.envelopes import curve, decay, faded, peaked, phase, seconds
from soundstage.engines.sound.synthesis.noise import level, shaped, shaped_stereo, slow, wander
from soundstage.engines.sound.synthesis.particles import panned
from soundstage.engines.sound.synthesis.sounds import Character, Event, Signal, Stereo, Texture, frames_of


def engine(rng: Generator, frames: int, character: Character) -> Stereo:
    """Combustion pulses through the exhaust.

    S. Baldan et al., "Physically informed car engine sound synthesis for virtual and augmented environments" (2015):
    one pulse a firing, every cylinder a little different (that gives the half orders), pipes as resonances,
        intake noise that
    breathes with the pulses.
    """
    cylinders, idle, rev, dark = {
        "truck": (6, 620.0, 1500.0, 0.6),
        "motorcycle": (2, 1150.0, 5200.0, 1.5),
        "small": (1, 2600.0, 4200.0, 2.0),
    }.get(character.material or "", (4, 950.0, 4200.0, 1.0))
    effort = max(character.pace - 0.5, character.intensity - 0.5, 0.0) * 2
    speed = idle + (rev - idle) * effort
    rpm = speed * (
        1 + np.float32(0.012) * slow(rng, frames, 3.0) + np.float32(0.03 * (0.3 + effort)) * slow(rng, frames, 0.35)
    )
    turns = np.cumsum(rpm / 120, dtype=np.float64) / SAMPLE_RATE  # one turn of this is a whole four-stroke cycle
    place = (turns * cylinders + rng.random()) % cylinders
    which = place.astype(np.int64)
    strength = rng.uniform(0.8, 1.0, cylinders)[which] * (1 + 0.1 * slow(rng, frames, float(speed) / 60))
    within = (place - which).astype(np.float32)
    pulse = (np.exp(-8 * within) * np.minimum(within * 12, 1) - np.float32(0.1)) * strength
    rough = shaped(rng, frames, filters.low(2500)) * (0.45 + 0.6 * np.exp(-3 * within))
    exhaust = filters.beside(
        filters.scaled(0.5, filters.low(200 * dark)), filters.peak(105 * dark, 2.2, 1.4), filters.peak(260 * dark,
            2.5, 1.0),
        filters.peak(560 * dark, 2.0, 0.6), filters.peak(1150 * dark, 1.5, 0.32), filters.peak(2300, 1.2, 0.16),
    )  # fmt: skip
    mouth = filters.filtered(
        (pulse + np.float32(0.55) * rough).astype(np.float32), filters.chain(filters.high(30), exhaust)
    )
    whirr = (
        shaped_stereo(rng, frames, filters.band(500, 3500, 1), 0.9)
        * (0.6 + np.float32(0.4) * np.exp(-3 * within))[:, None]
    )
    return level(mouth, 0.1)[:, None] + level(whirr, 0.03 + 0.02 * effort)


def helicopter(rng: Generator, frames: int, character: Character) -> Stereo:
    """Blade slap: a low pressure pulse a blade pass, chopping broad wake noise, over the turbine's whine."""
    turns = (
        np.cumsum(
            np.full(frames, character.paced(11, 18), np.float32) * (1 + np.float32(0.01) * slow(rng, frames, 0.5)),
            dtype=np.float64,
        )
        / SAMPLE_RATE
    )
    within = (turns % 1).astype(np.float32)
    chop = 0.5 - 0.5 * np.cos(2 * np.pi * within ** np.float32(0.6))
    wake = shaped_stereo(rng, frames, filters.band(60, 700, 1), 0.5)
    thump = filters.filtered(
        chop - np.float32(chop.mean()), filters.beside(filters.peak(70, 1.5), filters.peak(160, 2.0, 0.6))
    )
    whine = np.sin(phase(np.full(frames, 1450.0, np.float32))) * np.float32(0.01)
    return level(wake * (0.5 + 0.5 * chop)[:, None], 0.1) + level(thump, 0.03)[:, None] + whine[:, None]


def siren(rng: Generator, frames: int, character: Character) -> Stereo:
    """A horn driven by a swept, clipped oscillator.

    Wail sweeps 600–1350 Hz in about 4.5 s,
        yelp three times a second (as of SAE J1849); `european` alternates two tones a
    fourth apart; `raid` turns slowly like a motor-driven chopper.
    """
    time = seconds(frames)
    start = float(rng.random())
    if character.material == "european":
        high = (time * np.float32(1.0) + start) % 1 < 0.5
        tone = np.where(high, 585.0, 440.0).astype(np.float32)
    elif character.material == "raid":
        tone = (330 + 130 * np.sin(2 * np.pi * (time / 9 + start) - np.pi / 2)).astype(np.float32)
    else:
        rate = character.paced(0.16, 3.6) if character.pace > 0.55 else 0.24
        turn = (time * np.float32(rate) + start) % 1
        rise = np.where(turn < 0.45, turn / 0.45, (1 - turn) / 0.55)
        tone = (600 * (1350 / 600) ** (0.5 - 0.5 * np.cos(np.pi * rise))).astype(np.float32)
    angle = phase(tone)
    wave = sum(
        np.sin(k * angle) * np.float32(g) for k, g in ((1, 1.0), (2, 0.5), (3, 0.45), (4, 0.22), (5, 0.2), (7, 0.1))
    )
    horn = filters.filtered(
        np.asarray(wave, np.float32), filters.beside(filters.band(350, 3200, 1), filters.peak(1100, 1.4, 0.8))
    )
    late = np.roll(horn, 900) * np.float32(0.35) * wander(rng, frames, 0.6, 0.6, 1.0)
    late[:900] = 0
    return np.stack((horn + late, 0.92 * horn + np.roll(late, 300)), axis=1)


def alarm(rng: Generator, index: int, character: Character) -> Stereo:
    """One group of beeps: a clock's four, a smoke alarm's three, or one plain beep."""
    pitch, beeps, on_s, off_s = {
        "smoke": (3150.0, 3, 0.5, 0.5),
        "fire": (2700.0, 3, 0.35, 0.2),
        "car": (900.0, 2, 0.22, 0.22),
        "single": (1000.0, 1, 0.25, 0.0),
    }.get(character.material or "", (2050.0, 4, 0.07, 0.055))
    frames = frames_of(on_s)
    out = np.zeros(frames_of(beeps * (on_s + off_s)) + 1, np.float32)
    angle = phase(np.full(frames, pitch, np.float32))
    beep = sum(np.sin(k * angle) * np.float32(g) for k, g in ((1, 1.0), (3, 0.33), (5, 0.16)) if k * pitch < 18_000)
    beep = faded(np.asarray(beep, np.float32), 0.003, 0.004)
    for k in range(beeps):
        start = round(k * (on_s + off_s) * SAMPLE_RATE)
        part = out[start : start + frames]
        part += beep[: len(part)]
    return panned(peaked(out), 0.5)


def _alarm_gap(rng: Generator, index: int, character: Character) -> float:
    usual = {"smoke": 4.0, "fire": 2.0, "car": 0.88, "single": 1.0}.get(character.material or "", 1.0)
    return usual / character.paced(0.6, 1.7)


def phone(rng: Generator, index: int, character: Character) -> Stereo:
    """An old telephone: two small gongs struck in turn 20 times a second, for two seconds."""
    frames = frames_of(2.6)
    ring = np.zeros(frames, np.float32)
    gongs = [_gong(rng, pitch) for pitch in (1420.0, 1580.0)]
    for k in range(40):
        start = round((k * 0.05 + rng.uniform(0, 0.002)) * SAMPLE_RATE)
        part = ring[start : start + len(gongs[k % 2])]
        part += gongs[k % 2][: len(part)]
    return panned(faded(peaked(ring), 0.001, 0.3), 0.5)


def _gong(rng: Generator, pitch: float) -> Signal:
    frames = frames_of(0.5)
    time = seconds(frames)
    tone = sum(
        np.sin(2 * np.pi * np.float32(pitch * r) * time) * decay(frames, t)
        for r, t in ((1, 0.9), (2.4, 0.6), (4.1, 0.4))
    )
    return peaked(np.asarray(tone, np.float32)) + rng.uniform(-0.3, 0.3, frames).astype(np.float32) * decay(
        frames, 0.006
    )


def _phone_gap(rng: Generator, index: int, character: Character) -> float:
    return 4.0 / character.paced(0.7, 1.5)


def horn(rng: Generator, index: int, character: Character) -> Stereo:
    """A car's two horns, a major third apart, rich in harmonics; a ship's is one, low and long."""
    low = character.material == "ship"
    length = 2.6 if low else float(rng.uniform(0.35, 0.7))
    frames = frames_of(length)
    out = np.zeros(frames, np.float32)
    for pitch in (78.0, 79.1) if low else (415.0, 523.0):
        angle = phase(np.full(frames, pitch, np.float32))
        for k in range(1, 16):
            out += np.sin(k * angle) * np.float32(1 / k**0.7)
    shape = curve(frames, [(0, 0), (0.15 if low else 0.02, 1), (length - 0.1, 0.95), (length, 0)])
    return panned(peaked(filters.filtered(out, filters.low(900 if low else 3500, 2)) * shape), 0.5)


def _horn_gap(rng: Generator, index: int, character: Character) -> float:
    return (4.5 if character.material == "ship" else float(rng.uniform(1.0, 1.8))) / character.paced(0.6, 1.7)


SOUNDS = (
    Texture(
        "engine", ("engine", "motor", "car", "car engine", "truck", "motorcycle", "motorbike", "vehicle", "tractor",
            "idling", "generator", "lawnmower",
                   "chainsaw", "boat engine", "scooter", "lorry", "bus", "accelerating", "drive", "drive by"),
        engine, level=-19,
        materials={"truck": "truck", "lorry": "truck", "bus": "truck", "diesel": "truck", "tractor": "truck",
            "motorcycle": "motorcycle",
                   "motorbike": "motorcycle", "scooter": "small", "lawnmower": "small", "chainsaw": "small",
                   "generator": "small"},
        example="a truck engine idling",
    ),
    Texture("helicopter", ("helicopter", "chopper", "rotor"), helicopter, level=-19, example="a helicopter"),
    Texture(
        "siren", ("siren", "police", "ambulance", "police siren", "police car", "fire truck", "fire engine",
            "air raid siren"), siren, level=-17, space="street",
        materials={"ambulance": "european", "european": "european", "raid": "raid", "tornado": "raid", "war": "raid"},
            example="a police siren",
    ),
    Event(
        "alarm", ("alarm", "alarm clock", "beep", "smoke alarm", "fire alarm", "smoke detector", "car alarm",
            "buzzer", "alert", "beeping", "notification"),
        alarm, _alarm_gap, level=-8, space="small room",
        materials={"smoke": "smoke", "detector": "smoke", "fire": "fire", "car": "car", "beep": "single",
            "notification": "single"},
        example="an alarm clock",
    ),
    Event("telephone", ("telephone", "phone", "phone ringing", "ringtone", "telephone ringing"), phone, _phone_gap,
        level=-8, space="room",
          example="an old telephone rings twice"),
    Event("horn", ("horn", "honk", "car horn", "foghorn", "ship horn", "toot"), horn, _horn_gap, level=-6,
        space="street",
          materials={"ship": "ship", "foghorn": "ship", "boat": "ship", "fog": "ship"}, example="a car honks twice"),
)  # fmt: skip
