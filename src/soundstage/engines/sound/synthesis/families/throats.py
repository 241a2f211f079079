"""What people utter without words: laughter, crying, coughs, sneezes, snores, screams, moans; crowds and whistling."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from soundstage.engines.sound.synthesis import filters
from soundstage.engines.sound.synthesis.envelopes import faded, peaked, phase
from soundstage.engines.sound.synthesis.families.people import applause
from soundstage.engines.sound.synthesis.noise import level, shaped, shaped_stereo, slow, wander
from soundstage.engines.sound.synthesis.particles import panned, scatter
from soundstage.engines.sound.synthesis.sounds import Character, Event, Stereo, Texture, frames_of
from soundstage.engines.sound.synthesis.voices import Formant, Note, called, glide, noted, still

_WOMAN = {"woman": 1.55, "girl": 1.75, "child": 1.9, "baby": 2.2}


def _size(rng: Generator, character: Character) -> float:
    """Pitch against a man's: by who is named, else anyone grown up."""
    return _WOMAN.get(character.material or "", 1.0 if character.material else float(rng.choice((1.0, 1.5))))


_LAUGH = (
    Note(0.147, ((0.0, 268), (0.4, 333), (1.0, 155)),
         still((1020, 147, 0.823), (866, 160, 0.612), (2500, 224, 0.351), (2690, 383, 0.256)),
         rest=0.0687, tilt=6.32, drift=0.00954, rough=0.0109, breath=0.52, loud=((0.0, 0.0), (0.25, 1.44),
         (0.6, 0.416), (1.0, 0.0))),
    Note(0.177, ((0.0, 269), (0.4, 323), (1.0, 140)),
         still((841, 114, 1.0), (667, 108, 0.498), (2960, 676, 0.368), (3910, 289, 0.172)),
         rest=0.0482, tilt=7.0, drift=0.0107, rough=0.0188, breath=0.863, loud=((0.0, 0.0), (0.25, 1.06),
         (0.6, 0.513), (1.0, 0.0))),
    Note(0.169, ((0.0, 244), (0.4, 184), (1.0, 147)),
         still((425, 131, 0.765), (998, 173, 0.599), (2290, 125, 0.28), (3250, 285, 0.179)),
         rest=0.057, tilt=12.8, drift=0.0105, rough=0.0384, breath=0.699, loud=((0.0, 0.0), (0.25, 1.05),
         (0.6, 0.544), (1.0, 0.0))),
    Note(0.123, ((0.0, 220), (0.4, 211), (1.0, 209)),
         still((613, 144, 1.22), (1160, 165, 1.1), (2910, 296, 0.468), (4210, 231, 0.29)),
         rest=0.0611, tilt=7.0, drift=0.00609, rough=0.0391, breath=0.9, loud=((0.0, 0.0), (0.25, 1.08), (0.6,
         0.974), (1.0, 0.0))),
    Note(0.154, ((0.0, 152), (0.4, 148), (1.0, 295)),
         still((582, 148, 0.974), (1130, 83.1, 0.996), (3020, 378, 0.45), (2670, 466, 0.154)),
         rest=0.134, tilt=6.85, drift=0.0069, rough=0.0223, breath=0.9, loud=((0.0, 0.0), (0.25, 1.17), (0.6,
         0.592), (1.0, 0.0))),
    Note(0.323, ((0.0, 134), (0.4, 370), (1.0, 160)),
         still((602, 201, 1.34), (1260, 193, 0.75), (5570, 260, 0.737), (3040, 415, 0.183)),
         rest=0.0586, tilt=7.0, drift=0.00928, rough=0.02, breath=1.3, loud=((0.0, 0.0), (0.25, 0.721), (0.6,
         0.379), (1.0, 0.0))),
)  # fmt: skip


def laugh(rng: Generator, index: int, character: Character) -> Stereo:
    """Ha-ha-ha: bursts of voice, about five a second, each beginning with breath, sinking in pitch.

    J.-A. Bachorowski, M. Smoski and M. Owren, "The acoustic features of human laughter" (JASA, 2001).
    """
    count = int(rng.integers(4, 7))
    return panned(called(rng, _LAUGH[-count:], _size(rng, character), float(rng.uniform(0.9, 1.15))), 0.5)


def _laugh_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(1.4, 2.0)) / character.paced(0.6, 1.5)


