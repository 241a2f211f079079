"""Compare two revisions. Pure: the same two give the same answer, and swapped the same one swapped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import fmean

from soundstage.domain.comparison.alignment import Pair, align, same_speakers
from soundstage.domain.comparison.comparison import (
    Comparison,
    LanguageDifference,
    Line,
    SegmentChange,
    SegmentCounts,
    SegmentDifference,
    SpeakerDifference,
    SpeakerSide,
    StageDifference,
    StageSide,
    TranslationDifference,
)
from soundstage.domain.comparison.summary import summary
from soundstage.domain.comparison.words import TextPart, differing_words, text_parts, words_of
from soundstage.domain.project import ProjectDocument, TrackKind
from soundstage.domain.segment import Segment
from soundstage.domain.speaker import Speaker
from soundstage.domain.transcript import Word

LISTED = 200
_FIELDS = ("project_name", "project_description", "source_language", "detected_language", "target_languages")


@dataclass(frozen=True)
class Side:
    """A revision: its number, its document, and how each of its stages was done."""

    revision: int
    document: ProjectDocument
    stages: Mapping[str, StageSide]


def compare(a: Side, b: Side, *, listed: int = LISTED) -> Comparison:
    """What `b` differs in from `a`; at most `listed` lines, and as many of each language, are told in full."""
    pairs = align(a.document.segments, b.document.segments)
    who = same_speakers(a.document, b.document, pairs)
    lines = tuple(one for pair in pairs if (one := _difference(pair, who)) is not None)
    languages = _languages(a.document, b.document, pairs)
    stages, speakers = _stages(a, b), _speakers(a.document, b.document, who)
    fields = _fields(a.document, b.document)
    found = Comparison(
        a=a.revision,
        b=b.revision,
        same=not (stages or fields or speakers or lines or languages),
        summary="",
        stages=stages,
        fields=fields,
        speakers_a=len(a.document.speakers),
        speakers_b=len(b.document.speakers),
        airtime_a_ms=sum(one.airtime_ms for one in a.document.speakers),
        airtime_b_ms=sum(one.airtime_ms for one in b.document.speakers),
        speakers=speakers,
        word_difference_rate=_rate(a.document, b.document, lines),
        confidence_a=_confidence(a.document),
        confidence_b=_confidence(b.document),
        segments=_counts(a.document, b.document, lines),
        lines=lines[:listed],
        translations=tuple(one.model_copy(update={"lines": one.lines[:listed]}) for one in languages),
        left_out=sum(max(0, len(many) - listed) for many in (lines, *(one.lines for one in languages))),
    )
    return found.model_copy(update={"summary": summary(found)})


def _stages(a: Side, b: Side) -> tuple[StageDifference, ...]:
    return tuple(
        StageDifference(stage=name, a=a.stages.get(name), b=b.stages.get(name))
        for name in dict.fromkeys((*a.stages, *b.stages))
        if a.stages.get(name) != b.stages.get(name)
    )


def _fields(a: ProjectDocument, b: ProjectDocument) -> tuple[str, ...]:
    found = [name for name in _FIELDS if getattr(a, name) != getattr(b, name)]
    heard = [
        {(track.track_id, track.artifact.sha256) for track in document.tracks if track.kind is not TrackKind.SUBTITLES}
        for document in (a, b)
    ]
    return (*found, *(("tracks",) if heard[0] != heard[1] else ()))


def _speakers(a: ProjectDocument, b: ProjectDocument, who: Mapping[str, str]) -> tuple[SpeakerDifference, ...]:
    theirs = {one.speaker_id: one for one in b.speakers}
    both = [(one, theirs.get(who.get(one.speaker_id, ""))) for one in a.speakers]
    matched = {other.speaker_id for _, other in both if other is not None}
    alone = [one for one in b.speakers if one.speaker_id not in matched]
    return (
        *(SpeakerDifference(a=_heard(one), b=_heard(other)) for one, other in both if _heard(one) != _heard(other)),
        *(SpeakerDifference(a=None, b=_heard(one)) for one in alone),
    )


def _heard(one: Speaker | None) -> SpeakerSide | None:
    if one is None:
        return None
    return SpeakerSide(speaker_id=one.speaker_id, name=one.name, airtime_ms=one.airtime_ms)


def _difference(pair: Pair, who: Mapping[str, str]) -> SegmentDifference | None:
    """How the two sides of a pair differ; None where they do not."""
    parts: tuple[TextPart, ...] = ()
    changes: list[SegmentChange] = []
    if not pair.b:
        changes = ["only_a"]
    elif not pair.a:
        changes = ["only_b"]
    else:
        a, b = _text(pair.a), _text(pair.b)
        if a != b:
            changes.append("text")
        if [one.span for one in pair.a] != [one.span for one in pair.b]:
            changes.append("cut")
        if _voices(pair.a, who) != _voices(pair.b, {}):
            changes.append("speaker")
        if _spoken(pair.a) != _spoken(pair.b):
            changes.append("language")
        if not changes and _heard_words(pair.a) != _heard_words(pair.b):
            changes.append("words")
    if not changes:
        return None
    if _text(pair.a) != _text(pair.b):
        parts = text_parts(_text(pair.a), _text(pair.b))
    return SegmentDifference(changes=tuple(changes), a=_lines(pair.a), b=_lines(pair.b), parts=parts)


def _voices(segments: Sequence[Segment], who: Mapping[str, str]) -> list[str | None]:
    """Who speaks, one after the other, without repeats."""
    return _in_turn(None if one.speaker_id is None else who.get(one.speaker_id, one.speaker_id) for one in segments)


def _spoken(segments: Sequence[Segment]) -> list[str | None]:
    """Which languages are spoken, one after the other; None is the project's own, which is told among its fields."""
    return _in_turn(one.language for one in segments)


