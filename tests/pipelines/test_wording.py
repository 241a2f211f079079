"""Figures as summaries say them."""

from __future__ import annotations

import pytest

from soundstage.pipelines.wording import clock, counted, language_name, listed, percent, size


def test_counted() -> None:
    assert [counted(number, "word") for number in (0, 1, 2, 12_345)] == [
        "no words",
        "1 word",
        "2 words",
        "12,345 words",
    ]
    assert counted(2, "entry", "entries") == "2 entries"


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.0, "0 %"), (0.001, "under 1 %"), (0.976, "98 %"), (0.997, "over 99 %"), (1.0, "100 %")],
)
def test_percent(share: float, said: str) -> None:
    assert percent(share) == said


@pytest.mark.parametrize(
    ("milliseconds", "said"),
    [(0, "0.0 s"), (11_000, "11.0 s"), (59_949, "59.9 s"), (59_950, "1:00"), (185_400, "3:05"), (3_723_000, "1:02:03")],
)
def test_clock(milliseconds: int, said: str) -> None:
    assert clock(milliseconds) == said


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0 bytes"), (532, "532 bytes"), (999_600, "1.0 MB"), (1_234_567, "1.2 MB"), (10**16, "10000.0 TB")],
)
def test_size(number: int, said: str) -> None:
    assert size(number) == said


def test_listed() -> None:
    assert [listed(items) for items in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]


def test_language_names() -> None:
    assert [language_name(code) for code in ("en", "no", "haw")] == ["English", "Norwegian Bokmål", "“haw”"]
