"""Lists of tasks: filters and cursor paging, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, or_, select

from soundstage.domain.task import Task, TaskKind, TaskState
from soundstage.storage.clock import to_ms
from soundstage.storage.cursor import decoded, encoded
from soundstage.storage.tables import tasks
from soundstage.storage.task_rows import COLUMNS, task_of


def page(
    connection: Connection,
    team_id: int,
    *,
    states: Sequence[TaskState] = (),
    kind: TaskKind | None = None,
    folder_id: int | None = None,
    created_after: datetime | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> tuple[tuple[Task, ...], str | None]:
    """Up to `limit` tasks and the cursor of the next page (None at the end). Raises Invalid for a foreign cursor."""
    query = select(*[tasks.c[name] for name in COLUMNS]).where(tasks.c.team_id == team_id)
    if states:
        query = query.where(tasks.c.state.in_([state.value for state in states]))
    if kind is not None:
        query = query.where(tasks.c.kind == kind.value)
    if folder_id is not None:
        query = query.where(tasks.c.folder_id == folder_id)
    if created_after is not None:
        query = query.where(tasks.c.created_at > to_ms(created_after))
    if cursor is not None:
        at, task_id = decoded(cursor)
        query = query.where(or_(tasks.c.created_at < at, and_(tasks.c.created_at == at, tasks.c.task_id < task_id)))
    query = query.order_by(tasks.c.created_at.desc(), tasks.c.task_id.desc()).limit(limit + 1)
    found = [task_of(dict(row)) for row in connection.execute(query).mappings()]
    if len(found) <= limit:
        return tuple(found), None
    last = found[limit - 1]
    return tuple(found[:limit]), encoded(to_ms(last.created_at), last.task_id)
