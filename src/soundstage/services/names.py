"""Names that people give to things: cleaned, and refused with the reason when they cannot be kept."""

from __future__ import annotations

import re
import unicodedata

from soundstage.errors import Invalid

UNPRINTABLE = {"Cc", "Cs", "Zl", "Zp"}  # control characters, lone surrogates, line and paragraph separators

_BETWEEN_WORDS = re.compile(r"[\W_]+")
_FILE_NAME_CHARACTERS = 60


def clean_name(text: str, *, field: str, shortest: int, longest: int) -> str:
    """The text without spaces at its ends. Raises Invalid, naming the field, unless it is one line of that length."""
    name = text.strip()
    if not shortest <= len(name) <= longest:
        raise Invalid.field(field, f"must have {shortest} to {longest} characters; it has {len(name)}")
    if unprintable(name):
        raise Invalid.field(field, "must not hold control characters or line breaks; take them out")
    return name


def clean_text(text: str | None, *, field: str, longest: int) -> str | None:
    """As `clean_name`, but several lines are allowed, and nothing is None."""
    words = (text or "").strip()
    if len(words) > longest:
        raise Invalid.field(field, f"must have at most {longest} characters; it has {len(words)}")
    if unprintable(words.translate({ord(c): " " for c in "\t\r\n"})):
        raise Invalid.field(field, "must not hold control characters; take them out")
    return words or None


def file_name_of(text: str) -> str:
    """`The old gate!` → `the-old-gate`: letters and digits of any script, at most 60; empty where there are none."""
    words = _BETWEEN_WORDS.sub("-", unicodedata.normalize("NFKC", text).casefold()).strip("-")
    return words[:_FILE_NAME_CHARACTERS].rstrip("-")


def unprintable(text: str) -> bool:
    return any(unicodedata.category(character) in UNPRINTABLE for character in text)
