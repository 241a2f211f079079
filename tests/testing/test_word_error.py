"""The word error rate on cases that can be counted by hand."""

from __future__ import annotations

import pytest

from soundstage.testing.word_error import WordError, same_words, total, word_error, words_of


def test_capitals_punctuation_and_spelling_are_no_error() -> None:
    assert " ".join(words_of("  Mister Smith’s “ill-disposed” man – 15th! ")) == "mr smiths ill disposed man 15th"
    assert word_error("in the fifteenth century, mister Dashwood", "In the 15th century, Mr. Dashwood.").wrong == 0


@pytest.mark.parametrize(
    ("said", "heard", "wrong"),
    [
        ("one two three", "one two three", 0),
        ("one two three", "one too three", 1),
        ("one two three", "one three", 1),
        ("one two three", "one two and three", 1),
        ("one two three", "", 3),
        ("one two three four", "two three four one", 2),
        ("", "somebody spoke", 2),
    ],
)
def test_words_changed_left_out_and_put_in(said: str, heard: str, wrong: int) -> None:
    assert word_error(said, heard) == WordError(wrong, len(said.split()))


def test_each_word_of_many_recordings_counts_the_same() -> None:
    assert total([WordError(1, 2), WordError(0, 8)]).rate == pytest.approx(0.1)
    assert (total([]).rate, WordError(3, 0).rate) == (0.0, 3.0)


def test_the_words_that_were_heard_as_said() -> None:
    said, heard = ["the", "old", "gate", "opened"], ["well", "the", "gold", "gate", "has", "opened"]
    assert same_words(said, heard) == [(0, 1), (2, 3), (3, 5)]
    assert same_words(said, said) == [(i, i) for i in range(4)]
    assert same_words(said, []) == []
