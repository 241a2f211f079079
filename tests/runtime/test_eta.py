"""The ETA is arithmetic on this installation's history."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from soundstage.domain.task import StageState, StageStatus
from soundstage.runtime.eta import estimate
from soundstage.storage.stage_history import Sample

seconds = st.floats(min_value=0.01, max_value=1e4)


def stage(name: str, state: StageState = StageState.WAITING, progress: float = 0.0) -> StageStatus:
    return StageStatus(name=name, title=name, state=state, progress=progress)


def sample(name: str, took: float, media: float = 0.0, engine: str = "e") -> Sample:
    return Sample(name, engine, "cpu", media, took)


def test_unknown_until_every_stage_to_do_has_been_done_once() -> None:
    assert estimate([stage("a"), stage("b")], [sample("a", 2.0)], None) is None
    assert estimate([stage("a"), stage("b", StageState.DONE, 1.0)], [sample("a", 2.0)], None) is not None


def test_costs_that_follow_the_media_are_scaled_to_it() -> None:
    known = estimate([stage("a")], [sample("a", 10.0, media=100.0)], 50.0)
    assert known is not None
    assert known.seconds == 5.0
    assert estimate([stage("a")], [sample("a", 10.0, media=100.0)], None) is None, "the length is not known yet"


def test_another_engine_is_another_history() -> None:
    history = [sample("a", 1.0, engine="new"), sample("a", 100.0, engine="old")]
    known = estimate([stage("a")], history, None)
    assert known is not None
    assert known.seconds == 1.0


@given(st.lists(seconds, min_size=1, max_size=30), st.floats(min_value=0, max_value=1))
def test_the_range_holds_the_estimate_and_shrinks_with_progress(taken: list[float], progress: float) -> None:
    history = [sample("a", took) for took in taken]
    whole = estimate([stage("a")], history, None)
    begun = estimate([stage("a", StageState.RUNNING, progress)], history, None)
    assert whole is not None
    assert begun is not None
    assert 0 <= begun.low <= begun.seconds <= begun.high
    assert begun.seconds <= whole.seconds
    assert min(taken) - 0.01 <= whole.low <= whole.high <= max(taken) + 0.01
