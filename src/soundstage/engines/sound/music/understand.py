"""What a prompt for music asks for: style, tonality, tempo, energy, drums, instruments; and how sure that is."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, field

from soundstage.domain.request import AudioType
from soundstage.domain.sound import MusicPlan, Plan
from soundstage.engines.sound.music import lexicon
from soundstage.engines.sound.music.lexicon import Mood
from soundstage.engines.sound.music.styles import STYLES, Style
from soundstage.engines.sound.music.tonality import NAMES, parse

_BPM = re.compile(
    r"\b(\d{2,3})(?:\.\d+)?\s*-?(?:bpm|beats?\s+(?:per|a)\s+minute)\b|\b(?:tempo|bpm)\s*(?:of|:|=)?\s*(\d{2,3})\b"
)
_NOTE = r"(?P<note>[a-g])(?P<sign>\s?#|♯|♭|b(?![a-z])|[\s-]?sharp|[\s-]?flat)?"
_TONALITY = re.compile(rf"\b{_NOTE}[\s-]*(?P<mode>major|minor|maj|min)\b")
# "in Am", "in F#", "key of G"; a bare "in a" is an article unless the phrase ends there.
_ARTICLE = r"(?!a\s+(?!sharp|flat|with|and|at)\w)"
_KEY = re.compile(rf"\b(?:in|key of|key:?)\s+{_ARTICLE}{_NOTE}(?P<mode>m)?(?![\w'])(?!-\w)")
_NEGATED = re.compile(
    r"\b(?:no|without|minus|not?\s+any)\s+((?:[\w&-]+)(?:(?:\s*,\s*|\s+(?:or|and|nor)\s+)(?:no\s+)?[\w&-]+)*)"
)
_WORD = re.compile(r"[a-z0-9][a-z0-9&'-]*")
_WORDS_AT_MOST = 400  # of a prompt; the rest would change nothing
_DEFAULT_STYLE = "ambient"


@dataclass
class _Heard:
    """What was found on the way through a prompt."""

    styles: list[str] = field(default_factory=list)
    moods: list[Mood] = field(default_factory=list)
    instruments: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    place: float | None = None
    tempo: float | None = None
    drums: bool | None = None


def understand(prompt: str) -> Plan:
    """The plan of a piece of music. Never refuses: what is not understood lowers `confidence` and is listed.

    What the prompt leaves open is chosen by the style, varied by a checksum of the prompt: the same prompt always
    gives the same plan. Confidence is 0.1 when nothing was understood, up to 0.97.
    """
    text = " ".join(prompt.lower().split())
    rest, tempo = _take_tempo(text)
    rest, tonality, mode = _take_tonality(rest)
    rest, refused = _take_negated(rest)
    heard = _listen(rest)
    if refused & lexicon.DRUMS or "drumless" in text:
        heard.drums = False
    chance = zlib.crc32(text.encode())
    style = STYLES[_style(heard)]
    mode = mode or next((m.mode for m in heard.moods if m.mode), None) or style.mode
    music = MusicPlan(
        style=style.name,
        tonality=_tonality(tonality, mode, style, chance),
        tempo=round(tempo or _tempo(heard, style, chance), 1),
        energy=round(min(1.0, max(0.0, style.energy + sum(m.energy for m in heard.moods[:3]))), 2),
        drums=style.drums if heard.drums is None else heard.drums,
        instruments=tuple(i for i in dict.fromkeys(heard.instruments) if i not in refused),
        words=" ".join(dict.fromkeys(heard.words)),
    )
    told = bool(tempo) + bool(tonality)
    return Plan(
        audio_type=AudioType.MUSIC,
        music=music,
        confidence=_confidence(heard, told),
        unknown_words=tuple(dict.fromkeys(heard.unknown))[:24],
    )


def _take_tempo(text: str) -> tuple[str, float | None]:
    match = _BPM.search(text)
    if match is None:
        return text, None
    number = float(match[1] or match[2])
    return text.replace(match[0], " "), min(260.0, max(30.0, number))


def _take_tonality(text: str) -> tuple[str, str | None, str | None]:
    """The rest, the tonic's name, the mode; a mode may be told without a tonic ("in a minor key")."""
    if re.search(r"\b(?:a|the)\s+(major|minor)\s+(?:key|tonality|mode|scale)\b", text):
        found = re.search(r"\b(major|minor)\b", text)
        return text, None, found[1] if found else None
    match = _TONALITY.search(text) or _KEY.search(text)
    if match is None:
        return text, None, next((mode for mode in ("minor", "major") if re.search(rf"\b{mode}\b", text)), None)
    sign = (match["sign"] or "").strip(" -")
    shift = {"": 0, "#": 1, "♯": 1, "sharp": 1}.get(sign, -1)
    tonic = NAMES[(parse(match["note"].upper() + " major").tonic + shift) % 12]
    mode = {"m": "minor", "min": "minor", "minor": "minor", "maj": "major", "major": "major"}.get(match["mode"] or "")
    return text.replace(match[0], " "), tonic, mode


