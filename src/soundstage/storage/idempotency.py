"""Idempotency keys: the same key and request within their life give the thing that was made the first time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, delete, select

from soundstage.storage.clock import now_ms
from soundstage.storage.tables import dictionaries, folders, idempotency, tasks, terms, uploads
from soundstage.storage.upsert import insert_new


class Noun(StrEnum):
    """What a create makes; the words stand in the table."""

    TASK = "task"
    FOLDER = "folder"
    DICTIONARY = "dictionary"
    TERM = "term"
    UPLOAD = "upload"


_ID: dict[Noun, Column[Any]] = {
    Noun.TASK: tasks.c.task_id,
    Noun.FOLDER: folders.c.folder_id,
    Noun.DICTIONARY: dictionaries.c.dictionary_id,
    Noun.TERM: terms.c.term_id,
    Noun.UPLOAD: uploads.c.upload_id,
}


@dataclass(frozen=True)
class Seen:
    """What a key stands for: the digest of its request, and the noun and id of what that made."""

    digest: str
    noun: Noun
    made: str


def look(connection: Connection, team_id: int, key: str, *, life_ms: int) -> Seen | None:
    """What the key stands for now; None for a key that is unknown, older than `life_ms`, or whose thing is gone."""
    seen, holds = _read(connection, team_id, key, life_ms)
    return seen if holds else None


def claim(connection: Connection, team_id: int, key: str, digest: str, *, life_ms: int) -> Seen | None:
    """Take the key for the thing that this transaction is about to make, or tell what it stands for already.

    None: it is taken; tell what was made with `settle` before the transaction ends (a rollback frees the key again).
    Another transaction that takes the same key waits for this one's end. What is seen stays until this one's end.
    """
    while True:
        seen, holds = _read(connection, team_id, key, life_ms, lock=True)
        if holds:
            return seen
        if seen is not None:  # too old, or its thing was deleted: the key is free again
            connection.execute(delete(idempotency).where(*_is(team_id, key), idempotency.c.made == seen.made))
        values = {"team_id": team_id, "key": key, "digest": digest, "made": "", "created_at": now_ms()}
        if insert_new(connection, idempotency, **values) is not None:
            return None
        # Somebody took it between our look and our insert, and has committed: look again.


def settle(connection: Connection, team_id: int, key: str, noun: Noun, made: str | int) -> None:
    """What a key taken in this transaction stands for from now on."""
    connection.execute(idempotency.update().where(*_is(team_id, key)).values(noun=noun.value, made=str(made)))


def trim(connection: Connection, *, life_ms: int) -> None:
    """Forget keys older than their life."""
    connection.execute(delete(idempotency).where(idempotency.c.created_at < now_ms() - life_ms))


def _read(
    connection: Connection, team_id: int, key: str, life_ms: int, *, lock: bool = False
) -> tuple[Seen | None, bool]:
    """The row of a key, and whether it holds still: young enough, and what it stands for is there."""
    columns = (idempotency.c.digest, idempotency.c.noun, idempotency.c.made, idempotency.c.created_at)
    row = connection.execute(select(*columns).where(*_is(team_id, key))).one_or_none()
    if row is None:
        return None, False
    digest, noun, made, created_at = row
    seen = Seen(digest, Noun(noun), made)
    return seen, created_at >= now_ms() - life_ms and _is_there(connection, seen, lock=lock)


def _is_there(connection: Connection, seen: Seen, *, lock: bool) -> bool:
    """Whether the thing is still there. `lock`: nobody deletes it until the transaction ends."""
    column = _ID[seen.noun]
    statement = select(column).where(column == column.type.python_type(seen.made))
    held = statement.with_for_update(read=True, key_share=True)
    return connection.execute(held if lock else statement).first() is not None


def _is(team_id: int, key: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return idempotency.c.team_id == team_id, idempotency.c.key == key
