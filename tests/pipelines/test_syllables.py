"""Syllables by script: known sentences, counted by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soundstage.pipelines.syllables import syllables


@pytest.mark.parametrize(
    ("text", "language", "count"),
    [
        ("Ask not what your country can do for you.", "en", 10),
        ("The wanted tables were made, and the boxes closed.", "en", 12),
        ("Hola, ¿cómo estás? Mañana será otro día.", "es", 15),
        ("La maison est belle et ils parlent.", "fr", 8),
        ("Guten Morgen, wie geht es Ihnen heute?", "de", 11),
        ("Привет, как дела?", "ru", 5),
        ("Καλημέρα", "el", 4),
        ("こんにちは世界", "ja", 9),
        ("きょう", "ja", 2),
        ("你好，世界", "zh", 4),
        ("안녕하세요", "ko", 5),
        ("नमस्ते घर", "hi", 4),
        ("xin chào các bạn", "vi", 4),
        ("NBC", "en", 3),
        ("25", "en", 3),
        ("… !", "en", 0),
        ("", "en", 0),
    ],
)
def test_counted_by_hand(text: str, language: str, count: float) -> None:
    assert syllables(text, language) == count


@pytest.mark.parametrize(
    ("text", "language", "count"), [("สวัสดีประเทศไทย", "th", 6), ("السلام عليكم", "ar", 6), ("שלום", "he", 2)]
)
def test_scripts_that_leave_sounds_out_are_estimated(text: str, language: str, count: float) -> None:
    assert syllables(text, language) == pytest.approx(count, rel=0.15)


@given(st.text(max_size=80), st.sampled_from(["en", "fr", "ru", "ja", "hi", "vi", "xx"]))
def test_every_text_has_a_number_and_words_add_up(text: str, language: str) -> None:
    assert syllables(text, language) >= 0
    assert syllables(f"{text} {text}", language) == 2 * syllables(text, language)
