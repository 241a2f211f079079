"""Names that people give."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soundstage.errors import Invalid
from soundstage.services.names import clean_name, clean_text, unprintable


@given(st.text(max_size=30))
def test_a_name_is_refused_or_cleaned_for_good(text: str) -> None:
    try:
        name = clean_name(text, field="name", shortest=1, longest=20)
    except Invalid as told:
        assert told.faults[0].loc == ("body", "name")
        return
    assert 1 <= len(name) <= 20
    assert not unprintable(name)
    assert name.encode()
    assert clean_name(name, field="name", shortest=1, longest=20) == name


def test_texts_may_have_lines_and_nothing_is_none() -> None:
    assert clean_text(" a\n\tb \r\n", field="text", longest=10) == "a\n\tb"
    assert clean_text("  ", field="text", longest=10) is clean_text(None, field="text", longest=10) is None
    for wrong in ("x" * 11, "a\0b"):
        with pytest.raises(Invalid):
            clean_text(wrong, field="text", longest=10)
