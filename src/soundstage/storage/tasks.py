"""Task rows: accepted, begun, moved on, ended. Every change raises the row's revision.

A worker writes only with the `owner` token it took at the beginning of its attempt; a task that was
cancelled, retried or taken over has another token (or none), and the late worker's write touches no row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import BigInteger, Connection, Float, and_, bindparam, case, func, select, update

from soundstage.domain.task import Eta, Failure, Priority, StageStatus, Task, TaskKind, TaskState
from soundstage.storage.clock import now_ms
from soundstage.storage.tables import tasks
from soundstage.storage.task_rows import COLUMNS, dump_stages, task_of

_UNENDED = (TaskState.QUEUED.value, TaskState.RUNNING.value, TaskState.PARKED.value)
_REACHED = bindparam("reached", type_=Float)
_PROGRESS = case((tasks.c.progress > _REACHED, tasks.c.progress), else_=_REACHED)  # never falls

# Built once: making a statement costs more than running it.
_BY_ID = select(*[tasks.c[name] for name in COLUMNS]).where(tasks.c.task_id == bindparam("of_task"))
_BY_ID_LOCKED = _BY_ID.with_for_update()
_BEGIN = (
    update(tasks)
    .where(
        tasks.c.task_id == bindparam("of_task"),
        tasks.c.attempt == bindparam("of_attempt"),
        tasks.c.state.in_((TaskState.QUEUED.value, TaskState.RUNNING.value)),
    )
    .values(
        state=TaskState.RUNNING.value,
        owner=bindparam("new_owner"),
        worker_id=bindparam("new_worker"),
        started_at=func.coalesce(tasks.c.started_at, bindparam("now", type_=BigInteger)),
        updated_at=bindparam("now", type_=BigInteger),
        queue_position=None,
        stages=bindparam("new_stages"),
        eta=bindparam("new_eta"),
        revision=tasks.c.revision + 1,
    )
)
_END = (
    update(tasks)
    .where(tasks.c.task_id == bindparam("of_task"), tasks.c.state.in_(_UNENDED))
    .values(
        state=bindparam("new_state"),
        stages=bindparam("new_stages"),
        failure=bindparam("new_failure"),
        progress=_PROGRESS,
        run_id=func.coalesce(bindparam("new_run", type_=BigInteger), tasks.c.run_id),
        product_revision=func.coalesce(bindparam("new_product", type_=BigInteger), tasks.c.product_revision),
        owner=None,
        eta=None,
        queue_position=None,
        finished_at=bindparam("now", type_=BigInteger),
        updated_at=bindparam("now", type_=BigInteger),
        revision=tasks.c.revision + 1,
    )
)
_END_OWNED = _END.where(tasks.c.owner == bindparam("of_owner"))
_PARK = (
    update(tasks)
    .where(
        tasks.c.task_id == bindparam("of_task"),
        tasks.c.owner == bindparam("of_owner"),
        tasks.c.state == TaskState.RUNNING.value,
    )
    .values(
        state=TaskState.PARKED.value,
        stages=bindparam("new_stages"),
        progress=_PROGRESS,
        run_id=bindparam("new_run", type_=BigInteger),
        product_revision=bindparam("new_product", type_=BigInteger),
        owner=None,
        worker_id=None,
        eta=None,
        queue_position=None,
        updated_at=bindparam("now", type_=BigInteger),
        revision=tasks.c.revision + 1,
    )
)
_ADVANCE = (
    update(tasks)
    .where(
        tasks.c.task_id == bindparam("of_task"),
        tasks.c.owner == bindparam("of_owner"),
        tasks.c.state == TaskState.RUNNING.value,
    )
    .values(
        progress=_PROGRESS,
        stages=bindparam("new_stages"),
        eta=bindparam("new_eta"),
        updated_at=bindparam("now"),
        revision=tasks.c.revision + 1,
    )
)


def insert(
    connection: Connection,
    *,
    task_id: str,
    team_id: int,
    kind: TaskKind,
    lane: str,
    priority: Priority,
    queue_order: int,
    parameters: dict[str, Any],
    folder_id: int | None,
    traceparent: str | None,
    stages: Sequence[StageStatus],
    progress: float = 0.0,
    run_id: int | None = None,
) -> Task:
    """`run_id`: the run of a task that makes a further revision of it."""
    now = now_ms()
    row = {
        "task_id": task_id,
        "team_id": team_id,
        "kind": kind.value,
        "lane": lane,
        "state": TaskState.QUEUED.value,
        "attempt": 1,
        "priority": priority.value,
        "queue_order": queue_order,
        "parameters": orjson.dumps(parameters).decode(),
        "folder_id": folder_id,
        "traceparent": traceparent,
        "created_at": now,
        "updated_at": now,
        "started_at": None,
        "finished_at": None,
        "revision": 1,
        "progress": progress,
        "stages": dump_stages(stages),
        "run_id": run_id,
        "product_revision": None,
        "failure": None,
        "queue_position": None,
        "eta": None,
        "owner": None,
        "worker_id": None,
    }
    connection.execute(tasks.insert(), row)
    return task_of(row)


def get(
    connection: Connection,
    task_id: str,
    *,
    team_id: int | None = None,
    kind: TaskKind | None = None,
    lock: bool = False,
) -> Task | None:
    """The task, or None when unknown, another team's or of another kind. `lock` holds the row (PostgreSQL)."""
    row = connection.execute(_BY_ID_LOCKED if lock else _BY_ID, {"of_task": task_id}).mappings().first()
    if row is None or (team_id is not None and row["team_id"] != team_id):
        return None
    task = task_of(dict(row))
    return task if kind is None or task.kind is kind else None


