"""Going through the words of a prompt for music, longest phrases first, and noting what each asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from soundstage.engines.sound.language.text import LONGEST_WORD
from soundstage.engines.sound.music import lexicon
from soundstage.engines.sound.music.instrument_words import FAMILIES, INSTRUMENTS
from soundstage.engines.sound.music.lexicon import Mood

_NEGATED = re.compile(
    r"\b(?:no|without|minus|excluding|avoid|not?\s+any|free\s+of|don't\s+(?:use|want|include))\s+(?:any\s+|the\s+)?"
    r"((?:[\w&'-]+)(?:(?:\s*,\s*(?:no\s+)?(?:or\s+|and\s+|nor\s+)?|\s+(?:or|and|nor)\s+)(?:no\s+|any\s+)?[\w&'-]+){0,12})"
)
_NOT = re.compile(r"\bnot\s+([\w&'-]+)")
_WORD = re.compile(r"[^\W_][\w&'-]*")
_WORDS_AT_MOST = 600  # of a prompt; the rest would change nothing
_LONGEST_PHRASE = 3
_BETWEEN = frozenset(("or", "and", "nor", "no", "any"))


@dataclass
class Heard:
    """What was found on the way through a prompt."""

    styles: dict[str, str] = field(default_factory=dict)  # style → the word that names it
    moods: dict[str, Mood] = field(default_factory=dict)  # by the word
    instruments: dict[str, str] = field(default_factory=dict)  # instrument → the word
    words: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    places: dict[str, float] = field(default_factory=dict)  # of the tempo in the style's range, by the word
    tempo: tuple[float, str] | None = None
    drums: str | None = None  # the word that asks for them


@dataclass(frozen=True)
class Refused:
    """What must not be heard: instruments, drums, styles, and words that are none of these."""

    instruments: tuple[str, ...] = ()
    drums: bool = False
    styles: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()

    def __or__(self, other: Refused) -> Refused:
        return Refused(
            tuple(dict.fromkeys((*self.instruments, *other.instruments))),
            self.drums or other.drums,
            self.styles | other.styles,
            tuple(dict.fromkeys((*self.words, *other.words))),
        )


def take_negated(text: str) -> tuple[str, Refused]:
    """ "no drums or bass" → the rest, and what the words refuse."""
    refused: list[str] = []

    def found(match: re.Match[str]) -> str:
        words = [word for word in re.split(r"[\s,]+", match[1]) if word]
        known = [word for word in words if _is_known(word) or word in _BETWEEN]
        taken = words[: len(known)] if known == words[: len(known)] else words[:1]
        while taken and taken[-1] in _BETWEEN:
            taken = taken[:-1]
        refused.extend(word for word in taken if word not in _BETWEEN)
        return " " + " ".join(words[len(taken) :]) + " "

    text = _NEGATED.sub(found, text)
    return _NOT.sub(lambda match: found(match) if _is_known(match[1].split()[0]) else match[0], text), refused_by(
        refused
    )


def _is_known(word: str) -> bool:
    return word in INSTRUMENTS or word in FAMILIES or word in lexicon.DRUMS or word in lexicon.STYLES


def refused_by(words: Iterable[str]) -> Refused:
    """What a list of words refuses: a general word takes its whole family with it."""
    refused = Refused()
    for word in list(words)[:64]:
        singular = word[:-1] if word.endswith("s") else word
        if word in lexicon.DRUMS:
            refused |= Refused(drums=True)
        elif (names := FAMILIES.get(word) or FAMILIES.get(singular)) is not None:
            refused |= Refused(instruments=names)
            if not names or names[0] in ("choir", "voices"):
                refused |= Refused(words=(word[:LONGEST_WORD],))
        elif (name := INSTRUMENTS.get(word) or INSTRUMENTS.get(singular)) is not None:
            refused |= Refused(instruments=(name,))
        elif word in lexicon.STYLES:
            refused |= Refused(styles=frozenset([lexicon.STYLES[word]]), words=(word,))
        elif word not in lexicon.PLAIN:
            refused |= Refused(words=(word[:LONGEST_WORD],))
    return refused


def words_of(text: str) -> list[str]:
    return _WORD.findall(text)[:_WORDS_AT_MOST]


def listen(text: str) -> Heard:
    heard = Heard()
    words, at = words_of(text), 0
    while at < len(words):
        for size in range(min(_LONGEST_PHRASE, len(words) - at), 0, -1):
            if _note(" ".join(words[at : at + size]), heard):
                at += size
                break
        else:
            if words[at] not in lexicon.PLAIN and not words[at][0].isdigit():
                heard.unknown.append(words[at][:LONGEST_WORD])
            at += 1
    return heard


def _note(phrase: str, heard: Heard) -> bool:
    """Whether a phrase is known; what it asks for goes into `heard`."""
    singular = phrase[:-1] if phrase.endswith("s") and len(phrase) > 4 else phrase
    for word in dict.fromkeys((phrase, singular)):
        if word in lexicon.STYLES:
            heard.styles.setdefault(lexicon.STYLES[word], phrase)
        elif word in lexicon.MOODS:
            heard.moods.setdefault(phrase, lexicon.MOODS[word])
        elif word in INSTRUMENTS:
            heard.instruments.setdefault(INSTRUMENTS[word], phrase)
        elif word in lexicon.TEMPOS:
            heard.places.setdefault(phrase, lexicon.TEMPOS[word])
        elif word in lexicon.ITALIAN:
            heard.tempo = heard.tempo or (float(lexicon.ITALIAN[word]), phrase)
        elif word in lexicon.DRUMS:
            heard.drums = heard.drums or phrase
        else:
            continue
        heard.words.append(phrase)
        return True
    return False
