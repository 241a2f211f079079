"""Runs: the numbered products. A project's run begins with its first revision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import Connection, select

from soundstage.domain.revision import Origin
from soundstage.domain.run import Run
from soundstage.domain.task import TaskKind
from soundstage.storage import project_revisions, sounds
from soundstage.storage.clock import from_ms, now_ms
from soundstage.storage.tables import runs


def insert(
    connection: Connection,
    *,
    task_id: str,
    team_id: int,
    kind: TaskKind,
    folder_id: int | None,
    product: dict[str, Any],
    origin: Origin = Origin.SETUP,
) -> int:
    """Insert the run of a task and return its `run_id`; a task has one run at most (unique key).

    Of a project this is its first revision too, of that origin.
    """
    done = connection.execute(
        runs.insert(),
        {
            "task_id": task_id,
            "team_id": team_id,
            "kind": kind.value,
            "folder_id": folder_id,
            "created_at": now_ms(),
            "product": orjson.dumps(product).decode(),
        },
    )
    key = done.inserted_primary_key
    assert key is not None
    run_id = int(key[0])
    if kind is TaskKind.PROJECT_SETUP:
        project_revisions.insert(connection, run_id, product, base=None, origin=origin, task_id=task_id)
    if kind is TaskKind.TEXT_TO_SOUND and "takes" in product:
        sounds.insert(connection, run_id, product)
    return run_id


def get(connection: Connection, run_id: int, *, team_id: int | None = None) -> Run | None:
    query = select(runs).where(runs.c.run_id == run_id)
    if team_id is not None:
        query = query.where(runs.c.team_id == team_id)
    row = connection.execute(query).mappings().first()
    return None if row is None else run_of(dict(row))


def of_task(connection: Connection, task_id: str) -> Run | None:
    """The run that a task made."""
    row = connection.execute(select(runs).where(runs.c.task_id == task_id)).mappings().first()
    return None if row is None else run_of(dict(row))


def page(
    connection: Connection,
    team_id: int,
    kind: TaskKind,
    *,
    before: int | None = None,
    limit: int = 50,
) -> tuple[Run, ...]:
    """Newest first; `before` is the last `run_id` of the page before."""
    query = select(runs).where(runs.c.team_id == team_id, runs.c.kind == kind.value)
    if before is not None:
        query = query.where(runs.c.run_id < before)
    rows = connection.execute(query.order_by(runs.c.run_id.desc()).limit(limit)).mappings()
    return tuple(run_of(dict(row)) for row in rows)


def delete(connection: Connection, run_id: int) -> None:
    project_revisions.delete(connection, run_id)
    sounds.delete(connection, run_id)
    connection.execute(runs.delete().where(runs.c.run_id == run_id))


def run_of(row: Mapping[str, Any]) -> Run:
    """The run in a row of its table."""
    return Run(
        run_id=row["run_id"],
        task_id=row["task_id"],
        team_id=row["team_id"],
        kind=TaskKind(row["kind"]),
        folder_id=row["folder_id"],
        created_at=from_ms(row["created_at"]),
        product=orjson.loads(row["product"]),
    )
