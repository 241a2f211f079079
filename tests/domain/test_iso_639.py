from __future__ import annotations

import pytest

from soundstage.domain.iso_639 import _CODES, short_code
from soundstage.domain.language import default_locale


@pytest.mark.parametrize(
    ("tag", "code"),
    [("eng", "en"), ("ENG", "en"), ("en", "en"), ("en-US", "en"), ("es_419", "es"), ("ger", "de"), ("deu", "de")],
)
def test_tags_of_media_files(tag: str, code: str) -> None:
    assert short_code(tag) == code


def test_what_is_unknown_stays() -> None:
    assert short_code("qaa") == "qaa" and short_code("") == ""


def test_every_code_is_a_language_of_ours() -> None:
    assert len(_CODES) > 95
    assert all(default_locale(code) is not None for code in _CODES.values())
