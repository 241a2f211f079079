"""Birds: songs, crows, owls, pigeons, gulls, ducks, hens and the cock."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from soundstage.engines.sound.synthesis import filters
from soundstage.engines.sound.synthesis.envelopes import curve, faded, peaked, phase, seconds
from soundstage.engines.sound.synthesis.noise import shaped
from soundstage.engines.sound.synthesis.particles import panned
from soundstage.engines.sound.synthesis.sounds import Character, Event, Signal, Stereo, frames_of
from soundstage.engines.sound.synthesis.voices import Note, called, glide, still


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


_HOOT = (
    Note(0.305, ((0.0, 127), (0.3, 623), (0.8, 303), (1.0, 1010)),
         still((368, 249, 0.614), (833, 290, 0.243)),
         rest=0.56, tilt=3.8, drift=0.00405, breath=0.153, loud=((0.0, 0.0), (0.25, 0.902), (0.75, 0.8), (1.0,
         0.0))),
    Note(0.093, ((0.0, 365), (0.3, 347), (0.8, 218), (1.0, 440)),
         still((239, 312, 1.26), (800, 331, 0.176)),
         rest=0.098, tilt=6.7, drift=0.00525, breath=0.208, loud=((0.0, 0.0), (0.25, 2.0), (0.75, 1.08), (1.0,
         0.0))),
    Note(0.134, ((0.0, 369), (0.3, 324), (0.8, 341), (1.0, 298)),
         still((365, 335, 0.587), (598, 330, 0.436)),
         rest=0.105, tilt=11.2, drift=0.00413, breath=0.139, loud=((0.0, 0.0), (0.25, 1.58), (0.75, 0.891),
         (1.0, 0.0))),
    Note(0.675, ((0.0, 451), (0.3, 378), (0.8, 368), (1.0, 304)),
         still((330, 79.4, 0.843), (534, 232, 0.267)),
         rest=0.109, tilt=15.6, drift=0.00656, tremble=(8.25, 0.0116, 0.0159), breath=0.189, loud=((0.0, 0.0),
         (0.25, 0.681), (0.75, 0.47), (1.0, 0.0))),
)  # fmt: skip


def owl(rng: Generator, index: int, character: Character) -> Stereo:
    """Hoo … hoo-hoo-hoo: a soft tone at 300–400 Hz with a little air, after the tawny owl's song.

    Notes and rests of C. Appleby and S. Redpath, "Variation in the male territorial hoot of the tawny owl" (Ibis,
        1997).
    """
    return faded(panned(called(rng, _HOOT), 0.5), 0.01, 0.05)


def _owl_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(3.4, 4.6)) / character.paced(0.7, 1.4)


_CROWING = (
    Note(0.172, ((0.0, 604), (0.5, 690), (1.0, 745)),
         still((1100, 840, 0.898), (2200, 935, 1.0), (3490, 1200, 0.592)),
         rest=0.0277, tilt=2.85, drift=0.00725, rough=0.0195, flutter=(54.2, 0.563), breath=0.022, loud=((0.0,
         0.0), (0.1, 1.0), (0.7, 1.09), (1.0, 0.0))),
    Note(0.123, ((0.0, 700), (0.5, 787), (1.0, 708)),
         still((1050, 640, 0.914), (2200, 1040, 1.07), (3630, 1300, 0.418)),
         rest=0.03, tilt=3.67, drift=0.00973, rough=0.0185, flutter=(71.1, 0.489), breath=0.0224, loud=((0.0,
         0.0), (0.1, 1.18), (0.7, 0.831), (1.0, 0.0))),
    Note(0.338, ((0.0, 829), (0.3, 934), (1.0, 1040)),
         still((740, 1110, 1.0), (1830, 735, 1.04), (2590, 1070, 0.57)),
         rest=0.0338, tilt=3.43, drift=0.00765, rough=0.0195, flutter=(60.9, 0.448), breath=0.0206,
         loud=((0.0, 0.0), (0.1, 1.13), (0.7, 1.04), (1.0, 0.0))),
    Note(0.834, ((0.0, 843), (0.15, 1000), (0.55, 882), (0.9, 730), (1.0, 532)),
         still((1110, 660, 0.779), (2300, 900, 1.03), (2960, 1200, 0.553)),
         rest=0.03, tilt=3.46, drift=0.00793, rough=0.0199, flutter=(70.1, 0.5), breath=0.0148, loud=((0.0,
         0.0), (0.1, 1.05), (0.7, 0.999), (1.0, 0.0))),
)  # fmt: skip


def rooster(rng: Generator, index: int, character: Character) -> Stereo:
    """Cock-a-doodle-doo: four notes of 500–1100 Hz, rich in harmonics up to 6 kHz, the last long and falling.

    Lengths and pitches as in N. Collias, "The vocal repertoire of the red junglefowl" (Condor, 1987).
    """
    return panned(called(rng, _CROWING), 0.5)


def _call_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(2.4, 3.4)) / character.paced(0.6, 1.6)


_CAW = (
    Note(0.441, ((0.0, 589), (0.3, 549), (0.8, 393), (1.0, 528)),
         still((2200, 289, 0.694), (2140, 531, 0.703), (2320, 739, 0.498)),
         rest=0.0511, tilt=1.9, drift=0.0106, rough=0.0989, flutter=(132, 0.397), breath=0.189, loud=((0.0,
         0.0), (0.1, 0.866), (0.75, 0.712), (1.0, 0.0))),
)  # fmt: skip


def crow(rng: Generator, index: int, character: Character) -> Stereo:
    """Caw: harsh, 0.3 s long, pitch 450–600 Hz rising and falling, folds so rough that half of it is noise."""
    return panned(called(rng, _CAW), float(rng.uniform(0.4, 0.6)))


def _caw_gap(rng: Generator, index: int, character: Character) -> float:
    rest = index % 4 == 3
    return float(rng.uniform(1.3, 2.0) if rest else rng.uniform(0.5, 0.65)) / character.paced(0.6, 1.6)


_GULL = (
    Note(0.296, ((0.0, 2710), (0.18, 4450), (0.6, 1790), (1.0, 1610)),
         still((2920, 1040, 0.634), (2610, 938, 0.62), (1430, 862, 1.41)),
         rest=0.104, tilt=3.11, drift=0.00318, rough=0.0383, breath=0.0188, loud=((0.0, 0.0), (0.15, 0.572),
         (0.6, 0.506), (1.0, 0.0))),
)  # fmt: skip


def gull(rng: Generator, index: int, character: Character) -> Stereo:
    """The long call of a gull: cries that jump up from 900 to 1500 Hz and sink, a few in a row."""
    call = called(rng, _GULL * int(rng.integers(2, 5)), float(rng.uniform(0.92, 1.12)))
    return panned(call * np.float32(rng.uniform(0.5, 1.0)), float(rng.uniform(0.2, 0.8)))


def _gull_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(1.4, 2.8)) / character.paced(0.5, 2.0)


_QUACK = (
    Note(0.21, ((0, 264), (0.4, 240), (1, 187)), still((1150, 260, 1.0), (2350, 420, 0.85), (3500, 700, 0.3)), tilt=0.5,
         rough=0.03, breath=0.13, loud=((0, 0), (0.06, 1), (0.6, 0.8), (1, 0))),
)  # fmt: skip


def duck(rng: Generator, index: int, character: Character) -> Stereo:
    """Quack: a reedy 0.2 s at 200–280 Hz, strong resonances near 1.2 and 2.4 kHz, loud at once."""
    return panned(called(rng, _QUACK, float(rng.uniform(0.92, 1.08))), float(rng.uniform(0.4, 0.6)))


def _quack_gap(rng: Generator, index: int, character: Character) -> float:
    rest = index % 5 == 4
    return float(rng.uniform(0.9, 1.5) if rest else rng.uniform(0.27, 0.36)) / character.paced(0.6, 1.6)


_CLUCK = (
    Note(0.05, ((0.0, 606), (1.0, 378)),
         still((850, 317, 1.8), (1590, 425, 0.929), (1690, 725, 0.392)),
         rest=0.0187, tilt=2.62, drift=0.01, rough=0.0384, breath=0.208, loud=((0.0, 0.0), (0.12, 1.27), (0.7,
         0.616), (1.0, 0.0))),
)  # fmt: skip
_GAWK = (
    Note(0.42, ((0, 430), (0.3, 516), (0.6, 860), (1, 690)), still((850, 350, 1.0), (1700, 500, 0.7), (3000, 800,
    0.35)),
         rest=0.01, tilt=3.0, rough=0.04, breath=0.2, loud=((0, 0), (0.12, 1), (0.7, 0.6), (1, 0))),
)  # fmt: skip


def hen(rng: Generator, index: int, character: Character) -> Stereo:
    """Cluck: short, hollow beats at 350–500 Hz; every seventh or so is the long rising "bu-gawk"."""
    call = called(rng, _GAWK if rng.random() < 0.14 else _CLUCK, float(rng.uniform(0.88, 1.12)))
    return panned(call * np.float32(rng.uniform(0.5, 1)), float(rng.uniform(0.35, 0.65)))


def _cluck_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(0.16, 0.42)) / character.paced(0.6, 1.6)


_COO = (
    Note(0.388, ((0.0, 152), (0.35, 763), (1.0, 169)),
         still((353, 285, 0.669), (1500, 275, 0.185)),
         rest=0.0125, tilt=11.4, drift=0.00751, tremble=(30.2, 0.00783, 0.161), breath=0.164, loud=((0.0,
         0.0), (0.2, 2.04), (0.7, 0.832), (1.0, 0.0))),
    Note(0.488, ((0.0, 128), (0.35, 581), (1.0, 340)),
         still((501, 393, 1.43), (995, 153, 0.121)),
         rest=0.136, tilt=8.36, drift=0.00527, tremble=(47, 0.0208, 0.314), breath=0.107, loud=((0.0, 0.0),
         (0.2, 1.51), (0.7, 1.87), (1.0, 0.0))),
    Note(0.161, ((0.0, 606), (0.35, 283), (1.0, 443)),
         still((347, 135, 1.64), (655, 246, 0.214)),
         rest=0.0921, tilt=19.4, drift=0.00894, tremble=(22.1, 0.00618, 0.803), breath=0.269, loud=((0.0,
         0.0), (0.2, 0.8), (0.7, 1.01), (1.0, 0.0))),
)  # fmt: skip


def pigeon(rng: Generator, index: int, character: Character) -> Stereo:
    """Coo: closed-beak tones at 300–500 Hz that throb at about 20 Hz (B. Ballintijn and C. ten Cate, 1997)."""
    return panned(called(rng, _COO), float(rng.uniform(0.35, 0.65)))


def _coo_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(1.9, 2.6)) / character.paced(0.7, 1.4)


def wings(rng: Generator, index: int, character: Character) -> Stereo:
    """One beat of a wing: a soft thump of air and the rustle of feathers, down then up."""
    frames = frames_of(0.16)
    shape = glide(frames, [(0, 0), (0.35, 1), (0.55, 0.35), (0.72, 0.5), (1, 0)])
    air = np.float32(0.6) * shaped(rng, frames, filters.band(250, 1200, 1)) + shaped(
        rng, frames, filters.band(1500, 6000)
    )
    swell = np.float32(0.55 + 0.45 * np.sin(index * 0.35))
    return panned(peaked(air * shape) * swell, 0.5 + 0.3 * float(np.sin(index * 0.21)))


def _wing_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(0.095, 0.115)) / character.paced(0.5, 1.6)


SOUNDS = (
    Event("birds", ("bird", "birdsong", "chirp", "chirping", "songbird", "tweet", "sparrow", "robin", "blackbird",
        "nightingale", "dawn chorus", "canary"),
        bird, _bird_gap, level=-8, tone=(7, 0, -6, -10, 23, -9, -4), space="street", example="birds at dawn",
        also=("little creatures singing in the trees", "morning chorus in a garden", "twittering from the hedges")),
    Event("owl", ("owl", "hoot"), owl, _owl_gap, level=-9, space="outdoors", example="an owl at night",
        also=("a nocturnal bird of prey calling", "hooting in the dark wood")),
    Event("rooster", ("rooster", "cock", "cockerel", "crowing", "cock a doodle doo"), rooster, _call_gap, level=-6,
        tone=(-16, 2, -1, 11, 12, -10, 1), space="street", example="a rooster",
            also=("the farm's wake-up call at sunrise",)),
    Event("crow", ("crow", "raven", "caw", "cawing", "rook", "jackdaw"), crow, _caw_gap, level=-7, tone=(-7, -4,
        -12, 1, 11, -1, 12),
        example="a crow caws", also=("black birds over a graveyard", "ominous bird in a bare tree")),
    Event("gull", ("gull", "seagull", "sea gull", "sea bird"), gull, _gull_gap, level=-8, space="outdoors",
        example="seagulls", also=("birds screaming above fishing boats", "birds at the seaside")),
    Event("duck", ("duck", "quack", "quacking", "goose", "geese", "mallard"), duck, _quack_gap, level=-7,
        tone=(3, 9, -5, 2, 12, -11, -10), space="outdoors", example="ducks quacking", also=("waterfowl on a pond",)),
    Event("hen", ("hen", "chicken", "cluck", "clucking", "poultry", "henhouse", "turkey"), hen, _cluck_gap,
        level=-7, tone=(-3, -2, -1, 0, 1, 2, 3), example="chickens clucking", also=("farmyard fowl pecking about",)),
    Event("pigeon", ("pigeon", "dove", "coo", "cooing"), pigeon, _coo_gap, level=-9, space="outdoors",
        example="a pigeon cooing", also=("birds in the city square",)),
    Event("wings", ("wing", "wing flap", "flap", "flapping", "flutter"), wings, _wing_gap, level=-7, tone=(2, -15,
        10, -4, 5, 15, -13), space="outdoors",
        example="flapping wings", also=("a bird takes off", "bats flying away")),
)  # fmt: skip