def _in_turn(told: Iterable[str | None]) -> list[str | None]:
    return [one for one, _ in groupby(told)]


def _text(segments: Iterable[Segment]) -> str:
    return " ".join(filter(None, (one.text.strip() for one in segments)))


def _heard_words(segments: Iterable[Segment]) -> list[tuple[float, tuple[Word, ...]]]:
    return [(one.confidence, one.words) for one in segments]


def _lines(segments: Iterable[Segment]) -> tuple[Line, ...]:
    return tuple(
        Line(
            segment_id=one.segment_id,
            span=one.span,
            speaker_id=one.speaker_id,
            language=one.language,
            text=one.text,
        )
        for one in segments
    )


def _counts(a: ProjectDocument, b: ProjectDocument, lines: Sequence[SegmentDifference]) -> SegmentCounts:
    def having(change: SegmentChange) -> int:
        return sum(change in one.changes for one in lines)

    return SegmentCounts(
        a=len(a.segments),
        b=len(b.segments),
        same=len(a.segments) - sum(len(one.a) for one in lines),
        text=having("text"),
        cut=having("cut"),
        speaker=having("speaker"),
        language=having("language"),
        words=having("words"),
        only_a=having("only_a"),
        only_b=having("only_b"),
    )


def _rate(a: ProjectDocument, b: ProjectDocument, lines: Sequence[SegmentDifference]) -> float:
    longest = max(sum(len(words_of(one.text)) for one in document.segments) for document in (a, b))
    differing = sum(differing_words(one.parts) for one in lines)
    return round(min(1.0, differing / longest), 4) if longest else 0.0


def _confidence(document: ProjectDocument) -> float | None:
    if not document.segments:
        return None
    return round(min(1.0, fmean(one.confidence for one in document.segments)), 4)


def _languages(a: ProjectDocument, b: ProjectDocument, pairs: Sequence[Pair]) -> tuple[LanguageDifference, ...]:
    tags = sorted({tag for document in (a, b) for one in document.segments for tag in one.translations})
    found = []
    for tag in tags:
        lines = tuple(one for pair in pairs if (one := _translated(pair, tag)) is not None)
        counts = [sum(bool(one.translations.get(tag)) for one in document.segments) for document in (a, b)]
        if lines:
            found.append(
                LanguageDifference(language=tag, lines_a=counts[0], lines_b=counts[1], changed=len(lines), lines=lines)
            )
    return tuple(found)


def _translated(pair: Pair, tag: str) -> TranslationDifference | None:
    a, b = (" ".join(filter(None, (one.translations.get(tag, "") for one in side))) for side in (pair.a, pair.b))
    if a == b:
        return None
    return TranslationDifference(
        segment_ids_a=tuple(one.segment_id for one in pair.a),
        segment_ids_b=tuple(one.segment_id for one in pair.b),
        a=a,
        b=b,
        parts=text_parts(a, b),
    )
