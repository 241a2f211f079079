"""What this engine knows, for people and programs that ask: the vocabulary as the contract has it."""

from __future__ import annotations

from functools import cache
from itertools import product

from soundstage.engines.sound.contract import SoundWord, Vocabulary
from soundstage.engines.sound.music import styles, tonality
from soundstage.engines.sound.music.instrument_words import INSTRUMENTS
from soundstage.engines.sound.synthesis.reverb import SPACES
from soundstage.engines.sound.synthesis.sounds import SoundClass
from soundstage.engines.sound.synthesis.vocabulary import FAMILIES, UNKNOWN


@cache
def vocabulary() -> Vocabulary:
    """Every class but the one that stands for what is not known, spaces, styles, instruments, tonalities."""
    return Vocabulary(
        sounds=tuple(
            _word(sound, family) for family, sounds in FAMILIES.items() for sound in sounds if sound.name != UNKNOWN
        ),
        spaces=tuple(SPACES),
        styles=tuple(styles.STYLES),
        instruments=tuple(sorted(set(INSTRUMENTS.values()))),
        tonalities=tuple(f"{tonic} {mode}" for tonic, mode in product(tonality.NAMES, tonality.SCALES)),
    )


def _word(sound: SoundClass, family: str) -> SoundWord:
    return SoundWord(
        name=sound.name,
        title=sound.name.replace("_", " "),
        family=family,
        words=sound.words,
        materials=tuple(sorted(set(sound.materials.values()))),
        example=sound.example,
    )
