"""Cursors of lists: where the page before ended, as text that clients send back."""

from __future__ import annotations

import base64
import binascii

from soundstage.errors import Invalid

_DIGITS = 18  # below 2⁶³, what the database can number


def number_of(cursor: str) -> int:
    """The last number of the page before. Raises Invalid for what is no cursor of such a list."""
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= _DIGITS):
        raise _foreign()
    return int(cursor)


def encoded(number: int, text: str) -> str:
    """A cursor of a list that goes by a number and a text."""
    return base64.urlsafe_b64encode(f"{number}.{text}".encode()).decode().rstrip("=")


def decoded(cursor: str) -> tuple[int, str]:
    """Number and text of `encoded`. Raises Invalid for what is no cursor of such a list."""
    try:
        number, point, text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition(".")
    except (binascii.Error, UnicodeError):
        raise _foreign() from None
    if not point or "\0" in text:  # which PostgreSQL's text cannot hold
        raise _foreign()
    return number_of(number), text


def _foreign() -> Invalid:
    return Invalid.field("cursor", "is not a cursor of this list; leave it out to start over", where="query")
