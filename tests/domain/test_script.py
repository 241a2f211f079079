"""Letters that a language is not written in."""

from __future__ import annotations

import pytest

from soundstage.domain.script import foreign_share


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Où est la bibliothèque ?", "fr"),
        ("Мы купили iPhone вчера.", "ru"),
        ("昨日、NHKを見ました。", "ja"),
        ("저는 美國에 갔다", "ko"),
        ("ఆయన ఇంటికి వెళ్ళాడు", "te"),
        ("42 %!", "en"),
        ("", None),
        ("BBC News", "ru"),  # a name
    ],
)
def test_a_language_in_its_own_letters(text: str, code: str | None) -> None:
    assert foreign_share(text, code) == 0.0


@pytest.mark.parametrize(
    ("text", "code", "least"),
    [
        ("Спасибо за просмотр", "en", 1.0),
        ("ご視聴ありがとうございました", "de", 1.0),
        ("He said Привет to me", "en", 0.3),
        ("We hold these truths to be self-evident", "ru", 0.9),
        ("สวัสดีครับ", "hi", 0.7),
    ],
)
def test_letters_of_another_language(text: str, code: str, least: float) -> None:
    assert foreign_share(text, code) >= least
