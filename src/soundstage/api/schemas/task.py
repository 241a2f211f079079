"""The status body: a task as every status reply, long poll and `status` event shows it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from soundstage.api.addresses import studio_url
from soundstage.api.schemas.fields import Reply, Time, iso
from soundstage.api.settings import FailureWord
from soundstage.domain.task import StageState, StageStatus, Task, TaskKind, TaskState
from soundstage.errors import ExceptionReason

PENDING, SUCCESS = "PENDING", "SUCCESS"
_PAGE_WORDS = {TaskKind.PROJECT_SETUP: "ERROR", TaskKind.TEXT_TO_SOUND: "FAILED"}
_CANCELLED = "The task was cancelled. POST …/retry goes on from the stage that it had reached."
_UNKNOWN_FAILURE = "The task failed and left no reason; the server's log may tell more."


class Created(Reply):
    """The answer to a create."""

    task_id: str


class StageReply(Reply):
    name: str
    title: str
    state: StageState
    progress: float
    started_at: Time | None
    finished_at: Time | None
    summary: str | None
    findings: dict[str, Any] | None
    taken_over_from: str | None = Field(
        None, description="The task that did this before, for the same media and options; told only where it is so."
    )


class StatusReply(Reply):
    """A task as it stands. `status` is PENDING, SUCCESS or the failure word; `state` is finer."""

    status: Literal["PENDING", "SUCCESS", "ERROR", "FAILED"]
    run_id: int | None
    revision: int | None = Field(description="The revision of the project that it made.")
    exception_reason: str | None
    message: str | None
    error: str | None = Field(description="The same text as `message`, for clients that read this.")
    state: TaskState
    attempt: int
    progress: float = Field(ge=0, le=1)
    substatus: str | None = Field(description="The name of the running stage.")
    queue_position: int | None
    eta_seconds: float | None
    eta_range_seconds: tuple[float, float] | None
    studio_url: str | None
    stages: list[StageReply]


class TaskReply(StatusReply):
    """The status body with what the list of tasks adds."""

    task_id: str
    kind: TaskKind
    folder_id: int | None
    created_at: Time


class TaskPage(Reply):
    items: list[TaskReply]
    next_cursor: str | None


def status_word(task: Task, failure_word: FailureWord) -> str:
    """`PENDING`, `SUCCESS`, or the failure word of the setting or the kind's page."""
    if not task.state.ended:
        return PENDING
    if task.state is TaskState.SUCCEEDED:
        return SUCCESS
    return _PAGE_WORDS[task.kind.makes] if failure_word == "page" else failure_word


def status_body(task: Task, *, base: str, failure_word: FailureWord) -> dict[str, Any]:
    """`StatusReply` as plain JSON. Written out by hand: it is on the hot path."""
    reason, message = _failure(task)
    eta = task.eta
    return {
        "status": status_word(task, failure_word),
        "run_id": task.run_id,
        "revision": task.product_revision,
        "exception_reason": reason,
        "message": message,
        "error": message,
        "state": task.state.value,
        "attempt": task.attempt,
        "progress": task.progress,
        "substatus": task.running_stage,
        "queue_position": task.queue_position,
        "eta_seconds": None if eta is None else eta.seconds,
        "eta_range_seconds": None if eta is None else [eta.low, eta.high],
        "studio_url": studio_url(task, base),
        "stages": [_stage(stage) for stage in task.stages],
    }


def task_body(task: Task, *, base: str, failure_word: FailureWord) -> dict[str, Any]:
    """`TaskReply` as plain JSON."""
    return {
        "task_id": task.task_id,
        "kind": task.kind.value,
        "folder_id": task.folder_id,
        "created_at": iso(task.created_at),
        **status_body(task, base=base, failure_word=failure_word),
    }


def _stage(stage: StageStatus) -> dict[str, Any]:
    told = {
        "name": stage.name,
        "title": stage.title,
        "state": stage.state.value,
        "progress": stage.progress,
        "started_at": None if stage.started_at is None else iso(stage.started_at),
        "finished_at": None if stage.finished_at is None else iso(stage.finished_at),
        "summary": stage.summary,
        "findings": stage.findings,
    }
    if stage.taken_over_from is not None:
        told["taken_over_from"] = stage.taken_over_from
    return told


def _failure(task: Task) -> tuple[str | None, str | None]:
    if task.state is TaskState.CANCELLED:
        return ExceptionReason.NONE.value, task.failure.message if task.failure else _CANCELLED
    if task.state is not TaskState.FAILED:
        return None, None
    if task.failure is None:
        return ExceptionReason.INTERNAL_ERROR.value, _UNKNOWN_FAILURE
    return task.failure.reason, task.failure.message
