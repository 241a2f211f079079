"""Signals: sirens, alarms, bells of machines, horns, tones of telephones and screens."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.random import Generator

from soundstage.engines.sound.contract import SAMPLE_RATE
from soundstage.engines.sound.synthesis import filters
from soundstage.engines.sound.synthesis.blows import Blow, blown
from soundstage.engines.sound.synthesis.envelopes import curve, decay, faded, peaked, phase, seconds
from soundstage.engines.sound.synthesis.noise import level, shaped, wander
from soundstage.engines.sound.synthesis.particles import panned
from soundstage.engines.sound.synthesis.sounds import Character, Event, Signal, Stereo, Texture, frames_of

Harmonics = Sequence[tuple[int, float]]
_SQUARE: Harmonics = ((1, 1.0), (3, 0.33), (5, 0.16))


def _tone(hertz: float, length: float, harmonics: Harmonics = ((1, 1.0),), rise: float = 0.003) -> Signal:
    """(frames,) of a steady tone with soft ends."""
    frames = frames_of(length)
    angle = phase(np.full(frames, hertz, np.float32))
    wave = sum(np.sin(k * angle) * np.float32(g) for k, g in harmonics if k * hertz < 18_000)
    return faded(np.asarray(wave, np.float32), rise, max(rise, 0.004))


def _placed(length: float, parts: Sequence[tuple[float, Signal]]) -> Signal:
    """(frames,) with each part laid in at its second, peak 1."""
    out = np.zeros(frames_of(length), np.float32)
    for start, part in parts:
        at = round(start * SAMPLE_RATE)
        out[at : at + len(part)] += part[: len(out) - at]
    return peaked(out)


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
    """One group of beeps: a clock's four, a fire alarm's three, a car's two, or one plain beep."""
    pitch, beeps, on_s, off_s = {
        "fire": (2700.0, 3, 0.35, 0.2),
        "car": (900.0, 2, 0.22, 0.22),
        "single": (1000.0, 1, 0.25, 0.0),
    }.get(character.material or "", (2050.0, 4, 0.07, 0.055))
    beep = _tone(pitch, on_s, _SQUARE)
    return panned(_placed(beeps * (on_s + off_s), [(k * (on_s + off_s), beep) for k in range(beeps)]), 0.5)


def _alarm_gap(rng: Generator, index: int, character: Character) -> float:
    usual = {"fire": 2.0, "car": 0.88, "single": 1.0}.get(character.material or "", 1.0)
    return usual / character.paced(0.6, 1.7)


def smoke(rng: Generator, index: int, character: Character) -> Stereo:
    """A smoke detector: three half-second beeps at 3.1 kHz, then a pause (the pattern of ISO 8201)."""
    beep = _tone(3120.0, 0.5, ((1, 1.0), (2, 0.25), (3, 0.15)))
    return panned(_placed(3.0, [(float(k), beep) for k in (0.0, 1.0, 2.0)]), 0.5)


def phone(rng: Generator, index: int, character: Character) -> Stereo:
    """An old telephone: two small gongs struck in turn 20 times a second, for two seconds; `cell`: a trill of tones."""
    if character.material == "cell":
        notes = (1318.5, 1568.0, 1318.5, 1568.0, 1318.5, 1568.0, 1760.0, 1568.0)
        parts = [(k * 0.11, _tone(hz, 0.1, ((1, 1.0), (2, 0.35), (3, 0.15)))) for k, hz in enumerate(notes)]
        return panned(_placed(1.0, parts), 0.5)
    gongs = [_gong(rng, pitch) for pitch in (1420.0, 1580.0)]
    parts = [(k * 0.05 + float(rng.uniform(0, 0.002)), gongs[k % 2]) for k in range(40)]
    return panned(faded(_placed(2.6, parts), 0.001, 0.3), 0.5)


