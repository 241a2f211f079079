"""Insert unless the row is there already: the one statement that SQLAlchemy Core spells differently by dialect."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_new(connection: Connection, table: Table, **values: Any) -> Any | None:
    """Insert a row and answer its primary key (the first column of it); None when a unique column forbids the row.

    Nothing is raised and the transaction stays usable, also when two processes insert at once.
    """
    key = table.primary_key.columns[0]
    if connection.dialect.name == "sqlite":
        statement = sqlite.insert(table).values(**values).on_conflict_do_nothing().returning(key)
        return connection.execute(statement).scalar_one_or_none()
    return connection.execute(
        postgresql.insert(table).values(**values).on_conflict_do_nothing().returning(key)
    ).scalar_one_or_none()
