"""Which letters a language is written in, as far as that tells one language from another."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from types import MappingProxyType

# ISO 639 code → scripts as Unicode's character names begin; all others are written in Latin letters.
_SCRIPTS = MappingProxyType(
    {
        **dict.fromkeys("be bg kk ky mk mn ru tg tt uk ba".split(), ("CYRILLIC",)),  # noqa: SIM905
        **dict.fromkeys("sr uz az tk bs".split(), ("CYRILLIC", "LATIN")),  # noqa: SIM905
        **dict.fromkeys("ar fa ur ps sd ug ckb dv".split(), ("ARABIC", "THAANA")),  # noqa: SIM905
        **dict.fromkeys("hi mr ne sa".split(), ("DEVANAGARI",)),  # noqa: SIM905
        **dict.fromkeys("he yi".split(), ("HEBREW",)),  # noqa: SIM905
        **dict.fromkeys("bn as".split(), ("BENGALI",)),  # noqa: SIM905
        **dict.fromkeys("am ti".split(), ("ETHIOPIC",)),  # noqa: SIM905
        **dict.fromkeys("zh yue wuu".split(), ("CJK", "BOPOMOFO")),  # noqa: SIM905
        "ja": ("CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"),
        "ko": ("HANGUL", "CJK"),
        "el": ("GREEK",),
        "hy": ("ARMENIAN",),
        "ka": ("GEORGIAN",),
        "th": ("THAI",),
        "lo": ("LAO",),
        "my": ("MYANMAR",),
        "km": ("KHMER",),
        "bo": ("TIBETAN",),
        "si": ("SINHALA",),
        "ta": ("TAMIL",),
        "te": ("TELUGU",),
        "kn": ("KANNADA",),
        "ml": ("MALAYALAM",),
        "gu": ("GUJARATI",),
        "or": ("ORIYA",),
        "pa": ("GURMUKHI", "ARABIC"),
        "ks": ("ARABIC", "DEVANAGARI"),
        "jv": ("LATIN", "JAVANESE"),
        "su": ("LATIN", "SUNDANESE"),
    }
)
_NEARLY_ALL = 0.8
_MORE_THAN_A_NAME = 20  # letters


def foreign_share(text: str, code: str | None) -> float:
    """The share of a text's letters, 0–1, that the language of an ISO 639 code is not written in; 0 without letters.

    Latin letters are foreign to no language unless the text is nearly all of them and no mere name: names, brands and
    units are written so everywhere.
    """
    own = {*_SCRIPTS.get(code or "", ("LATIN",))}
    scripts = [_script(character) for character in text if character.isalpha()]
    if not scripts:
        return 0.0
    latin = sum(script == "LATIN" for script in scripts) / len(scripts)
    if "LATIN" not in own and latin > _NEARLY_ALL and len(scripts) >= _MORE_THAN_A_NAME:
        return latin
    return sum(script not in own and script != "LATIN" for script in scripts) / len(scripts)


@lru_cache(maxsize=4096)
def _script(letter: str) -> str:
    """The first word of the letter's name; letters that many scripts share count as Latin."""
    name = unicodedata.name(letter, "LATIN")
    first = name.split(" ", 1)[0]
    return "LATIN" if first in ("FULLWIDTH", "MODIFIER", "MICRO", "FEMININE", "MASCULINE", "DOUBLE-STRUCK") else first
