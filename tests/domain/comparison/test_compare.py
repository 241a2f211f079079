"""Comparing revisions: nothing is made up, nothing is missed, and which way round makes no difference."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from soundstage.domain.comparison.alignment import align
from soundstage.domain.comparison.compare import Side, compare
from soundstage.domain.comparison.comparison import Comparison, StageSide
from soundstage.domain.comparison.words import text_parts, words_of
from soundstage.domain.media import MediaInfo
from soundstage.domain.project import ProjectDocument
from soundstage.domain.segment import Segment
from soundstage.domain.speaker import Speaker
from soundstage.domain.timing import Span

MEDIA = MediaInfo(container="wav", duration_ms=60_000, bytes=1, bit_rate=None, streams=())


def line(number: int, text: str, start_ms: int, end_ms: int, **told: Any) -> Segment:
    fields: dict[str, Any] = {"speaker_id": "speaker-1", "words": (), "confidence": 0.9}
    span = Span(start_ms=start_ms, end_ms=end_ms)
    return Segment(segment_id=f"s{number}", span=span, text=text, **fields | told)


def speaker(number: int, airtime_ms: int = 1_000) -> Speaker:
    return Speaker(
        speaker_id=f"speaker-{number}", name=f"Speaker {number}", airtime_ms=airtime_ms, confidence=0.9, sample=None
    )


def document(*segments: Segment, speakers: tuple[Speaker, ...] = (speaker(1),), **told: Any) -> ProjectDocument:
    fields: dict[str, Any] = {
        "project_name": "Talk",
        "project_description": None,
        "created_at": datetime(2026, 1, 1, tzinfo=UTC),
        "source_language": "en-us",
        "detected_language": None,
        "target_languages": ("es-es", "fr-fr"),
        "duration_ms": 60_000,
        "media": MEDIA,
        "tracks": (),
    }
    return ProjectDocument(**fields | told, speakers=speakers, segments=segments)


def stage(engine: str | None, **options: Any) -> StageSide:
    return StageSide(state="done", engine=engine, options=options)


def compared(a: ProjectDocument, b: ProjectDocument, stages_a: Any = None, stages_b: Any = None) -> Comparison:
    return compare(Side(1, a, stages_a or {}), Side(2, b, stages_b or {}))


words = st.lists(st.sampled_from(["a", "rose", "is", "漢字", "ok."]), max_size=4).map(" ".join)
segments = st.builds(
    lambda number, start, length, text, who, es: line(
        number, text, start, start + length, speaker_id=who, translations={"es-es": es} if es else {}
    ),
    st.integers(0, 10**6),
    st.integers(0, 20),
    st.integers(1, 10),
    words,
    st.sampled_from([None, "speaker-1", "speaker-2"]),
    words,
)
documents = st.lists(segments, max_size=6, unique_by=lambda one: one.segment_id).map(
    lambda found: document(
        *sorted(found, key=lambda one: one.span.start_ms), speakers=(speaker(1), speaker(2, airtime_ms=500))
    )
)


@given(documents)
def test_what_is_compared_with_itself_is_the_same(made: ProjectDocument) -> None:
    found = compared(made, made, {"diarize": stage("x")}, {"diarize": stage("x")})
    assert found.same
    assert (found.stages, found.fields, found.speakers, found.lines, found.translations) == ((), (), (), (), ())
    assert found.segments.same == len(made.segments)
    assert found.word_difference_rate == 0.0
    assert found.summary == "Revisions 1 and 2 are the same."


@given(documents, documents)
def test_it_makes_no_difference_which_way_round(one: ProjectDocument, other: ProjectDocument) -> None:
    there, back = compared(one, other), compared(other, one)
    swapped = {"only_a": "only_b", "only_b": "only_a"}
    assert (there.word_difference_rate, there.same) == (back.word_difference_rate, back.same)
    assert (there.segments.a, there.segments.same) == (back.segments.b, back.segments.same)
    assert sorted((ids(d.a), ids(d.b), tuple(swapped.get(c, c) for c in d.changes)) for d in there.lines) == sorted(
        (ids(d.b), ids(d.a), d.changes) for d in back.lines
    )
    assert [(d.language, d.lines_a, d.changed) for d in there.translations] == [
        (d.language, d.lines_b, d.changed) for d in back.translations
    ]


def ids(lines: Any) -> tuple[str, ...]:
    return tuple(one.segment_id for one in lines)


@given(documents, documents)
def test_every_line_is_in_one_pair(one: ProjectDocument, other: ProjectDocument) -> None:
    pairs = align(one.segments, other.segments)
    for of, side in ((one, [s for pair in pairs for s in pair.a]), (other, [s for pair in pairs for s in pair.b])):
        assert sorted(ids(side)) == sorted(ids(of.segments))


@given(words, words)
def test_the_parts_of_two_texts_are_the_whole_of_both(a: str, b: str) -> None:
    parts = text_parts(a, b)
    assert tuple(word for part in parts for word in words_of(part.a)) == words_of(a)
    assert tuple(word for part in parts for word in words_of(part.b)) == words_of(b)
    assert all(part.a == part.b for part in parts if part.kind == "same")


def test_very_long_texts_are_told_apart_as_a_whole() -> None:
    a, b = "same " + "one " * 3_000 + "end", "same " + "two " * 3_000 + "end"
    assert [(part.kind, len(words_of(part.a))) for part in text_parts(a, b)] == [
        ("same", 1),
        ("changed", 3_000),
        ("same", 1),
    ]


def test_another_engine_and_what_it_heard() -> None:
    a = document(line(1, "Ask not what you can do.", 0, 3_000), line(2, "My fellow Americans", 4_000, 6_000))
    b = document(line(1, "Ask what you can do.", 0, 3_000), line(9, "My fellow Americans", 4_000, 6_000))
    found = compared(a, b, {"transcribe": stage("tiny")}, {"transcribe": stage("base")})
    (changed,) = found.lines
    assert changed.changes == ("text",)
    assert [(part.kind, part.a, part.b) for part in changed.parts] == [
        ("same", "Ask", "Ask"),
        ("changed", "not", ""),
        ("same", "what you can do.", "what you can do."),
    ]
    assert found.word_difference_rate == round(1 / 9, 4)
    assert found.segments.same == 1
    assert found.summary == (
        "Revision 2 against 1: transcribe by base instead of tiny; 1 line of 2 in other words (11.1%)."
    )


def test_the_same_words_cut_otherwise() -> None:
    a = document(line(1, "One two.", 0, 2_000), line(2, "Three.", 2_000, 3_000))
    b = document(line(1, "One two. Three.", 0, 3_000))
    (found,) = compared(a, b).lines
    assert (found.changes, ids(found.a), ids(found.b), found.parts) == (("cut",), ("s1", "s2"), ("s1",), ())


def test_lines_that_are_gone_or_new() -> None:
    a = document(line(1, "Gone.", 0, 1_000), line(2, "Stays.", 2_000, 3_000))
    b = document(line(2, "Stays.", 2_000, 3_000), line(3, "New.", 5_000, 6_000))
    found = compared(a, b)
    assert [one.changes for one in found.lines] == [("only_a",), ("only_b",)]
    assert "1 line gone; 1 line new" in found.summary


def test_speakers_are_told_by_what_they_say_and_not_by_their_numbers() -> None:
    a = document(
        line(1, "Hello.", 0, 1_000),
        line(2, "Hi.", 1_000, 2_000, speaker_id="speaker-2"),
        speakers=(speaker(1), speaker(2)),
    )
    b = document(
        line(1, "Hello.", 0, 1_000, speaker_id="speaker-2"),
        line(2, "Hi.", 1_000, 2_000),
        speakers=(speaker(1, 990), speaker(2, 1_010)),
    )
    found = compared(a, b)
    assert found.lines == ()
    assert [(one.a and one.a.speaker_id, one.b and one.b.speaker_id) for one in found.speakers] == [
        ("speaker-1", "speaker-2"),
        ("speaker-2", "speaker-1"),
    ]
    merged = compared(a, document(line(1, "Hello.", 0, 1_000), line(2, "Hi.", 1_000, 2_000)))
    assert [one.changes for one in merged.lines] == [("speaker",)]
    assert "1 speaker instead of 2" in merged.summary


def test_translations_by_language() -> None:
    told = {"es-es": "Hola.", "fr-fr": "Salut."}
    a = document(line(1, "Hello.", 0, 1_000, translations=told))
    b = document(line(1, "Hello.", 0, 1_000, translations={**told, "es-es": "Buenos días."}))
    found = compared(a, b)
    assert found.lines == ()
    (language,) = found.translations
    assert (language.language, language.changed, language.lines_a, language.lines_b) == ("es-es", 1, 1, 1)
    assert (language.lines[0].a, language.lines[0].b) == ("Hola.", "Buenos días.")


def test_lists_are_bounded_and_counts_are_not() -> None:
    a = document(*(line(n, "One.", n * 10, n * 10 + 9) for n in range(50)))
    b = document(*(line(n, "Two.", n * 10, n * 10 + 9) for n in range(50)))
    found = compare(Side(1, a, {}), Side(2, b, {}), listed=5)
    assert (len(found.lines), found.left_out, found.segments.text) == (5, 45, 50)


def test_a_long_film_is_compared_in_linear_time() -> None:
    """A thousand times the lines may not take a million times the steps: five thousand lines of twelve words."""
    text = "the quick brown fox jumps over the lazy dog and then some"
    a = document(*(line(n, text, n * 1_000, n * 1_000 + 900) for n in range(5_000)), duration_ms=5_000_000)
    b = document(
        *(line(n, text + " more", n * 1_000 + 10, n * 1_000 + 920) for n in range(5_000)), duration_ms=5_000_000
    )
    found = compared(a, b)
    assert (found.segments.text, found.segments.cut) == (5_000, 5_000)


def test_a_line_heard_as_another_language_is_told() -> None:
    a = document(line(1, "Buenos días.", 0, 1_000), line(2, "Good morning.", 2_000, 3_000))
    b = document(line(1, "Buenos días.", 0, 1_000, language="es"), line(2, "Good morning.", 2_000, 3_000))
    found = compared(a, b)
    assert [one.changes for one in found.lines] == [("language",)]
    assert (found.lines[0].a[0].language, found.lines[0].b[0].language) == (None, "es")
    assert (found.segments.language, found.segments.same) == (1, 1)
    assert "1 line in another language" in found.summary
