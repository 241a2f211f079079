"""Who is dead, and what becomes of what they had begun."""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass

import psutil
import structlog

from soundstage.domain.event import EventType
from soundstage.domain.task import Failure, TaskState
from soundstage.errors import ExceptionReason
from soundstage.runtime.durable import DurableWorker
from soundstage.storage import events, tasks, workers
from soundstage.storage.database import Database
from soundstage.storage.workers import WorkerRow

log = structlog.get_logger(__name__)


@dataclass
class _Pulse:
    """The last heartbeat seen of a worker, by our own clock: the machines' clocks may differ."""

    beats: int
    seen_at: float


class Recovery:
    """`look` declares dead who has not beaten for `dead_after_seconds`, or whose process is gone from this machine."""

    def __init__(self, database: Database, durable: DurableWorker, worker_id: str, dead_after_seconds: float) -> None:
        self._database = database
        self._durable = durable
        self._worker_id = worker_id
        self._dead_after = dead_after_seconds
        self._pulses: dict[str, _Pulse] = {}

    def look(self) -> None:
        with self._database.read() as connection:
            rows = workers.living(connection)
        dead = [row for row in rows if row.worker_id != self._worker_id and self._is_dead(row)]
        for row in dead:
            self._declare_dead(row)
        gone = {row.worker_id for row in dead}
        recovered = self._durable.recover(row.worker_id for row in rows if row.worker_id not in gone)
        if recovered:
            log.info("took over the tasks of dead workers", workers=recovered)
        self._end_given_up()

    def _is_dead(self, row: WorkerRow) -> bool:
        if row.host == socket.gethostname() and not _runs(row):
            return True
        now = time.monotonic()
        pulse = self._pulses.get(row.worker_id)
        if pulse is None or pulse.beats != row.beats:
            self._pulses[row.worker_id] = _Pulse(row.beats, now)
            return False
        return now - pulse.seen_at > self._dead_after

    def _declare_dead(self, row: WorkerRow) -> None:
        with self._database.unit() as connection:
            workers.set_state(connection, row.worker_id, "dead", only_from=("alive", "draining"))
        self._pulses.pop(row.worker_id, None)
        log.warning("worker declared dead", worker_id=row.worker_id)

    def _end_given_up(self) -> None:
        """Tell the client of tasks that took too many workers down with them."""
        for task_id, attempt in self._durable.given_up():
            with self._database.unit() as connection:
                task = tasks.get(connection, task_id, lock=True)
                if task is None or task.attempt != attempt or task.state.ended:
                    continue
                failure = Failure(
                    stage=task.running_stage,
                    reason=ExceptionReason.INTERNAL_ERROR.value,
                    message="The worker died again and again on this task; see its log, then retry the task.",
                )
                tasks.end(connection, task_id, state=TaskState.FAILED, stages=task.stages, failure=failure)
                end = {"state": TaskState.FAILED.value, **failure.model_dump()}
                events.append(connection, task_id, task.team_id, EventType.END, end)


def _runs(row: WorkerRow) -> bool:
    """Whether the worker's own process still exists on this machine (a frozen one does)."""
    try:
        process = psutil.Process(row.pid)
        same = abs(process.create_time() - row.pid_started) < 2.0
        return same and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