def count_unended(connection: Connection, team_id: int) -> int:
    query = select(func.count()).where(and_(tasks.c.team_id == team_id, tasks.c.state.in_(_UNENDED)))
    return int(connection.execute(query).scalar_one())


def begin(
    connection: Connection,
    task_id: str,
    attempt: int,
    *,
    owner: str,
    worker_id: str,
    stages: Sequence[StageStatus],
    eta: Eta | None = None,
) -> bool:
    """Take a queued (or abandoned running) task for this worker; False when it is no longer to be done."""
    new = {
        "of_task": task_id,
        "of_attempt": attempt,
        "new_owner": owner,
        "new_worker": worker_id,
        "new_stages": dump_stages(stages),
        "new_eta": None if eta is None else eta.model_dump_json(),
        "now": now_ms(),
    }
    return connection.execute(_BEGIN, new).rowcount == 1


def advance(
    connection: Connection,
    task_id: str,
    owner: str,
    *,
    progress: float,
    stages: Sequence[StageStatus],
    eta: Eta | None,
) -> bool:
    """Write where a running task is. Progress never falls. False when the task is no longer this owner's."""
    new = {
        "of_task": task_id,
        "of_owner": owner,
        "reached": progress,
        "new_stages": dump_stages(stages),
        "new_eta": None if eta is None else eta.model_dump_json(),
        "now": now_ms(),
    }
    return connection.execute(_ADVANCE, new).rowcount == 1


def hold(connection: Connection, task_id: str, owner: str) -> bool:
    """Whether the running task is this owner's, which it then stays until the transaction ends."""
    query = select(tasks.c.task_id).where(
        tasks.c.task_id == task_id, tasks.c.owner == owner, tasks.c.state == TaskState.RUNNING.value
    )
    return connection.execute(query.with_for_update()).first() is not None


def end(
    connection: Connection,
    task_id: str,
    *,
    state: TaskState,
    stages: Sequence[StageStatus],
    owner: str | None = None,
    progress: float | None = None,
    run_id: int | None = None,
    product_revision: int | None = None,
    failure: Failure | None = None,
) -> bool:
    """End a task that has not ended; with `owner`, only while it is that owner's. False when it was too late."""
    new = {
        "of_task": task_id,
        "new_state": state.value,
        "new_stages": dump_stages(stages),
        "new_failure": None if failure is None else failure.model_dump_json(),
        "new_run": run_id,
        "new_product": product_revision,
        "reached": 0.0 if progress is None else progress,
        "now": now_ms(),
    }
    if owner is None:
        return connection.execute(_END, new).rowcount == 1
    return connection.execute(_END_OWNED, new | {"of_owner": owner}).rowcount == 1


def park(
    connection: Connection,
    task_id: str,
    *,
    owner: str,
    stages: Sequence[StageStatus],
    progress: float,
    run_id: int,
    product_revision: int | None,
) -> bool:
    """Set a running task aside for a person: nobody holds it now. False when it is no longer this owner's."""
    new = {
        "of_task": task_id,
        "of_owner": owner,
        "new_stages": dump_stages(stages),
        "new_run": run_id,
        "new_product": product_revision,
        "reached": progress,
        "now": now_ms(),
    }
    return connection.execute(_PARK, new).rowcount == 1


def requeue(
    connection: Connection,
    task_id: str,
    attempt: int,
    *,
    queue_order: int,
    progress: float,
    stages: Sequence[StageStatus],
    parameters: dict[str, Any],
) -> bool:
    """Queue an ended or parked task again as its next attempt; False when someone else did, or it succeeded."""
    done = connection.execute(
        update(tasks)
        .where(
            tasks.c.task_id == task_id,
            tasks.c.attempt == attempt - 1,
            tasks.c.state.in_((TaskState.FAILED.value, TaskState.CANCELLED.value, TaskState.PARKED.value)),
        )
        .values(
            state=TaskState.QUEUED.value,
            attempt=attempt,
            queue_order=queue_order,
            progress=progress,
            stages=dump_stages(stages),
            parameters=orjson.dumps(parameters).decode(),
            failure=None,
            finished_at=None,
            started_at=None,
            owner=None,
            worker_id=None,
            updated_at=now_ms(),
            revision=tasks.c.revision + 1,
        )
    )
    return done.rowcount == 1


def owned(connection: Connection, owners: Sequence[str]) -> set[str]:
    """Which of these owner tokens still hold a running task."""
    if not owners:
        return set()
    query = select(tasks.c.owner).where(tasks.c.owner.in_(owners), tasks.c.state == TaskState.RUNNING.value)
    return set(connection.execute(query).scalars())


def revisions(connection: Connection, task_ids: Sequence[str]) -> dict[str, int]:
    """The revision of each of these tasks that exists."""
    found: dict[str, int] = {}
    for start in range(0, len(task_ids), 500):  # below SQLite's limit of bound variables
        query = select(tasks.c.task_id, tasks.c.revision).where(tasks.c.task_id.in_(task_ids[start : start + 500]))
        found.update({row.task_id: row.revision for row in connection.execute(query)})
    return found


def of_run(connection: Connection, run_id: int) -> tuple[Task, ...]:
    """The tasks that made a run and its further revisions, or are about to; the first first. Holds their rows."""
    query = select(*[tasks.c[name] for name in COLUMNS]).where(tasks.c.run_id == run_id)
    rows = connection.execute(query.order_by(tasks.c.created_at, tasks.c.task_id).with_for_update()).mappings()
    return tuple(task_of(dict(row)) for row in rows)


def delete(connection: Connection, task_id: str) -> None:
    connection.execute(tasks.delete().where(tasks.c.task_id == task_id))