_BABY = (
    Note(0.95, ((0.0, 360.0), (0.15, 470.0), (0.6, 450.0), (1.0, 340.0)),
         (Formant(((0.0, 900.0), (0.3, 1150.0), (1.0, 950.0)), 280, 1.0), *still((1900, 400, 0.7), (3500, 600, 0.6))),
         rest=0.08, tilt=3.0, drift=0.012, rough=0.03, tremble=(7.0, 0.01, 0.1), breath=0.08,
         loud=((0.0, 0.0), (0.1, 0.9), (0.7, 1.0), (1.0, 0.0))),
    Note(0.22, ((0.0, 420.0), (1.0, 500.0)), still((900, 500, 1.0), (2200, 700, 0.8)), rest=0.04, tilt=6.0, breath=3.0,
         loud=((0.0, 0.0), (0.5, 0.25), (1.0, 0.0))),
)  # fmt: skip


def baby(rng: Generator, index: int, character: Character) -> Stereo:
    """A baby: cries of about a second at 400–500 Hz, arching, and a gasp after each (R. Wasz-Höckert et al., 1968)."""
    return panned(called(rng, _BABY, float(rng.uniform(0.95, 1.05)), float(rng.uniform(0.8, 1.25))), 0.5)


def _baby_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(1.25, 1.5)) / character.paced(0.7, 1.3)


_COUGH = (
    Note(0.102, ((0.0, 199), (1.0, 138)),
         still((554, 486, 1.06), (1340, 819, 0.25), (3440, 1590, 0.352)),
         rest=0.0, tilt=2.18, drift=0.0144, rough=0.0627, breath=7.75, loud=((0.0, 0.0), (0.06, 0.956), (0.4,
         0.224), (1.0, 0.283))),
    Note(0.157, ((0.0, 219), (1.0, 77.4)),
         still((1850, 97.2, 3.15), (892, 137, 0.946), (4020, 228, 0.187)),
         rest=0.0546, tilt=7.31, drift=0.025, rough=0.108, breath=3.1, loud=((0.0, 0.268), (0.1, 0.662), (0.6,
         1.12), (1.0, 0.0))),
)  # fmt: skip


def cough(rng: Generator, index: int, character: Character) -> Stereo:
    """A burst of air as the glottis opens, then a rough voiced tail (J. Korpáš et al., "Analysis of the cough sound",
    1996).
    """
    return panned(called(rng, _COUGH, _size(rng, character), float(rng.uniform(0.85, 1.2))), 0.5)


def _cough_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(1.2, 2.0) if index % 3 == 2 else rng.uniform(0.4, 0.6)) / character.paced(0.6, 1.5)


_SNEEZE = (
    Note(0.276, ((0.0, 171), (1.0, 220)),
         still((600, 312, 0.733), (1490, 200, 0.817)),
         rest=0.114, tilt=6.99, drift=0.0138, breath=3.38, loud=((0.0, 0.0), (0.8, 0.25), (1.0, 0.0))),
    Note(0.124, ((0.0, 356), (1.0, 237)),
         still((864, 269, 0.978), (1750, 500, 0.665), (3230, 567, 0.6)),
         rest=0.0, tilt=4.0, drift=0.0075, rough=0.105, breath=4.05, loud=((0.0, 0.0), (0.05, 1.13), (0.5,
         0.723), (1.0, 0.651))),
    Note(0.343, ((0.0, 220), (1.0, 179)),
         still((2600, 1500, 0.687), (4800, 2500, 0.804)),
         rest=0.0625, tilt=8.64, drift=0.01, breath=5.15, loud=((0.0, 0.646), (0.3, 0.405), (1.0, 0.0))),
)  # fmt: skip


def sneeze(rng: Generator, index: int, character: Character) -> Stereo:
    """Ah … tchoo: breath drawn in, a voiced explosion, and a rush of air through teeth and lips."""
    return panned(called(rng, _SNEEZE, _size(rng, character)), 0.5)


def _sneeze_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(1.6, 2.6)) / character.paced(0.6, 1.5)


