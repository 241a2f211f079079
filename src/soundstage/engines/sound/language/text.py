"""A prompt as one plain line: lower case, one form of each character, no more than is read."""

from __future__ import annotations

import re
import unicodedata

READ_CHARACTERS = 20_000  # of a longer prompt only the beginning is read
READ_WORDS = 4_000
LONGEST_WORD = 40  # characters of a word that is told as not understood
WORD = re.compile(r"\d+(?:\.\d+)?|[^\W\d_]+(?:['’][^\W\d_]+)*|[,.;:!?&+\n]")
# Combining vowel signs belong to their word in Devanagari, Bengali, Arabic and Thai, though they are no letters.
_SIGNED = re.compile(r"(?:[^\W\d_]|[\u0300-\u036f\u064b-\u0670\u0900-\u0dff\u0e31-\u0e4e\u200c\u200d])+")


def plain(prompt: str) -> str:
    """Normalised (NFKC), case-folded text of at most 20,000 characters; lone surrogates and control signs are gone."""
    text = prompt[:READ_CHARACTERS].encode("utf-8", "replace").decode("utf-8")
    text = unicodedata.normalize("NFKC", text)[: 2 * READ_CHARACTERS].casefold()
    text = text.replace("’", "'").replace("`", "'").replace("\x00", " ")
    return re.sub(r"[\x01-\x09\x0b-\x1f\x7f]", " ", text)


def written_words(text: str) -> list[str]:
    """Runs of letters with the signs that belong to them, of any script."""
    return _SIGNED.findall(text)
