"""Task rows to `Task` values and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from soundstage.domain.task import Eta, Failure, Priority, StageStatus, Task, TaskKind, TaskState
from soundstage.storage.clock import from_ms, maybe_from_ms

# The columns that make a `Task`, in the order `task_of` reads them (the hot path selects them by hand).
COLUMNS = (
    "task_id",
    "team_id",
    "kind",
    "state",
    "attempt",
    "priority",
    "parameters",
    "folder_id",
    "created_at",
    "updated_at",
    "finished_at",
    "revision",
    "progress",
    "stages",
    "run_id",
    "product_revision",
    "failure",
    "queue_position",
    "eta",
)


def dump_stages(stages: Sequence[StageStatus]) -> str:
    return orjson.dumps([stage.model_dump(mode="json") for stage in stages]).decode()


def load_stages(text: str) -> tuple[StageStatus, ...]:
    return tuple(StageStatus.model_validate(stage) for stage in orjson.loads(text))


def task_of(row: Mapping[str, Any]) -> Task:
    """A `Task` from a row of `COLUMNS`."""
    return Task(
        task_id=row["task_id"],
        team_id=row["team_id"],
        kind=TaskKind(row["kind"]),
        state=TaskState(row["state"]),
        attempt=row["attempt"],
        priority=Priority(row["priority"]),
        parameters=orjson.loads(row["parameters"]),
        folder_id=row["folder_id"],
        created_at=from_ms(row["created_at"]),
        updated_at=from_ms(row["updated_at"]),
        finished_at=maybe_from_ms(row["finished_at"]),
        revision=row["revision"],
        progress=row["progress"],
        stages=load_stages(row["stages"]),
        run_id=row["run_id"],
        product_revision=row["product_revision"],
        failure=Failure.model_validate_json(row["failure"]) if row["failure"] else None,
        queue_position=row["queue_position"],
        eta=Eta.model_validate_json(row["eta"]) if row["eta"] else None,
    )
