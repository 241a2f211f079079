"""Who is dead, and what becomes of what they had begun."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

import psutil
import structlog

from soundstage.runtime.durable import DurableWorker
from soundstage.runtime.ending import give_up
from soundstage.runtime.machine import machine
from soundstage.storage import workers
from soundstage.storage.database import Database
from soundstage.storage.workers import WorkerRow

log = structlog.get_logger(__name__)


@dataclass
class _Pulse:
    """The last heartbeat seen of a worker, and for how many seconds of our own clock we saw no other."""

    beats: int
    silent: float = 0.0


class Recovery:
    """`look` declares dead who has not beaten for `dead_after_seconds`, or whose process is gone from this machine."""

    def __init__(self, database: Database, durable: DurableWorker, worker_id: str, dead_after_seconds: float) -> None:
        self._database = database
        self._durable = durable
        self._worker_id = worker_id
        self._dead_after = dead_after_seconds
        self._pulses: dict[str, _Pulse] = {}
        self._looked_at = time.monotonic()

    def look(self) -> None:
        with self._database.read() as connection:
            rows = workers.living(connection)
        now = time.monotonic()
        # While the database was away or we were frozen nobody could be heard: that is not the others' silence.
        passed = min(now - self._looked_at, self._dead_after / 4)
        self._looked_at = now
        dead = [row for row in rows if row.worker_id != self._worker_id and self._is_dead(row, passed)]
        for row in dead:
            self._declare_dead(row)
        recovered = self._durable.recover(self._living)
        if recovered:
            log.info("took over the tasks of dead workers", workers=recovered)
        self._end_given_up()

    def _living(self) -> Iterable[str]:
        with self._database.read() as connection:
            return [row.worker_id for row in workers.living(connection)]

    def _is_dead(self, row: WorkerRow, passed: float) -> bool:
        if row.host == machine() and not _runs(row):
            return True
        pulse = self._pulses.get(row.worker_id)
        if pulse is None or pulse.beats != row.beats:
            self._pulses[row.worker_id] = _Pulse(row.beats)
            return False
        pulse.silent += passed
        return pulse.silent > self._dead_after

    def _declare_dead(self, row: WorkerRow) -> None:
        with self._database.unit() as connection:
            workers.set_state(connection, row.worker_id, "dead", only_from=("alive", "draining"))
        self._pulses.pop(row.worker_id, None)
        log.warning("worker declared dead", worker_id=row.worker_id)

    def _end_given_up(self) -> None:
        """Tell the client of tasks that took too many workers down with them."""
        for task_id, attempt in self._durable.given_up():
            give_up(
                self._database,
                task_id,
                attempt,
                "The worker died again and again on this task; see its log, then retry the task.",
            )


def _runs(row: WorkerRow) -> bool:
    """Whether a process of the worker's number still exists on this machine (a frozen one does).

    Another one that got its number later is not told apart by when it started: that time moves when the machine's
    clock is set. Its silence will tell.
    """
    try:
        return psutil.Process(row.pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
    except psutil.Error:
        return True
