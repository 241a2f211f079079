"""What each finished stage gave: kept across attempts, committed once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, Row, select

from soundstage.domain.task import StageStatus
from soundstage.storage.clock import now_ms
from soundstage.storage.tables import stage_results, tasks


@dataclass(frozen=True)
class StageResult:
    """`output` is the JSON of the stage's output model; `media_seconds` how long its media is, if it is known.

    `reuse_key`: of all that decided on it; None where it is not to be taken over.
    """

    stage: str
    output: dict[str, Any]
    status: StageStatus
    media_seconds: float | None = None
    reuse_key: str | None = None


@dataclass(frozen=True)
class KeptResult:
    """What a stage of that task gave."""

    task_id: str
    result: StageResult


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
            "reuse_key": result.reuse_key,
        },
    )


def replace(connection: Connection, task_id: str, attempt: int, result: StageResult) -> None:
    """As `insert`, in the place of what an attempt before has left."""
    same = (stage_results.c.task_id == task_id, stage_results.c.stage == result.stage)
    connection.execute(stage_results.delete().where(*same))
    insert(connection, task_id, attempt, result)


def of_task(connection: Connection, task_id: str) -> dict[str, StageResult]:
    query = select(stage_results).where(stage_results.c.task_id == task_id)
    return {row.stage: _result(row) for row in connection.execute(query)}


def reusable(connection: Connection, team_id: int, reuse_key: str) -> KeptResult | None:
    """The latest result of the team's tasks that has this key."""
    query = (
        select(stage_results)
        .join(tasks, tasks.c.task_id == stage_results.c.task_id)
        .where(stage_results.c.reuse_key == reuse_key, tasks.c.team_id == team_id)
        .order_by(stage_results.c.committed_at.desc(), stage_results.c.task_id)
        .limit(1)
    )
    row = connection.execute(query).first()
    return None if row is None else KeptResult(row.task_id, _result(row))


def copy_parts(connection: Connection, stage: str, from_task: str, to_task: str) -> None:
    """What was kept of pieces of a stage's work (`<stage>.<piece>`), as another task's too, unless it has its own."""
    named = stage_results.c.stage.startswith(f"{stage}.", autoescape=True)
    there = of_task(connection, to_task)
    for row in connection.execute(select(stage_results).where(stage_results.c.task_id == from_task, named)).mappings():
        if row["stage"] not in there:
            connection.execute(stage_results.insert(), {**row, "task_id": to_task})


def exists(connection: Connection, task_id: str, stage: str) -> bool:
    query = select(stage_results.c.task_id).where(stage_results.c.task_id == task_id, stage_results.c.stage == stage)
    return connection.execute(query).first() is not None


def withhold(connection: Connection, team_id: int, reuse_key: str) -> None:
    """No task of the team takes over what has this key, until it is made again."""
    ours = select(tasks.c.task_id).where(tasks.c.team_id == team_id)
    same = (stage_results.c.reuse_key == reuse_key, stage_results.c.task_id.in_(ours))
    connection.execute(stage_results.update().where(*same).values(reuse_key=None))


def delete(connection: Connection, task_id: str, stage: str | None = None) -> None:
    """Forget what a task's stages gave, or one of them."""
    query = stage_results.delete().where(stage_results.c.task_id == task_id)
    connection.execute(query if stage is None else query.where(stage_results.c.stage == stage))


def attempt_of(connection: Connection, task_id: str, stage: str) -> int:
    """In which attempt of the task the stage, which is done, gave what it did."""
    made = select(stage_results.c.attempt).where(stage_results.c.task_id == task_id, stage_results.c.stage == stage)
    return int(connection.execute(made).scalar_one())


def delete_later_than(connection: Connection, task_id: str, attempt: int) -> None:
    """Forget what the task's stages gave in later attempts."""
    of_task = stage_results.c.task_id == task_id
    connection.execute(stage_results.delete().where(of_task, stage_results.c.attempt > attempt))


def _result(row: Row[Any]) -> StageResult:
    return StageResult(
        row.stage,
        orjson.loads(row.output),
        StageStatus.model_validate_json(row.status),
        row.media_seconds,
        row.reuse_key,
    )
