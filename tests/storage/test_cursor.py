"""Cursors: what was encoded comes back, and whatever else a client sends is refused."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soundstage.errors import Invalid
from soundstage.storage.cursor import decoded, encoded, number_of


@given(st.integers(0, 10**18 - 1), st.text().filter(lambda text: "\0" not in text))
def test_what_was_encoded_comes_back(number: int, text: str) -> None:
    assert decoded(encoded(number, text)) == (number, text)


@pytest.mark.parametrize("inside", [b"7", b"-7.a", b"x.a", b"7.\0", b"7.\xff", b"1" * 19 + b".a"])
def test_a_place_in_no_list_is_refused(inside: bytes) -> None:
    with pytest.raises(Invalid, match="not a cursor of this list"):
        decoded(base64.urlsafe_b64encode(inside).decode())


@pytest.mark.parametrize("cursor", ["", "-1", "1.5", "٣", "1" * 19, "ab"])
def test_no_number_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid, match="not a cursor of this list"):
        number_of(cursor)