def _gong(rng: Generator, pitch: float) -> Signal:
    frames = frames_of(0.5)
    time = seconds(frames)
    tone = sum(
        np.sin(2 * np.pi * np.float32(pitch * r) * time) * decay(frames, t)
        for r, t in ((1, 0.9), (2.4, 0.6), (4.1, 0.4))
    )
    clack = rng.uniform(-0.3, 0.3, frames).astype(np.float32) * decay(frames, 0.006)
    return peaked(np.asarray(tone, np.float32)) + clack


def _phone_gap(rng: Generator, index: int, character: Character) -> float:
    return (1.9 if character.material == "cell" else 4.0) / character.paced(0.7, 1.5)


def horn(rng: Generator, index: int, character: Character) -> Stereo:
    """A car's two horns, a major third apart, rich in harmonics."""
    length = float(rng.uniform(0.35, 0.7))
    frames = frames_of(length)
    out = np.zeros(frames, np.float32)
    for pitch in (415.0, 523.0):
        angle = phase(np.full(frames, pitch, np.float32))
        for k in range(1, 16):
            out += np.sin(k * angle) * np.float32(1 / k**0.7)
    shape = curve(frames, [(0, 0), (0.02, 1), (length - 0.1, 0.95), (length, 0)])
    return panned(peaked(filters.filtered(out, filters.low(3500, 2)) * shape), 0.5)


def _horn_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(1.0, 1.8)) / character.paced(0.6, 1.7)


def foghorn(rng: Generator, index: int, character: Character) -> Stereo:
    """A ship's horn or a lighthouse: a diaphragm blown near 110 Hz, slow to speak, sinking as it ends; and its air."""
    frames = frames_of(2.6)
    slide = curve(frames, [(0, 0.93), (0.2, 1.0), (2.35, 1.0), (2.6, 0.9)]) * np.float32(110 * rng.uniform(0.97, 1.03))
    out = np.zeros(frames, np.float32)
    for detune, gain in ((1.0, 1.0), (1.004, 0.5)):
        turn = np.exp(1j * phase((slide * np.float32(detune)).astype(np.float32))).astype(np.complex64)
        wave = np.ones(frames, np.complex64)
        for k in range(1, 24):
            wave *= turn
            out += np.float32(gain * k**-0.5) * wave.imag
    horn = level(filters.filtered(out, filters.beside(filters.low(700, 2), filters.peak(300, 2.0, 0.6))), 1.0)
    air = np.float32(0.05) * shaped(rng, frames, filters.band(200, 2500, 1))
    return panned(peaked((horn + air) * curve(frames, [(0, 0), (0.16, 1), (2.35, 0.95), (2.6, 0)])), 0.5)


def _foghorn_gap(rng: Generator, index: int, character: Character) -> float:
    return 5.0 / character.paced(0.6, 1.5)


def reversing(rng: Generator, index: int, character: Character) -> Stereo:
    """A lorry backing: half a second of 1250 Hz, half a second of nothing."""
    return panned(peaked(_tone(1250.0, 0.48, _SQUARE, 0.006)), 0.5)


def _second_gap(rng: Generator, index: int, character: Character) -> float:
    return 1.0 / character.paced(0.7, 1.5)


def dial(rng: Generator, frames: int, character: Character) -> Stereo:
    """The tones of a telephone line: free (350 + 440 Hz, going on), or engaged (480 + 620 Hz, twice a second).

    ITU-T E.180, supplement 2: the tones of North America. They go on in the exchange; a receiver is lifted any time.
    """
    time = seconds(frames)
    low, high = (480.0, 620.0) if character.material == "busy" else (350.0, 440.0)
    first, second = (np.float32(2 * np.pi * rng.random()) for _ in range(2))
    wave = np.sin(2 * np.pi * np.float32(low) * time + first) + np.sin(2 * np.pi * np.float32(high) * time + second)
    if character.material == "busy":
        wave = wave * filters.filtered((time % 1.0 < 0.5).astype(np.float32), filters.low(150))
    return np.stack((wave, wave), axis=1).astype(np.float32)


