"""Revisions of a project, beside one another; the head is what its run shows.

A revision becomes head only where what it was made from is the head still: otherwise it stays beside, and nothing that
was done meanwhile is overwritten. `runs.product` is always the product of the head.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import orjson
from sqlalchemy import Connection, select, update

from soundstage.domain.revision import Origin, Revision
from soundstage.storage.clock import from_ms, now_ms
from soundstage.storage.tables import project_revisions, runs

_OF_RUN = (
    select(project_revisions, runs.c.head)
    .join(runs, runs.c.run_id == project_revisions.c.run_id)
    .order_by(project_revisions.c.revision.desc())
)


def insert(
    connection: Connection,
    run_id: int,
    product: dict[str, Any],
    *,
    base: int | None,
    origin: Origin,
    task_id: str,
    stage: str | None = None,
    note: str | None = None,
    beside: bool = False,
) -> Revision:
    """Add the next revision of a project; `head` of the answer tells whether it is what the project shows now.

    The first (`base` None) is; a later one where `base` is the head still and it is not to stay `beside`.
    Raises LookupError when there is no such run.
    """
    head = lock(connection, run_id)
    numbered = connection.execute(select(runs.c.numbered).where(runs.c.run_id == run_id)).scalar_one()
    number = max(numbered, base or 0) + 1  # never one that was given before: a client may hold it still
    connection.execute(update(runs).where(runs.c.run_id == run_id).values(numbered=number))
    written = orjson.dumps(product).decode()
    row = {
        "run_id": run_id,
        "revision": number,
        "base": base,
        "origin": origin.value,
        "task_id": task_id,
        "stage": stage,
        "note": note,
        "created_at": now_ms(),
        "product": written,
    }
    connection.execute(project_revisions.insert(), row)
    leads = number == 1 or (base == head and not beside)
    if leads:
        _lead(connection, run_id, number, written)
    return _revision({**row, "head": number if leads else head})


def get(connection: Connection, run_id: int, revision: int | None = None) -> Revision | None:
    """A revision of a project, by default its head; None where there is none."""
    wanted = project_revisions.c.revision == (runs.c.head if revision is None else revision)
    row = connection.execute(_OF_RUN.where(project_revisions.c.run_id == run_id, wanted)).mappings().first()
    return None if row is None else _revision(row)


def newest(connection: Connection, run_id: int) -> Revision | None:
    """The one that was made last, head or not."""
    found = page(connection, run_id, limit=1)
    return found[0] if found else None


def page(
    connection: Connection, run_id: int, *, before: int | None = None, limit: int | None = None
) -> tuple[Revision, ...]:
    """Newest first; `before` is the last number of the page before."""
    query = _OF_RUN.where(project_revisions.c.run_id == run_id)
    if before is not None:
        query = query.where(project_revisions.c.revision < before)
    return tuple(_revision(row) for row in connection.execute(query.limit(limit)).mappings())


def choose(connection: Connection, run_id: int, revision: int) -> bool:
    """Make a revision the head; False where there is no such revision."""
    lock(connection, run_id)
    found = get(connection, run_id, revision)
    if found is None:
        return False
    _lead(connection, run_id, revision, orjson.dumps(found.product).decode())
    return True


def lock(connection: Connection, run_id: int) -> int:
    """Hold the project until the transaction ends; gives the number of its head. Raises LookupError without one."""
    query = select(runs.c.head).where(runs.c.run_id == run_id).with_for_update()
    head = connection.execute(query).scalar_one_or_none()
    if head is None:
        raise LookupError(f"there is no run {run_id}")
    return int(head)


def needed(connection: Connection, run_id: int, task_id: str, coming: Collection[int] = ()) -> int | None:
    """One of the revisions behind which a task stands that is the head or that others were made of; None without.

    coming: of which tasks that have not ended will make others. What else stands behind the same task goes with it.
    """
    head = lock(connection, run_id)
    all_of_run = select(project_revisions.c.revision, project_revisions.c.base, project_revisions.c.task_id)
    rows = connection.execute(all_of_run.where(project_revisions.c.run_id == run_id)).all()
    bases = {row.base for row in rows if row.task_id != task_id} | {head, *coming}
    return next((row.revision for row in rows if row.task_id == task_id and row.revision in bases), None)


def delete(connection: Connection, run_id: int, *, task_id: str | None = None) -> None:
    """Forget all revisions of a run, or those that a task stands behind."""
    query = project_revisions.delete().where(project_revisions.c.run_id == run_id)
    connection.execute(query if task_id is None else query.where(project_revisions.c.task_id == task_id))


def _lead(connection: Connection, run_id: int, revision: int, product: str) -> None:
    connection.execute(update(runs).where(runs.c.run_id == run_id).values(head=revision, product=product))


def _revision(row: Mapping[str, Any] | Any) -> Revision:
    return Revision(
        run_id=row["run_id"],
        revision=row["revision"],
        base=row["base"],
        origin=Origin(row["origin"]),
        task_id=row["task_id"],
        stage=row["stage"],
        note=row["note"],
        created_at=from_ms(row["created_at"]),
        product=orjson.loads(row["product"]),
        head=row["head"] == row["revision"],
    )
