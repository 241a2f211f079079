"""When the words of a text are said."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from soundstage.domain.timing import Span
from soundstage.domain.transcript import Word
from soundstage.pipelines.word_times import timed_words


def span(start: int, end: int) -> Span:
    return Span(start_ms=start, end_ms=end)


def heard(*words: tuple[str, int, int]) -> list[Word]:
    return [Word(text=text, span=span(start, end), confidence=0.9) for text, start, end in words]


def times(text: str, within: Span, *args: object) -> tuple[list[tuple[int, int]], int]:
    found, matched = timed_words(text.split(), within, *args)  # type: ignore[arg-type]
    return [(one.start_ms, one.end_ms) for one in found], matched


def test_words_that_were_heard_take_their_times() -> None:
    known = heard(("Ask", 200, 400), ("not,", 450, 700), ("watt", 710, 800), ("your", 900, 1000))
    assert times("ask not what your", span(0, 1500), known) == ([(200, 400), (450, 700), (710, 800), (900, 1000)], 3)


def test_a_word_heard_a_little_otherwise_is_the_same_word() -> None:
    assert times("the colours", span(0, 1000), heard(("the", 0, 100), ("colors", 300, 800)))[0][1] == (300, 800)


def test_words_that_nobody_heard_share_what_lies_between_their_neighbours_by_length() -> None:
    known = heard(("one", 0, 100), ("four", 700, 900))
    assert times("one two threee four", span(0, 1000), known) == ([(0, 100), (100, 300), (300, 700), (700, 900)], 2)


def test_where_nothing_was_heard_words_share_the_speech_of_their_cue() -> None:
    assert times("ab cd", span(0, 1000)) == ([(0, 500), (500, 1000)], 0)
    assert times("ab cd", span(0, 1000), (), [span(200, 400), span(600, 800)]) == ([(200, 400), (600, 800)], 0)


def test_a_word_heard_elsewhere_is_kept_within_the_cue() -> None:
    assert times("yes", span(100, 300), heard(("yes", 250, 700))) == ([(250, 300)], 1)
    assert times("yes", span(100, 300), heard(("yes", 400, 700))) == ([(100, 300)], 0)


words = st.sampled_from(["a", "bb", "ccc", "dddd", "—"])


@given(
    own=st.lists(words, min_size=1, max_size=12),
    other=st.lists(st.tuples(words, st.integers(0, 3000), st.integers(1, 400)), max_size=12),
    start=st.integers(0, 2000),
    length=st.integers(12, 2000),
)
def test_words_run_forwards_within_their_cue(own, other, start, length) -> None:
    known = heard(*((text, at, at + long) for text, at, long in sorted(other, key=lambda word: word[1])))
    found, _ = timed_words(own, span(start, start + length), known)
    assert len(found) == len(own)
    assert found[0].start_ms >= start
    assert found[-1].end_ms <= start + length
    assert all(before.end_ms <= after.start_ms for before, after in pairwise(found))
