"""What subtitles are made from and of: lines as they are spoken, cues as they are shown."""

from __future__ import annotations

import re
import unicodedata

from soundstage.domain.timing import Span
from soundstage.domain.transcript import Word
from soundstage.domain.value import Value

# What no text format can hold: controls, lone surrogates and the two characters that are none.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]+")


class SubtitleLine(Value):
    """What is said in `span`; `speaker` names who says it, `words` are its timed words, where these are known.

    `language`: of its text as a BCP 47 tag, where that is another than the rest is in.
    """

    span: Span
    text: str
    speaker: str | None = None
    words: tuple[Word, ...] = ()
    language: str | None = None

    @property
    def rows(self) -> tuple[str, ...]:
        """The text as its author broke it, without characters that cannot be shown and without empty rows."""
        parts = (printable(part) for part in self.text.splitlines())
        return tuple(part for part in parts if part)


class Cue(Value):
    """What is shown in `span`: one row of text or more, none of them empty; `language` as in `SubtitleLine`."""

    span: Span
    rows: tuple[str, ...]
    speaker: str | None = None
    language: str | None = None

    @property
    def text(self) -> str:
        return "\n".join(self.rows)


def printable(text: str) -> str:
    """The text with a space for each stretch of characters that no format can hold, and none around it."""
    return _UNPRINTABLE.sub(" ", text).strip()


def clock_time(ms: int, point: str = ".") -> str:
    """`01:02:03.004`; hours count on past 99."""
    seconds, ms = divmod(ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{point}{ms:03}"


def is_right_to_left(text: str) -> bool:
    """Whether the first letter with a direction of its own runs from right to left, as browsers and players ask."""
    directions = (unicodedata.bidirectional(character) for character in text)
    return next((direction in ("R", "AL") for direction in directions if direction in ("L", "R", "AL")), False)