_SNORE = (
    Note(0.863, ((0.0, 92.5), (0.5, 104), (1.0, 146)),
         still((441, 237, 0.259), (1230, 154, 0.73), (4990, 627, 0.334), (2170, 662, 0.172)),
         rest=0.1, tilt=3.83, drift=0.0175, rough=0.0553, flutter=(22.2, 0.961), breath=1.2, loud=((0.0, 0.0),
         (0.2, 0.481), (0.6, 2.64), (1.0, 0.0))),
)  # fmt: skip
_EXHALED = (
    Note(1.08, ((0.0, 40.1), (1.0, 51.5)), still((999, 601, 2.38), (2330, 2920, 0.53)), rest=0.0, tilt=3.73,
         drift=0.0127, breath=10.5, loud=((0.0, 0.0), (0.2, 0.0958), (1.0, 0.0))),
)  # fmt: skip


def snore(rng: Generator, index: int, character: Character) -> Stereo:
    """The soft palate and the throat fluttering 20–100 times a second on the way in, a little air on the way out.

    D. Pevernagie, R. Aarts and M. De Meyer, "The acoustics of snoring" (Sleep Medicine Reviews, 2010).
    """
    pace = character.paced(1.2, 0.8)
    drawn = called(rng, _SNORE, 0.8 * float(rng.uniform(0.93, 1.07)), 1.6 * pace)
    return panned(np.concatenate((drawn, np.float32(0.06) * called(rng, _EXHALED, 1.0, 0.6 * pace))), 0.5)


def _snore_gap(rng: Generator, index: int, character: Character) -> float:
    return 2.35 * character.paced(1.2, 0.8) * float(rng.uniform(0.95, 1.05))


_SCREAM = (
    Note(1.42, ((0.0, 630), (0.12, 1500), (0.6, 828), (1.0, 591)),
         still((959, 214, 0.719), (4340, 420, 0.918), (1580, 573, 0.43), (4640, 1320, 0.303)),
         rest=0.0412, tilt=1.97, drift=0.00653, rough=0.0704, flutter=(52.3, 0.337), breath=0.17, loud=((0.0,
         0.0), (0.08, 1.24), (0.6, 0.836), (1.0, 0.0)), drive=1.39),
)  # fmt: skip


def scream(rng: Generator, index: int, character: Character) -> Stereo:
    """A scream: 800–1300 Hz, rough between 30 and 150 Hz.

    L. Arnal et al., "Human screams occupy a privileged niche in the communication soundscape" (Current Biology, 2015).
    """
    size = {"man": 0.72, "woman": 1.0, "girl": 1.15, "child": 1.2}.get(character.material or "", 1.0)
    return panned(called(rng, _SCREAM, size * float(rng.uniform(0.92, 1.1)), float(rng.uniform(0.8, 1.2))), 0.5)


def _scream_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(2.0, 3.0)) / character.paced(0.6, 1.5)


_MOAN = (
    Note(0.606, ((0.0, 158), (0.35, 436), (1.0, 65.9)),
         (Formant(((0.0, 456), (0.4, 353), (1.0, 171)), 28.1, 0.782), Formant(((0.0, 1140), (0.4, 1890), (1.0,
          397)), 167, 0.337), Formant(((0.0, 2670),), 364, 0.283),),
         rest=0.081, tilt=7.18, drift=0.00116, rough=0.0229, breath=0.0868, loud=((0.0, 0.0), (0.25, 0.754),
         (0.6, 1.3), (1.0, 0.0))),
)  # fmt: skip


def moan(rng: Generator, index: int, character: Character) -> Stereo:
    """A groan, as of pain, of effort, or of the undead: a low voice that opens and sinks."""
    size = 0.8 if character.material == "undead" else _size(rng, character)
    return panned(called(rng, _MOAN, size, float(rng.uniform(1.0, 1.4))), float(rng.uniform(0.35, 0.65)))


def _moan_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(1.25, 1.8)) / character.paced(0.6, 1.5)


