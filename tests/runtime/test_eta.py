"""The ETA is arithmetic on this installation's history."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soundstage.domain.task import StageState, StageStatus
from soundstage.runtime.eta import Left, Outlook, estimate, learn, told_length
from soundstage.runtime.pace import Spread
from soundstage.storage.stage_history import Sample

seconds = st.floats(min_value=0.01, max_value=1e4)
WAITS: dict[str, tuple[str, ...]] = {"a": (), "b": ("a",)}


def stage(name: str, state: StageState = StageState.WAITING, progress: float = 0.0) -> StageStatus:
    return StageStatus(name=name, title=name, state=state, progress=progress)


def sample(name: str, took: float, media: float = 0.0, engine: str = "e") -> Sample:
    return Sample(name, engine, "cpu", media, took)


def test_unknown_until_every_stage_to_do_has_been_done_once() -> None:
    assert estimate([stage("a"), stage("b")], WAITS, [sample("a", 2.0)], None) is None
    assert estimate([stage("a"), stage("b", StageState.DONE, 1.0)], WAITS, [sample("a", 2.0)], None) is not None


def test_the_longest_way_through_the_stages_counts() -> None:
    waits: dict[str, tuple[str, ...]] = {"a": (), "quick": ("a",), "slow": ("a",), "end": ("quick", "slow")}
    history = [sample("a", 1.0), sample("end", 2.0), sample("quick", 4.0), sample("slow", 8.0)]
    whole = estimate([stage(name) for name in waits], waits, history, None)
    assert whole is not None
    assert whole.seconds == 11.0
    halfway = [stage("a", StageState.DONE, 1.0), stage("quick"), stage("slow", StageState.WAITING, 0.75), stage("end")]
    rest = estimate(halfway, waits, history, None)
    assert rest is not None
    assert rest.seconds == 6.0


def test_longer_media_takes_longer_but_not_in_proportion() -> None:
    history = [sample("a", 10.0 + 0.1 * length, media=length) for length in (50.0, 100.0, 400.0)]
    short, long = (estimate([stage("a")], WAITS, history, length) for length in (60.0, 3600.0))
    assert short is not None and long is not None
    assert short.seconds == pytest.approx(16.0, rel=0.1)
    assert long.seconds == pytest.approx(370.0, rel=0.3), "by what three samples tell"
    assert short.low < 16.0 < short.high and long.low < 370.0 < long.high


def test_one_sample_is_a_usual_stage_and_leaves_much_open() -> None:
    once = estimate([stage("a")], WAITS, [sample("a", 10.0, media=100.0)], 100.0)
    often = estimate([stage("a")], WAITS, [sample("a", 10.0, media=100.0)] * 30, 100.0)
    assert once is not None and often is not None
    assert once.seconds == often.seconds == 10.0
    assert once.high > 1.5 * often.high > 1.5 * 13


def test_a_length_that_is_not_known_yet_is_taken_from_history_and_widens_the_range() -> None:
    history = [sample("a", 0.1 * length, media=length) for length in (50.0, 100.0, 400.0)]
    told = estimate([stage("a")], WAITS, history, 100.0)
    guessed = estimate([stage("a")], WAITS, history, None)
    assert told is not None and guessed is not None
    assert guessed.seconds == told.seconds == pytest.approx(10.0, rel=0.1)
    assert guessed.low < told.low and guessed.high > told.high


class Clock:
    """Seconds, as a test sets them."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_time_that_goes_by_is_taken_off_though_nothing_is_told() -> None:
    clock = Clock()
    outlook = Outlook(WAITS, [sample("a", 20.0), sample("b", 2.0)], clock=clock)
    silent = [stage("a", StageState.RUNNING), stage("b")]
    begun = outlook.tell(silent, None)
    assert begun is not None and begun.seconds == 22.0
    assert not outlook.moved(silent, None)
    clock.now += 15.0
    assert outlook.moved(silent, None)
    later = outlook.tell(silent, None)
    assert later is not None and later.seconds == 7.0
    clock.now += 1000.0
    overdue = outlook.tell(silent, None)
    assert overdue is not None and overdue.seconds == 6.0, (
        "a stage that is late is not over: a fifth of it, and the next"
    )


