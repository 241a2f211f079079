"""Fit: how long a line takes to say, whose pace it is, and how much time there is for it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soundstage.domain.segment import Segment
from soundstage.domain.timing import Span
from soundstage.domain.translation import Fit
from soundstage.pipelines.fit import (
    CLAUSE_PAUSE_MS,
    MOST_BORROWED_MS,
    SENTENCE_PAUSE_MS,
    SYLLABLES_A_SECOND,
    TEMPO,
    line_fit,
    paces,
    slots_ms,
    spoken_ms,
)


def line(start_ms: int, end_ms: int, text: str = "words", speaker: str | None = "speaker-1") -> Segment:
    span = Span(start_ms=start_ms, end_ms=end_ms)
    return Segment(segment_id=f"s{start_ms}", span=span, speaker_id=speaker, text=text, words=(), confidence=0.9)


def test_a_line_is_said_by_syllables_and_pauses() -> None:
    ask = "Ask what you can do"
    said = spoken_ms(f"{ask}.", "en")
    assert said == round(1000 * 5 / (SYLLABLES_A_SECOND["en"] * TEMPO))
    assert spoken_ms(f"{ask}. {ask}.", "en") == pytest.approx(2 * said + SENTENCE_PAUSE_MS, abs=1)
    assert spoken_ms(f"{ask}, {ask}.", "en") == pytest.approx(2 * said + CLAUSE_PAUSE_MS, abs=1)
    assert spoken_ms(ask, "en", pace=2.0) == pytest.approx(said / 2, abs=1)


def test_languages_have_rates_of_their_own() -> None:
    assert spoken_ms("banana", "es") < spoken_ms("banana", "sw") < spoken_ms("banana", "en")


def test_a_speaker_is_measured_on_their_own_lines() -> None:
    text = "This is a line of some ordinary words that takes a while to say."
    usual = spoken_ms(text, "en")
    slow = [line(i * 10_000, i * 10_000 + round(usual * 1.25), text, "slow") for i in range(20)]
    fast = [line(i * 10_000, i * 10_000 + round(usual / 1.25), text, "fast") for i in range(20, 40)]
    found = paces([*slow, *fast], "en")
    assert found["slow"] == pytest.approx(0.8, abs=0.02)
    assert found["fast"] == pytest.approx(1.25, abs=0.03)
    assert 1.0 < paces(fast[:1], "en")["fast"] < found["fast"]
    assert paces([], "en") == {}


def test_a_line_borrows_the_silence_after_it() -> None:
    lines = [line(0, 1_000), line(1_200, 2_000), line(5_000, 6_000), line(5_500, 7_000)]
    assert slots_ms(lines, 7_100) == (1_200, 800 + MOST_BORROWED_MS, 1_000, 1_600)
    assert slots_ms([], 1_000) == ()


@pytest.mark.parametrize(
    ("share", "verdict"), [(0.5, Fit.SHORT), (0.8, Fit.FITS), (1.0, Fit.FITS), (1.1, Fit.TIGHT), (1.3, Fit.TOO_LONG)]
)
def test_the_verdict_is_by_the_share_of_the_slot(share: float, verdict: Fit) -> None:
    text = "This is a line of some ordinary words that takes a while to say."
    slot = round(spoken_ms(text, "en") / share)
    found = line_fit(text, "en", span_ms=slot, slot_ms=slot)
    assert found is not None
    assert (found.verdict, found.slot_ms) == (verdict, slot)
    assert found.ratio == pytest.approx(share, abs=0.01)
    assert found.characters_per_second == pytest.approx(len(text) * 1000 / slot, abs=0.1)


def test_nothing_said_has_no_fit() -> None:
    assert line_fit("  ", "en", span_ms=1_000, slot_ms=1_000) is None


@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from(["en", "es", "ja", "zh", "ar", "hi", "th", "xx"]))
def test_more_text_never_takes_less_time(first: str, second: str, language: str) -> None:
    assert spoken_ms(f"{first}\n{second}", language) >= max(spoken_ms(first, language), spoken_ms(second, language)) - 1


@given(
    st.lists(st.tuples(st.integers(0, 3_000), st.integers(1, 9_000)), max_size=30),
    st.integers(0, 3_000),
)
def test_a_slot_is_never_shorter_than_the_line_nor_reaches_into_the_next(gaps: list, rest: int) -> None:
    lines, at = [], 0
    for gap, length in gaps:
        lines.append(line(at + gap, at + gap + length))
        at += gap + length
    slots = slots_ms(lines, at + rest)
    for one, slot, after in zip(lines, slots, [*(x.span.start_ms for x in lines[1:]), at + rest], strict=False):
        assert one.span.duration_ms <= slot <= one.span.duration_ms + MOST_BORROWED_MS
        assert one.span.start_ms + slot <= after
