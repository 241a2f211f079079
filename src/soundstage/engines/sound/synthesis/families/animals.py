"""Birds, crickets, dogs, cats, frogs, owls."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from soundstage.engines.sound.contract import SAMPLE_RATE
from soundstage.engines.sound.synthesis import filters
from soundstage.engines.sound.synthesis.envelopes import curve, faded, peaked, phase, seconds
from soundstage.engines.sound.synthesis.noise import shaped, slow
from soundstage.engines.sound.synthesis.particles import panned
from soundstage.engines.sound.synthesis.sounds import Character, Event, Signal, Stereo, Texture, frames_of


def _syllable(rng: Generator, pitch: float, length: float, sweep: float, trill: float) -> Signal:
    """One note of a bird: a near-pure tone that glides and may trill (the syrinx as a frequency-modulated source).

    T. Smyth and J. Smith, "The syrinx: nature's hybrid wind instrument" (2002); A. Farnell (2010), ch. birds.
    """
    frames = frames_of(length)
    tone = pitch * curve(
        frames, [(0, 1 - sweep), (length * 0.4, 1 + 0.4 * sweep), (length, 1 + sweep * float(rng.uniform(-1, 0.6)))]
    )
    if trill > 0:
        tone = tone * (1 + np.float32(0.06) * np.sin(2 * np.pi * np.float32(trill) * seconds(frames)))
    angle = phase(tone.astype(np.float32))
    wave = np.sin(angle) + np.float32(0.12) * np.sin(2 * angle) + np.float32(0.03) * np.sin(3 * angle)
    shape = curve(frames, [(0, 0), (length * 0.15, 1), (length * 0.7, 0.8), (length, 0)])
    return (wave * shape).astype(np.float32)


def bird(rng: Generator, index: int, character: Character) -> Stereo:
    """A phrase: a few syllables of one singer, repeated with small changes; four singers take turns."""
    singer = int(rng.integers(0, 4))
    voice = np.random.Generator(np.random.PCG64([singer, sum(character.words.encode())]))
    pitch = float(voice.uniform(2300, 5200))
    shape = [
        (float(voice.uniform(0.05, 0.17)), float(voice.uniform(-0.25, 0.3)), float(voice.choice((0, 0, 28, 45))))
        for _ in range(3)
    ]
    rest = float(voice.uniform(0.02, 0.09))
    parts = []
    for _ in range(int(rng.integers(1, 4))):
        for length, sweep, trill in shape:
            note = pitch * float(rng.uniform(0.94, 1.06)) * (1 + 0.15 * sweep)
            parts += [
                _syllable(rng, note, length * float(rng.uniform(0.9, 1.1)), sweep, trill),
                np.zeros(frames_of(rest), np.float32),
            ]
    song = np.concatenate(parts)
    near = float(voice.uniform(0.45, 1.0)) * float(rng.uniform(0.7, 1.0))
    return panned(peaked(song, near), float(voice.uniform(0.1, 0.9)))


def _bird_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.gamma(2.0, 0.28)) / character.paced(0.5, 2.0) + 0.05


def crickets(rng: Generator, frames: int, character: Character) -> Stereo:
    """Several crickets: chirps of 3–4 pulses of a pure 4–5 kHz tone, each insect with its own pitch and beat.

    Pulse 17 ms, every 30 ms, chirps 2–3 a second (T. Walker, "Acoustic synchrony: two mechanisms in the snowy tree
    cricket", Science, 1969).
    """
    out = np.zeros((frames, 2), np.float32)
    time = seconds(frames)
    for number in range(5):
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
    chorus = shaped(rng, frames, filters.peak(4600, 14)) * (1 + np.float32(0.5) * slow(rng, frames, 25.0))
    return (out + np.float32(0.035) * chorus[:, None]).astype(np.float32)


def _voiced(
    rng: Generator, pitch: Signal, breath: float, formants: tuple[tuple[float, float, float], ...], rough: float
) -> Signal:
    """A buzzing source and its noise through formants (G. Fant, "Acoustic Theory of Speech Production", 1960)."""
    frames = len(pitch)
    wobble = (1 + np.float32(rough) * shaped(rng, frames, filters.low(60))).astype(np.float32)
    turns = (phase(pitch * np.maximum(wobble, 0.3)) / np.float32(2 * np.pi)).astype(np.float32)
    glottis = np.where(
        turns < 0.6, np.sin(np.pi * turns / np.float32(0.6)) ** 2 - turns, -turns * np.float32(0.2)
    ).astype(np.float32)
    source = np.diff(glottis, prepend=np.float32(0)) * 6 + np.float32(breath) * shaped(
        rng, frames, filters.high(500)
    ) * (0.3 + glottis)
    tract = filters.beside(*(filters.peak(f, q, g) for f, q, g in formants))
    return filters.filtered(source.astype(np.float32), tract)


def bark(rng: Generator, index: int, character: Character) -> Stereo:
    """A bark: a rough voice that jumps up and falls within 0.2 s, mouth opening and closing."""
    size = {"small": 1.7, "big": 0.72}.get(character.material or "", 1.0)
    length = float(rng.uniform(0.17, 0.24)) / size**0.5
    frames = frames_of(length + 0.06)
    high = float(rng.uniform(570, 690)) * size
    pitch = curve(frames, [(0, high * 0.55), (length * 0.28, high), (length * 0.6, high * 0.85), (length, high * 0.4)])
    formants = (
        (700 * size**0.5, 3.0, 1.0),
        (1250 * size**0.5, 4.0, 0.9),
        (2300 * size**0.4, 5.0, 0.4),
        (3600.0, 5.0, 0.2),
    )
    voice = _voiced(rng, pitch, 0.22, formants, 0.10)
    shape = curve(frames, [(0, 0), (0.018, 1), (length * 0.55, 0.8), (length, 0.06), (length + 0.06, 0)])
    return panned(peaked(np.tanh(3.0 * peaked(voice * shape)), float(rng.uniform(0.8, 1.0))), 0.5)


def _bark_gap(rng: Generator, index: int, character: Character) -> float:
    rest = index % 3 == 2
    return float(rng.uniform(0.85, 1.4) if rest else rng.uniform(0.36, 0.5)) / character.paced(0.6, 1.6)


def meow(rng: Generator, index: int, character: Character) -> Stereo:
    """A cat: a clear voice that rises and falls while the mouth opens (i) and closes (ou)."""
    length = float(rng.uniform(0.6, 0.95))
    frames = frames_of(length)
    high = float(rng.uniform(680, 860))
    pitch = curve(frames, [(0, high * 0.75), (length * 0.35, high), (length, high * 0.62)])
    closed = _voiced(rng, pitch, 0.03, ((600, 6, 0.5), (2500, 9, 0.8), (3600, 8, 0.4)), 0.01)
    opened = _voiced(rng, pitch, 0.03, ((1000, 5, 1.0), (1700, 7, 0.9), (3300, 8, 0.35)), 0.01)
    mouth = curve(frames, [(0, 0), (length * 0.4, 1), (length * 0.75, 0.7), (length, 0)])
    voice = (closed * (1 - mouth) + opened * mouth) * curve(
        frames, [(0, 0), (0.08, 0.8), (length * 0.5, 1), (length, 0)]
    )
    return panned(peaked(voice), 0.5)


def _meow_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(1.3, 2.2)) / character.paced(0.6, 1.7)


def frog(rng: Generator, index: int, character: Character) -> Stereo:
    """A croak: a train of pulses through a resonant throat sac."""
    frames = frames_of(float(rng.uniform(0.28, 0.4)))
    rate = np.full(frames, rng.uniform(58, 72), np.float32)
    voice = _voiced(rng, rate, 0.08, ((520, 9, 1.0), (1150, 9, 0.7), (2100, 6, 0.3)), 0.04)
    length = frames / SAMPLE_RATE
    shape = curve(frames, [(0, 0), (length * 0.6, 1), (length, 0)])
    return panned(peaked(voice * shape, float(rng.uniform(0.5, 1))), float(rng.uniform(0.2, 0.8)))


def _frog_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(0.45, 1.1)) / character.paced(0.6, 1.7)


def owl(rng: Generator, index: int, character: Character) -> Stereo:
    """Hoo … hoo-hoo: soft, nearly pure tones at 350–420 Hz."""
    parts = []
    for length, rest in ((0.45, 0.35), (0.14, 0.08), (0.6, 0.1)):
        frames = frames_of(length)
        tone = curve(frames, [(0, 355.0), (length * 0.3, 392.0), (length, 360.0)])
        angle = phase(tone)
        breath = np.float32(0.03) * shaped(rng, frames, filters.band(300, 900))
        note = np.sin(angle) + np.float32(0.18) * np.sin(2 * angle) + np.float32(0.06) * np.sin(3 * angle) + breath
        parts += [
            note * curve(frames, [(0, 0), (length * 0.3, 1), (length * 0.7, 0.8), (length, 0)]),
            np.zeros(frames_of(rest), np.float32),
        ]
    return faded(panned(peaked(np.concatenate(parts)), 0.5), 0.01, 0.05)


def _owl_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(3.0, 4.5))


SOUNDS = (
    Event("birds", ("bird", "birdsong", "chirp", "chirping", "songbird", "tweet", "sparrow", "robin", "blackbird",
        "nightingale", "dawn chorus", "canary"),
          bird, _bird_gap, level=-8, space="outdoors", example="birds at dawn"),
    Texture("crickets", ("cricket", "cicada", "insect", "grasshopper"), crickets, level=-22, space="outdoors",
        example="crickets on a summer night"),
    Event("dog", ("dog", "bark", "dog bark", "puppy", "hound", "woof"), bark, _bark_gap, level=-5, space="outdoors",
          materials={"small": "small", "puppy": "small", "little": "small", "tiny": "small", "big": "big",
              "large": "big", "hound": "big", "huge": "big"},
          example="a dog barks twice"),
    Event("cat", ("cat", "meow", "kitten", "mew"), meow, _meow_gap, level=-7, space="room", example="a cat meows"),
    Event("frogs", ("frog", "croak", "toad"), frog, _frog_gap, level=-9, space="outdoors", example="frogs in a pond"),
    Event("owl", ("owl", "hoot"), owl, _owl_gap, level=-9, space="outdoors", example="an owl at night"),
)  # fmt: skip
