"""The course of languages through units of speech: what changes it, and what does not."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soundstage.domain.timing import Span
from soundstage.engines.transcription.passage_languages import (
    Likely,
    bounds,
    languages_of,
    most_spoken,
    stretches_of,
    weighed,
)

ENGLISH: Likely = {"en": 0.95, "de": 0.02}
GERMAN: Likely = {"de": 0.94, "en": 0.02}
DOUBTFUL: Likely = {"zh": 0.82, "en": 0.02}  # as whisper-base took two seconds of real English


LIKELY = st.dictionaries(st.sampled_from(["en", "de", "fr", "la"]), st.floats(0, 1))


def units(*seconds: float) -> tuple[Span, ...]:
    """Of these lengths, half a second apart."""
    made, start = [], 0
    for length in seconds:
        made.append(Span(start_ms=start, end_ms=start + round(length * 1000)))
        start = made[-1].end_ms + 500
    return tuple(made)


def course(*parts: tuple[float, Likely | None], sure: bool = True) -> str:
    return " ".join(languages_of(units(*(s for s, _ in parts)), [one for _, one in parts], "en", sure=sure))


def test_a_short_doubtful_unit_keeps_its_neighbours_language() -> None:
    assert course((4, ENGLISH), (1.9, DOUBTFUL), (5, ENGLISH)) == "en en en"
    assert course((1.9, DOUBTFUL), (5, ENGLISH)) == "en en", "also at the beginning"
    assert course((5, None), (1.9, DOUBTFUL)) == "en en", "and at the end"
    assert course((4, GERMAN), (1, {"en": 0.4, "de": 0.3}), (4, GERMAN)) == "de de de"


def test_a_long_clear_unit_changes_the_language() -> None:
    assert course((4, ENGLISH), (4, GERMAN), (5, ENGLISH)) == "en de en"
    assert course((60, None), (5, GERMAN), (60, None)) == "en de en", "however long the rest is"


def test_short_units_in_a_row_change_it_together() -> None:
    assert course((4, ENGLISH), (1.5, GERMAN), (1.5, GERMAN), (1.5, GERMAN), (4, ENGLISH)) == "en de de de en"


def test_evenly_likely_languages_change_nothing() -> None:
    assert course((8, ENGLISH), (5, {"pt": 0.41, "en": 0.32}), (8, ENGLISH)) == "en en en"


def test_without_a_main_language_the_first_unit_is_free() -> None:
    assert course((2.5, GERMAN), (5, ENGLISH), sure=False) == "de en"
    assert course((0.3, {}), (5, GERMAN), sure=False) == "de de", "what is too short to ask goes with the next"


def test_nothing_spoken_has_no_course() -> None:
    assert languages_of((), (), "en", sure=True) == ()


def test_stretches_tell_where_and_how_sure() -> None:
    spans = units(4, 2, 6, 3)
    heard = [None, {"de": 0.9}, {"de": 0.6}, {"en": 0.7}]
    first, german, last = stretches_of(spans, heard, ("en", "de", "de", "en"), 0.98)
    assert (first.language, first.confidence, first.speech_ms) == ("en", 0.98, 4_000)
    assert (german.span, german.speech_ms) == (Span(start_ms=4_500, end_ms=13_000), 8_000)
    assert german.confidence == pytest.approx((2 * 0.9 + 6 * 0.6) / 8)
    assert most_spoken((first, german, last)) == ("de", german.confidence)
    assert bounds((first, german, last), 20_000) == (
        Span(start_ms=0, end_ms=4_250),
        Span(start_ms=4_250, end_ms=13_250),
        Span(start_ms=13_250, end_ms=20_000),
    )


def test_latin_needs_ten_times_the_evidence() -> None:
    assert weighed({"la": 0.5, "it": 0.5}) == {"la": pytest.approx(1 / 11), "it": pytest.approx(10 / 11)}
    assert weighed({"la": 1.0}) == {"la": 1.0}
    assert weighed({}) == {}


@given(
    st.lists(
        st.tuples(
            st.floats(0.1, 8), st.none() | st.dictionaries(st.sampled_from(["en", "de", "fr", "la"]), st.floats(0, 1))
        ),
        min_size=1,
        max_size=20,
    ),
    st.booleans(),
)
def test_every_unit_lies_in_one_stretch(parts: list[tuple[float, Likely | None]], sure: bool) -> None:
    spans = units(*(seconds for seconds, _ in parts))
    heard = [one for _, one in parts]
    found = languages_of(spans, heard, "en", sure=sure)
    stretches = stretches_of(spans, heard, found, 0.9)
    assert list(found) == [
        next(s.language for s in stretches if s.span.start_ms <= unit.start_ms < s.span.end_ms) for unit in spans
    ]
    assert all(one.language != other.language for one, other in pairwise(stretches))
    assert sum(one.speech_ms for one in stretches) == sum(unit.duration_ms for unit in spans)
