"""Dogs, cats, wolves, lions, and the animals of a farm."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from soundstage.engines.sound.synthesis import filters
from soundstage.engines.sound.synthesis.envelopes import decay, peaked
from soundstage.engines.sound.synthesis.modal import struck
from soundstage.engines.sound.synthesis.noise import level, shaped, wander
from soundstage.engines.sound.synthesis.particles import panned
from soundstage.engines.sound.synthesis.sounds import Character, Event, Stereo, Texture, frames_of
from soundstage.engines.sound.synthesis.voices import Formant, Note, called, still

_BARK = (
    Note(0.175, ((0.0, 342), (0.25, 569), (0.6, 705), (1.0, 468)),
         (Formant(((0.0, 710), (0.35, 1060), (1.0, 486)), 266, 1.69), Formant(((0.0, 1860), (0.35, 1800),
          (1.0, 1050)), 276, 1.08), Formant(((0.0, 1700),), 923, 0.202), Formant(((0.0, 7150),), 611,
          0.166),),
         rest=0.0559, tilt=3.81, drift=0.0184, rough=0.0684, flutter=(61, 0.355), breath=0.48, loud=((0.0,
         0.0), (0.08, 0.586), (0.5, 1.03), (1.0, 0.0)), drive=1.26),
)  # fmt: skip


def bark(rng: Generator, index: int, character: Character) -> Stereo:
    """A bark: a rough voice that jumps up and falls within 0.2 s, the mouth opening and closing.

    Pitch and length after S. Yin and B. McCowan, "Barking in domestic dogs" (Animal Behaviour, 2004).
    """
    size = {"small": 1.6, "big": 0.72}.get(character.material or "", 1.0)
    return panned(called(rng, _BARK, size, size**-0.4) * np.float32(rng.uniform(0.8, 1.0)), 0.5)


def _bark_gap(rng: Generator, index: int, character: Character) -> float:
    rest = index % 3 == 2
    return float(rng.uniform(0.85, 1.4) if rest else rng.uniform(0.36, 0.5)) / character.paced(0.6, 1.6)


_GROWL = (
    Note(0.99, ((0.0, 128), (0.5, 198), (1.0, 115)),
         (Formant(((0.0, 491), (0.5, 578), (1.0, 520)), 80, 1.0), Formant(((0.0, 1100), (0.5, 1220), (1.0, 1220)), 131,
          0.161), *still((2400, 500, 0.051), (4500, 800, 0.025))),
         rest=0.0, tilt=7.6, drift=0.035, rough=0.13, flutter=(12, 0.1), breath=0.95, loud=((0.0, 0.0), (0.1, 0.7),
         (0.65, 1.0), (1.0, 0.0)), drive=3.0),
)  # fmt: skip


def growl(rng: Generator, index: int, character: Character) -> Stereo:
    """A growl: folds at 120–200 Hz shaken out of their beat, through a narrow throat, hard driven, for about a second.

    I. Wilden et al., "Subharmonics, biphonation, and deterministic chaos in mammal vocalization" (Bioacoustics, 1998).
    """
    return panned(called(rng, _GROWL, 1.0, character.paced(1.3, 0.78) * float(rng.uniform(0.85, 1.2))), 0.5)


def _growl_gap(rng: Generator, index: int, character: Character) -> float:
    return character.paced(1.8, 1.05) * float(rng.uniform(0.95, 1.15))


_HOWL = (
    Note(2.9, ((0, 300), (0.16, 560), (0.3, 590), (0.7, 510), (1, 330)),
         (Formant(((0, 500), (0.2, 620), (1, 480)), 320, 1.0), *still((1200, 350, 0.35), (2600, 700, 0.06))),
         tilt=7.0, drift=0.006, breath=0.05, loud=((0, 0), (0.12, 0.9), (0.5, 1), (0.85, 0.5), (1, 0))),
)  # fmt: skip


def howl(rng: Generator, index: int, character: Character) -> Stereo:
    """A wolf: up within half a second to 500–700 Hz, held and let fall, a few harmonics.

    J. Theberge and J. Falls, "Howling as a means of communication in timber wolves" (1967).
    """
    voice = called(rng, _HOWL, float(rng.uniform(0.88, 1.15)))
    return panned(voice * np.float32(rng.uniform(0.6, 1)), float(rng.uniform(0.25, 0.75)))


def _howl_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(2.2, 3.6)) / character.paced(0.7, 1.5)


_MEOW = (
    Note(0.703, ((0.0, 500), (0.3, 145), (0.65, 668), (1.0, 554)),
         (Formant(((0.0, 496), (0.35, 2820), (0.7, 1200), (1.0, 1020)), 230, 1.47), Formant(((0.0, 1540),
          (0.35, 3780), (0.7, 1440), (1.0, 1330)), 409, 0.588), Formant(((0.0, 1910),), 840, 0.261),),
         rest=0.0855, tilt=3.5, drift=0.00537, rough=0.015, breath=0.0379, loud=((0.0, 0.0), (0.1, 0.545),
         (0.4, 1.22), (0.75, 0.75), (1.0, 0.0))),
)  # fmt: skip


def meow(rng: Generator, index: int, character: Character) -> Stereo:
    """A cat: a clear voice that rises and falls while the mouth opens (i → a) and closes (ou).

    N. Nicastro, "Perceptual and acoustic evidence for species-level differences in meow vocalizations" (2004):
    0.5–0.9 s, 600–800 Hz at the top.
    """
    size = float(rng.uniform(0.9, 1.12)) * (1.35 if character.material == "kitten" else 1.0)
    return panned(called(rng, _MEOW, size, float(rng.uniform(0.85, 1.2))), 0.5)


def _meow_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(1.2, 1.9)) / character.paced(0.6, 1.7)


_ROAR = (
    Note(1.06, ((0.0, 93.6), (0.25, 482), (0.6, 278), (1.0, 83.4)),
         (Formant(((0.0, 407), (0.3, 416), (1.0, 343)), 162, 1.92), Formant(((0.0, 645), (0.3, 589), (1.0,
          1090)), 82.1, 2.13), Formant(((0.0, 1790),), 610, 0.31), Formant(((0.0, 4760),), 656, 0.056),),
         rest=0.0122, tilt=1.2, drift=0.00921, rough=0.0512, flutter=(83.7, 1.6), breath=0.32, loud=((0.0,
         0.0), (0.12, 1.01), (0.35, 0.725), (0.7, 0.547), (1.0, 0.0)), drive=1.52),
)  # fmt: skip


def roar(rng: Generator, index: int, character: Character) -> Stereo:
    """A lion or a monster: folds at 50–140 Hz driven into chaos, an open throat of 400–1200 Hz.

    S. Klemuk et al., "Adapted to roar: functional morphology of tiger and lion vocal folds" (2011).
    """
    huge = character.material == "huge"
    return panned(called(rng, _ROAR, 0.72 if huge else 1.0, 1.2 if huge else 1.0), 0.5)


def _roar_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(2.0, 2.8)) / character.paced(0.7, 1.5)


_BLEAT = (
    Note(0.842, ((0.0, 221), (0.3, 369), (1.0, 358)),
         still((858, 148, 1.1), (1570, 176, 0.622), (5020, 558, 0.698), (3120, 1530, 0.236)),
         rest=0.0549, tilt=1.98, drift=0.00731, rough=0.0139, tremble=(12.6, 0.0273, 0.292), breath=0.0713,
         loud=((0.0, 0.0), (0.08, 2.31), (0.7, 1.03), (1.0, 0.0))),
)  # fmt: skip


def bleat(rng: Generator, index: int, character: Character) -> Stereo:
    """Baa: a nasal voice at 200–330 Hz (goats higher) whose pitch and loudness tremble 7–9 times a second."""
    size = 1.4 if character.material == "goat" else float(rng.uniform(0.9, 1.12))
    return panned(called(rng, _BLEAT, size, float(rng.uniform(0.85, 1.2))), float(rng.uniform(0.3, 0.7)))


def _bleat_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(1.3, 2.2)) / character.paced(0.6, 1.6)


def hooves(rng: Generator, index: int, character: Character) -> Stereo:
    """One hoof on a road: the hollow of the horn, filled with the noise of the blow, a tick of iron, a thud; on earth
    only a thud (gallop at high pace).
    """
    frames = frames_of(0.24)
    hoof = index % 4
    hollow = (900.0, 1017.0, 810.0, 954.0)[hoof] * float(rng.uniform(0.93, 1.07))
    soft = character.material == "earth"
    blow = rng.uniform(-1, 1, frames).astype(np.float32) * decay(frames, 0.06, attack=0.003)
    cup = filters.beside(filters.peak(hollow, 4.0), filters.peak(2.3 * hollow, 3.2, 0.6), filters.peak(250, 3.0, 0.3))
    iron = rng.uniform(-1, 1, frames).astype(np.float32) * decay(frames, 0.012, attack=0.0006)
    tick = peaked(filters.filtered(iron, filters.band(1500, 6000, 1)))
    thud = struck(frames, [85.0, 140.0], [0.09, 0.07], [1.0, 0.6])
    clop = peaked(filters.filtered(blow, cup))
    out = (0.15 if soft else 1.0) * clop + (0.06 if soft else 0.2) * tick + (1.0 if soft else 0.3) * thud
    return panned(peaked(out.astype(np.float32), float(rng.uniform(0.6, 1.0))), 0.44 + 0.04 * hoof)


def _hoof_gap(rng: Generator, index: int, character: Character) -> float:
    beats = (0.62, 0.62, 0.62, 0.62) if character.pace < 0.7 else (0.5, 0.5, 0.5, 1.5)
    return beats[index % 4] * character.paced(0.62, 0.26) * float(rng.uniform(0.95, 1.05))


def snake(rng: Generator, frames: int, character: Character) -> Stereo:
    """A hiss, and the rattle: 50 dry clicks a second at 4–9 kHz (B. Young and I. Brown, 1995)."""
    hiss = shaped(rng, frames, filters.chain(filters.high(2500, 2), filters.low(8500, 2)))
    swell = wander(rng, frames, 0.8, 0.1, 1.0) ** 2
    if character.material != "rattle":
        return np.stack((hiss * swell, hiss * swell), axis=1)
    turn = (np.cumsum(wander(rng, frames, 0.5, 42, 58), dtype=np.float64) / 44_100 % 1).astype(np.float32)
    rattle = shaped(rng, frames, filters.chain(filters.high(3500, 2), filters.low(9500))) * np.exp(-5 * turn)
    sound = level(rattle * swell, 0.1) + level(hiss, 0.02)
    return np.stack((sound, sound), axis=1)


SOUNDS = (
    Event("dog", ("dog", "bark", "dog bark", "puppy", "hound", "woof"), bark, _bark_gap, level=-5, space="outdoors",
        materials={"small": "small", "puppy": "small", "little": "small", "tiny": "small", "big": "big",
            "large": "big", "hound": "big", "huge": "big"},
        example="a dog barks twice", also=("man's best friend is agitated", "a canine guarding the yard")),
    Event("growl", ("growl", "growling", "snarl", "snarling"), growl, _growl_gap, level=-6, tone=(5, 10, 8, -6, -14,
        0, -3), space="small room",
        example="growling", also=("a beast threatening with bared teeth",)),
    Event("wolf", ("wolf", "howl", "wolves", "werewolf", "coyote"), howl, _howl_gap, level=-8, tone=(-2, -8, -7, 0,
        19, -22, 19), space="street",
        example="a wolf howls", also=("a pack calling to the full moon",)),
    Event("cat", ("cat", "meow", "kitten", "mew"), meow, _meow_gap, level=-7, tone=(-7, -8, -4, -5, 13, 10, 0),
        space="small room",
        materials={"kitten": "kitten"}, example="a cat meows", also=("a hungry feline begging for food",)),
    Event("lion", ("lion", "roar", "tiger", "bear", "monster", "dragon", "beast", "dinosaur"), roar, _roar_gap,
        level=-4, tone=(-11, 20, -1, 9, 0, 1, -19), materials={"monster": "huge", "dragon": "huge", "dinosaur": "huge"},
        example="a lion roars", also=("the king of the savannah makes itself heard", "a giant creature bellows")),
    Event("sheep", ("sheep", "bleat", "goat", "lamb", "baa", "bleating"), bleat, _bleat_gap, level=-7,
        space="outdoors", materials={"goat": "goat"}, example="sheep bleating", also=("a flock on a hillside",)),
    Event("hooves", ("horse", "hoof", "hooves", "gallop", "trot", "clip clop", "horseback", "galloping", "carriage"),
        hooves, _hoof_gap, level=-5, space="outdoors",
        materials={"grass": "earth", "dirt": "earth", "earth": "earth", "field": "earth", "sand": "earth"},
        example="a horse trots by", also=("a rider coming down the cobbled lane",)),
    Texture("snake", ("snake", "rattlesnake", "serpent", "hiss"), snake, level=-22, tone=(0, -14, -7, -8, 6, 20, 5),
        materials={"rattlesnake": "rattle", "rattle": "rattle"}, example="a rattlesnake",
        also=("a venomous reptile warning",)),
)  # fmt: skip
