"""Two texts, word by word: what both say, and what only one of them does."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Literal

from soundstage.domain.value import Value

MOST_PAIRS = 100_000  # of words that may have to be compared: some three hundred with as many
# Thai, Lao, Burmese, Khmer, kana and Chinese characters stand without spaces: each is compared by itself.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_TOKEN = re.compile(rf"[{_UNSPACED}]|[^\s{_UNSPACED}]+")


class TextPart(Value):
    """A stretch of both texts. `same`: both are the same words; else `a` was replaced by `b`; one may be empty."""

    kind: Literal["same", "changed"]
    a: str
    b: str


def words_of(text: str) -> tuple[str, ...]:
    return tuple(_TOKEN.findall(text))


def text_parts(a: str, b: str) -> tuple[TextPart, ...]:
    """Both texts in parts, in order; none of two empty texts. Of the swapped texts the same parts, swapped."""
    if b < a:  # which way round must not matter
        return tuple(TextPart(kind=part.kind, a=part.b, b=part.a) for part in text_parts(b, a))
    ours, theirs = words_of(a), words_of(b)
    shortest = min(len(ours), len(theirs))
    start = next((n for n in range(shortest) if ours[n] != theirs[n]), shortest)
    left = shortest - start
    end = next((n for n in range(left) if ours[-1 - n] != theirs[-1 - n]), left)
    middle = _changed(ours[start : len(ours) - end], theirs[start : len(theirs) - end])
    return tuple(part for part in (*_same(ours[:start]), *middle, *_same(ours[len(ours) - end :])) if part.a or part.b)


def _same(words: tuple[str, ...]) -> tuple[TextPart, ...]:
    text = " ".join(words)
    return (TextPart(kind="same", a=text, b=text),)


def _changed(ours: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[TextPart, ...]:
    """What lies between what is the same at both ends: word by word, or as a whole where that would take long."""
    if len(ours) * len(theirs) > MOST_PAIRS:
        return (TextPart(kind="changed", a=" ".join(ours), b=" ".join(theirs)),)
    found = SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes()
    return tuple(
        TextPart(kind="same" if tag == "equal" else "changed", a=" ".join(ours[i:j]), b=" ".join(theirs[k:m]))
        for tag, i, j, k, m in found
    )


def differing_words(parts: Iterable[TextPart]) -> int:
    """How many words were put in, taken out or replaced."""
    changed = (part for part in parts if part.kind == "changed")
    return sum(max(len(words_of(part.a)), len(words_of(part.b))) for part in changed)
