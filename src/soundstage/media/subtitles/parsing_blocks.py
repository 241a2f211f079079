"""SubRip and WebVTT: lines of times, each with the text below it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import unescape
from itertools import pairwise

from soundstage.domain.iso_639 import short_code
from soundstage.media.subtitles.raw_cues import LAST_MS, Parsed, RawCue

_TIME = r"(?:(\d{1,3})\s*:\s*)?(\d{1,2})\s*:\s*(\d{1,2})(?:\s*[.,:]\s*(\d{1,3}))?"
_TIMES = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?")
_BREAK = re.compile(r"\r\n|\r|\n")
_NUMBER = re.compile(r"\s*\d+\s*")
# Tags of SubRip and of the styling that players take over from ASS; a `<` that begins no tag is text.
_SRT_TAG = re.compile(r"</?(?:i|b|u|s|em|strong|font|span|c)\b[^>]{0,300}>|\{\\[^}]{0,300}\}", re.IGNORECASE)
_SRT_BREAK = re.compile(r"<br\s*/?>|\\[Nn]", re.IGNORECASE)
_LANG = re.compile(r"\s*(?:<v[^>]{0,200}>\s*)?<lang(?:\.[^\s>]*)?\s+([A-Za-z]{2,8})(?:-[A-Za-z0-9-]*)?\s*>")
_VTT_TAG = re.compile(r"<(/?)(v|c|i|b|u|lang|ruby|rt|\d[\d:.]*)(?:\.[^\s>]*)?(?:\s([^>]*))?>")
_LANGUAGE = re.compile(r"Language:\s*([A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*)\s*", re.IGNORECASE)
_BAD_TIMES = "these are no times; write them as 00:00:01,000 --> 00:00:02,500"


def parse_srt(text: str) -> Parsed:
    lines = _BREAK.split(text)
    cues, faults = [], _before_the_first(lines)
    for number, times, below in _blocks(lines):
        if isinstance(times, str):
            faults.append((number, times))
            continue
        plain = unescape(_SRT_TAG.sub("", _SRT_BREAK.sub("\n", "\n".join(below))))
        rows = tuple(row for row in plain.split("\n") if row.strip())
        cues.append(RawCue(number, *times, rows, (None,) * len(rows)))
    return Parsed(tuple(cues), tuple(faults))


def parse_vtt(text: str) -> Parsed:
    """A blank line ends a cue; blocks of notes, styles and regions are skipped."""
    lines = _BREAK.split(text)
    head = next((number for number, line in enumerate(lines) if not line.strip()), len(lines))
    language = next((found[1] for line in lines[:head] if (found := _LANGUAGE.fullmatch(line))), None)
    cues, faults = [], []
    for number, times, below in _blocks(_without_notes(lines, head)):
        if isinstance(times, str):
            faults.append((number, times))
            continue
        end = next((place for place, row in enumerate(below) if not row.strip()), len(below))
        said = "\n".join(below[:end])
        voiced = list(_voiced(said))
        rows = tuple(row for row, _ in voiced)
        cues.append(RawCue(number, *times, rows, tuple(voice for _, voice in voiced), _language(said)))
    return Parsed(tuple(cues), tuple(faults), short_code(language) if language else None)


def _blocks(lines: Sequence[str]) -> Iterator[tuple[int, tuple[int, int] | str, Sequence[str]]]:
    """Each line of times: its number from 1, the times (or what is wrong with them), and the lines below it.

    The number of the cue that follows, if it has one, is not text.
    """
    places = [place for place, line in enumerate(lines) if "-->" in line and _looks_like_times(line)]
    for place, following in pairwise([*places, len(lines)]):
        below = lines[place + 1 : following]
        if following < len(lines) and below and _NUMBER.fullmatch(below[-1]):
            below = below[:-1]
        yield place + 1, _times(lines[place]), below


def _looks_like_times(line: str) -> bool:
    """An arrow in a sentence is text; one with figures before it is meant for times."""
    return bool(re.match(r"\s*\d|.*\d:\d", line.split("-->", maxsplit=1)[0]))


def _before_the_first(lines: Sequence[str]) -> list[tuple[int, str]]:
    """Text that belongs to no cue is a fault: dropping it would lose words."""
    for number, line in enumerate(lines, 1):
        if "-->" in line and _looks_like_times(line):
            break
        if line.strip() and not _NUMBER.fullmatch(line):
            return [(number, "this text has no times; put a line of times above it, or leave it out")]
    return []


def _times(line: str) -> tuple[int, int] | str:
    found = _TIMES.fullmatch(line)
    if not found:
        return _BAD_TIMES
    start, end = _ms(*found.groups()[:4]), _ms(*found.groups()[4:])
    if start is None or end is None or max(start, end) > LAST_MS:
        return _BAD_TIMES
    return start, end


def _ms(hours: str | None, minutes: str, seconds: str, fraction: str | None) -> int | None:
    if int(minutes) > 59 or int(seconds) > 59:
        return None
    ms = int((fraction or "0").ljust(3, "0"))
    return ((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + ms


def _without_notes(lines: Sequence[str], head: int) -> list[str]:
    """The lines with blanks for the header and for blocks that are no cues, so that numbers stay."""
    kept, skipping, block_begins = [""] * head, False, True
    for line in lines[head:]:
        if block_begins and line.strip():
            skipping = line.split()[0] in ("NOTE", "STYLE", "REGION")
        block_begins = not line.strip()
        skipping = skipping and not block_begins
        kept.append("" if skipping else line)
    return kept


def _language(text: str) -> str | None:
    """Of a cue that says of all its text which language it is in."""
    found = _LANG.match(text)
    return short_code(found[1]) if found else None


def _voiced(text: str) -> Iterator[tuple[str, str | None]]:
    """Rows of a WebVTT cue without their tags, each with the voice it is in; ruby readings are left out."""
    pieces: list[tuple[str, str | None]] = []
    voice: str | None = None
    position, reading = 0, False
    for tag in _VTT_TAG.finditer(text):
        if not reading:
            pieces.append((text[position : tag.start()], voice))
        position = tag.end()
        closes, name, annotation = tag[1] == "/", tag[2], unescape(tag[3] or "").strip()
        if name == "v":
            voice = None if closes else " ".join(annotation.split()) or None
        elif name == "rt":
            reading = not closes
    if not reading:
        pieces.append((text[position:], voice))
    yield from _rows(pieces)


def _rows(pieces: Sequence[tuple[str, str | None]]) -> Iterator[tuple[str, str | None]]:
    """Pieces put together to rows: a row ends at a line break and where the voice changes."""
    row, of = "", None
    for text, voice in pieces:
        for number, part in enumerate(unescape(text).split("\n")):
            if number > 0 or voice != of:
                if row.strip():
                    yield row, of
                row, of = "", voice
            row += part
    if row.strip():
        yield row, of
