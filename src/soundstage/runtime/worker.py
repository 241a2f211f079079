"""A worker: takes tasks from its lanes and looks after itself, its tasks and the workers beside it."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Callable
from uuid import uuid4

import psutil
import structlog

from soundstage.errors import StorageFull
from soundstage.pipelines.stage import Pipelines
from soundstage.runtime.begin import begin
from soundstage.runtime.context import Outside
from soundstage.runtime.durable import DurableWorker, install
from soundstage.runtime.ending import give_up
from soundstage.runtime.execution import Execution
from soundstage.runtime.janitor import Janitor
from soundstage.runtime.machine import machine
from soundstage.runtime.places import Places
from soundstage.runtime.recovery import Recovery
from soundstage.runtime.scratch import clear_abandoned
from soundstage.storage import tasks, workers
from soundstage.storage.database import PASSING, Database

log = structlog.get_logger(__name__)

AGAIN_SECONDS = 1.0  # after the database could not be asked
DECLARED_DEAD = 75  # exit status (EX_TEMPFAIL): start me again under a new id


class Worker:
    """`run` blocks until `stop` (a signal handler may call it); then it drains and returns the exit status."""

    def __init__(self, database: Database, outside: Outside, pipelines: Pipelines, janitor: Janitor) -> None:
        self.worker_id = f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:8]}"
        self._database = database
        self._outside = outside
        outside.settings.scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
        outside.scratch = outside.settings.scratch / self.worker_id
        self._pipelines = pipelines
        self._settings = outside.settings
        self._stopping = threading.Event()
        self._janitor = janitor
        self._places = Places(database, pipelines, outside.history, self.worker_id)

    def run(self, ready: Callable[[], None] | None = None) -> int:
        install(self._database)
        self._register()
        durable = DurableWorker(
            self._database,
            self.worker_id,
            begin=self._begin,
            lanes=self._settings.lanes,
            polling_seconds=self._settings.polling_seconds,
        )
        recovery = Recovery(self._database, durable, self.worker_id, self._settings.dead_after_seconds)
        durable.launch()
        threading.Thread(target=self._keep_house, name="housekeeping", daemon=True).start()
        self._outside.hosts.start()
        log.info("worker ready", worker_id=self.worker_id, lanes=dict(self._settings.lanes))
        if ready is not None:
            ready()
        self._loop(recovery)
        return self._drain(durable)

    def stop(self) -> None:
        self._stopping.set()

    def _loop(self, recovery: Recovery) -> None:
        settings = self._settings
        duties = (
            _Duty(settings.flush_seconds, self._flush),
            _Duty(2 * settings.flush_seconds, self._let_go),
            _Duty(1.0, self._places.refresh),
            _Duty(settings.heartbeat_seconds, self._beat),
            _Duty(settings.heartbeat_seconds, recovery.look),
        )
        while not self._stopping.wait(settings.flush_seconds):
            for duty in duties:
                duty.do_when_due()

    def _keep_house(self) -> None:
        """In a thread of its own: a long sweep must not look like death, nor keep a cancelled task's CPU busy."""
        duties = (
            _Duty(600.0, self._janitor.sweep),
            _Duty(10 * self._settings.heartbeat_seconds, self._clear_scratch),
        )
        while True:
            for duty in duties:
                duty.do_when_due()
            if self._stopping.wait(self._settings.heartbeat_seconds):
                return

    def _clear_scratch(self) -> None:
        clear_abandoned(self._database, self._settings.scratch)

    def _begin(self, task_id: str, attempt: int) -> Execution | None:
        """Never raises: an attempt that ends without its task having ended would be lost."""
        while True:
            if self._outside.leaving.is_set():
                self._outside.hold()
            try:
                return self._take(task_id, attempt)
            except (*PASSING, StorageFull) as error:
                log.warning("cannot begin a task yet", task_id=task_id, cause=str(error)[:300])
                self._outside.leaving.wait(AGAIN_SECONDS)

    def _take(self, task_id: str, attempt: int) -> Execution | None:
        try:
            execution = begin(self._database, self._outside, self._pipelines, self.worker_id, task_id, attempt)
        except (*PASSING, StorageFull):
            raise
        except Exception as error:
            log.exception("cannot begin a task", task_id=task_id)
            message = f"The task could not be begun ({type(error).__name__}); see the worker's log, then retry it."
            give_up(self._database, task_id, attempt, message)
            return None
        if execution is not None:
            self._outside.remember(execution)
        return execution

    def _register(self) -> None:
        with self._database.unit() as connection:
            workers.insert(
                connection,
                worker_id=self.worker_id,
                host=machine(),
                pid=os.getpid(),
                pid_started=psutil.Process().create_time(),
                lanes=self._settings.lanes,
            )

    def _flush(self) -> None:
        for execution in self._outside.under_way():
            execution.flush()

    def _let_go(self) -> None:
        """Stop what was cancelled, deleted or taken over: its row no longer carries our owner token."""
        under_way = {execution.owner: execution for execution in self._outside.under_way()}
        if not under_way:
            return
        with self._database.read() as connection:
            owned = tasks.owned(connection, tuple(under_way))
        for owner, execution in under_way.items():
            if owner not in owned:
                execution.lose()

    def _beat(self) -> None:
        with self._database.unit() as connection:
            alive = workers.beat(connection, self.worker_id)
        if not alive:
            # Others have taken our tasks. Nothing of ours may be written any more, and our id is spent.
            log.error("declared dead by another worker; leaving", worker_id=self.worker_id)
            self._outside.kill()
            os._exit(DECLARED_DEAD)

    def _drain(self, durable: DurableWorker) -> int:
        """Take nothing new, give what runs some time, then leave the rest to the next worker."""
        log.info("worker draining", worker_id=self.worker_id, under_way=len(self._outside.under_way()))
        lives = (_Duty(0.0, self._flush), _Duty(0.0, self._let_go), _Duty(0.0, self._beat))
        self._set_state("draining", only_from=("alive",))
        drained = threading.Thread(target=durable.drain, args=(self._settings.drain_seconds,), daemon=True)
        drained.start()
        _Duty(0.0, self._places.refresh).do_when_due()  # nobody else may be there to tell that nobody serves the lanes
        until = time.monotonic() + self._settings.drain_seconds
        while drained.is_alive() and self._outside.under_way() and time.monotonic() < until:
            drained.join(self._settings.flush_seconds)
            for duty in lives:
                duty.do_when_due()
        halted = self._outside.under_way()
        for execution in halted:
            execution.halt()
        self._outside.kill()
        self._set_state("stopped", only_from=("alive", "draining"))
        shutil.rmtree(self._outside.scratch, ignore_errors=True)
        log.info("worker stopped", worker_id=self.worker_id, left_to_others=len(halted))
        while not halted and not self._outside.held.is_set() and drained.is_alive():
            drained.join(self._settings.flush_seconds)
        if halted or self._outside.held.is_set():  # their threads wait for ever
            os._exit(0)
        return 0

    def _set_state(self, state: str, *, only_from: tuple[str, ...]) -> None:
        """For the others' sake: without it they find out by our silence."""

        def write() -> None:
            with self._database.unit() as connection:
                workers.set_state(connection, self.worker_id, state, only_from=only_from)

        _Duty(0.0, write).do_when_due()


class _Duty:
    """Something done every so often. What goes wrong is met again next time, and never ends the worker."""

    def __init__(self, seconds: float, do: Callable[[], object]) -> None:
        self._seconds = seconds
        self._do = do
        self._due = 0.0

    def do_when_due(self) -> None:
        now = time.monotonic()
        if now < self._due:
            return
        self._due = now + self._seconds
        try:
            self._do()
        except Exception as error:
            log.warning("duty put off", duty=getattr(self._do, "__name__", "?"), cause=str(error)[:300])
