"""Uploads: bytes a client sent, kept as an artifact under an unguessable id."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, func, select

from soundstage.domain.artifact import Artifact
from soundstage.domain.catalogue import Upload
from soundstage.domain.task import TaskState
from soundstage.storage import artifacts
from soundstage.storage.clock import from_ms, now_ms, to_ms
from soundstage.storage.tables import tasks, uploads

ENDED = tuple(state.value for state in TaskState if state.ended)


def insert(connection: Connection, upload: Upload, *, media_type: str) -> None:
    """Insert the upload, its artifact and the reference between them."""
    connection.execute(
        uploads.insert().values(
            upload_id=upload.upload_id,
            team_id=upload.team_id,
            file_name=upload.file_name,
            sha256=upload.sha256,
            bytes=upload.bytes,
            created_at=to_ms(upload.created_at),
        )
    )
    artifact = Artifact(sha256=upload.sha256, bytes=upload.bytes, media_type=media_type, name=upload.file_name)
    artifacts.refer(connection, artifact, team_id=upload.team_id, upload_id=upload.upload_id)


def get(connection: Connection, team_id: int, upload_id: str, *, lock: bool = False) -> Upload | None:
    """`lock`: nobody else marks it as used or deletes it until the transaction ends."""
    statement = select(uploads).where(uploads.c.upload_id == upload_id, uploads.c.team_id == team_id)
    row = connection.execute(statement.with_for_update() if lock else statement).one_or_none()
    return None if row is None else _upload(row)


def mark_used(connection: Connection, team_id: int, upload_id: str) -> bool:
    """A task asks for it now; False when the team has no such upload."""
    statement = uploads.update().where(uploads.c.upload_id == upload_id, uploads.c.team_id == team_id)
    return connection.execute(statement.values(used_at=now_ms())).rowcount == 1


def in_use(connection: Connection, upload: Upload) -> bool:
    """Whether a task that has not ended asks for it."""
    statement = select(tasks.c.task_id).where(
        tasks.c.team_id == upload.team_id,
        tasks.c.state.not_in(ENDED),
        tasks.c.parameters.contains(upload.media_url, autoescape=True),
    )
    return connection.execute(statement.limit(1)).first() is not None


def last_used_before(connection: Connection, at: int) -> list[Upload]:
    """Uploads made and last asked for before `at` (milliseconds since the epoch), oldest first."""
    statement = select(uploads).where(
        uploads.c.created_at < at, func.coalesce(uploads.c.used_at, uploads.c.created_at) < at
    )
    return [_upload(row) for row in connection.execute(statement.order_by(uploads.c.created_at))]


def delete(connection: Connection, upload_id: str) -> tuple[str, ...]:
    """Delete the upload. Returns the SHA-256 of contents that nobody refers to now, to be deleted after the commit."""
    connection.execute(uploads.delete().where(uploads.c.upload_id == upload_id))
    return artifacts.release(connection, upload_id=upload_id)


def _upload(row: Row[Any]) -> Upload:
    return Upload(
        upload_id=row.upload_id,
        team_id=row.team_id,
        file_name=row.file_name,
        sha256=row.sha256,
        bytes=row.bytes,
        created_at=from_ms(row.created_at),
    )
