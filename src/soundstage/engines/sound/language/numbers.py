"""Numbers in prompts, in figures and in English words."""

from __future__ import annotations

import re
from collections.abc import Mapping

WORDS: Mapping[str, float] = {
    "zero": 0, "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90,
    "half a": 0.5, "half": 0.5, "a couple of": 2, "couple of": 2, "a few": 3, "few": 3, "several": 5, "a dozen": 12,
    "dozen": 12, "half a dozen": 6, "one and a half": 1.5, "two and a half": 2.5, "three and a half": 3.5,
}  # fmt: skip
_NAMES = "|".join(sorted((re.escape(name) for name in WORDS), key=len, reverse=True))
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_ONES = "one|two|three|four|five|six|seven|eight|nine"
_TEENS = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
_HUNDREDS = re.compile(
    rf"(?:(?P<hundreds>a|{_ONES})\s+hundred(?:\s+and)?)?\s*(?:(?P<tens>{_TENS})[\s-]*(?P<ones>{_ONES})?|(?P<teens>{_TEENS})"
    rf"|(?P<alone>{_ONES}))?"
)
# A number as it stands in a phrase; a group of its own is the caller's.
NUMBER = rf"(?:\d{{1,6}}(?:[.,]\d{{1,3}})?|(?:{_TENS})[\s-](?:{_ONES})\b|(?:{_NAMES})\b)"
SPOKEN = (
    rf"(?:(?:a|{_ONES})\s+hundred(?:\s+and)?(?:\s+(?:{_TENS})(?:[\s-](?:{_ONES}))?|\s+(?:{_TEENS})|\s+(?:{_ONES}))?"
    rf"|(?:{_TENS})(?:[\s-](?:{_ONES}))?)\b"
)


def value(text: str) -> float:
    """`3`, `2.5`, `2,5`, `three`, `half a`, `twenty-four`, `a hundred and twenty` → a float. Raises ValueError."""
    text = " ".join(text.replace("-", " ").split())
    if text[:1].isdecimal() and text.isascii():
        return float(text.replace(",", "."))
    if text in WORDS:
        return float(WORDS[text])
    found = _HUNDREDS.fullmatch(text)
    if found is None or not text:
        raise ValueError(f"{text!r} is no number")
    parts = found.groupdict()
    total = 100.0 * WORDS[parts["hundreds"]] if parts["hundreds"] else 0.0
    return total + sum(WORDS[parts[name]] for name in ("tens", "ones", "teens", "alone") if parts[name])
