"""A dictionary's terms in lines: where they stand, whether a translation keeps them, and lines with them put in.

Texts are compared without letter case, with compatible characters taken as one (full width, ligatures) and accents in
either form. A term is a whole word; where a script has no spaces between words it is found anywhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from soundstage.domain.translation import TermFault, TermViolation
from soundstage.engines.translation.contract import TermPair

# Thai, Lao, Burmese, Khmer, kana, Han: no spaces between words.
_SPACELESS = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_STEM = 4  # letters that another form of a word shares at least, and
_STEM_SHARE = 0.6  # this share of them


@dataclass(frozen=True)
class _Folded:
    """A text as it is compared; `places[i]` is where in the text its character i comes from."""

    text: str
    places: tuple[int, ...]


@dataclass(frozen=True)
class Found:
    """A term in a text: `text[start:end]` as it is written there."""

    term: TermPair
    start: int
    end: int


def occurrences(text: str, terms: Iterable[TermPair]) -> list[Found]:
    """Where the terms' sources stand in a text, in order. Of terms that overlap the longest counts."""
    folded = _folded(text)
    taken = [False] * len(folded.text)
    found = []
    for term in sorted(terms, key=lambda term: -len(_fold(term.source))):
        for start, end in _places(folded.text, _fold(term.source)):
            if not any(taken[start:end]):
                taken[start:end] = [True] * (end - start)
                found.append(Found(term, folded.places[start], folded.places[end]))
    return sorted(found, key=lambda one: one.start)


def violations(source: str, text: str, terms: Sequence[TermPair]) -> tuple[TermViolation, ...]:
    """Terms of the source line that its translation does not hold, each once. A term may have several renderings."""
    renderings: dict[str, list[TermPair]] = {}
    for term in terms:
        renderings.setdefault(_fold(term.source), []).append(term)
    inside = dict.fromkeys(_fold(found.term.source) for found in occurrences(source, terms))
    broken = []
    for folded in inside:
        pairs = renderings[folded]
        if not any(holds(text, pair.target) for pair in pairs):
            broken.append(_violation(text, pairs[0]))
    return tuple(broken)


def holds(text: str, wanted: str) -> bool:
    return next(_places(_folded(text).text, _fold(wanted)), None) is not None


def with_terms(text: str, terms: Sequence[TermPair]) -> str:
    """The line with each term replaced by what is to become of it, which most translators leave as it is."""
    for found in reversed(occurrences(text, terms)):
        written, target = text[found.start : found.end], found.term.target
        if written[:1].isupper() and found.term.source[:1].islower():  # as at the beginning of a sentence
            target = target[:1].upper() + target[1:]
        text = text[: found.start] + target + text[found.end :]
    return text


def _violation(text: str, term: TermPair) -> TermViolation:
    fault, found = TermFault.MISSING, _other_form(text, term.target)
    if found is not None:
        fault = TermFault.OTHER_FORM
    elif left := occurrences(text, [term]):
        fault, found = TermFault.LEFT, text[left[0].start : left[0].end]
    return TermViolation(term=term.source, expected=term.target, fault=fault, found=found)


def _other_form(text: str, wanted: str) -> str | None:
    """The words that look like another form of what is wanted: each begins as its word does, or holds it."""
    stems = [_stem(word) for word in re.findall(r"\w+", _fold(wanted))]
    words = list(re.finditer(r"\w+", unicodedata.normalize("NFC", text)))
    if not stems or _SPACELESS.search(wanted):
        return None
    for first in range(len(words) - len(stems) + 1):
        here = words[first : first + len(stems)]
        if all(stem in _fold(word.group()) for stem, word in zip(stems, here, strict=True)):
            return " ".join(word.group() for word in here)
    return None


def _stem(word: str) -> str:
    return word[: max(_STEM, round(_STEM_SHARE * len(word)))]


def _places(text: str, wanted: str) -> Iterator[tuple[int, int]]:
    """Where `wanted` stands in `text` as whole words; both are folded."""
    if not wanted:
        return
    start = text.find(wanted)
    while start >= 0:
        end = start + len(wanted)
        if _bounded(text, start) and _bounded(text, end):
            yield start, end
        start = text.find(wanted, start + 1)


def _bounded(text: str, at: int) -> bool:
    """Whether a word may begin or end between the characters before and at this place."""
    if at in (0, len(text)):
        return True
    before, after = text[at - 1], text[at]
    if unicodedata.category(after)[0] == "M":  # a vowel sign or accent belongs to what is before it
        return False
    inside = _in_word(before) and _in_word(after)
    return not inside or bool(_SPACELESS.match(before) or _SPACELESS.match(after))


def _in_word(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character)[0] == "M"


def _fold(text: str) -> str:
    return _folded(text).text.strip()


def _folded(text: str) -> _Folded:
    """One or more characters for each cluster of a letter and its accents; white space becomes one space."""
    characters: list[str] = []
    places: list[int] = []
    for start, cluster in _clusters(text):
        for character in unicodedata.normalize("NFKC", cluster).casefold().replace("’", "'"):
            if character.isspace():
                if characters and characters[-1] == " ":
                    continue
                character = " "  # noqa: PLW2901
            characters.append(character)
            places.append(start)
    return _Folded("".join(characters), (*places, len(text)))


def _clusters(text: str) -> Iterator[tuple[int, str]]:
    """Each character with the combining marks that follow it, and where it begins."""
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or not unicodedata.combining(text[at]):
            yield start, text[start:at]
            start = at
