"""Bells, chimes, gongs and the doorbell: metal that rings."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from soundstage.engines.sound.synthesis import filters
from soundstage.engines.sound.synthesis.envelopes import decay, peaked
from soundstage.engines.sound.synthesis.modal import struck
from soundstage.engines.sound.synthesis.particles import panned
from soundstage.engines.sound.synthesis.sounds import Character, Event, Stereo, frames_of

# (ratio to the prime, gain, share of the longest decay): hum, prime, tierce, quint, nominal, and the partials above.
# T. Rossing, "The Science of Percussion Instruments" (2000), ch. 11; W. Hibbert, "The Quantification of Strike Pitch
# and Pitch Shifts in Church Bells" (2008).
_CHURCH = (
    (0.5, 0.6, 1.0), (1.0, 0.7, 0.55), (1.2, 0.8, 0.5), (1.5, 0.25, 0.3), (2.0, 1.0, 0.42), (2.5, 0.3, 0.2),
    (2.65, 0.35, 0.18), (3.01, 0.5, 0.22), (4.16, 0.4, 0.14), (5.43, 0.3, 0.1), (6.79, 0.2, 0.07), (8.21, 0.12, 0.05),
)  # fmt: skip
_DOORBELL = ((1.0, 1.0, 1.0), (2.0, 0.35, 0.6), (2.76, 0.4, 0.5), (4.07, 0.35, 0.35), (5.4, 0.3, 0.3), (8.9, 0.2, 0.2))
_HAND = ((1.0, 1.0, 1.0), (2.76, 0.5, 0.6), (3.0, 0.3, 0.5), (5.4, 0.35, 0.35), (8.93, 0.2, 0.2))


def _ring(
    rng: Generator,
    pitch: float,
    t60: float,
    partials: tuple[tuple[float, float, float], ...],
    seconds: float,
    hard: float,
) -> Stereo:
    """One stroke: every partial is a close pair that beats, as no bell is quite round; and the noise of the clapper."""
    frames = frames_of(seconds)
    frequencies, t60s, gains = [], [], []
    for ratio, gain, length in partials:
        split = rng.uniform(0.3, 1.6) * ratio**0.5
        for offset, share in ((-split / 2, 0.65), (split / 2, 0.35)):
            frequencies.append(pitch * ratio * (1 + rng.normal(0, 0.001)) + offset)
            t60s.append(t60 * length * rng.uniform(0.85, 1.15))
            gains.append(gain * share * (0.4 + 0.6 * hard if ratio > 2.5 else 1.0))
    ring = struck(frames, frequencies, t60s, gains)
    clapper = rng.uniform(-1, 1, frames).astype(np.float32) * decay(frames, 0.02)
    ring += np.float32(0.5 * hard) * filters.filtered(clapper, filters.band(1500, 6000, 1))
    return panned(peaked(ring), rng.uniform(0.42, 0.58))


def _voice(character: Character) -> int:
    """Which bell of the same kind: words of the prompt pick the pitch, not the stroke."""
    return sum(character.words.encode()) % 7


def bell(rng: Generator, index: int, character: Character) -> Stereo:
    """A church bell by default; `hand` a bright small one, `bicycle` a double ring, `ship` between."""
    hard = character.between(0.3, 1.0)
    step = 2 ** (_voice(character) / 12)
    if character.material == "hand":
        return _ring(rng, 1150 * step, 2.4, _HAND, 2.6, hard)
    if character.material == "bicycle":
        first, second = (_ring(rng, 2100 * step * up, 1.1, _HAND, 1.4, hard) for up in (1.0, 1.06))
        out = np.zeros((frames_of(1.75), 2), np.float32)
        out[: len(first)] += first
        start = frames_of(0.16)
        out[start : start + len(second)] += second
        return peaked(out)
    if character.material == "ship":
        return _ring(rng, 620 * step, 3.5, _CHURCH, 3.6, hard)
    return _ring(rng, 230 * step, 9.0, _CHURCH, 7.0, hard)


def _bell_gap(rng: Generator, index: int, character: Character) -> float:
    usual = {"hand": 0.9, "bicycle": 1.5, "ship": 1.1}.get(character.material or "", 2.1)
    return usual * float(rng.uniform(0.96, 1.04)) / character.paced(0.5, 2.0)


def chimes(rng: Generator, index: int, character: Character) -> Stereo:
    """One tube of a wind chime: a free bar's partials (1 : 2.76 : 5.40), tuned to a pentatonic scale."""
    pitch = 880 * 2 ** (float(rng.choice((0, 2, 4, 7, 9, 12))) / 12)
    sound = _ring(rng, pitch, 2.8, _HAND, 2.8, 0.4)
    return panned(sound.mean(axis=1), rng.uniform(0.15, 0.85)) * np.float32(rng.uniform(0.3, 1.0))