def dtmf(rng: Generator, index: int, character: Character) -> Stereo:
    """One key of a telephone: a low and a high tone together (ITU-T Q.23)."""
    low, high = rng.choice((697.0, 770.0, 852.0, 941.0)), rng.choice((1209.0, 1336.0, 1477.0))
    return panned(peaked(_tone(float(low), 0.13) + _tone(float(high), 0.13)), 0.5)


def _dtmf_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(0.22, 0.3)) / character.paced(0.6, 1.8)


def buzzer(rng: Generator, index: int, character: Character) -> Stereo:
    """An entry buzzer or a wrong answer: a plate that rattles at twice the mains, all harmonics up to 6 kHz."""
    tone = _tone(120.0, float(rng.uniform(0.7, 1.0)), tuple((k, k**-0.25) for k in range(1, 50)), 0.008)
    return panned(
        peaked(filters.filtered(tone, filters.beside(filters.peak(900, 1.0), filters.peak(2600, 1.2, 0.8)))), 0.5
    )


def _buzz_gap(rng: Generator, index: int, character: Character) -> float:
    return 1.5 / character.paced(0.6, 1.6)


def ding(rng: Generator, index: int, character: Character) -> Stereo:
    """A message has come: one struck bar or two, high and clear."""
    first = 1046.5 * 2 ** ((sum(character.words.encode()) % 5) / 12)
    bar = ((1.0, 1.0, 0.9), (2.76, 0.3, 0.35), (5.4, 0.15, 0.15))
    parts = []
    for start, ratio in ((0.0, 1.0), (0.12, 1.335)) if character.material != "single" else ((0.0, 1.5),):
        frames = frames_of(1.2)
        time = seconds(frames)
        wave = sum(
            np.sin(2 * np.pi * np.float32(first * ratio * r) * time) * decay(frames, t, 0.002) * np.float32(g)
            for r, g, t in bar
        )
        parts.append((start, np.asarray(wave, np.float32)))
    return panned(faded(_placed(1.4, parts), 0.001, 0.1), 0.5)


def click(rng: Generator, index: int, character: Character) -> Stereo:
    """A switch or a mouse button: a snap down, a softer one up."""
    snap = Blow(
        1900, 9000, 8, 0.012, slope=0.1, noise_hz=(1800, 9000), noise_t60=0.006, noise=0.8, thud=0.12, thud_hz=300
    )
    parts = [
        (0.0, blown(rng, snap, 0.05, 0)),
        (float(rng.uniform(0.06, 0.1)), np.float32(0.55) * blown(rng, snap, 0.05, 1)),
    ]
    return panned(_placed(0.2, parts), 0.5)


def _click_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(0.35, 0.9)) / character.paced(0.5, 2.5)


def sonar(rng: Generator, index: int, character: Character) -> Stereo:
    """A ping in deep water: a tone that settles on 1 kHz from a little above, and rings away among its echoes."""
    frames = frames_of(2.4)
    pitch = np.float32(980 * rng.uniform(0.97, 1.03)) * (
        1 + np.float32(0.05) * np.exp(-seconds(frames) / np.float32(0.05))
    )
    ping = np.sin(phase(pitch)) * (decay(frames, 1.0, 0.01) + np.float32(0.2) * decay(frames, 2.4, 0.05))
    return panned(faded(peaked(ping.astype(np.float32)), 0.002, 0.3), 0.5)


def _sonar_gap(rng: Generator, index: int, character: Character) -> float:
    return 2.6 / character.paced(0.5, 2.0)


def chiptune(rng: Generator, index: int, character: Character) -> Stereo:
    """A game's reward: a quick run of square waves upwards; `error`: two falling ones."""
    steps = (0, -5) if character.material == "error" else (0, 4, 7, 12)
    base = 330.0 if character.material == "error" else 659.3
    length = 0.16 if character.material == "error" else 0.075
    square = tuple((k, 1 / k) for k in range(1, 16, 2))
    parts = [
        (k * length, _tone(base * 2 ** (step / 12), length * (2.2 if step == steps[-1] else 1), square))
        for k, step in enumerate(steps)
    ]
    return panned(_placed(length * (len(steps) + 1.3), parts), 0.5)


