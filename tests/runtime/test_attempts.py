"""One attempt, held in the hand: what it may still write, what it knows, and what a database in trouble does to it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from tests.runtime import road
from tests.runtime.road_kit import Road, Take

from soundstage.domain.task import StageState, StageStatus, TaskState
from soundstage.errors import StorageFull, Superseded
from soundstage.runtime import execution as execution_module
from soundstage.runtime import worker as worker_module
from soundstage.runtime.begin import begin
from soundstage.runtime.context import WorkerContext
from soundstage.runtime.worker import Worker
from soundstage.storage import stage_results, tables
from soundstage.storage.stage_results import StageResult

AWAY = OperationalError("INSERT", {}, Exception("server closed the connection"))


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execution_module, "PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(worker_module, "AGAIN_SECONDS", 0.01)


def references(road_on: Road) -> int:
    with road_on.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(tables.artifact_references)).scalar_one())


def failing(times: int, error: Exception, then: Callable[..., Any]) -> Callable[..., Any]:
    left = [error] * times

    def call(*arguments: Any, **named: Any) -> Any:
        if left:
            raise left.pop()
        return then(*arguments, **named)

    return call


@pytest.mark.parametrize("what", ["cancelled", "retried", "deleted"])
def test_a_stage_left_behind_keeps_nothing(road_on: Road, worker: Worker, take: Take, what: str) -> None:
    actor = road_on.actor()
    task = road_on.create(actor)
    late = take(task)
    road_on.tasks.cancel(actor, task.task_id)
    if what == "retried":
        take(road_on.tasks.retry(actor, task.task_id))
    if what == "deleted":
        road_on.tasks.delete(actor, task.task_id)
    with WorkerContext(worker._outside, late, road.PIPELINE.stages[0], None) as context:
        file = context.scratch() / "late.txt"
        file.write_text("late")
        with pytest.raises(Superseded):
            context.put(file, name="understand.txt", media_type="text/plain")
    assert references(road_on) == 0


def test_the_length_of_the_media_is_known_to_whoever_goes_on(road_on: Road, take: Take) -> None:
    """Time limits grow with it: a long film's transcription would be stopped at the fixed part of its limit."""
    task = road_on.create(road_on.actor())
    done = StageStatus(name="understand", title="Understand", state=StageState.DONE, progress=1.0)
    with road_on.database.unit() as connection:
        stage_results.insert(connection, task.task_id, 1, StageResult("understand", {}, done, 7200.0))
    assert take(task)._media_seconds == 7200.0


def test_a_commit_waits_for_the_database(
    road_on: Road, worker: Worker, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = road_on.create(road_on.actor())
    execution = take(task)
    monkeypatch.setattr(stage_results, "insert", failing(2, AWAY, stage_results.insert))
    assert all(execution.perform(stage) for stage in execution.stages)
    assert road_on.get(task).state is TaskState.SUCCEEDED
    assert road_on.begun(task, "understand") == 1


def test_a_commit_whose_answer_was_lost_counts_once(
    road_on: Road, worker: Worker, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = road_on.create(road_on.actor())
    execution = take(task)
    keep, lost = execution._keep, []

    def keep_and_lose(*arguments: Any, again: bool) -> bool:
        kept = keep(*arguments, again=again)
        lost.append(again)
        return kept and again

    monkeypatch.setattr(execution, "_keep", keep_and_lose)
    assert execution.perform("understand")
    assert lost == [False, True]
    monkeypatch.undo()
    assert all(execution.perform(stage) for stage in execution.stages)
    assert road_on.get(task).state is TaskState.SUCCEEDED


def test_a_stage_that_met_a_database_in_trouble_runs_again(
    road_on: Road, worker: Worker, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = road_on.create(road_on.actor())
    execution = take(task)
    monkeypatch.setattr(WorkerContext, "check_room", failing(1, AWAY, lambda *_: None))
    assert execution.perform("understand")
    assert road_on.begun(task, "understand") == 2


def test_a_failure_waits_for_the_database(
    road_on: Road, worker: Worker, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = road_on.create(road_on.actor(), {"understand": {"fail": ["SourceFailure", "no"]}})
    execution = take(task)
    tasks = execution_module.tasks
    monkeypatch.setattr(tasks, "end", failing(2, AWAY, tasks.end))
    assert not execution.perform("understand")
    assert road_on.get(task).state is TaskState.FAILED


def test_a_stage_that_could_not_be_kept_leaves_no_later_one_running(
    road_on: Road, worker: Worker, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = road_on.create(road_on.actor())
    execution = take(task)
    monkeypatch.setattr(stage_results, "insert", failing(1, StorageFull("full"), stage_results.insert))
    assert not execution.perform("understand")
    ended = road_on.get(task)
    assert ended.state is TaskState.FAILED
    assert [stage.state for stage in ended.stages] == [StageState.FAILED, StageState.WAITING, StageState.WAITING]


def test_beginning_waits_for_the_database(road_on: Road, worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    task = road_on.create(road_on.actor())
    monkeypatch.setattr(worker_module, "begin", failing(2, AWAY, begin))
    assert worker._begin(task.task_id, 1) is not None
    assert road_on.get(task).state is TaskState.RUNNING


def test_a_task_that_cannot_be_begun_fails(road_on: Road, worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    task = road_on.create(road_on.actor())
    monkeypatch.setattr(worker_module, "begin", failing(1, ValueError("of a later version"), begin))
    assert worker._begin(task.task_id, 1) is None
    ended = road_on.get(task)
    assert ended.state is TaskState.FAILED
    assert ended.failure is not None and "begun" in ended.failure.message


def test_what_befalls_a_task_because_its_worker_leaves_is_not_its_end(
    road_on: Road, worker: Worker, take: Take
) -> None:
    task = road_on.create(road_on.actor())
    execution = take(task)
    worker._outside.kill()
    ended = threading.Event()

    def perform() -> None:
        execution.perform("understand")
        ended.set()

    threading.Thread(target=perform, daemon=True).start()
    assert worker._outside.held.wait(60)
    assert not ended.wait(0.2), "DBOS would record the attempt as done, and nobody would go on with it"
    assert road_on.get(task).state is TaskState.RUNNING
