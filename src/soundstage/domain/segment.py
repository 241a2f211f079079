"""Segments: the lines of a dub."""

from __future__ import annotations

from pydantic import Field

from soundstage.domain.timing import Span
from soundstage.domain.transcript import Word
from soundstage.domain.translation import TranslationCheck
from soundstage.domain.value import LanguageCode, Share, Value


class Overlap(Value):
    """Somebody else who speaks while a segment is spoken, and in which share of its span."""

    speaker_id: str
    share: Share


class Segment(Value):
    """A span on the source track with its speaker, its text, its words and its translations by language tag.

    `language`: the ISO 639-1 code of its text, None where that is the project's source language.
    `overlaps`: who else is heard in it, most first: what they say may be missing, or be among its words.
    `translation_checks`: of the translations as they were made, by language tag.
    """

    segment_id: str
    span: Span
    speaker_id: str | None
    text: str
    words: tuple[Word, ...]
    confidence: Share
    translations: dict[str, str] = Field(default_factory=dict)
    overlaps: tuple[Overlap, ...] = ()
    translation_checks: dict[str, TranslationCheck] = Field(default_factory=dict)
    language: LanguageCode | None = None
