"""Tasks that stop halfway for a person: what is held back, and how the stages read once nothing else is left to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from soundstage.domain.event import EventType
from soundstage.domain.task import StageState, StageStatus, Task, TaskState
from soundstage.pipelines.stage import Pipeline
from soundstage.pipelines.wording import listed
from soundstage.runtime.overlap import ready
from soundstage.runtime.publishing import publish
from soundstage.runtime.statuses import given_up
from soundstage.storage import tasks
from soundstage.storage.database import Connection

DRAFT = "draft"  # the product of a parked task, among the results of its stages


def stops(parameters: Mapping[str, Any]) -> tuple[str, ...]:
    """Stages after which a task is to stop and has not been continued yet. parameters: of its request, as JSON."""
    passed = parameters.get("passed", ())
    return tuple(name for name in parameters.get("stop_after", ()) if name not in passed)


def held_back(pipeline: Pipeline, parameters: Mapping[str, Any]) -> frozenset[str]:
    """What waits, directly or not, for a stage after which the task is to stop."""
    held: set[str] = set()
    after = set(stops(parameters)) if pipeline.draft is not None else ()
    for stage, waits in pipeline.waits.items():  # in order: whoever is waited for comes first
        if any(name in after or name in held for name in waits):
            held.add(stage)
    return frozenset(held)


def parked_statuses(pipeline: Pipeline, task: Task, statuses: Sequence[StageStatus]) -> tuple[StageStatus, ...]:
    """Stages that could begin now are parked; those that wait for them wait."""
    over = [status.name for status in statuses if status.state.over]
    coming = ready(pipeline, over)
    after = listed([name for name in stops(task.parameters) if name in over])
    told = f"Waits for you: the task was to stop after {after}. Continue it to go on."
    return tuple(
        status.model_copy(update={"state": StageState.PARKED, "summary": told}) if status.name in coming else status
        for status in map(given_up, statuses)
    )


def set_aside(
    connection: Connection,
    task: Task,
    owner: str,
    product: dict[str, Any],
    statuses: Sequence[StageStatus],
    progress: float,
) -> tuple[bool, list[tuple[EventType, dict[str, Any]]]]:
    """Park a task with what there is of its product; False when it is no longer ours (the caller rolls back)."""
    made = publish(connection, task, product)
    ours = tasks.park(
        connection,
        task.task_id,
        owner=owner,
        stages=statuses if made.told is None else [_noted(status, made.told) for status in statuses],
        progress=progress,
        run_id=made.run_id,
        product_revision=made.revision,
    )
    return ours, [(EventType.STATUS, {"state": TaskState.PARKED.value, **made.news})]


def _noted(status: StageStatus, told: str) -> StageStatus:
    if status.state is not StageState.PARKED:
        return status
    return status.model_copy(update={"summary": f"{status.summary} {told}"})
