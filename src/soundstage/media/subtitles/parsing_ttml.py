"""TTML (W3C), and its profiles IMSC, EBU-TT-D and DFXP: paragraphs with times, in XML.

XML from outside: a document type, where entities are declared, is refused before anything is expanded, and how deep
elements may nest is limited.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple
from xml.parsers import expat

from soundstage.domain.iso_639 import short_code
from soundstage.media.subtitles.raw_cues import LAST_MS, Parsed, RawCue, wrong

_MAX_DEPTH = 50
_METADATA = "http://www.w3.org/ns/ttml#metadata"
_DECLARATION = re.compile(r"\s*<\?xml[^>]{0,200}\?>")  # its encoding was that of the file, not of this text
_CLOCK = re.compile(r"(\d{2,3}):(\d{2}):(\d{2})(?:[.,](\d{1,9})|:(\d{2,3})(?:\.\d+)?)?")
_OFFSET = re.compile(r"(\d{1,12}(?:\.\d{1,9})?)(h|ms|m|s|f|t)")
_CODE = re.compile(r"[a-z]{2,8}")
_UNITS = {"h": Fraction(3_600_000), "m": Fraction(60_000), "s": Fraction(1000), "ms": Fraction(1)}
_UNSPOKEN = ("head", "metadata")
_RUBY_READINGS = ("text", "textContainer", "delimiter")  # they say again what the base says
_BREAK = ("\n", None)

_Piece = tuple[str, str | None]  # text and the id of its agent


class _Rates(NamedTuple):
    """Frames and ticks a second."""

    frames: Fraction = Fraction(30)
    ticks: Fraction = Fraction(1)


@dataclass
class _Element:
    """An open element. `begin`, `end`: milliseconds on the timeline; `end` None: nobody has told."""

    name: str
    line: int
    begin: Fraction = Fraction(0)
    end: Fraction | None = None
    timed: bool = False
    agent: str | None = None
    language: str | None = None
    spoken: bool = True
    pieces: list[_Piece] = field(default_factory=list)


def parse_ttml(text: str) -> Parsed:
    """Times of nested elements count from their parent's beginning, as in TTML's default, `par`."""
    reading = _Reading()
    parser = expat.ParserCreate("UTF-8", "\n")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = lambda name, attributes: reading.open(name, attributes, parser.CurrentLineNumber)
    parser.EndElementHandler = lambda _name: reading.close()
    parser.CharacterDataHandler = reading.say
    declared = _DECLARATION.match(text)
    try:
        parser.Parse(text[declared.end() if declared else 0 :].lstrip().encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        raise wrong(f"is no well-formed XML (line {error.lineno}: {expat.ErrorString(error.code)})") from error
    return reading.parsed()


def _refuse_doctype(*_: object) -> None:
    raise wrong("declares a document type (<!DOCTYPE …>), which no TTML needs; leave the declaration out")


class _Reading:
    """What a document has told so far."""

    def __init__(self) -> None:
        self._open: list[_Element] = [_Element("", 0)]
        self._cues: list[RawCue] = []
        self._faults: list[tuple[int, str]] = []
        self._agents: dict[str, str] = {}
        self._naming: str | None = None
        self._rates = _Rates()
        self._language: str | None = None

    def open(self, name: str, attributes: dict[str, str], line: int) -> None:
        space, _, local = name.rpartition("\n")
        plain = {key.rpartition("\n")[2]: value.strip() for key, value in attributes.items()}
        if len(self._open) == 1:
            self._root(local, plain)
        if len(self._open) > _MAX_DEPTH:
            raise wrong(f"nests elements more than {_MAX_DEPTH} deep (line {line})")
        if (space, local) == (_METADATA, "agent"):
            self._naming = plain.get("id")
        if local == "br" and self._open[-1].spoken:
            self._open[-1].pieces.append(_BREAK)
        self._open.append(self._element(local, plain, line))

    def say(self, text: str) -> None:
        element = self._open[-1]
        if self._naming and element.name == "name":
            self._agents[self._naming] = self._agents.get(self._naming, "") + text
        elif element.name in ("p", "span") and element.spoken:
            element.pieces.append((re.sub(r"\s+", " ", text), element.agent))

    def close(self) -> None:
        element = self._open.pop()
        if element.name == "agent":
            self._naming = None
        elif element.name == "p" or (element.name == "span" and element.timed):
            self._cue(element)
        elif element.name == "span":
            self._open[-1].pieces += element.pieces

    def parsed(self) -> Parsed:
        names = {agent: " ".join(name.split()) for agent, name in self._agents.items()}
        cues = tuple(
            cue._replace(voices=tuple(names.get(voice or "") or voice for voice in cue.voices)) for cue in self._cues
        )
        return Parsed(cues, tuple(self._faults), self._language)

    def _root(self, name: str, attributes: dict[str, str]) -> None:
        if name != "tt":
            raise wrong(f"is XML but no TTML: its first element is <{name[:40]}>, not <tt>")
        if attributes.get("timeBase", "media") != "media":
            raise wrong('counts its times by a tape or a clock (ttp:timeBase); save it with ttp:timeBase="media"')
        if attributes.get("lang"):
            self._language = short_code(attributes["lang"])
        try:
            self._rates = _rates(attributes)
        except (ValueError, ZeroDivisionError) as error:
            raise wrong("has no usable ttp:frameRate, ttp:frameRateMultiplier or ttp:tickRate") from error

    def _element(self, name: str, attributes: dict[str, str], line: int) -> _Element:
        parent = self._open[-1]
        if attributes.get("timeContainer") == "seq":
            self._faults.append((line, 'timeContainer="seq" is not understood; give each paragraph its own times'))
        begin, end, dur = (self._ms(attributes, key, line) for key in ("begin", "end", "dur"))
        start = parent.begin + (begin or 0)
        ends = [parent.end, None if end is None else parent.begin + end, None if dur is None else start + dur]
        return _Element(
            name=name,
            line=line,
            begin=start,
            end=min((one for one in ends if one is not None), default=None),
            timed=begin is not None or end is not None or dur is not None,
            language=self._declared(attributes) if len(self._open) > 1 else None,
            agent=(attributes.get("agent") or parent.agent or "").split(" ")[0] or None,
            spoken=parent.spoken and name not in _UNSPOKEN and attributes.get("ruby") not in _RUBY_READINGS,
        )

    def _declared(self, attributes: dict[str, str]) -> str | None:
        """The language that an element below the root is in, where it or one around it says so."""
        told = short_code(attributes.get("lang", ""))
        return told if _CODE.fullmatch(told) else self._open[-1].language

    def _ms(self, attributes: dict[str, str], key: str, line: int) -> Fraction | None:
        told = attributes.get(key)
        if told is None:
            return None
        found = _milliseconds(told, self._rates)
        if found is None or found > LAST_MS:
            self._faults.append((line, f"{key}={told[:40]!r} is no time; write it as 00:00:01.000 or 1.0s"))
            return None
        return found

    def _cue(self, element: _Element) -> None:
        rows, voices = _rows(element.pieces)
        if element.end is None:
            if rows:
                self._faults.append((element.line, "the paragraph has no end; give it begin and end"))
            return
        self._cues.append(
            RawCue(element.line, round(element.begin), round(element.end), rows, voices, element.language)
        )


def _rates(attributes: dict[str, str]) -> _Rates:
    over, under = attributes.get("frameRateMultiplier", "1 1").replace(":", " ").split()
    frames = int(attributes.get("frameRate", "30")) * Fraction(int(over), int(under))
    ticks = Fraction(int(attributes["tickRate"])) if "tickRate" in attributes else Fraction(1)
    if "tickRate" not in attributes and "frameRate" in attributes:
        ticks = frames
    if min(frames, ticks) <= 0:
        raise ValueError
    return _Rates(frames, ticks)


def _milliseconds(text: str, rates: _Rates) -> Fraction | None:
    if found := _CLOCK.fullmatch(text):
        hours, minutes, seconds, fraction, frames = found.groups()
        if int(minutes) > 59 or int(seconds) > 60:
            return None
        whole = Fraction((int(hours) * 60 + int(minutes)) * 60 + int(seconds))
        return 1000 * (whole + Fraction(f"0.{fraction or 0}") + int(frames or 0) / rates.frames)
    if found := _OFFSET.fullmatch(text):
        unit = _UNITS.get(found[2]) or 1000 / (rates.frames if found[2] == "f" else rates.ticks)
        return Fraction(found[1]) * unit
    return None


def _rows(pieces: list[_Piece]) -> tuple[tuple[str, ...], tuple[str | None, ...]]:
    """Pieces put together: a row ends at a break and where another agent speaks."""
    rows: list[_Piece] = [("", None)]
    for text, agent in pieces:
        if (text, agent) == _BREAK:
            rows.append(("", rows[-1][1]))
        elif rows[-1][1] == agent or not rows[-1][0].strip():
            rows[-1] = (rows[-1][0] + text, agent)
        elif text.strip():
            rows.append((text, agent))
    told = [(text, agent) for text, agent in rows if text.strip()]
    return tuple(text for text, _ in told), tuple(agent for _, agent in told)
