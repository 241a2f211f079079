"""What each finished stage gave: kept across attempts, committed once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, select

from soundstage.domain.task import StageStatus
from soundstage.storage.clock import now_ms
from soundstage.storage.tables import stage_results


@dataclass(frozen=True)
class StageResult:
    """`output` is the JSON of the stage's output model; `media_seconds` how long its media is, if it is known."""

    stage: str
    output: dict[str, Any]
    status: StageStatus
    media_seconds: float | None = None


def insert(connection: Connection, task_id: str, attempt: int, result: StageResult) -> None:
    """Raises IntegrityError when this stage of the task is already done: a result is committed once."""
    connection.execute(
        stage_results.insert(),
        {
            "task_id": task_id,
            "stage": result.stage,
            "attempt": attempt,
            "output": orjson.dumps(result.output).decode(),
            "status": result.status.model_dump_json(),
            "committed_at": now_ms(),
            "media_seconds": result.media_seconds,
        },
    )


def of_task(connection: Connection, task_id: str) -> dict[str, StageResult]:
    query = select(stage_results).where(stage_results.c.task_id == task_id)
    return {
        row.stage: StageResult(
            row.stage, orjson.loads(row.output), StageStatus.model_validate_json(row.status), row.media_seconds
        )
        for row in connection.execute(query)
    }


def delete(connection: Connection, task_id: str) -> None:
    connection.execute(stage_results.delete().where(stage_results.c.task_id == task_id))
