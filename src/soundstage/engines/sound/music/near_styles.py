"""The style that a prompt means without naming one: by likeness to descriptions of the styles."""

from __future__ import annotations

import json
import math
from functools import cache
from importlib.resources import files

from soundstage.engines.sound.language.sentences import Likeness, Meanings
from soundstage.engines.sound.music.styles import STYLES

_EVERY = frozenset(
    ["music", "song", "track", "tune", "melody", "soundtrack", "a", "an", "the", "some"]
)  # fit any style
NEAR = 0.42  # likeness from which a style is taken; calibrated by benchmarks/prompt_understanding.py


@cache
def descriptions() -> dict[str, tuple[str, ...]]:
    """style → occasions, places and films that sound like it, from `prototypes.json`; none for a style not listed."""
    read: dict[str, list[str]] = json.loads(files(__package__).joinpath("prototypes.json").read_text("utf-8"))
    return {name: tuple(phrases) for name, phrases in read.items()}


@cache
def meanings() -> Meanings:
    return Meanings({name: descriptions().get(name) or (f"{style.title} music",) for name, style in STYLES.items()})


def find(text: str) -> tuple[Likeness, ...]:
    """The styles by their likeness to the text, the likest first."""
    return meanings().ranked([" ".join(word for word in text.split() if word not in _EVERY)])[0].found


def confidence(found: tuple[Likeness, ...]) -> float:
    """How often the first of a ranking is right, as for classes of sound but never above 0.8: taste differs."""
    lead = found[0].likeness - found[1].likeness if len(found) > 1 else 0.2
    return min(0.8, 1 / (1 + math.exp(-(11.2 * found[0].likeness + 10.3 * min(lead, 0.2) - 6.0))))
