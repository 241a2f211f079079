"""What no lexicon holds: the class whose prototypes lie nearest to the words, and how sure that is.

A class is described by its words, its example, the paraphrases beside it (`also`) and those of `prototypes.json`.
"""

from __future__ import annotations

import json
import math
from functools import cache
from importlib.resources import files

from soundstage.engines.sound.language.sentences import Likeness, Meanings
from soundstage.engines.sound.synthesis.reading import Heard
from soundstage.engines.sound.synthesis.vocabulary import CLASSES, UNKNOWN

# Calibrated by benchmarks/prompt_understanding.py on paraphrases and on prompts of other things.
NEAR = 0.51  # likeness from which a class stands for a prompt that names nothing known
BESIDE = 0.58  # … for a part of one, beside a sound that is named
CLOSE = 0.62  # … for words of which a mood is known, or for each of two parts on their own
_ONE_WORD = 0.1  # so much more is needed by a single word beside a sound that is named
_LISTS = frozenset(
    ["and", "with", "plus", "&", "+", "while", "then"]
)  # between two things; other joints may hold one together
_OVERRULES = 0.08  # by so much a class must be likelier than the one that a shared word names
_OF_LIKENESS, _OF_LEAD, _OFFSET = 8.0, 11.9, -5.0  # logistic regression of being right
_MOST_PARTS = 6  # of one prompt that are compared
_FEW_WORDS = 2
_SMALL_WORD = 3  # letters
_SHOWN = 3  # words that work, of each part


@cache
def paraphrases() -> dict[str, tuple[str, ...]]:
    """class → phrases that mean it without naming it, from `prototypes.json`."""
    read: dict[str, list[str]] = json.loads(files(__package__).joinpath("prototypes.json").read_text("utf-8"))
    return {name: tuple(phrases) for name, phrases in read.items()}


def prototypes() -> dict[str, tuple[str, ...]]:
    """class → all that means it, without the class that stands for what is not known."""
    more = paraphrases()
    return {
        name: (f"the sound of {name.replace('_', ' ')}", sound.example, *sound.words, *sound.also, *more.get(name, ()))
        for name, sound in CLASSES.items()
        if name != UNKNOWN
    }


@cache
def meanings() -> Meanings:
    """Built once, when it is first needed."""
    return Meanings(prototypes())


def confidence(found: list[Likeness]) -> float:
    """How often the first of a ranking is right, by its likeness and by its lead over the second."""
    lead = found[0].likeness - found[1].likeness if len(found) > 1 else 1.0
    return 1 / (1 + math.exp(-(_OF_LIKENESS * found[0].likeness + _OF_LEAD * min(lead, 0.2) + _OFFSET)))


def find(heard: list[Heard], scenes: list[Heard], prompt: str, mood: bool) -> tuple[str, ...]:
    """Gives what names no known sound the nearest class, where one is near enough.

    `prompt`: all its words; `mood`: it tells at least one.

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
    ranks = meanings().ranked(texts)
    alone = iter(ranks[len(groups) :])
    named = len(heard) > 1 and any(one.sound and not one.weak for one in heard)
    needed = CLOSE if mood else BESIDE if named else NEAR
    suggestions: dict[str, None] = {}
    for group, whole in zip(groups, ranks, strict=False):
        singles = [next(alone) for _ in group] if len(group) > 1 else [whole]
        apart = len(group) > 1 and all(one.joined in _LISTS for one in group[1:])
        apart = apart and min(found[0].likeness for found in singles) >= max(CLOSE, whole[0].likeness)
        for one, found in zip(group, singles if apart else [whole, *([None] * (len(group) - 1))], strict=True):
            if found is not None:
                word = named and len(one.text.split()) == 1
                before = one.sound
                _take(one, found, needed + _ONE_WORD * word, group if not apart else [one])
                if before is not None and one.sound == before:
                    continue
                suggestions.update((like.label.replace("_", " "), None) for like in found[:_SHOWN])
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


def _take(one: Heard, found: list[Likeness], needed: float, group: list[Heard]) -> None:
    """The first of the group stands for it all, if the nearest class is near, and nearer than what was named."""
    best = found[0]
    weak = next((other.sound for other in group if other.sound), None)
    if best.likeness < (needed if one.weak or one.sound is None else CLOSE):
        return
    if weak is not None:
        own = next(like.likeness for like in found if like.label == weak)
        if best.likeness - own < _OVERRULES:
            return
    unknown = [word for other in group for word in other.unknown] or one.text.split()
    for other in group:
        other.sound = None
        if other is not one:
            one.colour.take(other.colour)
            other.colour = type(other.colour)()
    one.sound, one.sure, one.weak = best.label, round(confidence(found), 3), False
    one.nearest = " ".join(unknown)[:200]