SOUNDS = (
    Texture("siren", ("siren", "police", "ambulance", "police siren", "police car", "fire truck", "fire engine",
        "air raid siren"), siren, level=-17, space="street",
        materials={"ambulance": "european", "european": "european", "raid": "raid", "tornado": "raid", "war": "raid"},
        example="a police siren", also=("emergency services rush through town",)),
    Event("alarm", ("alarm", "alarm clock", "beep", "fire alarm", "car alarm", "alert", "beeping"),
        alarm, _alarm_gap, level=-8, space="small room",
        materials={"fire": "fire", "car": "car", "beep": "single"},
        example="an alarm clock", also=("time to get up", "something is wrong and a machine says so")),
    Event("smoke_alarm", ("smoke alarm", "smoke detector", "detector"), smoke, _foghorn_gap, level=-8, space="room",
        refines="alarm", example="a smoke alarm", also=("burnt toast sets off the device on the ceiling",)),
    Event("telephone", ("telephone", "phone", "phone ringing", "ringtone", "telephone ringing", "cell phone"), phone,
        _phone_gap, level=-8, space="room",
        materials={"cell": "cell", "mobile": "cell", "ringtone": "cell", "smartphone": "cell"},
        example="an old telephone rings twice", also=("an incoming call",)),
    Event("horn", ("horn", "honk", "car horn", "traffic horn", "toot", "honking"), horn, _horn_gap, level=-6,
        space="street",
        example="honking twice", also=("an impatient driver",)),
    Event("foghorn", ("foghorn", "ship horn", "fog horn", "boat horn", "lighthouse"), foghorn, _foghorn_gap,
        level=-5, space="street", refines="horn", example="a foghorn",
            also=("a vessel announces itself in the mist",)),
    Event("reversing", ("reversing", "reversing beep", "backing truck", "truck reversing"), reversing, _second_gap,
        level=-9, space="street", refines="alarm", example="a truck reversing",
        also=("a delivery van backs into the yard",)),
    Texture("dial_tone", ("dial tone", "busy signal", "busy tone", "line busy", "phone line"), dial, level=-22,
        materials={"busy": "busy"}, refines="telephone", example="a dial tone", also=("the receiver is lifted",)),
    Event("dialing", ("dialing", "dtmf", "dialling", "touch tone", "phone keypad"), dtmf, _dtmf_gap, level=-9,
        refines="telephone", example="dialing", also=("entering a number to call",)),
    Event("buzzer", ("buzzer", "wrong answer", "buzz", "intercom", "game show"), buzzer, _buzz_gap, level=-8,
        space="room", example="a buzzer", also=("the contestant is wrong",)),
    Event("notification", ("notification", "ding", "message sound", "chime tone", "ping", "success", "message"), ding,
        _buzz_gap, level=-9, example="a notification", materials={"ping": "single"},
        also=("a new email arrives", "positive feedback of an app")),
    Event("click", ("click", "mouse click", "switch", "light switch", "button", "button press", "tap screen"), click,
        _click_gap, level=-10, space="small room", example="a button click", also=("confirm in a menu",)),
    Event("sonar", ("sonar", "sonar ping", "submarine", "radar"), sonar, _sonar_gap, level=-8, space="cave",
        example="a sonar ping", also=("echo location under the sea",)),
    Event("game", ("coin pickup", "level up", "video game", "arcade", "retro game", "8 bit", "power up", "game over"),
        chiptune, _buzz_gap, level=-10, materials={"over": "error", "error": "error"}, example="an arcade power up",
        also=("the player collects a bonus",)),
)  # fmt: skip
