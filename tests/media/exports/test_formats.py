"""Text, tables, turns, and the table of formats."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.media.exports.conftest import SEGMENTS, TALK, TURNS, document, material, segment, span

from soundstage.domain.review import Doubt, DoubtReason, ReviewLine
from soundstage.domain.speaker import Turn
from soundstage.media.exports.formats import FORMATS
from soundstage.media.exports.material import Options
from soundstage.media.exports.rttm import rttm
from soundstage.media.exports.table import guarded, table
from soundstage.media.exports.text import text


def rows(written: str) -> list[list[str]]:
    assert written.startswith("\ufeff")
    return list(csv.reader(io.StringIO(written[1:], newline="")))


def test_text_is_the_words_only() -> None:
    assert text(material(TALK)) == "Hello there.\n=SUM(1) or not\nSo 👍🏽\n"
    assert text(material(TALK, language="es-es")) == "Hola.\n\nAsí\n"


def test_text_with_speakers_and_times() -> None:
    told = text(material(TALK, options=Options(speakers=True, times=True)))
    assert told.splitlines() == [
        "[00:00:01.000 - 00:00:02.500] Ann: Hello there.",
        "[00:00:02.000 - 00:00:04.000] Bo, Jr.: =SUM(1) or not",
        "[00:01:01.000 - 00:01:01.007] So 👍🏽",
    ]


def test_a_table_of_all_languages() -> None:
    heading, first, second, third = rows(table(material(TALK)))
    assert heading == ["segment", "start", "end", "start_ms", "end_ms", "speaker", "source", "es-es", "ar-eg", "review"]
    assert first == ["s1", "00:00:01.000", "00:00:02.500", "1000", "2500", "Ann", "Hello there.", "Hola.", "أهلا.", ""]
    assert second[5:] == ["Bo, Jr.", "'=SUM(1) or\nnot", "", "", ""]
    assert third[5:] == ["", "So 👍🏽", "Así", "", ""]


def test_a_table_of_one_language() -> None:
    made = [row[7:] for row in rows(table(material(TALK, language="ar-eg")))]
    assert made == [["ar-eg", "review"], ["أهلا.", ""], ["", ""], ["", ""]]


def test_a_table_tells_why_a_line_is_doubtful() -> None:
    reasons = (DoubtReason.LOW_CONFIDENCE, None), (DoubtReason.NOT_TRANSLATED, "ar-eg")
    doubts = [Doubt(reason=reason, sentence=f"{reason}.", weight=0.5, language=tag) for reason, tag in reasons]
    doubtful = TALK.model_copy(update={"review": (ReviewLine(segment_id="s3", weight=0.75, doubts=tuple(doubts)),)})
    assert rows(table(material(doubtful)))[3][-1] == "low_confidence. not_translated."
    assert rows(table(material(doubtful, language="es-es")))[3][-1] == "low_confidence."


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@SUM(A1)", "'@SUM(A1)"), (" =1", "' =1"),
        ("\t=1", "'\t=1"), ("＝1", "'＝1"), ("'=1", "''=1"), ("– No.", "– No."), ("'Tis", "'Tis"), ("a=1", "a=1"),
        ("", ""), ("a\rb\x00", "a b "),
    ],
)  # fmt: skip
def test_no_cell_is_a_formula(cell: str, expected: str) -> None:
    assert guarded(cell) == expected


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=30))
def test_what_was_guarded_comes_back(cell: str) -> None:
    made = guarded(cell)
    assert not re.match(r"[=+\-@\t\r＝＋－＠]", made)
    assert (made[1:] if re.match(r"'+\s*[=+\-@＝＋－＠]", made) else made) == cell


@given(SEGMENTS)
def test_a_table_comes_back(segments) -> None:
    made = rows(table(material(document(*segments))))[1:]
    assert sorted((row[0], int(row[3]), int(row[4])) for row in made) == sorted(
        (one.segment_id, one.span.start_ms, one.span.end_ms) for one in segments
    )
    for row, one in zip(made, material(document(*segments)).segments, strict=True):
        assert row[6] == guarded(one.text)


def test_turns() -> None:
    assert rttm(material(TALK, turns=TURNS)) == (
        "SPEAKER A_talk 1 1.000 1.500 <NA> <NA> speaker-1 <NA> <NA>\n"
        "SPEAKER A_talk 1 2.000 2.001 <NA> <NA> speaker-2 <NA> <NA>\n"
    )
    assert rttm(material(document(project_name=" /?"), turns=(TURNS[0],))).startswith("SPEAKER untitled 1 ")
    assert rttm(material(TALK, turns=())) == ""


@given(
    st.lists(
        st.builds(
            lambda s, n: Turn(speaker_id="a b", span=span(s, s + n)), st.integers(0, 10**8), st.integers(1, 10**6)
        )
    )
)
def test_turns_come_back(turns) -> None:
    fields = [one.split(" ") for one in rttm(material(TALK, turns=tuple(turns))).splitlines()]
    assert all(len(one) == 10 and one[7] == "a_b" for one in fields)
    found = sorted((round(float(one[3]) * 1000), round(float(one[4]) * 1000)) for one in fields)
    assert found == sorted((turn.span.start_ms, turn.span.duration_ms) for turn in turns)


def test_every_format_is_made_of_any_project() -> None:
    assert list(FORMATS) == ["srt", "vtt", "ass", "ttml", "txt", "csv", "json", "rttm", "otio", "edl"]
    empty, full = document(), document(segment(1, 0, 1, "\x00"), segment(2, 0, 10, "שלום {\\b1} <&> 👩‍👩‍👧 " * 30))
    for one in FORMATS.values():
        for made in (empty, full, TALK):
            given_turns = () if one.has_turns else None
            data = one.make(material(made, turns=given_turns))
            assert isinstance(data, str | bytes), one.name
            (data if isinstance(data, bytes) else data.encode()).decode("utf-8")
    assert FORMATS["json"].make(material(TALK)) == TALK.model_dump_json().encode()
