"""The demo's own measure: word errors between the script and what was heard."""

from __future__ import annotations

import pytest

from soundstage.cli.demo.checks import word_errors


@pytest.mark.parametrize(
    ("script", "heard", "errors"),
    [
        ("Good evening, all.", "good evening all", 0),
        ("one two three", "one three", 1),
        ("one two three", "one two four three", 1),
        ("one two three", "one too three", 1),
        ("one two three", "", 3),
        ("", "anything at all", 3),
    ],
)
def test_word_errors(script: str, heard: str, errors: int) -> None:
    assert word_errors(script, heard) == errors