def whistling(rng: Generator, index: int, character: Character) -> Stereo:
    """A tune on the lips: a nearly pure tone of 900–2200 Hz that slides from note to note, with some air.

    A Helmholtz resonator blown by a jet (T. Wilson et al., "Experiments on the fluid mechanics of whistling", 1971).
    """
    scale = np.array([0, 2, 4, 7, 9, 12, 14])
    steps, place = [], int(rng.integers(1, 5))
    for _ in range(int(rng.integers(4, 8))):
        steps.append((float(rng.choice((0.18, 0.25, 0.25, 0.5))), 880 * 2 ** (float(scale[place]) / 12)))
        place = int(np.clip(place + rng.integers(-2, 3), 0, 6))
    frames = frames_of(sum(length for length, _ in steps) + 0.15)
    tone, loud = np.empty(frames, np.float32), np.zeros(frames, np.float32)
    at = 0
    for length, hz in steps:
        size = frames_of(length)
        tone[at : at + size] = hz
        loud[at : at + size] = glide(size, [(0, 0.25), (0.2, 1), (0.8, 0.9), (1, 0.25)])
        at += size
    tone[at:] = steps[-1][1]
    tone = np.maximum(filters.filtered(tone, filters.low(9, 2), tail=0.3), 500)
    angle = phase((tone * (1 + np.float32(0.006) * slow(rng, frames, 6.0))).astype(np.float32))
    wave = np.sin(angle) + np.float32(0.03) * np.sin(2 * angle)
    air = np.float32(0.05) * shaped(rng, frames, filters.band(900, 3500, 1))
    return faded(panned(peaked((wave + air) * filters.filtered(loud, filters.low(25), tail=0.1)), 0.5), 0.01, 0.05)


def _whistle_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(2.4, 3.2)) / character.paced(0.7, 1.5)


def _syllables(rng: Generator, kinds: int) -> np.ndarray:
    """(kinds, frames) of voiced syllables of men and women, cut to one length; no word is in them."""
    frames = frames_of(0.3)
    out = np.zeros((kinds, frames), np.float32)
    for kind in range(kinds):
        first, second = float(rng.uniform(300, 800)), float(rng.uniform(900, 2200))
        low = float(rng.uniform(100, 240))
        note = Note(
            float(rng.uniform(0.12, 0.27)), ((0.0, low), (0.5, low * float(rng.uniform(0.9, 1.3))), (1.0, low * 0.9)),
            (Formant(((0.0, first * 0.6), (0.4, first), (1.0, first * 0.8)), 110, 1.0),
             Formant(((0.0, second * 1.2), (1.0, second)), 160, 0.6), *still((2700, 250, 0.3), (3600, 350, 0.12))),
            tilt=7.0, breath=0.4,
        )  # fmt: skip
        syllable = noted(rng, note)[:frames]
        out[kind, : len(syllable)] = syllable
    return out


def crowd(rng: Generator, frames: int, character: Character) -> Stereo:
    """Many people talking at once: syllables of some thirty voices, each with its own phrases, and no word in them.

    Babble as a superposition of talkers (N. Krishnamurthy and J. Hansen, "Babble noise: modeling, analysis, and
    applications", IEEE TASLP, 2009).
    """
    people = round(character.between(8, 26))
    size = frames / 44_100
    starts, gains = [], []
    for _ in range(people):
        times = np.cumsum(rng.gamma(6.0, 0.036, int(size / 0.15) + 4)) - rng.random() * 0.5
        talking = np.sin(2 * np.pi * (times / rng.uniform(3, 7) + rng.random())) > rng.uniform(-0.7, 0.2)
        times = times[talking]
        starts.append(times)
        gains.append(np.full(len(times), 0.1 + 0.9 * rng.random() ** 2) * rng.uniform(0.5, 1.0, len(times)))
    at = (np.concatenate(starts) * 44_100).astype(np.int64)
    inside = (at >= 0) & (at < frames)
    order = np.argsort(at[inside], kind="stable")
    near = scatter(rng, frames, at[inside][order], np.concatenate(gains)[inside][order], _syllables(rng, 36), 0.9)
    wash = shaped_stereo(
        rng, frames, filters.beside(filters.band(200, 900, 1), filters.scaled(0.3, filters.band(900, 3000, 1)))
    )
    return level(near, 0.1) + level(wash * wander(rng, frames, 3.0, 0.6, 1.0)[:, None], 0.006)


_CHEER = (
    Note(1.6, ((0.0, 470.0), (0.2, 891.0), (0.7, 671.0), (1.0, 470.0)),
         still((612, 250, 1.0), (1100, 300, 0.8), (2700, 500, 0.5), (3600, 700, 0.25)), tilt=3.3, drift=0.012,
         rough=0.016, breath=0.13, loud=((0.0, 0.0), (0.15, 1.0), (0.7, 0.8), (1.0, 0.0))),
)  # fmt: skip


