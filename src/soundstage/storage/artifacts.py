"""Artifact rows and who refers to them. The bytes are in `storage.blobs`."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, Row, and_, func, select

from soundstage.domain.artifact import Artifact
from soundstage.storage.clock import now_ms
from soundstage.storage.tables import artifact_references, artifacts
from soundstage.storage.upsert import insert_new


def refer(
    connection: Connection,
    artifact: Artifact,
    *,
    team_id: int,
    task_id: str | None = None,
    run_id: int | None = None,
    stage: str | None = None,
    upload_id: str | None = None,
) -> None:
    """Record an artifact (once per content) and who refers to it; a stage's name stands for its latest content."""
    _hold(connection, artifact)
    if stage is not None:
        connection.execute(
            artifact_references.delete().where(
                artifact_references.c.task_id == task_id,
                artifact_references.c.stage == stage,
                artifact_references.c.name == artifact.name,
            )
        )
    connection.execute(
        artifact_references.insert().values(
            sha256=artifact.sha256,
            team_id=team_id,
            task_id=task_id,
            run_id=run_id,
            upload_id=upload_id,
            stage=stage,
            name=artifact.name,
            media_type=artifact.media_type,
            created_at=now_ms(),
        )
    )


def of_task(connection: Connection, task_id: str) -> dict[str, Artifact]:
    """A task's artifacts by name."""
    query = (
        select(artifact_references, artifacts.c.bytes)
        .join(artifacts, artifacts.c.sha256 == artifact_references.c.sha256)
        .where(artifact_references.c.task_id == task_id)
        .order_by(artifact_references.c.reference_id)
    )
    return {row.name: _artifact(row) for row in connection.execute(query)}


def copy(connection: Connection, of_task: str, to_task: str, stages: Iterable[str]) -> None:
    """Let a task refer to all that some stages of another one keep."""
    kept = artifact_references.c
    query = select(artifact_references).where(kept.task_id == of_task, kept.stage.in_(tuple(stages)))
    rows = [dict(row) for row in connection.execute(query.order_by(kept.reference_id)).mappings()]
    for row in rows:
        del row["reference_id"]
        row |= {"task_id": to_task, "created_at": now_ms()}
    if rows:
        connection.execute(artifact_references.insert(), rows)


def of_stage(connection: Connection, task_id: str, stage: str, name: str) -> Artifact | None:
    """What a stage of a task keeps under that name."""
    query = (
        select(artifact_references, artifacts.c.bytes)
        .join(artifacts, artifacts.c.sha256 == artifact_references.c.sha256)
        .where(
            artifact_references.c.task_id == task_id,
            artifact_references.c.stage == stage,
            artifact_references.c.name == name,
        )
    )
    row = connection.execute(query).first()
    return None if row is None else _artifact(row)


def of_one_stage(connection: Connection, task_id: str, stage: str) -> tuple[Artifact, ...]:
    """All that a stage of a task keeps, in the order of its making."""
    query = (
        select(artifact_references, artifacts.c.bytes)
        .join(artifacts, artifacts.c.sha256 == artifact_references.c.sha256)
        .where(artifact_references.c.task_id == task_id, artifact_references.c.stage == stage)
        .order_by(artifact_references.c.reference_id)
    )
    return tuple(map(_artifact, connection.execute(query)))


def release(
    connection: Connection, *, task_id: str | None = None, run_id: int | None = None, upload_id: str | None = None
) -> tuple[str, ...]:
    """Drop the references of a task, a run or an upload; returns the SHA-256 of contents that nobody refers to now.

    Their artifact rows are gone; the caller deletes the bytes after the commit.
    """
    owners = {"task_id": task_id, "run_id": run_id, "upload_id": upload_id}
    where = and_(*(artifact_references.c[name] == owner for name, owner in owners.items() if owner is not None))
    return _drop(connection, where)


def release_made(connection: Connection, task_id: str, stage: str, prefix: str, *, keep: str) -> tuple[str, ...]:
    """Drop what a stage of a task keeps under names that begin with `prefix`, but for one; returns as `release`."""
    where = and_(
        artifact_references.c.task_id == task_id,
        artifact_references.c.stage == stage,
        artifact_references.c.name.startswith(prefix, autoescape=True),
        artifact_references.c.name != keep,
    )
    return _drop(connection, where)


def drop_unreferred(connection: Connection, *, before_ms: int) -> None:
    """Forget contents recorded before a moment that nobody refers to; the sweep of the blobs then removes the bytes."""
    referred = select(artifact_references.c.sha256)
    unreferred = (artifacts.c.created_at < before_ms, artifacts.c.sha256.not_in(referred))
    # Locked first and looked at again: who refers to one of them meanwhile is then seen, or waits and makes a new row.
    locked = (
        select(artifacts.c.sha256).where(*unreferred).order_by(artifacts.c.sha256).with_for_update(skip_locked=True)
    )
    found = connection.execute(locked).scalars().all()
    for start in range(0, len(found), 500):  # below SQLite's limit of bound variables
        some = artifacts.c.sha256.in_(found[start : start + 500])
        connection.execute(artifacts.delete().where(some, *unreferred))


def is_known(connection: Connection, sha256: str) -> bool:
    return connection.execute(select(artifacts.c.sha256).where(artifacts.c.sha256 == sha256)).first() is not None


def team_bytes(connection: Connection, team_id: int) -> int:
    """Bytes a team's distinct artifacts take on disk."""
    distinct = (
        select(artifact_references.c.sha256).where(artifact_references.c.team_id == team_id).distinct().subquery()
    )
    query = select(func.coalesce(func.sum(artifacts.c.bytes), 0)).join(
        distinct, distinct.c.sha256 == artifacts.c.sha256
    )
    return int(connection.execute(query).scalar_one())


def _drop(connection: Connection, where: ColumnElement[bool]) -> tuple[str, ...]:
    mentioned = set(connection.execute(select(artifact_references.c.sha256).where(where)).scalars())
    # Whoever refers to the same content meanwhile either came first, and is seen below, or waits and makes a new row.
    connection.execute(
        select(artifacts.c.sha256)
        .where(artifacts.c.sha256.in_(sorted(mentioned)))
        .order_by(artifacts.c.sha256)
        .with_for_update()
    )
    connection.execute(artifact_references.delete().where(where))
    kept = set(_referred(connection, mentioned))
    orphans = tuple(sorted(mentioned - kept))
    if orphans:
        connection.execute(artifacts.delete().where(artifacts.c.sha256.in_(orphans)))
    return orphans


def _hold(connection: Connection, artifact: Artifact) -> None:
    """Make sure that the artifact's row is there and stays until the transaction ends."""
    row = select(artifacts.c.sha256).where(artifacts.c.sha256 == artifact.sha256)
    while True:
        insert_new(connection, artifacts, sha256=artifact.sha256, bytes=artifact.bytes, created_at=now_ms())
        if connection.execute(row.with_for_update(read=True, key_share=True)).first() is not None:
            return


def _referred(connection: Connection, contents: Iterable[str]) -> Iterable[str]:
    wanted = sorted(contents)
    if not wanted:
        return ()
    query = select(artifact_references.c.sha256).where(artifact_references.c.sha256.in_(wanted)).distinct()
    return connection.execute(query).scalars()


def _artifact(row: Row[tuple[object, ...]]) -> Artifact:
    return Artifact(sha256=row.sha256, bytes=row.bytes, media_type=row.media_type, name=row.name)
