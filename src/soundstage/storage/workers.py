"""Workers and their heartbeats. A worker id is used once and never again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select, update

from soundstage.storage.clock import now_ms
from soundstage.storage.tables import workers


@dataclass(frozen=True)
class WorkerRow:
    """host: among whose processes `pid` counts (`runtime.machine`). beats: rises with every heartbeat.

    pid_started: in seconds, for whoever reads the table. lanes: how many tasks of each it does at once.
    """

    worker_id: str
    host: str
    pid: int
    pid_started: float
    lanes: Mapping[str, int]
    state: str
    beats: int
    beat_at: int


def insert(
    connection: Connection, *, worker_id: str, host: str, pid: int, pid_started: float, lanes: Mapping[str, int]
) -> None:
    now = now_ms()
    connection.execute(
        workers.insert().values(
            worker_id=worker_id,
            host=host,
            pid=pid,
            pid_started=pid_started,
            lanes=" ".join(f"{lane}:{at_once}" for lane, at_once in lanes.items()),
            state="alive",
            beats=0,
            started_at=now,
            beat_at=now,
        )
    )


def beat(connection: Connection, worker_id: str) -> bool:
    """One heartbeat; False when another worker has declared this one dead."""
    done = connection.execute(
        update(workers)
        .where(workers.c.worker_id == worker_id, workers.c.state.in_(("alive", "draining")))
        .values(beats=workers.c.beats + 1, beat_at=now_ms())
    )
    return done.rowcount == 1


def set_state(connection: Connection, worker_id: str, state: str, *, only_from: tuple[str, ...]) -> bool:
    done = connection.execute(
        update(workers)
        .where(workers.c.worker_id == worker_id, workers.c.state.in_(only_from))
        .values(state=state, beat_at=now_ms())
    )
    return done.rowcount == 1


def trim(connection: Connection, before_ms: int) -> None:
    """Forget workers that ended before a moment."""
    connection.execute(delete(workers).where(workers.c.state.in_(("dead", "stopped")), workers.c.beat_at < before_ms))


def living(connection: Connection) -> tuple[WorkerRow, ...]:
    query = select(workers).where(workers.c.state.in_(("alive", "draining")))
    return tuple(
        WorkerRow(
            worker_id=row.worker_id,
            host=row.host,
            pid=row.pid,
            pid_started=row.pid_started,
            lanes=dict(map(_lane, row.lanes.split())),
            state=row.state,
            beats=row.beats,
            beat_at=row.beat_at,
        )
        for row in connection.execute(query)
    )


def _lane(text: str) -> tuple[str, int]:
    """`sound:2`; a worker of an earlier version told the name alone."""
    lane, _, at_once = text.partition(":")
    return lane, int(at_once or 1)
