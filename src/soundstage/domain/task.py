"""Tasks: what a client asked for and follows."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from soundstage.domain.value import Share, Value


class TaskKind(StrEnum):
    PROJECT_SETUP = "project_setup"
    TEXT_TO_SOUND = "text_to_sound"
    PROJECT_IMPORT = "project_import"

    @property
    def makes(self) -> TaskKind:
        """The kind under which its run is found: an import makes a project, as a set-up does."""
        return TaskKind.PROJECT_SETUP if self is TaskKind.PROJECT_IMPORT else self


class TaskState(StrEnum):
    """Ours, finer than the public `status`: queued, running and parked are `PENDING` there."""

    QUEUED = "queued"
    RUNNING = "running"
    PARKED = "parked"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        return self in (TaskState.SUCCEEDED, TaskState.FAILED, TaskState.CANCELLED)

    @property
    def at_rest(self) -> bool:
        """No worker has it or will, unless somebody asks for it."""
        return self.ended or self is TaskState.PARKED


class StageState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    PARKED = "parked"
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"

    @property
    def over(self) -> bool:
        """Nothing of it is left to do, and what it gave can be taken."""
        return self in (StageState.DONE, StageState.SKIPPED)


class Priority(StrEnum):
    """A team's own order; a lower one yields to its higher ones and to other teams' normal ones."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


class StageStatus(Value):
    """One stage as the status shows it; `findings` is the stage's findings model as JSON.

    `taken_over_from`: the task that did the work, where this one found the same already done.
    """

    name: str
    title: str
    state: StageState = StageState.WAITING
    progress: Share = 0.0
    started_at: datetime | None = None
    finished_at: datetime | None = None
    summary: str | None = None
    findings: dict[str, Any] | None = None
    taken_over_from: str | None = None


class Failure(Value):
    """Why a task ended badly: the stage, the public reason, and a sentence a person can act on."""

    stage: str | None
    reason: str
    message: str


class Eta(Value):
    """Seconds until the task ends as this installation's history tells it, with the range that held 8 times in 10."""

    seconds: float
    low: float
    high: float


class Task(Value):
    """A task as stored. `parameters` is the JSON of its kind's parameters model.

    `product_revision`: which revision of the run's project it made.
    """

    task_id: str
    team_id: int
    kind: TaskKind
    state: TaskState
    attempt: int
    priority: Priority
    parameters: dict[str, Any]
    folder_id: int | None
    created_at: datetime
    updated_at: datetime
    finished_at: datetime | None
    revision: int
    progress: Share
    stages: tuple[StageStatus, ...]
    run_id: int | None
    product_revision: int | None = None
    failure: Failure | None
    queue_position: int | None
    eta: Eta | None

    @property
    def running_stage(self) -> str | None:
        return next((stage.name for stage in self.stages if stage.state is StageState.RUNNING), None)
