"""What is known of a translated line beside its text: whether it will fit, keeps the terms, and can be trusted."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from soundstage.domain.value import Milliseconds, Value


class Fit(StrEnum):
    """How a line will sit in its slot when it is spoken: `short` leaves a mouth moving in silence."""

    FITS = "fits"
    TIGHT = "tight"
    TOO_LONG = "too_long"
    SHORT = "short"


class LineFit(Value):
    """`spoken_ms` is how long the line will take, as predicted; `slot_ms` the time there is; `ratio` of the two.

    `characters_per_second`: what somebody has to manage who reads it within the slot.
    """

    verdict: Fit
    slot_ms: Milliseconds
    spoken_ms: Milliseconds
    ratio: Annotated[float, Field(ge=0)]
    characters_per_second: Annotated[float, Field(ge=0)]


class TermFault(StrEnum):
    """`left`: the source's word stands there still. `other_form`: a word like the expected one does."""

    MISSING = "missing"
    LEFT = "left"
    OTHER_FORM = "other_form"


class TermViolation(Value):
    """A dictionary's `term` is in the source line, and what is `expected` for it is not in the translation.

    `found`: what stands there instead, as far as that can be told; None where the fault is `missing`.
    """

    term: str
    expected: str
    fault: TermFault
    found: str | None = None


class LineDoubt(StrEnum):
    """What looks wrong with a translation by itself and beside its neighbours.

    empty: no text. unchanged: the source's words. short, long: far from the length to be expected. merged: short or
    empty beside a neighbour that is as much too long. repeated: the same text as another line of other words.
    loop: it says the same again and again.
    """

    EMPTY = "empty"
    UNCHANGED = "unchanged"
    SHORT = "short"
    LONG = "long"
    MERGED = "merged"
    REPEATED = "repeated"
    LOOP = "loop"


class TranslationCheck(Value):
    """All that was found out about a line's translation into one language. `fit` is None for a line without text."""

    fit: LineFit | None = None
    violations: tuple[TermViolation, ...] = ()
    doubts: tuple[LineDoubt, ...] = ()