def _take_negated(text: str) -> tuple[str, frozenset[str]]:
    """ "no drums or bass" → the rest and {drums, bass}, with the engine's names of what the words mean."""
    refused: set[str] = set()
    for match in _NEGATED.finditer(text):
        words = [w for w in re.split(r"[\s,]+", match[1]) if w]
        known = [
            w for w in words if w in lexicon.INSTRUMENTS or w in lexicon.DRUMS or w in ("or", "and", "nor", "no", "any")
        ]
        taken = words[: len(known)] if known == words[: len(known)] else words[:1]
        refused.update(taken)
        refused.update(lexicon.INSTRUMENTS[w] for w in taken if w in lexicon.INSTRUMENTS)
        text = text.replace(match[0], " " + " ".join(words[len(taken) :]) + " ", 1)
    return text, frozenset(refused)


def _listen(text: str) -> _Heard:
    """Goes through the words, longest phrases first, and notes what each asks for."""
    heard = _Heard()
    words = _WORD.findall(text)[:_WORDS_AT_MOST]
    at = 0
    while at < len(words):
        for size in (3, 2, 1):
            phrase = " ".join(words[at : at + size])
            if len(words) - at >= size and _note(phrase, heard):
                at += size
                break
        else:
            if words[at] not in lexicon.PLAIN and not words[at].isdigit():
                heard.unknown.append(words[at])
            at += 1
    return heard


def _note(phrase: str, heard: _Heard) -> bool:
    """Whether a phrase is known; what it asks for goes into `heard`."""
    singular = phrase[:-1] if phrase.endswith("s") and len(phrase) > 4 else phrase
    found = False
    for word in dict.fromkeys((phrase, singular)):
        if word in lexicon.STYLES:
            heard.styles.append(lexicon.STYLES[word])
        elif word in lexicon.MOODS:
            heard.moods.append(lexicon.MOODS[word])
        elif word in lexicon.INSTRUMENTS:
            heard.instruments.append(lexicon.INSTRUMENTS[word])
        elif word in lexicon.TEMPOS:
            heard.place = lexicon.TEMPOS[word]
        elif word in lexicon.ITALIAN:
            heard.tempo = float(lexicon.ITALIAN[word])
        elif word in lexicon.DRUMS:
            heard.drums = True
        else:
            continue
        found = True
        break
    if found:
        heard.words.append(phrase)
    return found


def _style(heard: _Heard) -> str:
    if heard.styles:
        return heard.styles[0]
    if heard.moods and not (heard.instruments and heard.moods[0].style in ("pop", "classical")):
        return heard.moods[0].style
    suggested = [lexicon.SUGGESTED[name] for name in heard.instruments if name in lexicon.SUGGESTED]
    if suggested:
        return suggested[0]
    if heard.moods:
        return heard.moods[0].style
    return "pop" if heard.drums else _DEFAULT_STYLE


def _tonality(tonic: str | None, mode: str, style: Style, chance: int) -> str:
    return f"{tonic or style.tonics[chance % len(style.tonics)]} {mode}"


def _tempo(heard: _Heard, style: Style, chance: int) -> float:
    if heard.tempo:
        return heard.tempo
    low, high = style.tempo
    place = heard.place if heard.place is not None else (chance // 64 % 64) / 64
    wish = low + place * (high - low)
    if heard.place is not None and heard.place < 0.3:
        wish *= 0.85
    elif heard.place is not None and heard.place > 0.8:
        wish *= 1.1
    else:
        for mood in heard.moods[:2]:
            wish *= mood.tempo
    return round(min(200.0, max(44.0, wish)))


def _confidence(heard: _Heard, told: int) -> float:
    known = len(heard.words) + told
    if known == 0:
        return 0.1
    base = 0.55 if heard.styles else 0.42 if heard.moods or heard.instruments else 0.3
    share = known / (known + len(heard.unknown))
    return round(min(0.97, base * (0.5 + 0.5 * share) + 0.3 * share + 0.04 * min(3, known - 1)), 2)
