"""Folders of a team."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from soundstage.domain.catalogue import Folder
from soundstage.storage.clock import now_ms
from soundstage.storage.tables import folders, runs
from soundstage.storage.upsert import insert_new


def insert(connection: Connection, team_id: int, name: str) -> Folder | None:
    """The new folder; None when the team has one of that name."""
    folder_id = insert_new(connection, folders, team_id=team_id, name=name, created_at=now_ms())
    return None if folder_id is None else Folder(folder_id=folder_id, team_id=team_id, name=name)


def get(connection: Connection, team_id: int, folder_id: int) -> Folder | None:
    row = connection.execute(_counted(team_id).where(folders.c.folder_id == folder_id)).one_or_none()
    return None if row is None else _folder(row)


def exists(connection: Connection, team_id: int, folder_id: int) -> bool:
    statement = select(folders.c.folder_id).where(folders.c.team_id == team_id, folders.c.folder_id == folder_id)
    return connection.execute(statement).one_or_none() is not None


def find(connection: Connection, team_id: int, *, limit: int, search: str | None = None) -> list[Folder]:
    """Newest first; `search` is a part of the name in any letter case."""
    statement = _counted(team_id).order_by(folders.c.folder_id.desc()).limit(limit)
    if search:
        statement = statement.where(func.lower(folders.c.name).contains(search.lower(), autoescape=True))
    return [_folder(row) for row in connection.execute(statement)]


def _counted(team_id: int) -> Select[Any]:
    count = select(func.count()).where(runs.c.folder_id == folders.c.folder_id).scalar_subquery().label("run_count")
    return select(folders, count).where(folders.c.team_id == team_id)


def _folder(row: Row[Any]) -> Folder:
    return Folder(folder_id=row.folder_id, team_id=row.team_id, name=row.name, run_count=row.run_count)
