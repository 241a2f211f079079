"""What this engine knows, for people and programs that ask: the vocabulary as the contract has it."""

from __future__ import annotations

from functools import cache
from itertools import product

from soundstage.engines.sound.contract import SoundWord, Vocabulary
from soundstage.engines.sound.music import lexicon, styles, tonality
from soundstage.engines.sound.synthesis.reverb import SPACES
from soundstage.engines.sound.synthesis.sounds import SoundClass
from soundstage.engines.sound.synthesis.vocabulary import CLASSES, UNKNOWN


@cache
def vocabulary() -> Vocabulary:
    """Every class but the one that stands for what is not known, spaces, styles, instruments, tonalities."""
    return Vocabulary(
        sounds=tuple(_word(sound) for name, sound in CLASSES.items() if name != UNKNOWN),
        spaces=tuple(SPACES),
        styles=tuple(styles.STYLES),
        instruments=tuple(sorted(set(lexicon.INSTRUMENTS.values()))),
        tonalities=tuple(f"{tonic} {mode}" for tonic, mode in product(tonality.NAMES, ("major", "minor"))),
    )


def _word(sound: SoundClass) -> SoundWord:
    return SoundWord(
        name=sound.name,
        title=sound.name.replace("_", " "),
        family=sound.render.__module__.rsplit(".", 1)[-1],
        words=sound.words,
        materials=tuple(sorted(set(sound.materials.values()))),
        example=sound.example,
    )
