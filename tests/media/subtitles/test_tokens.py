from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.media.subtitles.conftest import TEXTS, spaceless

from soundstage.media.subtitles.tokens import cells, tokens


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("Hola", 4),
        ("東京", 4),
        ("e\u0301", 1),
        ("👍🏽", 2),
        ("👩‍👩‍👧", 2),
        ("🇪🇸🇫🇷", 4),
        ("안녕", 4),
        ("\u200f", 0),
        ("", 0),
    ],
)
def test_how_wide_a_text_is(text: str, width: int) -> None:
    assert cells(text) == width


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("two  words\nhere", ["two", "words", "here"]),
        ("«\u00a0Non\u00a0!» dit-il", ["«\u00a0Non\u00a0!»", "dit-il"]),  # French keeps its marks beside the words
        (
            "「東京」です。",
            ["「東", "京」", "で", "す。"],
        ),  # no row begins with a closing mark or ends with an opening one
        ("Tokyo東京", ["Tokyo", "東", "京"]),
        ("안녕하세요 여러분", ["안녕하세요", "여러분"]),  # Korean has spaces
        ("👩‍👩‍👧👍🏽", ["👩‍👩‍👧", "👍🏽"]),
        ("abcdefghijk", ["abcde", "fghij", "k"]),
    ],
)
def test_where_rows_may_be_broken(text: str, pieces: list[str]) -> None:
    most = 5 if text == "abcdefghijk" else 42
    assert [token.text for token in tokens(text, most)] == pieces


@given(TEXTS, st.integers(2, 42))
def test_tokens_are_the_text_and_fit(text: str, most: int) -> None:
    found = tokens(text, most)
    assert spaceless("".join(token.text for token in found)) == spaceless(text)
    assert all(token.cells <= most and token.cells == cells(token.text) for token in found)
    assert "".join(("" if token.glued else " ") + token.text for token in found).strip() == " ".join(text.split())
