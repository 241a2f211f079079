"""Beginning an attempt: take the task, find what is already done, mark the first stage that is not."""

from __future__ import annotations

from uuid import uuid4

from soundstage.domain.event import EventType
from soundstage.domain.task import StageState, TaskState
from soundstage.pipelines.stage import Pipelines
from soundstage.runtime.context import Outside
from soundstage.runtime.eta import estimate, told_length
from soundstage.runtime.execution import Execution
from soundstage.runtime.parking import held_back
from soundstage.runtime.statuses import first_statuses
from soundstage.storage import events, queue_flow, stage_results, tasks
from soundstage.storage.database import Database


def begin(
    database: Database, outside: Outside, pipelines: Pipelines, worker_id: str, task_id: str, attempt: int
) -> Execution | None:
    """The attempt, now this worker's; None when it is over, superseded or gone."""
    owner = uuid4().hex
    with database.unit() as connection:
        task = tasks.get(connection, task_id, lock=True)
        if task is None or task.attempt != attempt or task.state not in (TaskState.QUEUED, TaskState.RUNNING):
            return None
        pipeline = pipelines[task.kind]
        results = stage_results.of_task(connection, task_id)
        held = held_back(pipeline, task.parameters)
        statuses = first_statuses(pipeline, results, held)
        names = tuple(stage.name for stage in pipeline.stages)
        history = outside.history.recent(connection, task.kind, names)
        length = told_length(names, task.parameters, {name: done.media_seconds for name, done in results.items()})
        tasks.begin(
            connection,
            task_id,
            attempt,
            owner=owner,
            worker_id=worker_id,
            stages=statuses,
            eta=estimate([one for one in statuses if one.name not in held], pipeline.waits, history, length),
        )
        queue_flow.serve(connection, task_id)
        running = next((status.name for status in statuses if status.state is StageState.RUNNING), None)
        state = {"state": TaskState.RUNNING.value, "stage": running, "attempt": attempt}
        events.append(connection, task_id, task.team_id, EventType.STATUS, state)
    return Execution(database, outside, pipeline, task, owner, results, statuses, history)
