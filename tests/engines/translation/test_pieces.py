"""Lines in pieces: sentences by themselves, none too long, nothing lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from soundstage.engines.translation.pieces import cut, joined


def texts(line: str, most: int = 1000) -> list[str]:
    return [piece.text for piece in cut([line], len, most)]


def test_sentences_stand_by_themselves() -> None:
    assert texts("Mr. Hale came. Did he? “Yes!” He did.") == ["Mr. Hale came.", "Did he?", "“Yes!”", "He did."]
    assert texts("你好。世界！再见") == ["你好。", "世界！", "再见"]


def test_a_long_sentence_is_cut_at_a_pause() -> None:
    assert texts("We waited for an hour, and then we went home", 30) == [
        "We waited for an hour,",
        "and then we went home",
    ]
    assert texts("one two three four five six", 15) == ["one two three", "four five six"]
    assert texts("abcdefgh", 4) == ["abcd", "efgh"]


def test_empty_lines_have_no_pieces_and_numbers_tell_whose_they_are() -> None:
    assert [(piece.line, piece.text) for piece in cut(["No. Yes!", " ", "C"], len, 9)] == [
        (0, "No."),
        (0, "Yes!"),
        (2, "C"),
    ]


def test_translations_are_put_together_as_the_language_writes() -> None:
    assert joined(["Uno.", " ", "Dos."], spaces=True) == "Uno. Dos."
    assert joined(["一。", "二。"], spaces=False) == "一。二。"


@given(st.lists(st.text(max_size=120), max_size=4), st.integers(1, 40))
def test_nothing_is_lost_and_nothing_is_too_long(lines: list[str], most: int) -> None:
    pieces = cut(lines, len, most)
    assert all(len(piece.text) <= most or len(piece.text) == 1 for piece in pieces)
    for number, line in enumerate(lines):
        own = "".join(piece.text for piece in pieces if piece.line == number)
        assert "".join(own.split()) == "".join(line.split())
