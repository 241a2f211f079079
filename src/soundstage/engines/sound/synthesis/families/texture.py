"""The answer to a prompt that names nothing known: a texture drawn from the words themselves."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import numpy as np
from numpy.random import PCG64, Generator

from soundstage.engines.sound.synthesis import filters
from soundstage.engines.sound.synthesis.envelopes import phase
from soundstage.engines.sound.synthesis.modal import body
from soundstage.engines.sound.synthesis.noise import level, moving_band, shaped_stereo, slow, wander
from soundstage.engines.sound.synthesis.particles import arrivals, heavy_tailed, scatter
from soundstage.engines.sound.synthesis.sounds import Character, Stereo, Texture, frames_of

# What a word suggests, 0…1: (brightness, tone, motion, grain); None leaves it to the words' digest.
_Hint = tuple[float | None, float | None, float | None, float | None]
HINTS: Mapping[str, _Hint] = {
    "dark": (0.1, None, None, None), "deep": (0.05, 0.8, None, None), "low": (0.1, None, None, None), "evil": (0.1,
    0.8, 0.3, None),
    "scary": (0.2, 0.7, 0.5, None), "horror": (0.15, 0.8, 0.5, None), "creepy": (0.2, 0.7, 0.6, None),
    "ominous": (0.05, 0.9, 0.2, None),
    "bright": (0.9, None, None, None), "high": (0.9, None, None, None), "shiny": (0.95, 0.6, None, 0.7),
    "magic": (0.9, 0.8, 0.5, 0.9),
    "magical": (0.9, 0.8, 0.5, 0.9), "fairy": (0.95, 0.8, 0.5, 0.9), "sparkle": (1.0, 0.6, 0.5, 1.0),
    "metallic": (0.7, 0.9, None, 0.6),
    "robot": (0.6, 1.0, 0.8, 0.6), "space": (0.3, 0.8, 0.3, 0.2), "spaceship": (0.2, 0.9, 0.3, 0.1), "alien": (0.5,
    1.0, 0.8, 0.4),
    "scifi": (0.5, 0.9, 0.6, 0.3), "laser": (0.8, 1.0, 1.0, 0.2), "electric": (0.6, 0.9, 0.9, 0.6),
    "electricity": (0.6, 0.8, 0.9, 0.8),
    "hum": (0.1, 1.0, 0.05, 0.0), "drone": (0.15, 1.0, 0.15, 0.0), "buzz": (0.4, 1.0, 0.4, 0.1), "static": (0.8, 0.0,
    0.3, 0.7),
    "noise": (0.6, 0.0, 0.1, 0.1), "machine": (0.3, 0.7, 0.6, 0.6), "machinery": (0.3, 0.7, 0.6, 0.6),
    "factory": (0.3, 0.6, 0.6, 0.6),
    "industrial": (0.3, 0.6, 0.6, 0.6), "ambient": (0.4, 0.7, 0.2, 0.1), "ambience": (0.4, 0.5, 0.2, 0.1),
    "calm": (0.3, 0.6, 0.1, 0.0),
    "underwater": (0.05, 0.4, 0.4, 0.4), "dream": (0.5, 0.8, 0.3, 0.2), "dreamy": (0.5, 0.8, 0.3, 0.2), "harsh": (0.9,
    0.4, 0.9, 0.6),
    "warm": (0.2, 0.8, 0.2, 0.0), "cold": (0.7, 0.7, 0.2, 0.2), "icy": (0.9, 0.6, 0.3, 0.7), "rumble": (0.0, 0.2, 0.5,
    0.0),
    "hiss": (1.0, 0.0, 0.1, 0.0), "city": (0.2, 0.1, 0.4, 0.2), "traffic": (0.2, 0.2, 0.5, 0.1), "crowd": (0.4, 0.4,
    0.7, 0.5),
}  # fmt: skip


def drawn_from(words: str) -> tuple[list[float], Generator]:
    """Brightness, tone, motion and grain (0…1) and a generator of the texture's pitches: by hints, else by digest."""
    digest = hashlib.sha256(words.encode("utf-8", "surrogatepass")).digest()
    shares = [byte / 255 for byte in digest[:4]]
    for word in words.split():
        for place, value in enumerate(HINTS.get(word, ())):
            if value is not None:
                shares[place] = value
    return shares, Generator(PCG64(int.from_bytes(digest[4:12], "big")))


def texture(rng: Generator, frames: int, character: Character) -> Stereo:
    """Coloured noise, a slow chord of beating tones and a sprinkle of grains; which of them leads, the words decide."""
    (bright, tone, motion, grain), voice = drawn_from(character.words)
    centre = 120 * 30**bright
    move = wander(rng, frames, 0.15 + 1.5 * motion, 1 - 0.8 * motion, 1.0)
    bed = shaped_stereo(rng, frames, filters.band(centre * 0.5, centre * 2.5, 1), 1.0) * move[:, None]
    root = 55 * 2 ** (float(voice.integers(0, 24)) / 12 + 1.5 * bright)
    chord = np.zeros((frames, 2), np.float32)
    for ratio in (1.0, float(voice.choice((1.2, 1.25, 1.5))), 2.0, float(voice.choice((2.25, 2.67, 3.0)))):
        for side, detune in ((0, -0.4), (1, 0.5)):
            pitch = root * ratio + detune + np.float32(0.002 * root) * slow(rng, frames, 0.4)
            angle = phase(pitch.astype(np.float32))
            wave = (
                np.sin(angle)
                + np.float32(0.4 * bright) * np.sin(2 * angle)
                + np.float32(0.25 * bright) * np.sin(3 * angle)
            )
            chord[:, side] += wave * wander(rng, frames, 0.2 + motion, 0.3, 1.0) / np.float32(ratio)
    whistle = moving_band(rng, wander(rng, frames, 0.2 + motion, centre * 0.8, centre * 2.2), 30.0) * move
    starts = arrivals(rng, frames, 3 + 22 * grain)
    size = frames_of(0.4)
    bits = np.stack([body(voice, size, root * 4, root * 30, 6, 0.3, slope=0.5) for _ in range(8)])
    grains = scatter(rng, frames, starts, heavy_tailed(rng, len(starts), 1.3, 0.1), bits)
    return (
        level(bed, 0.1 * (1 - 0.75 * tone)) + level(chord, 0.1 * tone) + level(grains, 0.06 * grain)
        + level(np.stack((whistle, whistle), axis=1), 0.03 * (1 - tone))
    )  # fmt: skip


SOUNDS = (Texture("texture", (), texture, level=-20, example="a dark alien drone"),)
