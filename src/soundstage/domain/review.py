"""The review queue: the lines of a project that are worth a second look, each with the reasons why."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from soundstage.domain.value import Share, Value


class DoubtReason(StrEnum):
    """Why a line is doubtful. What is measured: see `Doubt.measured`."""

    LOW_CONFIDENCE = "low_confidence"
    OTHER_LANGUAGE = "other_language"
    LANGUAGE_UNCERTAIN = "language_uncertain"
    LANGUAGE_CHANGES = "language_changes"
    TWO_AT_ONCE = "two_at_once"
    SPEAKER_UNCERTAIN = "speaker_uncertain"
    TOO_FAST = "too_fast"
    TOO_SLOW = "too_slow"
    REPEATED = "repeated"
    NOT_TRANSLATED = "not_translated"
    UNCHANGED_TRANSLATION = "unchanged_translation"
    ODD_TRANSLATION = "odd_translation"
    TERM_MISSING = "term_missing"
    DOES_NOT_FIT = "does_not_fit"


class Doubt(Value):
    """One reason to look at a line again.

    sentence: what is doubtful, for a person.
    measured: the figure that crossed `limit`: a confidence (low_confidence, language_uncertain), a share of letters or,
    where another language is heard, how sure that is (other_language), a share of the line's time (two_at_once,
    speaker_uncertain), letters a second (too_fast, too_slow), how often the same words come in a row (repeated),
    predicted spoken time as a multiple of the line's (does_not_fit).
    weight: how much it matters. language: the translation it is about, None for the source. words: those in doubt.
    """

    reason: DoubtReason
    sentence: str
    weight: Share
    measured: float | None = None
    limit: float | None = None
    language: str | None = None
    words: tuple[str, ...] = ()


class ReviewLine(Value):
    """A doubtful line; `weight` joins those of its doubts: more of them, or graver ones, bring it nearer to 1."""

    segment_id: str
    weight: Share
    doubts: Annotated[tuple[Doubt, ...], Field(min_length=1)]


def joined_weight(doubts: Iterable[Doubt]) -> float:
    """One less the product of what each leaves of certainty; rounded to four digits."""
    certain = 1.0
    for doubt in doubts:
        certain *= 1.0 - doubt.weight
    return round(1.0 - certain, 4)