def cheer(rng: Generator, frames: int, character: Character) -> Stereo:
    """A crowd that shouts for joy: long open vowels of near ones, the roar of all others, and hands.

    Shouted vowels are high and flat in spectrum (J. Sundberg, "The Science of the Singing Voice", 1987).
    """
    size = frames_of(1.36)
    voices = np.zeros((12, size), np.float32)
    for voice in voices:
        shout = called(rng, _CHEER, float(rng.uniform(0.59, 1.69)))[:size]
        voice[: len(shout)] = shout
    count = max(3, round((frames + size) / 44_100 * character.between(5, 11)))
    starts = np.sort(rng.integers(0, frames + size, count))
    near = scatter(rng, frames + size, starts, rng.uniform(0.2, 1.0, count) ** 1.5, voices, 1.0)[size:]
    roar = shaped_stereo(rng, frames, filters.beside(filters.peak(612, 1.2), filters.peak(1100, 1.5, 0.7),
                                                     filters.peak(2700, 1.5, 0.75)))  # fmt: skip
    roar *= wander(rng, frames, 0.85, 0.5, 1.0)[:, None]
    return level(near, 0.1) + level(roar, 0.065) + level(applause(rng, frames, Character(intensity=0.2)), 0.009)


_PEOPLE = {"man": "man", "male": "man", "woman": "woman", "female": "woman", "girl": "girl", "child": "child",
           "kid": "child", "boy": "child", "lady": "woman"}  # fmt: skip

SOUNDS = (
    Event("laugh", ("laugh", "laughter", "laughing", "giggle", "chuckle", "cackle"), laugh, _laugh_gap, level=-6,
        space="room", materials=_PEOPLE, example="a woman laughs", also=("someone finds it hilarious",
            "amused people")),
    Event("baby_cry", ("baby", "baby cry", "crying baby", "infant", "newborn", "cry", "crying", "sob", "sobbing"),
        baby,
        _baby_gap, level=-6, tone=(-6, -8, -8, 5, 4, 2, 11), space="small room", example="a baby crying",
        also=("a hungry infant in the cradle",)),
    Event("cough", ("cough", "coughing"), cough, _cough_gap, level=-6, space="room", materials=_PEOPLE,
        example="a man coughs", also=("somebody has a bad cold",)),
    Event("sneeze", ("sneeze", "sneezing", "achoo"), sneeze, _sneeze_gap, level=-6, tone=(0, -2, 0, 0, 0, 0, 2),
        space="room", materials=_PEOPLE,
        example="a sneeze", also=("pepper in the nose",)),
    Event("snore", ("snore", "snoring", "sleeper"), snore, _snore_gap, level=-8, tone=(5, 7, 0, -3, -8, 6, -7),
        space="small room", example="a man snoring",
        also=("a noisy sleeper beside you",)),
    Event("scream", ("scream", "screaming", "shriek", "yell", "shout"), scream, _scream_gap, level=-4, tone=(1, -2,
        8, -4, -9, 3, 2), space="small room",
        materials=_PEOPLE, example="a woman screams", also=("terrified victim", "a cry of terror in the night")),
    Event("moan", ("moan", "groan", "zombie", "moaning", "undead", "groaning"), moan, _moan_gap, level=-7, tone=(-5,
        -3, -2, 0, 2, 3, 5), space="small room",
        materials={**_PEOPLE, "zombie": "undead", "undead": "undead"}, example="a zombie moans",
        also=("the walking dead approach", "somebody in pain")),
    Event("whistling", ("whistling", "human whistle", "whistle tune", "whistler"), whistling, _whistle_gap, level=-9,
        space="street", example="a man whistling", also=("a cheerful passer-by makes a melody with the lips",)),
    Texture("crowd", ("crowd", "chatter", "babble", "talking people", "murmur", "restaurant", "cafe", "pub", "bar",
        "party", "market", "hubbub", "walla", "cafeteria", "lobby", "mob"), crowd, level=-20, tone=(21, 20, -1, 0,
        -6, -15, -19), space="small room",
        example="a crowd in a hall", also=("many voices at once in a busy place",
            "guests conversing at dinner")),
    Texture("cheer", ("cheer", "cheering", "stadium", "fans", "cheering crowd", "football crowd"), cheer, level=-18,
        tone=(-4, 1, 5, 12, -9, -5, 0), space="outdoors", example="a cheering crowd", also=("the home team scores",
            "spectators go wild")),
)  # fmt: skip
