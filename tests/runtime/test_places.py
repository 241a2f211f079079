"""What those who wait are told: their place, and when they will end."""

from __future__ import annotations

import signal

import pytest
from tests.runtime import road
from tests.runtime.road_kit import Road

from soundstage.domain.task import Eta, StageState, StageStatus, Task, TaskKind
from soundstage.runtime.history import StageHistory
from soundstage.runtime.places import Places
from soundstage.storage import stage_history, stage_results, tasks, workers
from soundstage.storage.stage_history import Sample
from soundstage.storage.stage_results import StageResult

KIND = TaskKind.TEXT_TO_SOUND


def enlist(road_on: Road, worker_id: str, state: str = "alive", **lanes: int) -> None:
    with road_on.database.unit() as connection:
        workers.insert(connection, worker_id=worker_id, host="h", pid=1, pid_started=0.0, lanes=lanes)
        workers.set_state(connection, worker_id, state, only_from=("alive",))


def remember(road_on: Road, **seconds: float) -> None:
    """One sample of each stage, for a second of sound."""
    with road_on.database.unit() as connection:
        for stage, took in seconds.items():
            stage_history.record(connection, KIND, Sample(stage, "road", "cpu", 1.0, took))


def begin(road_on: Road, task: Task, worker_id: str, left: Eta | None) -> None:
    with road_on.database.unit() as connection:
        assert tasks.begin(
            connection, task.task_id, 1, owner=task.task_id, worker_id=worker_id, stages=task.stages, eta=left
        )


def refresh(road_on: Road, worker_id: str = "me") -> None:
    """By a worker that has just begun to look."""
    Places(road_on.database, road.PIPELINES, StageHistory(), worker_id).refresh()


def told(road_on: Road, *tasks: Task) -> list[tuple[int | None, float | None]]:
    found = [road_on.get(task) for task in tasks]
    return [(task.queue_position, None if task.eta is None else task.eta.seconds) for task in found]


def exactly(seconds: float) -> Eta:
    return Eta(seconds=seconds, low=seconds, high=seconds)


def test_a_place_is_told_without_history_and_an_eta_is_not(road_on: Road) -> None:
    enlist(road_on, "me", sound=1)
    task = road_on.create(road_on.actor())
    remember(road_on, understand=1.0, generate=2.0)
    refresh(road_on)
    assert told(road_on, task) == [(1, None)], "nothing is known of the last stage"


def test_those_in_line_wait_for_each_other(road_on: Road) -> None:
    actor = road_on.actor()
    enlist(road_on, "me", sound=2)
    remember(road_on, understand=100.0, generate=200.0, master=300.0)
    waiting = [road_on.create(actor) for _ in range(3)]
    refresh(road_on)
    assert told(road_on, *waiting) == [(1, 600.0), (2, 600.0), (3, 1200.0)]


@pytest.mark.parametrize("known", [True, False])
def test_what_runs_is_waited_for(road_on: Road, known: bool) -> None:
    actor = road_on.actor()
    enlist(road_on, "me", sound=1)
    remember(road_on, understand=100.0, generate=200.0, master=300.0)
    running, waiting = road_on.create(actor), road_on.create(actor)
    begin(road_on, running, "me", exactly(5000.0) if known else None)
    refresh(road_on)
    (place, seconds) = told(road_on, waiting)[0]
    assert place == 1
    assert seconds is not None
    whole = 5600.0 if known else 1200.0
    assert whole - 300 < seconds <= whole, "less what has passed since the running one was begun"


def test_only_workers_that_take_tasks_count(road_on: Road) -> None:
    actor = road_on.actor()
    enlist(road_on, "me", setup=3)
    enlist(road_on, "stopped", "stopped", sound=5)
    enlist(road_on, "draining", "draining", sound=5)
    remember(road_on, understand=100.0, generate=200.0, master=300.0)
    leaving, waiting = road_on.create(actor), road_on.create(actor)
    begin(road_on, leaving, "draining", exactly(5000.0))
    refresh(road_on)
    assert told(road_on, waiting) == [(1, None)], "nobody serves this lane"
    enlist(road_on, "too", sound=1)
    refresh(road_on)
    assert told(road_on, waiting) == [(1, 600.0)], "what a leaving worker still does takes nobody's place"


def test_a_retried_task_has_only_the_rest_to_do(road_on: Road) -> None:
    actor = road_on.actor()
    enlist(road_on, "me", sound=1)
    remember(road_on, understand=100.0, generate=200.0, master=300.0)
    task = road_on.create(actor)
    done = StageStatus(name="understand", title="Understand", state=StageState.DONE, progress=1.0)
    with road_on.database.unit() as connection:
        stage_results.insert(connection, task.task_id, 1, StageResult("understand", {}, done, 2.0))
    road_on.tasks.cancel(actor, task.task_id)
    road_on.tasks.retry(actor, task.task_id)
    refresh(road_on)
    assert told(road_on, task) == [(1, 900.0)], "two stages, and twice the length that was asked for: 0.2 of it fixed"


def test_rows_are_written_only_when_there_is_something_to_tell(road_on: Road) -> None:
    actor = road_on.actor()
    enlist(road_on, "me", sound=1)
    remember(road_on, understand=100.0, generate=200.0, master=300.0)
    waiting = [road_on.create(actor) for _ in range(2)]
    refresh(road_on)
    revisions = [road_on.get(task).revision for task in waiting]
    refresh(road_on)
    assert [road_on.get(task).revision for task in waiting] == revisions
    remember(road_on, understand=110.0)  # the median moves by less than a tenth
    refresh(road_on)
    assert [road_on.get(task).revision for task in waiting] == revisions
    remember(road_on, generate=4000.0)
    refresh(road_on)
    assert [road_on.get(task).revision for task in waiting] == [revision + 1 for revision in revisions]


def test_of_several_workers_one_tells(road_on: Road) -> None:
    enlist(road_on, "b", sound=1)
    enlist(road_on, "a", "draining", sound=1)
    task = road_on.create(road_on.actor())
    refresh(road_on, "c")
    assert road_on.get(task).queue_position is None
    refresh(road_on, "b")
    assert road_on.get(task).queue_position == 1


def test_a_waiting_task_tells_when_it_will_end(road_on: Road) -> None:
    """On the road itself: learnt from the first task, while the second runs and the third waits."""
    actor = road_on.actor()
    worker = road_on.start_worker(lanes={"sound": 1}, drain_seconds=1)
    road_on.wait_ended(road_on.create(actor, {"understand": {"sleep": 0.5}}))
    running = road_on.create(actor, {"understand": {"sleep": 100.0}})
    road_on.wait_begun(running, "understand")
    waiting = road_on.create(actor)
    road_on.wait(lambda: _later(road_on.get(waiting).eta, road_on.get(running).eta))
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(90) == 0
    assert road_on.get(waiting).eta is None, "nobody is there to serve it"
    assert road_on.get(waiting).queue_position == 1


def _later(behind: Eta | None, ahead: Eta | None) -> bool:
    if behind is None or ahead is None:
        return False
    assert all(0 <= eta.low <= eta.seconds <= eta.high for eta in (behind, ahead))
    return behind.seconds > ahead.seconds
