"""Ending a task that no worker can end."""

from __future__ import annotations

from datetime import UTC, datetime

from soundstage.domain.event import EventType
from soundstage.domain.task import Failure, StageState, StageStatus, TaskState
from soundstage.errors import ExceptionReason
from soundstage.storage import events, tasks
from soundstage.storage.database import Database


def give_up(database: Database, task_id: str, attempt: int, message: str) -> None:
    """Tell the client that this attempt failed, unless it is over already."""
    with database.unit() as connection:
        task = tasks.get(connection, task_id, lock=True)
        if task is None or task.attempt != attempt or task.state.at_rest:
            return
        failure = Failure(stage=task.running_stage, reason=ExceptionReason.INTERNAL_ERROR.value, message=message)
        stages = tuple(_failed(stage, message) for stage in task.stages)
        tasks.end(connection, task_id, state=TaskState.FAILED, stages=stages, failure=failure)
        end = {"state": TaskState.FAILED.value, **failure.model_dump()}
        events.append(connection, task_id, task.team_id, EventType.END, end)


def _failed(stage: StageStatus, message: str) -> StageStatus:
    if stage.state is not StageState.RUNNING:
        return stage
    return stage.model_copy(update={"state": StageState.FAILED, "finished_at": datetime.now(UTC), "summary": message})
