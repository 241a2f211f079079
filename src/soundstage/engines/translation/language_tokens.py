"""What multilingual translation models call their languages, found among the tokens of their vocabulary.

`__es__` (M2M100), `spa_Latn` (NLLB), `<2es>` (MADLAD), `>>spa<<` (OPUS-MT models of many languages).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum
from types import MappingProxyType

from soundstage.domain.iso_639 import long_codes


class Style(Enum):
    """How a language's token is written; the value finds it in a vocabulary."""

    M2M = re.compile(r"__([a-z]{2,3})__")
    NLLB = re.compile(r"([a-z]{3}_[A-Z][a-z]{3})")
    MADLAD = re.compile(r"<2([A-Za-z_]{2,12})>")
    OPUS = re.compile(r">>([A-Za-z_]{2,12})<<")


# ISO 639-1 → what the models call the language where that is a name of its own: the standard variety, mostly.
_OWN_NAMES = MappingProxyType(
    {
        "ar": ("arb", "ara"),
        "az": ("azj",),
        "et": ("est", "ekk"),
        "fa": ("pes", "prs"),
        "he": ("heb", "iw"),
        "jv": ("jav", "jw"),
        "lv": ("lvs",),
        "mg": ("plt",),
        "mn": ("khk",),
        "ms": ("zsm", "zlm_Latn"),
        "nb": ("nob", "no"),
        "ne": ("npi",),
        "or": ("ory",),
        "ps": ("pbt",),
        "sq": ("als",),
        "sw": ("swh",),
        "uz": ("uzn",),
        "yi": ("ydd",),
        "zh": ("zho", "cmn"),
    }
)
_TRADITIONAL = ("tw", "hk", "mo", "hant")  # Chinese of these places is written in the older characters


def style_of(tokens: Iterable[str]) -> Style | None:
    """The style of which there are tokens of two languages at least; None in the vocabulary of one pair."""
    found: dict[Style, int] = {}
    for token in tokens:
        for style in Style:
            if style.value.fullmatch(token):
                found[style] = found.get(style, 0) + 1
                if found[style] > 1:
                    return style
    return None


def language_token(tokens: Iterable[str], style: Style, tag: str) -> str | None:
    """The token of the language of a locale tag or ISO code (`es-mx`, `es`), or None where the model has none."""
    named = {match.group(1).casefold(): token for token in tokens if (match := style.value.fullmatch(token))}
    for wanted in _names(tag):
        if wanted in named:
            return named[wanted]
        scripts = [name for name in named if name.startswith(f"{wanted}_")]
        if scripts:
            return named[min(scripts, key=lambda name: not name.endswith(_script(tag)))]
    return None


def _names(tag: str) -> list[str]:
    code, _, place = tag.lower().replace("_", "-").partition("-")
    names = [f"{code}_{place}"] if place else []
    if code == "zh":
        names += [f"{name}_{_script(tag)}" for name in ("zho", "cmn", "zh")]
    names += [code, *_OWN_NAMES.get(code, ()), *long_codes(code)]
    return [name.casefold() for name in names]


def _script(tag: str) -> str:
    """The end of the token's name where the model has a language in several scripts."""
    code, _, place = tag.lower().partition("-")
    if code == "zh":
        return "hant" if place in _TRADITIONAL else "hans"
    return "latn"
