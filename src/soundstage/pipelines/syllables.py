"""How many syllables a text has when it is spoken, by its script: good enough to tell how long it will take.

Alphabets: runs of vowels. Han characters, Hangul blocks, kana and Ethiopic letters stand for a syllable each (a
Japanese Han character for two); Indic letters for one each unless a virama takes the vowel away. Abjads leave most
vowels out, and Thai, Lao, Khmer and Burmese write several letters a syllable: there each letter counts as a share.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

_BETWEEN = re.compile(r"[\s\-–—/…,.;:!?¿¡()\[\]«»“”\"、。！？，；：]+")
_GLIDE = re.compile(r"y(?=[aeiou])")  # "you": a consonant
_VOWELS = re.compile(r"[aeiouyæœøıəɛɔαεηιουωаеёиоуыэюяіїєѣաեէըիոօաეაიოუ]+")
_VOWEL = re.compile(r"[aeiouyæœøıəɛɔαεηιουωаеёиоуыэюяіїєѣաեէըիոօաეაიოუ]")
_HIATUS = re.compile(r"[íú](?=[aeo])|(?<=[aeo])[íú]")  # Spanish "día", "baúl": two syllables
# Languages whose vowel letters are each a syllable's.
_VOWEL_BY_VOWEL = frozenset("ru uk be bg sr mk mn kk ky uz tg tr az hu sl hr bs cs sk hy ka".split())  # noqa: SIM905
_ENGLISH_SILENT = re.compile(r"(?<=[^aeiouy])(?:e|es|ed)$")
_ENGLISH_SOUNDED = re.compile(r"(?:[^aeiouy]les?|[cgsxz]es|[cs]hes|[td]ed)$")
_FRENCH_SILENT = re.compile(r"(?<=[^aeiouyéèêëàâîïôûùœæ])(?:e|es|ent)$")
_PER_DIGIT = 1.5  # "25": three in English, five in Spanish, three in Chinese
# Letters of these Unicode ranges stand for so many syllables each.
_PER_LETTER: tuple[tuple[int, int, float], ...] = (
    (0x0590, 0x05FF, 0.55),  # Hebrew
    (0x0600, 0x077F, 0.55),  # Arabic
    (0x0E00, 0x0EFF, 0.43),  # Thai, Lao
    (0x1000, 0x109F, 0.7),  # Burmese
    (0x1200, 0x137F, 1.0),  # Ethiopic
    (0x1780, 0x17FF, 0.6),  # Khmer
    (0x3040, 0x30FF, 1.0),  # kana
    (0x3400, 0x9FFF, 1.0),  # Han
    (0xAC00, 0xD7AF, 1.0),  # Hangul
    (0xF900, 0xFAFF, 1.0),
    (0x20000, 0x3FFFF, 1.0),
)
_SMALL_KANA = frozenset("ぁぃぅぇぉゃゅょゎァィゥェォャュョヮ")
_HAN = range(0x3400, 0xA000)
_INDIC = range(0x0900, 0x0E00)
_NO_LAST_VOWEL = range(0x0900, 0x0B00)  # Devanagari, Bengali, Gurmukhi, Gujarati: a last consonant has none
_VIRAMAS = 9  # their combining class


def syllables(text: str, language: str) -> float:
    """Syllables of a text in a language (ISO 639-1); 0.0 where nothing is spoken."""
    words = _BETWEEN.split(unicodedata.normalize("NFC", text))
    return sum(_of_word(word, language) for word in words)


def _of_word(word: str, language: str) -> float:
    digits = sum(character.isdigit() for character in word)
    letters = [character for character in word if unicodedata.category(character)[0] in "LM"]
    if not letters:
        return digits * _PER_DIGIT
    first = next((ord(character) for character in letters if character.isalpha()), 0)
    if first in _INDIC:
        count = _indic(letters)
    elif rate := _rate(first):
        count = sum(_letter(character, rate, language) for character in letters)
    else:
        count = float(_alphabetic("".join(letters), language))
    return max(count, 1.0) + digits * _PER_DIGIT


def _rate(point: int) -> float:
    return next((rate for start, end, rate in _PER_LETTER if start <= point <= end), 0.0)


def _letter(character: str, rate: float, language: str) -> float:
    if character in _SMALL_KANA or not (character.isalpha() or character == "ー"):
        return 0.0
    if language == "ja" and ord(character) in _HAN:
        return 2.0
    return _rate(ord(character)) or rate


def _indic(letters: list[str]) -> float:
    own = sum(character.isalpha() for character in letters)
    own -= sum(unicodedata.combining(character) == _VIRAMAS for character in letters)
    silent = own > 1 and letters[-1].isalpha() and ord(letters[-1]) in _NO_LAST_VOWEL
    return float(own - silent)


def _alphabetic(word: str, language: str) -> int:
    if language == "vi":
        return 1
    if len(word) > 1 and word.isupper() and not _VOWEL.search(word.lower()):
        return len(word)  # "NBC" is spelt
    lower = word.lower()
    if language in _VOWEL_BY_VOWEL:
        return len(_VOWEL.findall(_bare(lower)))
    rule = _SILENT.get(language)
    hiatuses = len(_HIATUS.findall(lower))
    runs = [len(run) for run in _VOWELS.findall(_GLIDE.sub("j", _bare(lower)))]
    return sum((run + 1) // 2 for run in runs) + hiatuses - (rule(lower) if rule and len(runs) > 1 else 0)


def _bare(word: str) -> str:
    """Without accents: `é` is found as `e`."""
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


def _english(word: str) -> bool:
    return bool(_ENGLISH_SILENT.search(word)) and not _ENGLISH_SOUNDED.search(word)


def _french(word: str) -> bool:
    return bool(_FRENCH_SILENT.search(word))


_SILENT: dict[str, Callable[[str], bool]] = {"en": _english, "fr": _french}
