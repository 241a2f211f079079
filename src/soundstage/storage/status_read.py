"""The hot read: one task row by primary key, by hand (SQLAlchemy costs many times the read itself)."""

from __future__ import annotations

from soundstage.domain.task import Task
from soundstage.storage.database import Database
from soundstage.storage.task_rows import COLUMNS, task_of

_QUERY = f"SELECT {', '.join(COLUMNS)} FROM tasks WHERE task_id = ? AND team_id = ?"  # noqa: S608 - constants


def read(database: Database, team_id: int, task_id: str) -> Task | None:
    """The task, or None when unknown or another team's. Safe from any thread."""
    found = database.row(_QUERY, (task_id, team_id))
    return None if found is None else task_of(dict(zip(COLUMNS, found, strict=True)))
