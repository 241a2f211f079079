"""What a prompt for music says in fixed forms: tempo, tonality, metre, swing, form. Each is taken out of the text.

What cannot be is brought to what can, and a note says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from soundstage.domain.sound import HIGHEST_TEMPO, LOWEST_TEMPO, Metre, Section, SectionKind
from soundstage.engines.sound.language.numbers import NUMBER, SPOKEN, value
from soundstage.engines.sound.music.tonality import NAMES, SCALES, parse

_FIGURE = rf"(?:\d{{1,6}}(?:\.\d+)?|{SPOKEN})"
_TEMPO = re.compile(
    rf"(?P<before>{_FIGURE})\s*-?\s*(?:bpm|b\.p\.m\.|beats?\s+(?:per|a|in\s+a)\s+minute)(?![a-z])"
    rf"|\b(?:tempo|bpm|speed)\s*(?:of|:|=|is|at)?\s*(?P<behind>{_FIGURE})|(?:♩|quarter(?:\s+note)?)\s*=\s*(?P<note>\d{{1,4}})"
)
_NOTE = r"(?P<note>[a-h])(?P<sign>\s?#|♯|♭|b(?![a-z])|[\s-]?sharp|[\s-]?flat)?"
_MODES = (
    r"(?P<mode>(?:natural|harmonic|melodic)[\s-]+minor|major|minor|maj|min|dorian|phrygian|lydian|mixolydian|aeolian"
    r"|ionian|locrian)"
)
_TONALITY = re.compile(rf"(?<![\w#']){_NOTE}[\s-]*{_MODES}\b(?:\s+(?:pentatonic|key|scale|mode))?")
# "in Am", "in F#", "key of G"; a bare "in a" is an article unless the phrase ends there.
_ARTICLE = r"(?!a\s+(?!sharp|flat|with|and|at)\w)"
_KEY = re.compile(rf"\b(?:in|key of|key:?)\s+{_ARTICLE}{_NOTE}(?P<mode>m)?(?![\w'])(?!-\w)")
_NO_KEY = re.compile(rf"\b(?:in|key of)\s+(?:the\s+key\s+of\s+)?(?P<name>[i-z]\s*(?:#|♯|b|♭|sharp|flat)?)\s+{_MODES}\b")
_BARE_MODE = re.compile(rf"\b{_MODES}\b")
_TO_MINOR = frozenset(["minor", "min", "m", "aeolian", "dorian", "phrygian", "locrian"])
_PLAIN_MODES = frozenset(["major", "minor", "maj", "min", "m", "ionian", "aeolian", "natural minor"])
_METRE = re.compile(r"(?<![\d/])(?P<beats>\d{1,2})\s*/\s*(?P<unit>2|4|8|16)(?![\d/])(?:\s+(?:time|metre|meter))?")
_METRES = {
    "three four": Metre.THREE_FOUR, "three-four": Metre.THREE_FOUR, "triple metre": Metre.THREE_FOUR,
    "triple meter": Metre.THREE_FOUR, "triple time": Metre.THREE_FOUR, "waltz time": Metre.THREE_FOUR,
    "in three": Metre.THREE_FOUR, "six eight": Metre.SIX_EIGHT, "six-eight": Metre.SIX_EIGHT, "in six": Metre.SIX_EIGHT,
    "compound metre": Metre.SIX_EIGHT, "compound meter": Metre.SIX_EIGHT, "five four": Metre.FIVE_FOUR,
    "five-four": Metre.FIVE_FOUR, "in five": Metre.FIVE_FOUR, "seven eight": Metre.SEVEN_EIGHT,
    "seven-eight": Metre.SEVEN_EIGHT, "in seven": Metre.SEVEN_EIGHT, "odd time signature": Metre.SEVEN_EIGHT,
    "odd metre": Metre.SEVEN_EIGHT, "odd meter": Metre.SEVEN_EIGHT, "four four": Metre.FOUR_FOUR,
    "four-four": Metre.FOUR_FOUR, "common time": Metre.FOUR_FOUR, "four on the floor": Metre.FOUR_FOUR,
}  # fmt: skip
_SPOKEN_METRE = re.compile(r"\b(?:" + "|".join(sorted(_METRES, key=len, reverse=True)) + r")\b(?:\s+time)?")
_NEAR_METRES = {
    "2/4": Metre.FOUR_FOUR, "2/2": Metre.FOUR_FOUR, "8/8": Metre.FOUR_FOUR, "12/8": Metre.SIX_EIGHT,
    "9/8": Metre.SIX_EIGHT, "3/8": Metre.THREE_FOUR, "3/2": Metre.THREE_FOUR, "6/4": Metre.SIX_EIGHT,
    "5/8": Metre.FIVE_FOUR, "10/8": Metre.FIVE_FOUR, "7/4": Metre.SEVEN_EIGHT, "14/8": Metre.SEVEN_EIGHT,
}  # fmt: skip
_SWINGS = (
    (r"\b(?:no|without)\s+swing\b|\bstraight(?:\s+(?:eighths?|rhythm|feel|time|8ths?))\b|\bunswung\b", 0.0),
    (r"\b(?:heavy|hard)\s+swing\b|\bheavily\s+swung\b", 0.85),
    (r"\b(?:light|gentle|subtle)(?:ly)?\s+sw[iu]ng\b", 0.35),
    (r"\bswung\b|\bshuffled?\b|\bswing\s+(?:feel|rhythm|time|groove)\b|\bwith\s+swing\b|\btriplet\s+feel\b", 0.67),
)
_KINDS = {
    "intro": SectionKind.INTRO, "introduction": SectionKind.INTRO, "verse": SectionKind.VERSE,
    "prechorus": SectionKind.VERSE, "pre-chorus": SectionKind.VERSE, "chorus": SectionKind.CHORUS,
    "refrain": SectionKind.CHORUS, "hook": SectionKind.CHORUS, "drop": SectionKind.CHORUS, "bridge": SectionKind.BRIDGE,
    "middle eight": SectionKind.BRIDGE, "break": SectionKind.BREAK, "breakdown": SectionKind.BREAK,
    "interlude": SectionKind.BREAK,
    "outro": SectionKind.ENDING, "ending": SectionKind.ENDING, "coda": SectionKind.ENDING,
}  # fmt: skip
_BARS = {SectionKind.INTRO: 4, SectionKind.ENDING: 4, SectionKind.BREAK: 4}  # where the prompt does not say; else 8
_SECTION = re.compile(
    rf"\b(?:(?P<bars>{NUMBER})[\s-]*(?:bars?|measures?)\s+(?:of\s+)?(?:an?\s+)?)?"
    rf"(?P<kind>{'|'.join(sorted(_KINDS, key=len, reverse=True))})"
    r"(?:e?s)?\b"
)
_LETTERS = re.compile(r"\b[abc]{3,8}\b")
_MOST_SECTIONS = 32


@dataclass
class Asked:
    """What was asked for; None where the prompt leaves it open. `words` tells by field what in the prompt says so."""

    tempo: float | None = None
    tonic: str | None = None
    mode: str | None = None
    metre: Metre | None = None
    swing: float | None = None
    sections: tuple[Section, ...] = ()
    words: dict[str, str] = field(default_factory=dict)
    doubts: dict[str, float] = field(default_factory=dict)  # field → confidence where it is not what was said
    notes: list[str] = field(default_factory=list)


def taken(text: str) -> tuple[str, Asked]:
    """The rest of the text, and what was taken out of it."""
    asked = Asked()
    for take in (_take_tempo, _take_metre, _take_sections, _take_tonality, _take_swing):
        text = take(text, asked)
    return text, asked


def _take_tempo(text: str, asked: Asked) -> str:
    for match in _TEMPO.finditer(text):
        number = value(match["before"] or match["behind"] or match["note"])
        tempo = min(HIGHEST_TEMPO, max(LOWEST_TEMPO, number))
        if asked.tempo is not None:
            if tempo != asked.tempo:
                asked.notes.append(f"“{match[0].strip()}” is a second tempo: the first, {asked.tempo:g} bpm, counts.")
            continue
        asked.tempo, asked.words["tempo"] = tempo, match[0].strip()
        if tempo != number:
            asked.notes.append(
                f"“{match[0].strip()}” is outside {LOWEST_TEMPO:g} to {HIGHEST_TEMPO:g} bpm: {tempo:g} bpm is made."
            )
            asked.doubts["tempo"] = 0.3
    return _TEMPO.sub(" ", text)


def _take_metre(text: str, asked: Asked) -> str:
    if (match := _METRE.search(text)) is not None:
        name = f"{int(match['beats'])}/{match['unit']}"
        asked.words["metre"] = match[0].strip()
        if name in tuple(Metre):
            asked.metre = Metre(name)
        else:
            asked.metre, asked.doubts["metre"] = _NEAR_METRES.get(name, Metre.FOUR_FOUR), 0.4
            known = ", ".join(Metre)
            asked.notes.append(f"There is no metre of {name}: {asked.metre} is made. The metres are {known}.")
        return _METRE.sub(" ", text)
    if (match := _SPOKEN_METRE.search(text)) is not None:
        asked.metre, asked.words["metre"] = (
            _METRES[match[0].removesuffix(" time").strip()]
            if match[0].removesuffix(" time") in _METRES
            else _METRES[match[0]],
            match[0],
        )
        return text if match[0].startswith("waltz") else text.replace(match[0], " ", 1)
    return text


def _take_tonality(text: str, asked: Asked) -> str:
    """A mode may be told without a tonic ("in a minor key")."""
    if (bare := re.search(r"\b(?:a|the)\s+(major|minor)\s+(?:key|tonality|mode|scale)\b", text)) is not None:
        asked.mode, asked.words["tonality"] = bare[1], bare[0]
        return text
    if (match := _NO_KEY.search(text)) is not None:
        asked.mode, asked.doubts["tonality"] = _mode(match["mode"], asked), 0.2
        asked.notes.append(
            f"There is no note {match['name'].strip().upper()}: another tonic was chosen. Notes go from A to G."
        )
        return text.replace(match[0], " ", 1)
    match = _TONALITY.search(text) or _KEY.search(text)
    if match is None:
        if (bare := _BARE_MODE.search(text)) is not None and bare["mode"] not in ("min", "maj"):
            asked.mode, asked.words["tonality"] = _mode(bare["mode"], asked), bare[0]
        return text
    sign = (match["sign"] or "").strip(" -")
    shift = {"": 0, "#": 1, "♯": 1, "sharp": 1}.get(sign, -1)
    letter = match["note"].upper()
    asked.words["tonality"] = match[0].strip()
    asked.mode = _mode(match["mode"], asked) if match["mode"] else None
    asked.tonic = NAMES[(parse(("B" if letter == "H" else letter) + " major").tonic + shift) % 12]
    if letter == "H":
        asked.doubts["tonality"] = 0.5
        asked.notes.append(f"“{match[0].strip()}”: H is the German name of B, so the tonic is {asked.tonic}.")
    rest = text.replace(match[0], " ", 1)
    if (second := _TONALITY.search(rest)) is not None:
        asked.notes.append(f"“{second[0].strip()}” is a second tonality: the piece stays in the first.")
        rest = rest.replace(second[0], " ", 1)
    return rest


def _mode(said: str, asked: Asked) -> str:
    """The mode the engine has for what was said; a note where that is another one."""
    said = " ".join(said.replace("-", " ").split())
    if said in SCALES:
        return said
    mode = "minor" if said in _TO_MINOR or said.endswith("minor") else "major"
    if said not in _PLAIN_MODES:
        asked.doubts["tonality"] = 0.6
        asked.notes.append(f"“{said}” is played as {mode}: the modes are {' and '.join(SCALES)}.")
    return mode


def _take_swing(text: str, asked: Asked) -> str:
    for pattern, share in _SWINGS:
        if (match := re.search(pattern, text)) is not None:
            asked.swing, asked.words["swing"] = share, match[0]
            return text.replace(match[0], " ", 1)
    return text


def _take_sections(text: str, asked: Asked) -> str:
    """ "intro, verse, chorus and outro", "an 8-bar intro, then the drop", "AABA": two parts at least, else none."""
    found = list(_SECTION.finditer(text))[:_MOST_SECTIONS]
    if len(found) >= 2:
        asked.sections = tuple(_section(match) for match in found)
        asked.words["sections"] = " ".join(match["kind"] for match in found)[:200]
        return _SECTION.sub(" ", text)
    if (
        (match := _LETTERS.search(text)) is not None
        and len(set(match[0])) > 1
        and match[0] not in ("cab", "baa", "abc")
    ):
        kinds = {"a": SectionKind.VERSE, "b": SectionKind.CHORUS, "c": SectionKind.BRIDGE}
        if match[0] == "aaba":
            kinds["b"] = SectionKind.BRIDGE
        asked.sections = tuple(Section(kind=kinds[letter], bars=8) for letter in match[0])
        asked.words["sections"] = match[0]
        return text.replace(match[0], " ", 1)
    return text


def _section(match: re.Match[str]) -> Section:
    kind = _KINDS[match["kind"]]
    bars = round(value(match["bars"])) if match["bars"] else _BARS.get(kind, 8)
    return Section(kind=kind, bars=min(64, max(1, bars)))