def _chime_gap(rng: Generator, index: int, character: Character) -> float:
    return float(min(rng.exponential(0.34), 1.6)) / character.paced(0.4, 2.2) + 0.03


def gong(rng: Generator, index: int, character: Character) -> Stereo:
    """A plate whose dense partials open up after the stroke (N. Fletcher, "Nonlinear dynamics of gongs", 1985)."""
    frames = frames_of(6.0)
    count = 46
    frequencies = 68 * (1 + 9.5 * np.sort(rng.random(count)) ** 1.4)
    t60s = 7.5 * (68 / frequencies) ** 0.45
    low = struck(frames, frequencies[:14].tolist(), t60s[:14].tolist(), (0.4 + 0.6 * rng.random(14)).tolist())
    shimmer = struck(
        frames, frequencies[14:].tolist(), t60s[14:].tolist(), (0.2 + 0.5 * rng.random(count - 14)).tolist()
    )
    opening = 1 - decay(frames, 0.5 + 0.8 * (1 - character.intensity))
    return panned(peaked(low + shimmer * opening), 0.5)


def doorbell(rng: Generator, index: int, character: Character) -> Stereo:
    """Ding-dong: two tuned bars a major third apart, struck by the plunger of a chime box."""
    frames = frames_of(2.4)
    out = np.zeros((frames, 2), np.float32)
    for pitch, start_s in ((659.3, 0.0), (523.3, 0.55)):
        bar = _ring(rng, pitch, 2.2, _DOORBELL, 1.8, 0.7)
        start = frames_of(start_s)
        out[start : start + len(bar)] += bar
    return peaked(out)


def _slow_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(2.6, 3.2)) / character.paced(0.6, 1.7)


SOUNDS = (
    Event(
        "bell", ("bell", "church bell", "tolling", "toll", "bell tower", "bell ringing"), bell,
            _bell_gap, level=-5, space="church",
        materials={"hand": "hand", "small": "hand", "school": "hand", "desk": "hand", "service": "hand",
            "hotel": "hand", "counter": "hand",
                   "bicycle": "bicycle", "bike": "bicycle", "ship": "ship", "boat": "ship", "cow": "ship",
                   "church": "church"},
        example="a church bell tolls three times",
    ),
    Event("chimes", ("chime", "wind chime", "windchime", "tinkle", "jingle"), chimes, _chime_gap, level=-8, tone=(-2,
        3, 2, 11, 3, -12, -4), example="wind chimes"),
    Event("gong", ("gong", "tam tam", "singing bowl"), gong, _slow_gap, level=-5, tone=(3, 20, -11, 0, 3, -19, 4),
        space="corridor", example="a deep gong"),
    Event("doorbell", ("doorbell", "door bell", "ding dong"), doorbell, _slow_gap, level=-6, tone=(2, -5, 2, 0, 6,
        -3, -1), space="small room",
        example="a doorbell"),
)  # fmt: skip
