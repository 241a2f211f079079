"""The line before each lane, as the rows of tasks tell it: who waits, who is being served."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import BigInteger, Connection, Text, bindparam, select, update

from soundstage.domain.task import Eta, StageStatus, TaskKind, TaskState
from soundstage.storage.clock import now_ms
from soundstage.storage.tables import stage_results, tasks
from soundstage.storage.task_rows import load_stages

_MOST_NAMED = 500  # in one statement: below SQLite's limit of bound variables
_WAITING = (
    select(tasks.c.task_id, tasks.c.attempt, tasks.c.kind, tasks.c.lane, tasks.c.queue_position, tasks.c.eta)
    .where(tasks.c.state == TaskState.QUEUED.value)
    .order_by(tasks.c.lane, tasks.c.queue_order, tasks.c.created_at, tasks.c.task_id)
)
_BEGUN = select(
    tasks.c.task_id,
    tasks.c.attempt,
    tasks.c.kind,
    tasks.c.lane,
    tasks.c.worker_id,
    tasks.c.stages,
    tasks.c.eta,
    tasks.c.updated_at,
).where(tasks.c.state == TaskState.RUNNING.value)
_TELL = (
    update(tasks)
    .where(tasks.c.task_id == bindparam("of_task"), tasks.c.state == TaskState.QUEUED.value)
    .values(
        queue_position=bindparam("place", type_=BigInteger),
        eta=bindparam("new_eta", type_=Text),
        revision=tasks.c.revision + 1,
    )
)


class Waiting(NamedTuple):
    """A task in line. place: as its row tells it, or None; so is eta, which is `(low, seconds, high)`."""

    task_id: str
    attempt: int
    kind: TaskKind
    lane: str
    place: int | None
    eta: tuple[float, float, float] | None


class Begun(NamedTuple):
    """A task that is being done. eta: as told `age` seconds ago (by the clocks of the machines, never below 0)."""

    task_id: str
    attempt: int
    kind: TaskKind
    lane: str
    worker_id: str | None
    stages: tuple[StageStatus, ...]
    eta: Eta | None
    age: float


class Told(NamedTuple):
    """parameters: of the task's request. done: seconds of media by each stage done in earlier attempts, or None."""

    parameters: dict[str, Any]
    done: dict[str, float | None]


class Place(NamedTuple):
    """What a waiting task's row is to tell. place: 1 is next in its lane."""

    task_id: str
    place: int
    eta: Eta | None


def waiting(connection: Connection) -> tuple[Waiting, ...]:
    """Everybody in line, by lane, first come first."""
    return tuple(
        Waiting(task_id, attempt, TaskKind(kind), lane, place, _figures(eta))
        for task_id, attempt, kind, lane, place, eta in connection.execute(_WAITING)
    )


def begun(connection: Connection) -> tuple[Begun, ...]:
    now = now_ms()
    return tuple(
        Begun(
            row.task_id,
            row.attempt,
            TaskKind(row.kind),
            row.lane,
            row.worker_id,
            load_stages(row.stages),
            Eta.model_validate_json(row.eta) if row.eta else None,
            max(0, now - row.updated_at) / 1000,
        )
        for row in connection.execute(_BEGUN)
    )


def told(connection: Connection, task_ids: Sequence[str]) -> dict[str, Told]:
    """What is known of these tasks beforehand; one that has been deleted is left out."""
    found: dict[str, Told] = {}
    for start in range(0, len(task_ids), _MOST_NAMED):
        some = task_ids[start : start + _MOST_NAMED]
        asked = select(tasks.c.task_id, tasks.c.parameters).where(tasks.c.task_id.in_(some))
        found.update({row.task_id: Told(orjson.loads(row.parameters), {}) for row in connection.execute(asked)})
        given = select(stage_results.c.task_id, stage_results.c.stage, stage_results.c.media_seconds)
        for row in connection.execute(given.where(stage_results.c.task_id.in_(some))):
            if row.task_id in found:
                found[row.task_id].done[row.stage] = row.media_seconds
    return found


def tell(connection: Connection, places: Sequence[Place]) -> None:
    """Write places and ETAs into the rows of those who still wait."""
    if places:
        connection.execute(
            _TELL,
            [
                {"of_task": p.task_id, "place": p.place, "new_eta": None if p.eta is None else p.eta.model_dump_json()}
                for p in places
            ],
        )


def _figures(text: str | None) -> tuple[float, float, float] | None:
    """By hand: thousands may wait."""
    if not text:
        return None
    eta = orjson.loads(text)
    return eta["low"], eta["seconds"], eta["high"]
