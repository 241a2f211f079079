"""The ETA is arithmetic on this installation's history."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from soundstage.domain.task import Eta, StageState, StageStatus
from soundstage.runtime.eta import Left, Spread, estimate, learn, told_length
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
    assert whole == Eta(seconds=11.0, low=11.0, high=11.0)
    halfway = [stage("a", StageState.DONE, 1.0), stage("quick"), stage("slow", StageState.RUNNING, 0.75), stage("end")]
    assert estimate(halfway, waits, history, None) == Eta(seconds=6.0, low=6.0, high=6.0)


def test_costs_that_follow_the_media_are_scaled_to_it() -> None:
    known = estimate([stage("a")], WAITS, [sample("a", 10.0, media=100.0)], 50.0)
    assert known is not None
    assert known.seconds == 5.0


def test_a_length_that_is_not_known_yet_is_taken_from_history_and_widens_the_range() -> None:
    history = [sample("a", 0.1 * length, media=length) for length in (50.0, 100.0, 400.0)]
    told = estimate([stage("a")], WAITS, history, 100.0)
    guessed = estimate([stage("a")], WAITS, history, None)
    assert told == Eta(seconds=10.0, low=10.0, high=10.0)
    assert guessed == Eta(seconds=10.0, low=6.0, high=34.0)


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
    assert min(taken) - 0.01 <= whole.low <= whole.high <= max(taken) + 0.01


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
