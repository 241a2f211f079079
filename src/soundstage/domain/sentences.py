"""Where sentences and clauses end, in writing with and without spaces."""

from __future__ import annotations

import re

_ENDS = ".?!…。！？｡؟۔।॥\u1362"  # Latin, CJK, Arabic and Urdu, Devanagari, Ethiopic
_CLAUSES = ",;:–—、，；：،؛"
_CLOSERS = "\"'»”’)]}」』）】"
# A full stop that ends no sentence: titles and the like, initials, "e.g."; and, before a figure, "No. 5".
_ABBREVIATION = re.compile(
    r"(?:mrs?|ms|mx|dr|prof|rev|hon|capt|col|gen|lt|sgt|st|sr|jr|vs|dept|approx|cf|"
    r"sra|dra|ud|uds|mme|mlle|hr|fr|bzw|nr|ca|sig|\w|(?:\w\.)+\w)\.",
    re.IGNORECASE,
)
_BEFORE_FIGURE = re.compile(r"(?:no|nos|vol|fig|pp?|art|ch)\.", re.IGNORECASE)
# Scripts written without spaces: between two of their letters nothing is put.
_SPACELESS = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")


def ends_sentence(text: str, following: str) -> bool:
    """Whether a sentence ends with the word `text`, which the word `following` comes after."""
    bare = text.rstrip(_CLOSERS)
    if not bare or bare[-1] not in _ENDS:
        return False
    if following[:1].islower() and bare[-1] in ".…":
        return False
    if bare[-1] != "." or bare.endswith("..."):
        return True
    opened = bare.lstrip("\"'«“‘([")
    return not (_ABBREVIATION.fullmatch(opened) or (_BEFORE_FIGURE.fullmatch(opened) and following[:1].isdigit()))


def ends_clause(text: str) -> bool:
    """Whether the word has a comma, or any greater stop, behind it."""
    return text.rstrip(_CLOSERS)[-1:] in tuple(_CLAUSES + _ENDS)


def between(before: str, after: str) -> str:
    """What is written between two words: a space, or nothing in scripts without spaces."""
    return "" if _SPACELESS.match(before[-1:]) and _SPACELESS.match(after[:1]) else " "


def inside_word(before: str, after: str) -> bool:
    """Whether two tokens without a space between them are parts of one written word (not so in spaceless scripts)."""
    return bool(before[-1:].isalnum() and after[:1].isalnum()) and not _SPACELESS.match(after[:1])
