"""Reading rules: 42 cells a row, two rows, no word lost, every millisecond of a line used."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from tests.media.subtitles.conftest import ANY_TEXT, LINES, line, spaceless, span

from soundstage.domain.transcript import Word
from soundstage.media.subtitles.cues import printable
from soundstage.media.subtitles.reading import ROW_CELLS, ROWS, cues_of
from soundstage.media.subtitles.tokens import cells

LONG = (
    "When the ship came in, nobody on the quay knew what it carried. The captain, who had not slept for days, "
    "looked down and said nothing."
)


def test_a_short_line_is_one_row() -> None:
    (cue,) = cues_of([line(0, 900, "  Hello  there. ", "Ann")])
    assert (cue.rows, cue.span, cue.speaker) == (("Hello  there.",), span(0, 900), "Ann")


def test_two_rows_are_broken_where_a_reader_pauses() -> None:
    (cue,) = cues_of([line(0, 4000, "I never said that she stole the money, only that it was gone.")])
    assert cue.rows == ("I never said that she stole the money,", "only that it was gone.")


def test_what_its_author_broke_well_stays() -> None:
    (cue,) = cues_of([line(0, 900, "– Yes.\n\n– No, and I have told you so before.")])
    assert cue.rows == ("– Yes.", "– No, and I have told you so before.")
    (cue,) = cues_of([line(0, 900, "one\ntwo\nthree")])
    assert cue.rows == ("one two three",)


def test_a_long_line_becomes_cues_that_share_its_time() -> None:
    first, second = cues_of([line(1000, 11_000, LONG)])
    assert " ".join(first.rows).endswith("what it carried.")
    assert first.span.start_ms == 1000
    assert first.span.end_ms == second.span.start_ms
    assert second.span.end_ms == 11_000
    assert 4000 < first.span.end_ms < 6500


def test_the_words_times_tell_where_a_long_line_is_parted() -> None:
    said = LONG.split()
    words = tuple(
        Word(text=word, span=span(1000 + 100 * n, 1090 + 100 * n), confidence=1.0) for n, word in enumerate(said)
    )
    first, second = cues_of([line(1000, 11_000, LONG, words=words)])
    shown = len(" ".join(first.rows).split())
    assert said[shown] == "The"
    assert (first.span.end_ms, second.span.start_ms) == (1000 + 100 * shown, 1000 + 100 * shown)


def test_without_time_for_several_cues_the_rows_are_more() -> None:
    (cue,) = cues_of([line(0, 1, LONG)])
    assert cue.span == span(0, 1)
    assert " ".join(cue.rows) == LONG


def test_lines_without_text_are_left_out_and_the_others_in_order() -> None:
    cues = cues_of([line(5, 9, "b"), line(0, 3, " \x00\n"), line(0, 7, "a")])
    assert [(cue.text, cue.span) for cue in cues] == [("a", span(0, 7)), ("b", span(5, 9))]


def test_a_monstrous_line_takes_no_time() -> None:
    cues = cues_of([line(0, 3_600_000, "東京" * 10_000)])
    assert all(len(cue.rows) <= ROWS and all(cells(row) <= ROW_CELLS for row in cue.rows) for cue in cues)
    assert "".join(row for cue in cues for row in cue.rows) == "東京" * 10_000


@given(LINES)
def test_every_cue_can_be_read_and_nothing_is_lost(spoken) -> None:
    cues = cues_of([spoken])
    assert spaceless("".join(cue.text for cue in cues)) == spaceless(spoken.text)
    assert cues[0].span.start_ms == spoken.span.start_ms
    assert cues[-1].span.end_ms == spoken.span.end_ms
    for before, after in pairwise(cues):
        assert before.span.end_ms == after.span.start_ms
    for cue in cues:
        assert cue.rows and all(cue.rows)
        assert cue.speaker == spoken.speaker
        if len(cues) > 1 or len(cue.rows) <= ROWS:
            assert len(cue.rows) <= ROWS
            assert all(cells(row) <= ROW_CELLS for row in cue.rows)
        else:
            assert spoken.span.duration_ms < len(cue.rows)


@given(st.lists(LINES, max_size=6))
def test_cues_are_in_order_of_their_lines(spoken) -> None:
    starts = [
        cue.span.start_ms for line in sorted(spoken, key=lambda one: one.span.start_ms) for cue in cues_of([line])
    ]
    assert sorted(starts) == sorted(cue.span.start_ms for cue in cues_of(spoken))


@given(ANY_TEXT)
def test_any_text_can_be_shown(text: str) -> None:
    for cue in cues_of([line(0, 100_000, text)]):
        assert all(row and row == printable(row) and "\n" not in row for row in cue.rows)
