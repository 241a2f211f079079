"""What two revisions of a project differ in, as a value."""

from __future__ import annotations

from typing import Any, Literal

from soundstage.domain.comparison.words import TextPart
from soundstage.domain.timing import Span
from soundstage.domain.value import Milliseconds, Share, Value

SegmentChange = Literal["text", "cut", "speaker", "language", "words", "only_a", "only_b"]


class StageSide(Value):
    """How a stage was done: `engine` None where none was at work; `options`: what it was told, by name."""

    state: str
    engine: str | None
    options: dict[str, Any]


class StageDifference(Value):
    stage: str
    a: StageSide | None
    b: StageSide | None


class SpeakerSide(Value):
    speaker_id: str
    name: str
    airtime_ms: Milliseconds


class SpeakerDifference(Value):
    """A person as both revisions have them; None where one has not. Who is who is told by what they say."""

    a: SpeakerSide | None
    b: SpeakerSide | None


class Line(Value):
    """`language`: the ISO 639-1 code of its text, None where that is its project's source language."""

    segment_id: str
    span: Span
    speaker_id: str | None
    language: str | None
    text: str


class SegmentDifference(Value):
    """Lines of the same stretch. `changes`: another text, cut at other times, said by another, in another language,
    the same text with other times or confidence of its words, or only there in one.

    `parts`: the text of both, word by word; empty where the words are the same.
    """

    changes: tuple[SegmentChange, ...]
    a: tuple[Line, ...]
    b: tuple[Line, ...]
    parts: tuple[TextPart, ...] = ()


class SegmentCounts(Value):
    """`same` lines are equal in all but their translations; a stretch may count under several of the others."""

    a: int
    b: int
    same: int
    text: int
    cut: int
    speaker: int
    language: int
    words: int
    only_a: int
    only_b: int


class TranslationDifference(Value):
    """A line's translations that differ; an empty text means that there is none."""

    segment_ids_a: tuple[str, ...]
    segment_ids_b: tuple[str, ...]
    a: str
    b: str
    parts: tuple[TextPart, ...]


class LanguageDifference(Value):
    """`lines_a`, `lines_b`: how many lines have a translation; `changed`: of how many stretches it differs."""

    language: str
    lines_a: int
    lines_b: int
    changed: int
    lines: tuple[TranslationDifference, ...]


class Comparison(Value):
    """Revision `b` against `a`; lists are of what differs alone, so of equal ones all are empty.

    `word_difference_rate`: words put in, taken out or replaced, as a share of those of the longer text.
    `confidence_a`, `confidence_b`: means over the lines, None without any. `fields`: what else differs, such as the
    name or the sound of the tracks. `left_out`: differences beyond the limit, which are counted and not listed.
    `summary`: a sentence or two.
    """

    a: int
    b: int
    same: bool
    summary: str
    stages: tuple[StageDifference, ...]
    fields: tuple[str, ...]
    speakers_a: int
    speakers_b: int
    airtime_a_ms: Milliseconds
    airtime_b_ms: Milliseconds
    speakers: tuple[SpeakerDifference, ...]
    word_difference_rate: Share
    confidence_a: Share | None
    confidence_b: Share | None
    segments: SegmentCounts
    lines: tuple[SegmentDifference, ...]
    translations: tuple[LanguageDifference, ...]
    left_out: int = 0
