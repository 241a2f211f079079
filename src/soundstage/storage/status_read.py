"""The hot read: one task row by primary key, by hand (SQLAlchemy costs many times the read itself)."""

from __future__ import annotations

from soundstage.domain.task import Task
from soundstage.storage.database import Database
from soundstage.storage.task_rows import COLUMNS, task_of

_QUERY = f"SELECT {', '.join(COLUMNS)} FROM tasks WHERE task_id = ? AND team_id = ?"  # noqa: S608 - constants

_REVISION = "SELECT kind, revision FROM tasks WHERE task_id = ? AND team_id = ?"


def revision(database: Database, team_id: int, task_id: str) -> tuple[str, int] | None:
    """The task's kind and revision: what tells whether a status rendered before is still the present one."""
    found = database.row(_REVISION, (task_id, team_id))
    return None if found is None else (found[0], found[1])


def read(database: Database, team_id: int, task_id: str) -> Task | None:
    """The task, or None when unknown or another team's. Safe from any thread."""
    found = database.row(_QUERY, (task_id, team_id))
    return None if found is None else task_of(dict(zip(COLUMNS, found, strict=True)))
