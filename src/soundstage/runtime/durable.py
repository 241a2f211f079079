"""The one place that knows DBOS: a queue that outlives every process.

DBOS is a process-wide singleton; it is launched in worker processes only, from here only. A task's attempt is
the workflow `<task_id>.<attempt>`. What a stage gave is kept in our own tables (`storage.stage_results`), in one
transaction with the task's row: a workflow that is recovered goes on from there. DBOS steps would record the same
a second time, in a transaction of their own; so there are none (docs/decisions).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

import structlog
from dbos import DBOS, DBOSClient, DBOSConfig, WorkflowSerializationFormat

from soundstage.domain.task import Task
from soundstage.storage.database import Connection, Database

log = structlog.get_logger(__name__)

NAME = "soundstage"
WORKFLOW = "perform"
# Constant, so that a new release goes on with the tasks of the one before; raise it only when it cannot.
APPLICATION_VERSION = "soundstage-1"
MAX_RECOVERIES = 50  # a task that has taken so many workers down with it is given up
_MIGRATING = threading.Lock()


def workflow_id(task_id: str, attempt: int) -> str:
    return f"{task_id}.{attempt}"


def install(database: Database) -> None:
    """Create or migrate DBOS's own tables; safe to call in every process."""
    url = database.url.set(drivername="sqlite" if database.dialect == "sqlite" else "postgresql")
    with _MIGRATING:
        DBOS.migrate(url.render_as_string(hide_password=False))


class TaskQueue:
    """The way into the queue: usable in any process, beside any number of workers."""

    def __init__(self, database: Database) -> None:
        self._client = DBOSClient(
            system_database_engine=database.engine, use_listen_notify=False, application_name=NAME, lazy=True
        )

    def enqueue(self, connection: Connection, task: Task, *, lane: str, order: int) -> None:
        """Put a task's current attempt in line within the caller's transaction."""
        self._client.enqueue_in_transaction(
            connection,
            {
                "workflow_name": WORKFLOW,
                "queue_name": lane,
                "workflow_id": workflow_id(task.task_id, task.attempt),
                "app_version": APPLICATION_VERSION,
                "priority": order,
                "serialization_type": WorkflowSerializationFormat.PORTABLE,
            },
            task.task_id,
            task.attempt,
        )

    def withdraw(self, task: Task) -> None:
        """Take a cancelled attempt out of line. Only saves a worker the look: the row's state already decides."""
        with _cleaning(task):
            self._client.cancel_workflow(workflow_id(task.task_id, task.attempt))

    def forget(self, task: Task) -> None:
        """Remove every attempt of a deleted task."""
        with _cleaning(task):
            for attempt in range(1, task.attempt + 1):
                self._client.delete_workflow(workflow_id(task.task_id, attempt))

    def close(self) -> None:
        self._client.destroy()


class Attempt(Protocol):
    """One attempt under way on this worker."""

    def run(self) -> str:
        """Do every stage that is not done; gives a word on how it ended. Never raises."""
        ...

    def close(self) -> None: ...


Begin = Callable[[str, int], Attempt | None]


class DurableWorker:
    """DBOS at work in this process: takes attempts from the lanes, at most `lanes[name]` of each at once."""

    def __init__(
        self, database: Database, worker_id: str, *, begin: Begin, lanes: Mapping[str, int], polling_seconds: float
    ) -> None:
        self._worker_id = worker_id
        self._lanes = dict(lanes)
        self._polling_seconds = polling_seconds
        config: DBOSConfig = {
            "name": NAME,
            "system_database_engine": database.engine,
            "application_version": APPLICATION_VERSION,
            "executor_id": worker_id,
            "use_listen_notify": False,
            "enable_otlp": False,
            "console_log_level": "ERROR",
            "log_level": "ERROR",
            "max_executor_threads": 8 + 2 * sum(lanes.values()),
            "notification_listener_polling_interval_sec": 5.0,
        }
        DBOS(config=config)
        self._register(begin)

    def launch(self) -> None:
        DBOS.listen_queues(list(self._lanes))
        DBOS.launch()
        for lane, concurrency in self._lanes.items():
            DBOS.register_queue(
                lane,
                worker_concurrency=concurrency,
                polling_interval_sec=self._polling_seconds,
                on_conflict="always_update",
            )

    def recover(self, living: Callable[[], Iterable[str]]) -> tuple[str, ...]:
        """Put back in line what dead workers had begun; returns their ids.

        `living` is asked after the attempts are listed, so that a worker that came meanwhile is among them.
        Any pending attempt whose worker is not among the living counts: a worker that froze, was declared dead and
        woke up may have taken one more, and its id is never used again.
        """
        begun = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
        alive = {*living(), self._worker_id}
        dead = sorted({w.executor_id for w in begun if w.executor_id and w.executor_id not in alive})
        if dead:
            # The only private call (dbos >=3.4,<3.5): recovery of another executor's work has no public one.
            DBOS._recover_pending_workflows(dead)
        return tuple(dead)

    def given_up(self) -> tuple[tuple[str, int], ...]:
        """Attempts `(task_id, attempt)` that DBOS will not start again because workers keep dying on them."""
        lost = DBOS.list_workflows(status="MAX_RECOVERY_ATTEMPTS_EXCEEDED", load_input=False, load_output=False)
        return tuple(_split(w.workflow_id) for w in lost)

    def drain(self, seconds: int) -> None:
        """Take nothing more and wait for what is under way, for at most so long."""
        DBOS.destroy(workflow_completion_timeout_sec=seconds)

    def _register(self, begin: Begin) -> None:
        @DBOS.workflow(
            name=WORKFLOW,
            serialization_type=WorkflowSerializationFormat.PORTABLE,
            max_recovery_attempts=MAX_RECOVERIES,
        )
        def perform(task_id: str, attempt: int) -> str:
            under_way = begin(task_id, attempt)
            if under_way is None:
                return "not to be done"
            try:
                return under_way.run()
            finally:
                under_way.close()


@contextmanager
def _cleaning(task: Task) -> Iterator[None]:
    """What is done to the queue after the commit that counts is no reason to tell the client of a failure."""
    try:
        yield
    except Exception as error:
        log.warning("queue not cleaned", task_id=task.task_id, cause=str(error)[:300])


def _split(workflow: str) -> tuple[str, int]:
    task_id, _, attempt = workflow.rpartition(".")
    return task_id, int(attempt)
