"""One attempt of a task on this worker: what is done, what is running, and the commits between."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import structlog

from soundstage.domain.event import EventType
from soundstage.domain.task import Eta, Failure, StageState, StageStatus, Task, TaskState
from soundstage.domain.value import Value
from soundstage.errors import Cancelled, ExceptionReason, SoundstageError, StageFailure, StorageFull, Superseded
from soundstage.pipelines.stage import REQUEST, Outcome, Pipeline, Stage
from soundstage.runtime import eta, reuse
from soundstage.runtime.context import Outside, WorkerContext
from soundstage.runtime.overlap import ready, walk
from soundstage.runtime.parking import DRAFT, held_back, parked_statuses, set_aside
from soundstage.runtime.publishing import publish
from soundstage.runtime.retries import with_retries
from soundstage.runtime.statuses import begun, finished, given_up, overall_progress, told
from soundstage.storage import events, stage_history, stage_results, tasks
from soundstage.storage.database import PASSING, Connection, Database, IntegrityError
from soundstage.storage.stage_history import Sample
from soundstage.storage.stage_results import StageResult

log = structlog.get_logger(__name__)

PAUSE_SECONDS = 2.0  # between tries to write what must not be lost


class Execution:
    """Implements `durable.Attempt`. Thread-safe: the worker's loop reads and flushes while a stage runs."""

    def __init__(
        self,
        database: Database,
        outside: Outside,
        pipeline: Pipeline,
        task: Task,
        owner: str,
        results: Mapping[str, StageResult],
        statuses: Sequence[StageStatus],
        history: Sequence[Sample],
    ) -> None:
        self.task = task
        self.owner = owner
        self._database = database
        self._outside = outside
        self._pipeline = pipeline
        self._results = dict(results)
        self._statuses = {status.name: status for status in statuses}
        self._request = pipeline.request.model_validate(task.parameters)
        self._held = held_back(pipeline, task.parameters)
        self._outlook = eta.Outlook(pipeline.waits, history, self._held)
        self._media_seconds = self._known_length()
        self._lock = threading.Lock()
        self._writing = threading.Lock()  # so that no older state is written over a newer one
        self._dirty = False
        self._over = threading.Event()
        self._halted = threading.Event()
        self._contexts: set[WorkerContext] = set()

    @property
    def stages(self) -> tuple[str, ...]:
        return tuple(stage.name for stage in self._pipeline.stages)

    def run(self) -> str:
        ended = walk(self._pipeline, tuple(self._results), self.perform, self._held)
        if not self._held or self._over.is_set():
            return ended
        return "parked" if self._guarded(self._pipeline.stages[-1].name, self._park) else "ended in parking"

    def perform(self, stage: str) -> bool:
        """Do a stage; False when the attempt is over (failed, cancelled, taken over). Never raises."""
        if self._over.is_set():
            return False
        if stage in self._results:
            return True
        return self._guarded(stage, lambda: self._perform(self._pipeline.stage(stage)))

    def _guarded(self, stage: str, do: Callable[[], None]) -> bool:
        """Whether it went well; what did not is the end of the task, at this stage."""
        try:
            do()
        except (Cancelled, Superseded) as reason:
            self._hold_if_leaving()
            log.info("stage left", task_id=self.task.task_id, stage=stage, why=reason.code)
        except SoundstageError as error:
            self._hold_if_leaving()
            self._fail(stage, error)
        except Exception as error:
            self._hold_if_leaving()
            log.exception("stage broke", task_id=self.task.task_id, stage=stage)
            self._fail(stage, StageFailure(f"{stage} broke: {type(error).__name__}", ExceptionReason.INTERNAL_ERROR))
        else:
            return True
        self._over.set()
        return False

    def lose(self) -> None:
        """The task is no longer this worker's (cancelled, taken over): free the CPU at once."""
        self._over.set()
        self._stop_contexts()

    def halt(self) -> None:
        """The worker is going away: stop, record nothing, leave the task for another worker."""
        self._halted.set()
        self._stop_contexts()

    def close(self) -> None:
        self._outside.forget(self)

    def flush(self) -> None:
        """Write progress and ETA, if either moved. Called by the worker's loop, at most four times a second."""
        if self._over.is_set() or not self._writing.acquire(blocking=False):
            return  # a commit that is under way says more
        try:
            with self._lock:
                statuses = tuple(self._statuses.values())
                dirty, self._dirty = self._dirty, False
            if not dirty and not self._outlook.moved(statuses, self._media_seconds):
                return
            progress, left = self._reached(statuses)
            with self._database.unit() as connection:
                tasks.advance(connection, self.task.task_id, self.owner, progress=progress, stages=statuses, eta=left)
        except BaseException:
            self._dirty = True
            raise
        finally:
            self._writing.release()

    def report(self, stage: str, fraction: float) -> None:
        """A stage's own progress, 0.0–1.0; it never falls. A draft's is that of the last stage."""
        with self._lock:
            name = stage if stage in self._statuses else self.stages[-1]
            status = self._statuses[name]
            fraction = min(max(fraction, 0.0), 1.0)
            if status.state is StageState.RUNNING and fraction > status.progress:
                self._statuses[name] = status.model_copy(update={"progress": round(fraction, 4)})
                self._dirty = True

    @contextmanager
    def _at_work(self, stage: Stage) -> Iterator[WorkerContext]:
        with WorkerContext(self._outside, self, stage, self._media_seconds) as context:
            with self._lock:
                self._contexts.add(context)
            try:
                if self._over.is_set() or self._halted.is_set():
                    raise Cancelled("the task is over")
                yield context
            finally:
                with self._lock:
                    self._contexts.discard(context)

    def _perform(self, stage: Stage) -> None:
        begun = time.monotonic()
        with self._at_work(stage) as context:
            offer = self._offer(stage, context)
            if self._take_over(stage, offer):
                return
            context.kept, context.anew = offer.kept, reuse.unwanted(self._request, stage)
            outcome = self._outcome(stage, context)
            key = offer.key if self._offer(stage, context, anew=True).key == offer.key else None
        self._commit(stage, outcome, None if context.took_part else time.monotonic() - begun, key)

    def _park(self) -> None:
        """Make the product of what there is so far, which shows as the last stage's work, and set the task aside."""
        draft, last = self._pipeline.draft, self.stages[-1]
        assert draft is not None  # nothing is held back without one
        with self._lock:
            self._statuses[last] = begun(self._statuses[last])
            self._dirty = True
        own = replace(draft, name=f"{DRAFT}-{self.task.attempt}")  # the files of an earlier one stay its own
        with self._at_work(own) as context:
            context.anew = reuse.unwanted(self._request, draft)
            outcome = self._outcome(draft, context)
        status = StageStatus(name=DRAFT, title=draft.title, summary=outcome.summary)
        self._settle(StageResult(DRAFT, outcome.output.model_dump(mode="json"), status), None)

    def _offer(self, stage: Stage, context: WorkerContext, *, anew: bool = False) -> reuse.Offer:
        if stage.reuse is None or not self._outside.settings.reuse:
            return reuse.NOTHING
        taken = {name: self._taken(name) for name in stage.takes}
        return reuse.look(self._database, context, stage, taken, anew=anew or reuse.unwanted(self._request, stage))

    def _take_over(self, stage: Stage, offer: reuse.Offer) -> bool:
        """Commit what another task gave as this one's; False where the stage has to be done."""
        kept = offer.kept
        if kept is None or (stage.reuse is not None and stage.reuse.asks):
            return False
        result = reuse.result_of(kept, self._statuses[stage.name])
        try:
            self._settle(result, None, lambda connection: reuse.refer(connection, self._outside.blobs, kept, self.task))
        except reuse.Gone:
            reuse.withhold(self._database, self.task, offer)
            return False
        return True

    def _outcome(self, stage: Stage, context: WorkerContext) -> Outcome[Any]:
        there = [self._taken(name) if name in self._results else None for name in stage.may_take]
        return with_retries(
            lambda: stage.run(context, *map(self._taken, stage.takes), *there),
            context,
            self._database,
            self._outside.settings,
            lambda: self._over.is_set() or self._halted.is_set(),
        )

    def _taken(self, name: str) -> Value:
        if name == REQUEST:
            return self._request
        return self._pipeline.stage(name).gives.model_validate(self._results[name].output)

    def _commit(self, stage: Stage, outcome: Outcome[Any], seconds: float | None, key: str | None) -> None:
        """Keep what the stage gave. seconds: None where it was not all work. key: by which other tasks find it."""
        status = finished(self._statuses[stage.name], outcome)
        media_seconds = outcome.media_seconds if outcome.media_seconds > 0 else None
        output = outcome.output.model_dump(mode="json")
        result = StageResult(stage.name, output, status, media_seconds, None if outcome.skipped else key)
        sample = None
        if seconds is not None and outcome.taken_over_from is None:
            sample = Sample(stage.name, outcome.engine, outcome.device, outcome.media_seconds, seconds)
        self._settle(result, sample)

    def _settle(
        self, result: StageResult, sample: Sample | None, also: Callable[[Connection], None] | None = None
    ) -> None:
        """Keep a stage's result, and begin the next, or end or park the task: one transaction.

        sample: of how long it took, None where nothing was done. also: what else the transaction does.
        """
        if result.media_seconds is not None:
            self._media_seconds = result.media_seconds
        with self._writing:
            statuses, coming = self._after(result.status) if result.stage != DRAFT else (self._parked(), ())
            again = False
            while not self._keep(result, sample, statuses, coming, also, again=again):
                again = True
                time.sleep(PAUSE_SECONDS)
            with self._lock:
                self._statuses = {status.name: status for status in statuses}
                self._dirty = False
        if sample is not None:
            self._outside.history.add(self.task.kind, sample)
        self._results[result.stage] = result

    def _keep(
        self,
        result: StageResult,
        sample: Sample | None,
        statuses: Sequence[StageStatus],
        coming: Sequence[str],
        also: Callable[[Connection], None] | None,
        *,
        again: bool,
    ) -> bool:
        """False while the database is away: what was done is not lost for that, so it is tried until it is back."""
        self._hold_if_leaving()
        progress, left = self._reached(statuses)
        try:
            with self._database.unit() as connection:
                news: list[tuple[EventType, dict[str, Any]]]
                if result.stage == DRAFT:
                    stage_results.delete(connection, self.task.task_id, DRAFT)
                    ours, news = set_aside(connection, self.task, self.owner, result.output, statuses, progress)
                elif all(status.state.over for status in statuses):
                    ours, news = self._succeed(connection, self._product(result), statuses)
                else:
                    ours = tasks.advance(
                        connection, self.task.task_id, self.owner, progress=progress, stages=statuses, eta=left
                    )
                    news = [(EventType.STATUS, {"state": "running", "stage": name}) for name in coming]
                if not ours:
                    raise Superseded("the task is another worker's or over")
                if again and result.stage in stage_results.of_task(connection, self.task.task_id):
                    return True  # the commit before was made, and only its answer lost
                stage_results.insert(connection, self.task.task_id, self.task.attempt, result)
                if also is not None:
                    also(connection)
                if sample is not None:
                    stage_history.record(connection, self.task.kind, sample)
                if result.stage != DRAFT:
                    news = [(EventType.FINDING, told(result.status)), *news]
                self._tell(connection, *news)
        except IntegrityError as error:
            raise Superseded("what this stage gave is there already") from error
        except PASSING as error:
            if self._over.is_set():
                raise Superseded("the task is another worker's or over") from error
            log.warning("cannot keep a result yet", task_id=self.task.task_id, cause=str(error)[:300])
            return False
        return True

    def _succeed(
        self, connection: Connection, product: dict[str, Any], statuses: Sequence[StageStatus]
    ) -> tuple[bool, list[tuple[EventType, dict[str, Any]]]]:
        """End the task with its run; False when the task is no longer ours (the caller rolls back)."""
        made = publish(connection, self.task, product)
        if made.told is not None:
            *others, last = statuses
            statuses = (*others, last.model_copy(update={"summary": f"{last.summary} {made.told}"}))
        ended = tasks.end(
            connection,
            self.task.task_id,
            owner=self.owner,
            state=TaskState.SUCCEEDED,
            stages=statuses,
            progress=1.0,
            run_id=made.run_id,
            product_revision=made.revision,
        )
        return ended, [(EventType.END, {"state": TaskState.SUCCEEDED.value, **made.news})]

    def _product(self, last_kept: StageResult) -> dict[str, Any]:
        name = self._pipeline.stages[-1].name
        return last_kept.output if last_kept.stage == name else self._results[name].output

    def _fail(self, stage: str, error: SoundstageError) -> None:
        failure = Failure(stage=stage, reason=error.reason.value, message=error.message)
        self.lose()  # what runs beside it is given up: a retry begins it again
        with self._writing, self._lock:
            status = self._statuses[stage]
            failed = {"state": StageState.FAILED, "finished_at": datetime.now(UTC), "summary": failure.message}
            self._statuses = {name: given_up(status) for name, status in self._statuses.items()}
            self._statuses[stage] = status.model_copy(update=failed)
            statuses = tuple(self._statuses.values())
        log.warning("task failed", task_id=self.task.task_id, stage=stage, cause=failure.message)
        while not self._record_failure(failure, statuses):
            self._hold_if_leaving()
            time.sleep(PAUSE_SECONDS)

    def _record_failure(self, failure: Failure, statuses: Sequence[StageStatus]) -> bool:
        """False while the database is away or full: a failure is never lost, so it is tried until it takes it."""
        try:
            with self._database.unit() as connection:
                ended = tasks.end(
                    connection,
                    self.task.task_id,
                    owner=self.owner,
                    state=TaskState.FAILED,
                    stages=statuses,
                    failure=failure,
                )
                if ended:
                    self._tell(connection, (EventType.END, {"state": TaskState.FAILED.value, **failure.model_dump()}))
        except (*PASSING, StorageFull) as error:
            log.error("cannot record a failure", task_id=self.task.task_id, cause=str(error)[:300])
            return False
        return True

    def _tell(self, connection: Connection, *news: tuple[EventType, dict[str, Any]]) -> None:
        events.append_all(connection, self.task.task_id, self.task.team_id, news)

    def _after(self, done: StageStatus) -> tuple[tuple[StageStatus, ...], tuple[str, ...]]:
        """All statuses once a stage is done, with those that it lets begin running, and the names of these."""
        with self._lock:
            statuses = {**self._statuses, done.name: done}
        over = [name for name, status in statuses.items() if status.state.over]
        begin = ready(self._pipeline, over, self._held)
        coming = tuple(name for name in begin if statuses[name].state is StageState.WAITING)
        statuses |= {name: begun(statuses[name]) for name in coming}
        return tuple(statuses.values()), coming

    def _parked(self) -> tuple[StageStatus, ...]:
        with self._lock:
            return parked_statuses(self._pipeline, self.task, tuple(self._statuses.values()))

    def _reached(self, statuses: Sequence[StageStatus]) -> tuple[float, Eta | None]:
        return overall_progress(self._pipeline, statuses), self._outlook.tell(statuses, self._media_seconds)

    def _known_length(self) -> float | None:
        """By what stages of earlier attempts found out, else by the request: time limits and the ETA need it."""
        lengths = {name: result.media_seconds for name, result in self._results.items()}
        return eta.told_length(self.stages, self.task.parameters, lengths)

    def _stop_contexts(self) -> None:
        with self._lock:
            contexts = tuple(self._contexts)
        for context in contexts:
            context.cancel()

    def _hold_if_leaving(self) -> None:
        """Where the worker goes away, nothing that befalls the attempt is its end."""
        if self._halted.is_set() or (self._outside.leaving.is_set() and not self._over.is_set()):
            self._outside.hold()
