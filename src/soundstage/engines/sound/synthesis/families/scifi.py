"""What no microphone has heard: lasers, engines of spaceships, fields, robots, magic; and what frightens."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from soundstage.engines.sound.contract import SAMPLE_RATE
from soundstage.engines.sound.synthesis import filters
from soundstage.engines.sound.synthesis.envelopes import decay, faded, peaked, phase, seconds
from soundstage.engines.sound.synthesis.modal import struck
from soundstage.engines.sound.synthesis.noise import level, moving_band, shaped, shaped_stereo, slow, wander
from soundstage.engines.sound.synthesis.particles import arrivals, heavy_tailed, panned, scatter
from soundstage.engines.sound.synthesis.sounds import Character, Event, Signal, Stereo, Texture, frames_of
from soundstage.engines.sound.synthesis.voices import Formant, Note, called, still


def laser(rng: Generator, index: int, character: Character) -> Stereo:
    """A slack wire struck: high pitches arrive first, so a chirp falls from 5 kHz to 200 Hz (dispersion; B. Burtt,
    1977).
    """
    frames = frames_of(0.4)
    time = seconds(frames)
    pitch = 180 + float(rng.uniform(3200, 5200)) * np.exp(-time * np.float32(rng.uniform(14, 22)))
    angle = phase(pitch.astype(np.float32))
    wave = np.sin(angle) + np.float32(0.4) * np.sin(2 * angle) + np.float32(0.25) * np.sin(3.01 * angle)
    return faded(
        panned(peaked((wave * decay(frames, 0.42)).astype(np.float32)), float(rng.uniform(0.3, 0.7))), 0.001, 0.03
    )


def _shot_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(0.3, 0.8)) / character.paced(0.5, 3.0)


def spaceship(rng: Generator, frames: int, character: Character) -> Stereo:
    """A vast drive: beating low tones, a slow phaser over the noise of something burning, the hall of the ship."""
    out = np.zeros((frames, 2), np.float32)
    for number, hertz in enumerate((41.2, 61.7, 82.6, 123.9, 165.4)):
        for side, detune in ((0, -0.17), (1, 0.21)):
            angle = phase(
                (np.float32(hertz + detune) * (1 + np.float32(0.003) * slow(rng, frames, 0.3))).astype(np.float32)
            )
            out[:, side] += (np.sin(angle) + np.float32(0.4) * np.sin(2 * angle)) * np.float32(1 / (1 + 0.5 * number))
    roar = shaped_stereo(
        rng, frames, filters.beside(filters.band(60, 500, 1), filters.scaled(0.3, filters.band(500, 2500, 1))), 0.8
    )
    sweep = moving_band(rng, wander(rng, frames, 0.15, 300, 1400), 60.0)
    return level(out, 0.08) + level(roar, 0.05) + level(sweep, 0.015)[:, None]


def field(rng: Generator, frames: int, character: Character) -> Stereo:
    """A force field: a humming chord that throbs, crossed by sparks."""
    time = seconds(frames)
    throb = 0.7 + np.float32(0.3) * np.sin(2 * np.pi * np.float32(character.paced(3, 9)) * time)
    hum = np.zeros(frames, np.float32)
    for number in range(1, 14):
        hum += (
            np.sin(2 * np.pi * np.float32(110.3 * number) * time)
            * wander(rng, frames, 1.5, 0.1, 1.0)
            / np.float32(number**0.8)
        )
    return level(hum * throb, 0.1)[:, None] + level(sparks(rng, frames, character), 0.015)


def sparks(rng: Generator, frames: int, character: Character) -> Stereo:
    """An arc: bursts of crackles at twice the mains, struck and lost at random."""
    burning = (wander(rng, frames, 3.0, -0.6, 1.0) > 0.15) * np.float32(1)
    burning = np.maximum(filters.filtered(burning.astype(np.float32), filters.low(60)), 0)
    time = seconds(frames)
    gate = np.abs(np.sin(2 * np.pi * 50 * time)) ** 6
    buzz = shaped_stereo(rng, frames, filters.band(900, 8000, 1), 0.5) * (gate * burning)[:, None]
    size = frames_of(0.01)
    grains = rng.uniform(-1, 1, (16, size)).astype(np.float32) * decay(size, 0.006)
    starts = arrivals(rng, frames, character.between(30, 110))
    snaps = scatter(
        rng, frames, starts, heavy_tailed(rng, len(starts), 1.0, 0.04) * (0.15 + burning[starts]), grains, 0.6
    )
    return level(buzz, 0.06) + level(snaps, 0.08)


def robot(rng: Generator, index: int, character: Character) -> Stereo:
    """A machine that talks in tones: quick warbles and slides, each of two or three steps."""
    parts = []
    for _ in range(int(rng.integers(3, 8))):
        frames = frames_of(float(rng.uniform(0.05, 0.2)))
        first, last = 350 * 8 ** rng.random(2)
        time = np.linspace(0, 1, frames, dtype=np.float32)
        warble = 1 + np.float32(rng.choice((0.0, 0.15))) * np.sin(
            2 * np.pi * np.float32(rng.uniform(20, 50)) * seconds(frames)
        )
        angle = phase((first * (last / first) ** time * warble).astype(np.float32))
        wave = np.sin(angle + np.float32(rng.uniform(0, 2)) * np.sin(angle * 2))
        parts.append(faded(wave.astype(np.float32), 0.006, 0.01))
        if rng.random() < 0.3:
            parts.append(np.zeros(frames_of(0.04), np.float32))
    return panned(peaked(np.concatenate(parts)), float(rng.uniform(0.4, 0.6)))


def _talk_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(1.3, 2.2)) / character.paced(0.6, 1.8)


def teleport(rng: Generator, index: int, character: Character) -> Stereo:
    """A shimmer that winds up, a flash, and sparkles that fall."""
    frames = frames_of(2.0)
    time = seconds(frames)
    up = np.minimum(time / 1.1, 1) ** 2
    angle = phase((200 + 2600 * up).astype(np.float32))
    whirl = np.sin(angle) * (0.6 + 0.4 * np.sin(phase((6 + 24 * up).astype(np.float32)))) * up * (time < 1.1)
    flash = shaped(rng, frames, filters.high(1500)) * np.where(time >= 1.1, np.exp(-7 * (time - 1.1)), 0)
    starts = arrivals(rng, frames_of(1.5), 40)
    grains = np.stack(
        [struck(frames_of(0.4), [hz, hz * 2.76], [0.4, 0.2], [1.0, 0.4]) for hz in (1760, 2217, 2637, 3520, 4435)]
    )
    glitter = scatter(rng, frames, starts, heavy_tailed(rng, len(starts), 1.3, 0.1), grains, 1.0)
    return faded(
        peaked(peaked(whirl.astype(np.float32), 0.7)[:, None] + peaked(flash, 0.8)[:, None] + peaked(glitter, 0.5)),
        0.01,
        0.2,
    )


def _wonder_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(2.4, 3.4)) / character.paced(0.6, 1.6)


def magic(rng: Generator, index: int, character: Character) -> Stereo:
    """A wand: small bells running up a pentatonic scale, and dust of high bells after them."""
    frames = frames_of(2.4)
    out = np.zeros((frames, 2), np.float32)
    steps = (0, 2, 4, 7, 9, 12, 14, 16, 19, 21, 24)
    for number, step in enumerate(steps):
        at = frames_of(0.05 * number + float(rng.uniform(0, 0.012)))
        hertz = 1046.5 * 2 ** (step / 12)
        bell = struck(frames - at, [hertz, hertz * 2.76, hertz * 5.4], [1.1, 0.5, 0.2], [1.0, 0.3, 0.12])
        out[at:] += panned(bell * np.float32(0.5 + 0.5 * number / len(steps)), number / len(steps))
    starts = arrivals(rng, frames_of(1.8), 26)
    dust = np.stack([struck(frames_of(0.5), [hz], [0.5], [1.0]) for hz in (3136, 3520, 4186, 4699, 5274, 6272)])
    out += np.float32(0.4) * scatter(rng, frames, starts, heavy_tailed(rng, len(starts), 1.4, 0.1), dust, 1.0)
    return faded(peaked(out), 0.002, 0.3)


def drone(rng: Generator, frames: int, character: Character) -> Stereo:
    """Dread: low tones a semitone and a tritone apart that beat, breathing noise, and metal moaning far off."""
    out = np.zeros((frames, 2), np.float32)
    for hertz, gain in ((43.6, 1.0), (46.2, 0.7), (61.7, 0.6), (87.3, 0.35), (123.5, 0.2)):
        for side, detune in ((0, -0.11), (1, 0.13)):
            angle = phase(
                (np.float32(hertz + detune) * (1 + np.float32(0.004) * slow(rng, frames, 0.25))).astype(np.float32)
            )
            wave = np.sin(angle) + np.float32(0.5) * np.sin(2 * angle) + np.float32(0.25) * np.sin(3 * angle)
            out[:, side] += np.float32(gain) * wave * wander(rng, frames, 0.2, 0.3, 1.0)
    breath = (
        shaped_stereo(rng, frames, filters.band(150, 900, 1), 0.9) * (wander(rng, frames, 0.25, 0.0, 1.0) ** 2)[:, None]
    )
    metal = moving_band(rng, wander(rng, frames, 0.12, 380, 900), 3.0) * wander(rng, frames, 0.2, 0.0, 1.0) ** 3
    return level(out, 0.1) + level(breath, 0.03) + level(metal.astype(np.float32), 0.018)[:, None]


_GHOST = (
    Note(2.6, ((0.0, 420.0), (0.3, 700.0), (0.6, 640.0), (1.0, 330.0)),
         (Formant(((0.0, 420.0), (0.4, 720.0), (1.0, 400.0)), 180, 1.0), *still((1150, 260, 0.4), (2600, 500, 0.1))),
         tilt=8.0, drift=0.02, tremble=(5.5, 0.02, 0.15), breath=0.5,
         loud=((0.0, 0.0), (0.3, 1.0), (0.7, 0.7), (1.0, 0.0))),
)  # fmt: skip


def ghost(rng: Generator, index: int, character: Character) -> Stereo:
    """A wail without a body: a wavering, breathy voice that rises and sinks, and wanders from side to side."""
    voice = called(rng, _GHOST, float(rng.uniform(0.8, 1.2)), float(rng.uniform(0.9, 1.3)))
    angle = (wander(rng, len(voice), 0.5, 0.1, 0.9) * np.float32(np.pi / 2)).astype(np.float32)
    return np.stack((voice * np.cos(angle), voice * np.sin(angle)), axis=1)


def _wail_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(2.6, 3.8)) / character.paced(0.7, 1.5)


def ufo(rng: Generator, frames: int, character: Character) -> Stereo:
    """A saucer of the fifties: a theremin's pure tone with a wide, quick vibrato, sliding about."""
    time = seconds(frames)
    vibrato = 1 + np.float32(0.035) * np.sin(2 * np.pi * np.float32(character.paced(5, 9)) * time)
    pitch = 620 * 2 ** (np.float32(0.55) * slow(rng, frames, 0.5)) * vibrato
    angle = phase(pitch.astype(np.float32))
    wave: Signal = (np.sin(angle) + np.float32(0.2) * np.sin(2 * angle) + np.float32(0.06) * np.sin(3 * angle)).astype(
        np.float32
    )
    return np.stack((wave, np.roll(wave, int(0.004 * SAMPLE_RATE))), axis=1)


