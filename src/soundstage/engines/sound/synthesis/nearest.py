"""What no lexicon holds: the class whose prototypes lie nearest to the words, and how sure that is.

A class is described by its words, its example, the paraphrases beside it (`also`) and those of `prototypes.json`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from pathlib import Path

from soundstage.engines.sound.language.sentences import Meanings, Ranking
from soundstage.engines.sound.synthesis.reading import Heard
from soundstage.engines.sound.synthesis.vocabulary import CLASSES, UNKNOWN

# Calibrated by leaving prototypes out, checked by benchmarks/prompt_understanding.py.
SURE = 0.8  # how sure it must be that words mean a sound at all, for a class to stand for them
NEAR = 0.42  # likeness needed besides: what is like nothing known seems to mean anything
CLOSE = 0.5  # … where a sound or a mood is named, or for each of two parts on their own
_DOUBTED = 0.1  # how sure that words mean a sound, below which it is told even of a sound that one of them names …
_DOUBTFUL = 0.4  # … as no surer than this: "stock market index"
MADE_UP = 2.2  # pieces of a word, from which on two words or more are taken for made up …
_MADE_UP_CLOSE = 0.65  # … unless they are as like as this
_ONE_WORD = 0.1  # so much more is needed by a single word beside a sound that is named
_LISTS = frozenset(
    ["and", "with", "plus", "&", "+", "while", "then"]
)  # between two things; other joints may hold one together
_OVERRULES = 0.05  # by so much more must a class score than the one that a shared word names
# Logistic regressions on prototypes, each left out in turn, and `no_sounds.json`: (likeness, learnt, lead, other, 1).
_MEANT = (7.8, 5.3, -0.5, -26.0, -1.2)  # that the words mean a sound at all
_RIGHT = (1.7, 0.7, 8.2, -7.9, -1.7)  # … and the first class is the right one
_LONGEST_LEAD = 0.3
_MOST_PARTS = 6  # of one prompt that are compared
_FEW_WORDS = 2
_SMALL_WORD = 3  # letters
_SHOWN = 3  # words that work, of each part


@cache
def paraphrases() -> dict[str, tuple[str, ...]]:
    """class → phrases that mean it without naming it, from `prototypes.json`."""
    read: dict[str, list[str]] = json.loads(files(__package__).joinpath("prototypes.json").read_text("utf-8"))
    return {name: tuple(phrases) for name, phrases in read.items()}


@cache
def no_sounds() -> tuple[str, ...]:
    """Phrases that mean nothing to be heard, from `no_sounds.json`: what is like them is not taken for a class."""
    return tuple(json.loads(files(__package__).joinpath("no_sounds.json").read_text("utf-8")))


def prototypes() -> dict[str, tuple[str, ...]]:
    """class → all that means it, without the class that stands for what is not known."""
    more = paraphrases()
    return {
        name: tuple(dict.fromkeys((sound.example, *sound.words, *sound.also, *more.get(name, ()))))
        for name, sound in CLASSES.items()
        if name != UNKNOWN
    }


@cache
def meanings(folder: Path | None = None) -> Meanings:
    """Built once, when it is first needed. `folder`: where vectors are kept for the next process; None: nowhere."""
    return Meanings(prototypes(), no_sounds(), folder)


def meant(ranking: Ranking) -> float:
    """How likely the words mean a sound at all, 0 … 1."""
    return _logistic(ranking, _MEANT)


def confidence(ranking: Ranking) -> float:
    """How often the first of a ranking is right, 0 … 1."""
    return _logistic(ranking, _RIGHT)


def _logistic(ranking: Ranking, weights: tuple[float, ...]) -> float:
    best = ranking.found[0]
    given = (best.likeness, best.learnt, min(ranking.lead, _LONGEST_LEAD), ranking.other, 1.0)
    return 1 / (1 + math.exp(-sum(weight * value for weight, value in zip(weights, given, strict=True))))


def find(
    heard: list[Heard], scenes: list[Heard], prompt: str, mood: bool, known: Callable[[], Meanings] = meanings
) -> tuple[str, ...]:
    """Gives what names no known sound the nearest class, where one is near enough.

    `prompt`: all its words; `mood`: it tells at least one; `known`: what is asked, where it has to be.

    Parts of one sentence that follow one another are compared together and one by one: "palms struck together to get
    attention" is one thing. Returns words that work: the names of the classes nearest to what was not known.
    """
    doubtful = [one for one in heard if one.sound is None or (one.weak and _says_more(one)) or _alone(one, heard)]
    if not heard and scenes and len(prompt.split()) > _FEW_WORDS + len({word for one in scenes for word in one.words}):
        doubtful = [Heard(None, prompt.split(), text=prompt)]
        heard += doubtful
    if not doubtful:
        return ()
    groups = _grouped(heard, doubtful)[:_MOST_PARTS]
    texts = [" ".join(one.text for one in group) for group in groups]
    texts += [one.text for group in groups if len(group) > 1 for one in group]
    ranks = known().ranked(texts)
    alone = iter(ranks[len(groups) :])
    named = len(heard) > 1 and any(one.sound and not one.weak for one in heard)
    needed = CLOSE if mood or named else NEAR
    suggestions: dict[str, None] = {}
    for group, whole in zip(groups, ranks, strict=False):
        singles = [next(alone) for _ in group] if len(group) > 1 else [whole]
        apart = len(group) > 1 and all(one.joined in _LISTS for one in group[1:])
        apart = apart and min(one.likeness for one in singles) >= max(CLOSE, whole.likeness)
        for one, found in zip(group, singles if apart else [whole, *([None] * (len(group) - 1))], strict=True):
            if found is not None:
                word = named and len(one.text.split()) == 1
                before = one.sound
                _take(one, found, needed + _ONE_WORD * word, group if not apart else [one])
                if before is not None and one.sound == before:
                    one.sure = min(one.sure, _DOUBTFUL) if meant(found) < _DOUBTED else one.sure
                    continue
                suggestions.update((like.label.replace("_", " "), None) for like in found.found[:_SHOWN])
    return tuple(suggestions)


def _alone(one: Heard, heard: list[Heard]) -> bool:
    """Whether one word names the only sound, beside words that are not known: "cattle trucks coupling in the yard"."""
    return len(heard) == 1 and bool(one.unknown) and len(one.words) == 1


def _says_more(one: Heard) -> bool:
    """Whether a part says more than the word that named it, which many sounds share."""
    others = [word for word in one.text.split() if len(word) > _SMALL_WORD and word not in one.words]
    return bool(one.unknown) or len(others) > len(one.words) + _FEW_WORDS


def _grouped(heard: list[Heard], doubtful: list[Heard]) -> list[list[Heard]]:
    groups: list[list[Heard]] = []
    before: Heard | None = None
    for one in heard:
        if any(one is other for other in doubtful):
            if before is not None and groups and before is groups[-1][-1] and before.sentence == one.sentence:
                groups[-1].append(one)
            else:
                groups.append([one])
        before = one
    return groups


def _take(one: Heard, found: Ranking, needed: float, group: list[Heard]) -> None:
    """The first of the group stands for it all, if the nearest class is near, and nearer than what was named."""
    best = found.found[0]
    weak = next((other.sound for other in group if other.sound), None)
    if found.broken > MADE_UP and best.likeness < _MADE_UP_CLOSE and len(one.text.split()) > 1:
        return
    if meant(found) < SURE or best.likeness < (needed if one.weak or one.sound is None else CLOSE):
        return
    if weak is not None:
        own = next(like.score for like in found.found if like.label == weak)
        if best.score - own < _OVERRULES:
            return
    unknown = [word for other in group for word in other.unknown] or one.text.split()
    for other in group:
        other.sound = None
        if other is not one:
            one.colour.take(other.colour)
            other.colour = type(other.colour)()
    one.sound, one.sure, one.weak = best.label, round(confidence(found), 3), False
    one.nearest = " ".join(unknown)[:200]
