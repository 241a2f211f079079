"""Names of sounds in other languages, word by word: what is found is replaced by English and read by the same grammar.

The table (`glosses.json`) holds the common sounds and the smallest words of twelve languages. A prompt is taken for the
language in which it names most; words that English knows, too, are left alone. Whatever the table does not hold goes to
the sentence encoder, or is told as not understood.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Set
from functools import cache
from importlib.resources import files

from soundstage.engines.sound.language.text import written_words

_UNSPACED = frozenset(["zh", "ja"])  # written without spaces: found anywhere in a run of characters
_SMALL = frozenset(["and", "with", "then", "without", "of", "in", "on", "a", "the", "some", "that", "is", "sound",
"times", "two",
                    "three"])  # fmt: skip


@cache
def tables() -> Mapping[str, Mapping[str, str]]:
    """language (ISO 639-1) → its words → English."""
    read: dict[str, dict[str, str]] = json.loads(files(__package__).joinpath("glosses.json").read_text("utf-8"))
    for word, english in tuple(read["ar"].items()):  # "and" and the article are written together with the word
        for prefix, before in (("ال", ""), ("و", "and "), ("وال", "and ")):
            read["ar"].setdefault(prefix + word, before + english)
    return read


@cache
def _pattern(language: str) -> re.Pattern[str]:
    words = "|".join(re.escape(word) for word in sorted(tables()[language], key=len, reverse=True))
    return re.compile(words) if language in _UNSPACED else re.compile(rf"(?<![\w'])(?:{words})(?![\w'])")


def language_of(text: str, known: Set[str]) -> str | None:
    """The language in which the text names most sounds, or None.

    `known`: words that say something in English. Beside one of them, a single foreign name is a chance likeness
    ("late", "jam"): then at least two are needed, and as many as there are English words.
    """
    best, most = None, 0
    english = {word for word in written_words(text) if word in known}
    for language, words in tables().items():
        found = [word for word in _pattern(language).findall(text) if word not in known]
        names = [word for word in found if words[word] not in _SMALL]
        others = len(english - words.keys())
        if names and (not others or len(names) >= max(2, others)) and (score := 3 * len(names) + len(found)) > most:
            best, most = language, score
    return best


def glossed(text: str, known: Set[str]) -> str:
    """The plain text with the words of another language replaced by English ones. `known` as for `language_of`."""
    language = language_of(text, known)
    if language is None:
        return text
    words = tables()[language]
    pad = " " if language in _UNSPACED else ""

    def english(found: re.Match[str]) -> str:
        word = found[0]
        # A small word such as `no` or `die` is English only in an English prompt.
        return word if word in known and words[word] not in _SMALL else f"{pad}{words[word]}{pad}"

    return _pattern(language).sub(english, text)
