"""Keys: only the SHA-256 of a secret is ever stored."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, select

from soundstage.domain.account import Key, Scope
from soundstage.storage.clock import from_ms, maybe_from_ms, now_ms
from soundstage.storage.database import Database
from soundstage.storage.tables import keys

FIND = "SELECT key_id, team_id, scopes, secret_sha256 FROM keys WHERE secret_sha256 = ? AND revoked_at IS NULL"


class LiveKey(NamedTuple):
    """What the check of a request needs of a key."""

    key_id: int
    team_id: int
    scopes: str
    secret_sha256: str


def insert(
    connection: Connection, *, team_id: int, name: str, prefix: str, secret_sha256: str, scopes: frozenset[Scope]
) -> Key:
    statement = keys.insert().values(
        team_id=team_id,
        name=name,
        prefix=prefix,
        secret_sha256=secret_sha256,
        scopes=join_scopes(scopes),
        created_at=now_ms(),
    )
    return _key(connection.execute(statement.returning(keys)).one())


def find_live(database: Database, secret_sha256: str) -> LiveKey | None:
    """A key that is not revoked, by the hash of its secret. Every request pays this: one indexed read."""
    row = database.row(FIND, (secret_sha256,))
    return None if row is None else LiveKey(*row)


def all_keys(connection: Connection, team_id: int | None = None) -> list[Key]:
    """Keys of a team or of all, revoked ones too, oldest first."""
    statement = select(keys).order_by(keys.c.key_id)
    if team_id is not None:
        statement = statement.where(keys.c.team_id == team_id)
    return [_key(row) for row in connection.execute(statement)]


def revoke(connection: Connection, key_id: int) -> Key | None:
    """The key, revoked now or earlier; None when there is none of that id."""
    connection.execute(
        keys.update().where(keys.c.key_id == key_id, keys.c.revoked_at.is_(None)).values(revoked_at=now_ms())
    )
    row = connection.execute(select(keys).where(keys.c.key_id == key_id)).one_or_none()
    return None if row is None else _key(row)


def join_scopes(scopes: frozenset[Scope]) -> str:
    return " ".join(sorted(scopes))


def split_scopes(text: str) -> frozenset[Scope]:
    return frozenset(Scope(word) for word in text.split())


def _key(row: Row[Any]) -> Key:
    return Key(
        key_id=row.key_id,
        team_id=row.team_id,
        name=row.name,
        prefix=row.prefix,
        scopes=split_scopes(row.scopes),
        created_at=from_ms(row.created_at),
        revoked_at=maybe_from_ms(row.revoked_at),
    )
