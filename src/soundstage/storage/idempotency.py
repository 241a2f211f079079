"""Idempotency keys: the same key and body within their life give the same task."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, select

from soundstage.storage.clock import now_ms
from soundstage.storage.tables import idempotency


@dataclass(frozen=True)
class Seen:
    digest: str
    task_id: str


def find(connection: Connection, team_id: int, key: str, *, life_ms: int) -> Seen | None:
    """What the key stands for, unless it is older than `life_ms` (then it is forgotten and free again)."""
    connection.execute(
        delete(idempotency).where(
            idempotency.c.team_id == team_id, idempotency.c.key == key, idempotency.c.created_at < now_ms() - life_ms
        )
    )
    row = connection.execute(
        select(idempotency.c.digest, idempotency.c.task_id).where(
            idempotency.c.team_id == team_id, idempotency.c.key == key
        )
    ).first()
    return None if row is None else Seen(row.digest, row.task_id)


def insert(connection: Connection, team_id: int, key: str, seen: Seen) -> None:
    """Raises IntegrityError when another request took the key in the meantime."""
    connection.execute(
        idempotency.insert().values(
            team_id=team_id, key=key, digest=seen.digest, task_id=seen.task_id, created_at=now_ms()
        )
    )


def trim(connection: Connection, *, life_ms: int) -> None:
    """Forget keys older than their life."""
    connection.execute(delete(idempotency).where(idempotency.c.created_at < now_ms() - life_ms))


def forget_task(connection: Connection, task_id: str) -> None:
    connection.execute(delete(idempotency).where(idempotency.c.task_id == task_id))
