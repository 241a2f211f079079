"""Which words of a server are taken for the state of a file."""

from __future__ import annotations

import pytest

from soundstage.media.validators import validators_of

URL = "https://media.example/talk.mp4?token=s3cret"
OLD, NEW = "Sat, 21 Nov 2026 10:00:00 GMT", "Sun, 22 Nov 2026 10:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "asked"),
    [
        ({"etag": '"a1"'}, {"If-None-Match": '"a1"'}),
        ({"last-modified": OLD, "date": NEW}, {"If-Modified-Since": OLD}),
        (
            {"etag": '"a1"', "last-modified": OLD, "date": NEW},
            {"If-None-Match": '"a1"', "If-Modified-Since": OLD},
        ),
        ({"etag": 'W/"a1"', "last-modified": OLD, "date": NEW}, {"If-Modified-Since": OLD}),
    ],
)
def test_strong_validators_are_sent_back_to_the_same_url_only(headers: dict[str, str], asked: dict[str, str]) -> None:
    known = validators_of(URL, headers)
    assert known is not None
    assert known.headers(URL) == asked
    assert known.headers(URL + "&more") == {}
    assert "s3cret" not in known.model_dump_json()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"etag": 'W/"a1"'},
        {"etag": "a1"},
        {"etag": '"a\r\nX-Evil: 1"'},
        {"etag": '"' + "a" * 2000 + '"'},
        {"last-modified": OLD},
        {"last-modified": "Sun, 22 Nov 2026 09:59:30 GMT", "date": NEW},
        {"last-modified": "yesterday", "date": NEW},
        {"last-modified": OLD, "date": "Sun, 22 Nov 2026 10:00:00"},
    ],
)
def test_what_vouches_for_nothing(headers: dict[str, str]) -> None:
    """Weak tags, changes within the last minute, headers that are none."""
    assert validators_of(URL, headers) is None
