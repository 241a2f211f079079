"""Lines cut for a translation model, which knows single sentences best and drops what is beyond its length."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from soundstage.domain.sentences import ends_clause, ends_sentence

_WORD_OR_GAP = re.compile(r"\S+|\s+")
_SPACELESS_END = re.compile(r"(?<=[。！？｡])(?=[^\s」』）】”’])")

Count = Callable[[str], int]


@dataclass(frozen=True)
class Piece:
    """Text of line number `line`, to be translated by itself."""

    line: int
    text: str


def cut(lines: Sequence[str], count: Count, most: int) -> list[Piece]:
    """Sentence by sentence, and what has more than `most` tokens (as `count` says) at clauses, words, signs.

    The pieces of a line, put together, are all of its text but white space. Lines without text have none.
    """
    return [
        Piece(number, part)
        for number, text in enumerate(lines)
        for sentence in _sentences(text)
        for part in _short(sentence, count, most)
    ]


def joined(pieces: Sequence[str], spaces: bool) -> str:
    """Translations of a line's pieces as one text. `spaces`: whether the language has spaces between sentences."""
    return (" " if spaces else "").join(piece for piece in (piece.strip() for piece in pieces) if piece)


def _sentences(text: str) -> list[str]:
    words = text.split()
    sentences: list[list[str]] = [[]]
    for i, word in enumerate(words):
        sentences[-1].append(word)
        if i + 1 < len(words) and ends_sentence(word, words[i + 1]):
            sentences.append([])
    return [part for sentence in sentences if sentence for part in _SPACELESS_END.split(" ".join(sentence))]


def _short(sentence: str, count: Count, most: int) -> list[str]:
    """The sentence, or its halves, quarters …, cut where a speaker would pause."""
    if len(sentence) < 2 or count(sentence) <= most:
        return [sentence]
    at = _best_cut(sentence)
    return _short(sentence[:at].rstrip(), count, most) + _short(sentence[at:].lstrip(), count, most)


def _best_cut(sentence: str) -> int:
    """Near the middle: behind a clause, else between words, else between signs."""
    middle = len(sentence) / 2
    gaps = list(_WORD_OR_GAP.finditer(sentence))[1::2]
    ends = [gap.start() for gap in gaps]
    clauses = [end for end in ends if ends_clause(sentence[:end].rsplit(maxsplit=1)[-1])]
    clauses += [i + 1 for i, sign in enumerate(sentence[:-1]) if sign in "、，；："]
    for places in (clauses, ends):
        near = [place for place in places if abs(place - middle) < 0.4 * len(sentence)]
        if near:
            return min(near, key=lambda place: abs(place - middle))
    return max(1, round(middle))
