"""Failures, retries, time limits, cancelling."""

from __future__ import annotations

import psutil
import pytest
from tests.runtime.road_kit import Road

from soundstage.domain.task import StageState, TaskState
from soundstage.errors import Conflict


def test_a_failure_names_stage_reason_and_cause(road_on: Road) -> None:
    road_on.start_worker()
    task = road_on.create(road_on.actor(), {"generate": {"fail": ["SourceFailure", "the media is a poem"]}})
    (ended,) = road_on.wait_ended(task)
    assert ended.state is TaskState.FAILED
    assert ended.failure is not None
    assert (ended.failure.stage, ended.failure.reason) == ("generate", "SOURCE_TOO_LONG")
    assert "poem" in ended.failure.message
    assert [stage.state for stage in ended.stages] == [StageState.DONE, StageState.FAILED, StageState.WAITING]
    assert road_on.begun(task, "generate") == 1, "what cannot pass is not tried again"
    assert ended.run_id is None


def test_a_failure_that_may_pass_is_tried_again(road_on: Road) -> None:
    road_on.start_worker(retries=2)
    task = road_on.create(road_on.actor(), {"generate": {"fail": ["HostDied", "went away"], "times": 2}})
    (ended,) = road_on.wait_ended(task)
    assert ended.state is TaskState.SUCCEEDED
    assert road_on.begun(task, "generate") == 3


def test_a_retry_goes_on_from_the_stage_that_failed(road_on: Road) -> None:
    actor = road_on.actor()
    road_on.start_worker(retries=0)
    task = road_on.create(actor, {"generate": {"fail": ["EngineFailure", "no"], "times": 1}})
    road_on.wait_ended(task)
    again = road_on.tasks.retry(actor, task.task_id)
    assert (again.state, again.attempt, again.failure) == (TaskState.QUEUED, 2, None)
    assert again.stages[0].state is StageState.DONE
    (ended,) = road_on.wait_ended(task)
    assert ended.state is TaskState.SUCCEEDED
    assert (road_on.begun(task, "understand"), road_on.begun(task, "generate")) == (1, 2)
    with pytest.raises(Conflict):
        road_on.tasks.retry(actor, task.task_id)


def test_a_stage_past_its_limit_is_stopped_and_said_so(road_on: Road) -> None:
    road_on.start_worker()
    task = road_on.create(road_on.actor(), {"generate": {"spin": 100}}, duration=0.001)
    (ended,) = road_on.wait_ended(task)
    assert ended.failure is not None
    assert ended.failure.stage == "generate"
    assert "limit" in ended.failure.message or "longer" in ended.failure.message


def test_cancel_frees_the_cpu(road_on: Road) -> None:
    actor = road_on.actor()
    road_on.start_worker()
    task = road_on.create(actor, {"understand": {"spin": 110}})
    mark = road_on.folder / f"spinning-{task.task_id}"
    road_on.wait(lambda: mark.exists() and mark.read_text() != "")
    spinning = int(mark.read_text())
    assert road_on.tasks.cancel(actor, task.task_id).state is TaskState.CANCELLED
    road_on.wait(lambda: not psutil.pid_exists(spinning), 30.0)  # 2 s where the machine has nothing else to do
    assert road_on.get(task).state is TaskState.CANCELLED
    with pytest.raises(Conflict):
        road_on.tasks.cancel(actor, task.task_id)


def test_a_cancelled_task_can_be_retried(road_on: Road) -> None:
    actor = road_on.actor()
    task = road_on.create(actor)
    road_on.tasks.cancel(actor, task.task_id)
    road_on.start_worker(lanes={"sound": 1})
    road_on.wait_ended(road_on.create(actor))  # which stood behind it
    assert road_on.begun(task, "understand") == 0, "a task cancelled in the queue is never begun"
    road_on.tasks.retry(actor, task.task_id)
    (ended,) = road_on.wait_ended(task)
    assert (ended.state, ended.attempt) == (TaskState.SUCCEEDED, 2)
