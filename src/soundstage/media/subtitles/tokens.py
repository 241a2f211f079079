"""The smallest pieces of a text between which a row may be broken, and how wide they are.

A cell is the width of a Latin letter; Chinese, Japanese and Korean characters and emoji are two cells wide.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

_SPACES = re.compile(r"[^\S\u00a0\u2007\u202f]+")  # all but the no-break ones
_FIRST_ACCENT = "\u0300"  # below it stand Latin letters, each a cell wide
_JOINER = "\u200d"
_SKIN = range(0x1F3FB, 0x1F400)
_FLAG = range(0x1F1E6, 0x1F200)  # two of these letters make one flag
_HANGUL = (range(0x1100, 0x1200), range(0x3130, 0x3190), range(0xAC00, 0xD7B0))
_NEVER_FIRST = frozenset("、。，．：；！？ー々ゝゞ〜…‥・.,:;!?%ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ")


class Token(NamedTuple):
    """`glued`: no space stands before it; `cells`: how wide it is."""

    text: str
    cells: int
    glued: bool


def tokens(text: str, most_cells: int) -> list[Token]:
    """Words, or the characters of scripts without spaces; what is wider than `most_cells` is cut between characters."""
    found = []
    for word in filter(None, _SPACES.split(text)):
        if len(word) <= most_cells and max(word) < _FIRST_ACCENT:
            found.append(Token(word, len(word), glued=False))
            continue
        for number, piece in enumerate(_pieces(word, most_cells)):
            found.append(Token("".join(piece), sum(map(_cells, piece)), glued=number > 0))
    return found


def cells(text: str) -> int:
    """How many cells a row of text is wide."""
    return len(text) if max(text, default="") < _FIRST_ACCENT else sum(map(_cells, _clusters(text)))


def _pieces(word: str, most_cells: int) -> Iterator[list[str]]:
    piece: list[str] = []
    width = 0
    for cluster in _clusters(word):
        if piece and (_may_part(piece[-1], cluster) or width + _cells(cluster) > most_cells):
            yield piece
            piece, width = [], 0
        piece.append(cluster)
        width += _cells(cluster)
    if piece:
        yield piece


def _clusters(text: str) -> Iterator[str]:
    """What a reader sees as one character: with its accents, an emoji with all it is joined from, a flag."""
    cluster = ""
    for character in text:
        if cluster and not _belongs(cluster, character):
            yield cluster
            cluster = ""
        cluster += character
    if cluster:
        yield cluster


def _belongs(cluster: str, character: str) -> bool:
    if cluster.endswith(_JOINER) or unicodedata.category(character) in ("Mn", "Mc", "Me", "Cf"):
        return True
    if ord(character) in _SKIN:
        return True
    return len(cluster) == 1 and ord(cluster) in _FLAG and ord(character) in _FLAG


def _cells(cluster: str) -> int:
    if _is_wide(cluster):
        return 2
    return 0 if unicodedata.category(cluster[0]) in ("Mn", "Me", "Cf") else 1


def _is_wide(cluster: str) -> bool:
    return unicodedata.east_asian_width(cluster[0]) in "WF" or ord(cluster[0]) in _FLAG


def _may_part(before: str, after: str) -> bool:
    """Whether a row may be broken between two characters of a word: beside those of scripts without spaces."""
    if not (_stands_alone(before) or _stands_alone(after)):
        return False
    never_first = after[0] in _NEVER_FIRST or unicodedata.category(after[0]) in ("Pe", "Pf")
    return not never_first and unicodedata.category(before[0]) not in ("Ps", "Pi")


def _stands_alone(cluster: str) -> bool:
    return _is_wide(cluster) and not any(ord(cluster[0]) in hangul for hangul in _HANGUL)
