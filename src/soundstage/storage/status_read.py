"""The hot read: one task row by primary key, by hand.

SQLAlchemy costs many times the read itself, so SQLite is read through its own module and PostgreSQL through
psycopg's own cursor, on the pooled connection of the thread that asks.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from typing import Any

from soundstage.domain.task import Task
from soundstage.storage.database import BUSY_MS, Database
from soundstage.storage.task_rows import COLUMNS, task_of

_QUERY = f"SELECT {', '.join(COLUMNS)} FROM tasks WHERE task_id = {{mark}} AND team_id = {{mark}}"  # noqa: S608 - constants


class StatusReader:
    """`read(team_id, task_id)`: the row as a mapping, or None. Safe from any thread."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._local = threading.local()
        self._read: Callable[[int, str], dict[str, Any] | None] = (
            self._from_sqlite if database.dialect == "sqlite" else self._from_postgresql
        )

    def row(self, team_id: int, task_id: str) -> dict[str, Any] | None:
        """The raw columns of `task_rows.COLUMNS`; JSON columns as text."""
        return self._read(team_id, task_id)

    def task(self, team_id: int, task_id: str) -> Task | None:
        row = self._read(team_id, task_id)
        return None if row is None else task_of(row)

    def _from_sqlite(self, team_id: int, task_id: str) -> dict[str, Any] | None:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(
                str(self._database.url.database), timeout=BUSY_MS / 1000, isolation_level=None, check_same_thread=False
            )
            self._local.connection = connection
        found = connection.execute(_QUERY.format(mark="?"), (task_id, team_id)).fetchone()
        return None if found is None else dict(zip(COLUMNS, found, strict=True))

    def _from_postgresql(self, team_id: int, task_id: str) -> dict[str, Any] | None:
        pooled = self._database.engine.raw_connection()
        try:
            with pooled.cursor() as cursor:
                cursor.execute(_QUERY.format(mark="%s"), (task_id, team_id))
                found = cursor.fetchone()
        finally:
            pooled.close()
        return None if found is None else dict(zip(COLUMNS, found, strict=True))
