"""Errors of word starts against times that were set."""

from __future__ import annotations

import pytest

from soundstage.domain.timing import Span
from soundstage.domain.transcript import Word
from soundstage.testing.word_starts import start_errors


def words(**starts: int) -> list[Word]:
    """Words 200 ms long, by their starts in ms."""
    return [Word(text=f"{text},", span=Span(start_ms=ms, end_ms=ms + 200), confidence=1) for text, ms in starts.items()]


def test_words_are_matched_by_what_they_say() -> None:
    heard = words(the=1_000, gold=1_200, gate=1_450, Opened=1_700)
    truth = [("the", 1.1), ("old", 1.2), ("gate", 1.4), ("opened", 1.7)]
    assert start_errors(heard, truth) == pytest.approx([-0.1, 0.05, 0.0])


def test_nothing_heard_is_no_error_of_starts() -> None:
    assert start_errors([], [("the", 1.1)]) == []
