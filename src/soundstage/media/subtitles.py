"""Subtitles as SRT and WebVTT.

Written by hand: the two formats are a few lines each, and pysubs2, which the tests read them back with, takes `{…}`
in a line for styling and drops it.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

from soundstage.domain.timing import Span
from soundstage.domain.value import Value
from soundstage.media.storage_full import full_disk_told


class SubtitleLine(Value):
    """What is shown from `span.start_ms` to `span.end_ms`; `speaker` names who says it, where that is known."""

    span: Span
    text: str
    speaker: str | None = None


def write_srt(lines: tuple[SubtitleLine, ...], output: Path) -> None:
    """SubRip: UTF-8, numbered from 1 in order of time, line breaks of the text kept, empty lines left out."""
    cues = [
        f"{number}\n{_time(line.span.start_ms, ',')} --> {_time(line.span.end_ms, ',')}\n{_text(line)}\n"
        for number, line in enumerate(_in_order(lines), 1)
    ]
    _write(output, "\n".join(cues))


def write_vtt(lines: tuple[SubtitleLine, ...], output: Path) -> None:
    """WebVTT (W3C): a voice span names the speaker; `&`, `<` and `>` are escaped."""
    cues = [
        f"{number}\n{_time(line.span.start_ms, '.')} --> {_time(line.span.end_ms, '.')}\n{_voice(line)}\n"
        for number, line in enumerate(_in_order(lines), 1)
    ]
    _write(output, "\n".join(["WEBVTT\n", *cues]))


def _in_order(lines: tuple[SubtitleLine, ...]) -> list[SubtitleLine]:
    return sorted((line for line in lines if _text(line)), key=lambda line: (line.span.start_ms, line.span.end_ms))


def _text(line: SubtitleLine) -> str:
    """The text without control characters and empty lines, which would end the cue."""
    parts = (re.sub(r"[\x00-\x1f\x7f]+", " ", part).strip() for part in line.text.splitlines())
    return "\n".join(part for part in parts if part).replace("-->", "→")


def _voice(line: SubtitleLine) -> str:
    text = escape(_text(line), quote=False)
    if not line.speaker:
        return text
    name = re.sub(r"[<>&\s]+", " ", line.speaker).strip()
    return f"<v {name}>{text}</v>" if name else text


def _time(ms: int, point: str) -> str:
    seconds, ms = divmod(ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{point}{ms:03}"


def _write(output: Path, text: str) -> None:
    with full_disk_told(output):
        output.write_text(text, encoding="utf-8", newline="\n")