def test_the_more_is_done_the_more_the_own_pace_counts() -> None:
    clock = Clock()
    outlook = Outlook(WAITS, [sample("a", 10.0)], clock=clock)
    outlook.tell([stage("a", StageState.RUNNING)], None)
    clock.now += 20.0  # half as fast as ever before
    halfway = outlook.tell([stage("a", StageState.RUNNING, 0.5)], None)
    assert halfway is not None and halfway.seconds == pytest.approx(0.5 * 1.0 + 0.5 * 20.0)
    clock.now += 16.0
    nearly = outlook.tell([stage("a", StageState.RUNNING, 0.9)], None)
    assert nearly is not None and nearly.seconds == pytest.approx(0.1 * 0.2 + 0.9 * 4.0, abs=0.01)


def test_beside_another_stage_the_own_pace_counts_less_for_it_will_change() -> None:
    clock = Clock()
    waits: dict[str, tuple[str, ...]] = {"a": (), "b": ()}
    outlook = Outlook(waits, [sample("a", 10.0), sample("b", 1.0)], clock=clock)
    outlook.tell([stage("a", StageState.RUNNING), stage("b", StageState.RUNNING)], None)
    clock.now += 20.0
    beside = outlook.tell([stage("a", StageState.RUNNING, 0.5), stage("b", StageState.RUNNING)], None)
    assert beside is not None and beside.seconds == pytest.approx(0.75 * 1.0 + 0.25 * 20.0)


def test_the_length_is_what_the_last_stage_found_else_what_was_asked_for() -> None:
    names = ("ingest", "probe", "decode")
    assert told_length(names, {}, {}) is None
    assert told_length(names, {"duration": 3.0}, {"ingest": None}) == 3.0
    assert told_length(names, {"duration": 3.0}, {"decode": 8.5, "ingest": None, "probe": 9.0}) == 8.5


def test_another_engine_is_another_history() -> None:
    history = [sample("a", 1.0, engine="new"), sample("a", 100.0, engine="old")]
    known = estimate([stage("a")], WAITS, history, None)
    assert known is not None
    assert known.seconds == 1.0


@given(st.lists(seconds, min_size=1, max_size=30), st.floats(min_value=0, max_value=1))
def test_the_range_holds_the_estimate_and_shrinks_with_progress(taken: list[float], progress: float) -> None:
    history = [sample("a", took) for took in taken]
    whole = estimate([stage("a")], WAITS, history, None)
    begun = estimate([stage("a", StageState.RUNNING, progress)], WAITS, history, None)
    assert whole is not None
    assert begun is not None
    assert 0 <= begun.low <= begun.seconds <= begun.high
    assert begun.seconds <= whole.seconds
    assert min(taken) - 0.01 <= whole.seconds <= max(taken) + 0.01


@given(
    st.lists(st.tuples(st.sampled_from("ab"), seconds, st.just(0.0) | seconds), min_size=1, max_size=30),
    st.none() | seconds,
)
def test_work_is_never_negative_and_its_range_holds_it(
    taken: list[tuple[str, float, float]], media: float | None
) -> None:
    history = [sample(name, took, media=length) for name, took, length in sorted(taken)]
    left = [Left(name, 0.5, ()) for name in sorted({name for name, _, _ in taken})]
    work = learn(history).work(left, media)
    assert work is not None, "every stage has a history, and whoever follows the length has told one"
    assert 0 <= work.low <= work.middle <= work.high
    assert learn(history).work([*left, Left("never done", 1.0, ())], media) is None


@given(seconds, seconds, st.floats(min_value=-10, max_value=1e5))
def test_what_is_left_is_never_negative_and_never_more(one: float, other: float, gone: float) -> None:
    whole = Spread(min(one, other), max(one, other), 2 * max(one, other))
    left = whole.after(gone)
    assert 0 <= left.low <= left.middle <= left.high
    assert all(less <= more for less, more in zip(left, whole, strict=True))