SOUNDS = (
    Event("laser", ("laser", "ray gun", "blaster", "zap", "phaser", "laser gun", "pew"), laser, _shot_gap, level=-6,
        example="a laser gun", also=("futuristic weapon", "space battle")),
    Texture("spaceship", ("spaceship", "starship", "space engine", "warp", "spacecraft", "space station"), spaceship,
        level=-19, example="inside a spaceship", also=("the bridge of a vessel between the stars",)),
    Texture("force_field", ("force field", "energy", "energy shield", "shield", "plasma", "portal", "light saber"),
        field,
        level=-20, example="a force field", also=("a gateway to another dimension",)),
    Texture("sparks", ("spark", "electricity", "electric arc", "electric", "short circuit", "tesla coil", "zapping",
        "electrocution"), sparks, level=-21, example="electric sparks", also=("a broken cable hisses and flashes",)),
    Event("robot", ("robot", "droid", "android", "computer voice", "data", "computing", "computer"), robot, _talk_gap,
        level=-9, example="a small robot", also=("a cute mechanical companion", "an old computer thinks")),
    Event("teleport", ("teleport", "beam up", "materialize", "warp in", "spawn"), teleport, _wonder_gap, level=-6,
        example="a teleporter", also=("someone vanishes in a beam of light",)),
    Event("magic", ("magic", "spell", "magical", "fairy", "sparkle", "wand", "fairy dust", "enchantment"), magic,
        _wonder_gap, level=-8, example="a magic spell", also=("a good witch does a charm", "glitter falls")),
    Texture("drone", ("drone", "dark drone", "horror", "scary", "creepy", "ominous", "horror ambience", "dread",
        "evil"),
        drone, level=-19, example="a dark horror drone",
        also=("something lurks in the cellar", "unease before the monster")),
    Event("ghost", ("ghost", "spirit", "phantom", "wail", "banshee", "spooky"), ghost, _wail_gap, level=-8,
        space="cave",
        example="a ghost wailing", also=("the haunted mansion's resident",)),
    Texture("ufo", ("ufo", "flying saucer", "theremin", "alien ship", "martian"), ufo, level=-21, example="a ufo",
        also=("visitors from outer space in an old film",)),
)  # fmt: skip
