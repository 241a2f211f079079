"""When those who wait will be done: arithmetic, whatever stands in the line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soundstage.runtime.line import Figures, ends_in_line, noticeably_other
from soundstage.runtime.pace import Spread

figures = st.tuples(*[st.floats(min_value=0, max_value=1e6)] * 3).map(sorted)
works = figures.map(lambda ordered: Spread(*ordered))
some_works = st.lists(works, max_size=12)
slots = st.integers(1, 5)


def exactly(seconds: float) -> Spread:
    return Spread(seconds, seconds, seconds)


def test_one_at_a_time_is_a_sum() -> None:
    ends = ends_in_line(1, [Spread(1.0, 2.0, 4.0)], [Spread(5.0, 10.0, 20.0), Spread(1.0, 1.0, 1.0)])
    assert ends == [Spread(6.0, 12.0, 24.0), Spread(7.0, 13.0, 25.0)]


def test_several_at_once_share_the_work() -> None:
    ends = ends_in_line(2, [exactly(3.0), exactly(9.0)], [exactly(10.0), exactly(1.0), exactly(1.0)])
    assert ends == [exactly(13.0), exactly(10.0), exactly(11.0)]


def test_a_slot_that_is_free_is_taken_at_once() -> None:
    assert ends_in_line(2, [exactly(100.0)], [exactly(10.0)]) == [exactly(10.0)]


def test_what_a_dead_worker_left_is_taken_up_before_those_who_wait() -> None:
    assert ends_in_line(1, [exactly(5.0), exactly(6.0)], [exactly(1.0)]) == [exactly(12.0)]


def test_nobody_to_serve_or_something_unknown_ahead_tells_nothing() -> None:
    assert ends_in_line(0, [], [exactly(1.0)]) == [None]
    assert ends_in_line(1, [None], [exactly(1.0)]) == [None]
    assert ends_in_line(1, [], [exactly(1.0), None, exactly(1.0)]) == [exactly(1.0), None, None]


@given(slots, some_works, some_works)
def test_the_range_holds_the_estimate_and_nobody_ends_before_their_own_work_is_done(
    at_once: int, running: list[Spread], waiting: list[Spread]
) -> None:
    for end, own in zip(ends_in_line(at_once, running, waiting), waiting, strict=True):
        assert end is not None
        assert 0 <= end.low <= end.middle <= end.high
        assert all(done >= work for done, work in zip(end, own, strict=True))


@given(slots, some_works, works, st.integers(1, 12))
def test_further_back_is_never_sooner(at_once: int, running: list[Spread], own: Spread, length: int) -> None:
    ends = [end or exactly(-1) for end in ends_in_line(at_once, running, [own] * length)]
    for which in range(3):
        assert [end[which] for end in ends] == sorted(end[which] for end in ends)


@given(slots, some_works, some_works, works)
def test_one_more_ahead_makes_nobody_sooner_and_one_more_slot_nobody_later(
    at_once: int, running: list[Spread], waiting: list[Spread], more: Spread
) -> None:
    ends = ends_in_line(at_once, running, waiting)
    behind = ends_in_line(at_once, [*running, more], waiting)
    helped = ends_in_line(at_once + 1, running, waiting)
    for now, later, sooner in zip(ends, behind, helped, strict=True):
        assert now is not None
        assert later is not None
        assert sooner is not None
        assert all(a <= b <= c for a, b, c in zip(sooner, now, later, strict=True))


@given(slots, st.lists(works, min_size=1, max_size=12))
def test_a_line_is_done_no_sooner_than_if_shared_evenly_and_no_later_than_one_by_one(
    at_once: int, waiting: list[Spread]
) -> None:
    last = max(end.middle for end in ends_in_line(at_once, [], waiting) if end is not None)
    total = sum(work.middle for work in waiting)
    assert total / at_once * (1 - 1e-9) <= last <= total * (1 + 1e-9)


@pytest.mark.parametrize(
    ("new", "old", "told"),
    [
        (None, None, False),
        (exactly(1), None, True),
        (None, (1, 1, 1), True),
        (Spread(4, 5, 6), (4.9, 5.9, 6.9), False),
        (Spread(4, 5, 6), (4, 6.1, 6), True),
        (Spread(400, 500, 600), (430, 540, 650), False),
        (Spread(400, 500, 600), (400, 500, 700), True),
    ],
)
def test_a_second_and_a_tenth_are_noticed(new: Spread | None, old: Figures | None, told: bool) -> None:
    assert noticeably_other(new, old) is told
