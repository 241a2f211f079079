"""Tasks: accept, follow, cancel, retry, continue, delete."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from uuid import uuid4

from soundstage.domain.account import Scope
from soundstage.domain.event import Event, EventType
from soundstage.domain.request import ProjectImportRequest, ProjectSetupRequest, TaskRequest
from soundstage.domain.revision import Revision
from soundstage.domain.task import Priority, StageState, StageStatus, Task, TaskKind, TaskState
from soundstage.errors import Conflict, Invalid, LimitReached, NotFound, QuotaExceeded
from soundstage.pipelines.stage import Pipelines
from soundstage.runtime.durable import TaskQueue
from soundstage.runtime.statuses import kept_statuses, overall_progress, waiting_statuses
from soundstage.services import parked, transcripts
from soundstage.services.actor import Actor
from soundstage.services.deletion import delete_task
from soundstage.services.idempotency import Idempotency, IdempotencyKeys
from soundstage.services.page import Page
from soundstage.services.parked import ParkedProjects
from soundstage.storage import (
    artifacts,
    dictionaries,
    events,
    folders,
    queue_flow,
    stage_results,
    status_read,
    task_list,
    tasks,
    uploads,
)
from soundstage.storage.database import Connection, Database, IntegrityError
from soundstage.storage.idempotency import Noun
from soundstage.storage.stage_results import StageResult

UPLOAD = "upload://"


@dataclass(frozen=True)
class TaskLimits:
    """unended: tasks a team may have waiting and running; disk_quota: bytes a team may keep."""

    unended: int
    disk_quota_bytes: int
    idempotency_hours: float


@dataclass(frozen=True)
class Ground:
    """What a task stands on that makes a further revision of a run: the stages which it need not do.

    `lay(connection, task)` puts what they gave under the new task, in the transaction that accepts it.
    """

    run_id: int
    results: Mapping[str, StageResult]
    lay: Callable[[Connection, Task], None]


class TasksService:
    def __init__(
        self,
        database: Database,
        queue: TaskQueue,
        pipelines: Pipelines,
        limits: TaskLimits,
        delete_blobs: Callable[[Sequence[str]], None],
        renew_blob: Callable[[str], bool] | None = None,
        parked_projects: ParkedProjects | None = None,
    ) -> None:
        self._database = database
        self._queue = queue
        self._pipelines = pipelines
        self._limits = limits
        self._keys = IdempotencyKeys(limits.idempotency_hours)
        self._delete_blobs = delete_blobs
        self._renew_blob = renew_blob
        self._parked = parked_projects

    def create(
        self,
        actor: Actor,
        kind: TaskKind,
        request: TaskRequest,
        *,
        priority: Priority = Priority.NORMAL,
        idempotency: Idempotency | None = None,
        traceparent: str | None = None,
        ground: Ground | None = None,
    ) -> Task:
        """Accept a task: once this returns it survives the death of every process.

        Raises Forbidden, Invalid (a folder or dictionary that is not the team's; a reused idempotency key),
        LimitReached, QuotaExceeded.
        """
        actor.require(Scope.WRITE)
        for last in (False, False, True):
            try:
                with self._database.unit() as connection:
                    return self._keys.once(
                        connection,
                        actor.team_id,
                        idempotency,
                        Noun.TASK,
                        make=partial(self._accept, connection, actor, kind, request, priority, traceparent, ground),
                        id_of=lambda task: task.task_id,
                        find=partial(tasks.get, connection),
                    )
            except IntegrityError:
                # Another request made the queue's row first: look again.
                if last:
                    raise
        raise AssertionError("unreachable")

    def check_belongings(self, actor: Actor, request: TaskRequest) -> None:
        """Raises Invalid, as `create` would, for a folder or dictionary that is not the team's."""
        actor.require(Scope.WRITE)
        with self._database.read() as connection:
            _check_belongings(connection, actor.team_id, request)

    def get(self, actor: Actor, task_id: str, kind: TaskKind | None = None) -> Task:
        """Raises NotFound for an unknown task, another team's, or one of another kind."""
        actor.require(Scope.READ)
        with self._database.read() as connection:
            task = tasks.get(connection, task_id, team_id=actor.team_id, kind=kind)
        return _found(task, task_id)

    def read_status(self, team_id: int, task_id: str) -> Task | None:
        """The hot read behind every poll; None for an unknown task or another team's."""
        return status_read.read(self._database, team_id, task_id)

    def read_revision(self, team_id: int, task_id: str) -> tuple[str, int] | None:
        """Kind and revision of the task's row, at a fraction of the cost of the row; None as `read_status`."""
        return status_read.revision(self._database, team_id, task_id)

    def list(
        self,
        actor: Actor,
        *,
        states: tuple[TaskState, ...] = (),
        kind: TaskKind | None = None,
        folder_id: int | None = None,
        created_after: datetime | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[Task]:
        """The team's tasks, newest first."""
        actor.require(Scope.READ)
        with self._database.read() as connection:
            items, following = task_list.page(
                connection,
                actor.team_id,
                states=states,
                kind=kind,
                folder_id=folder_id,
                created_after=created_after,
                limit=limit,
                cursor=cursor,
            )
        return Page(items, following)

    def events(self, actor: Actor, task_id: str, after: int = 0, limit: int = 500) -> tuple[Event, ...]:
        """What happened to the task after event number `after`, in order."""
        self.get(actor, task_id)
        with self._database.read() as connection:
            return events.after(connection, task_id, after, limit=limit)

    def last_event_id(self, task_id: str) -> int:
        with self._database.read() as connection:
            return events.last_id(connection, task_id)

    def cancel(self, actor: Actor, task_id: str, kind: TaskKind | None = None) -> Task:
        """End a waiting or running task now; its worker frees the CPU within 2 s. Raises Conflict when ended."""
        actor.require(Scope.WRITE)
        with self._database.unit() as connection:
            task = _found(tasks.get(connection, task_id, team_id=actor.team_id, kind=kind, lock=True), task_id)
            stages = tuple(_stopped(stage) for stage in task.stages)
            if task.state.ended or not tasks.end(connection, task_id, state=TaskState.CANCELLED, stages=stages):
                raise Conflict(f"the task has already ended ({task.state}); only a task that has not can be cancelled")
            data = {"state": TaskState.CANCELLED.value}
            events.append(connection, task_id, task.team_id, EventType.END, data)
            cancelled = _found(tasks.get(connection, task_id), task_id)
        self._queue.withdraw(task)
        return cancelled

    def retry(self, actor: Actor, task_id: str, kind: TaskKind | None = None) -> Task:
        """Queue a failed or cancelled task again; it goes on from the stage that did not finish.

        Raises Conflict when it has not ended or succeeded, or when the revision that it goes on from was deleted;
        LimitReached.
        """
        actor.require(Scope.WRITE)
        with self._database.unit() as connection:
            head = parked.head_of(connection, task_id)
            if head is None:
                parked.hold_base(connection, task_id, actor.team_id)
            task = _found(tasks.get(connection, task_id, team_id=actor.team_id, kind=kind, lock=True), task_id)
            if task.state is TaskState.PARKED:
                raise Conflict("the task is parked: nothing failed; POST …/continue goes on with it")
            if task.state not in (TaskState.FAILED, TaskState.CANCELLED):
                raise Conflict(f"the task is {task.state}; only a failed or cancelled task can be retried")
            self._check_limits(connection, actor.team_id)
            return self._queue_again(connection, task, head)

    def go_on(self, actor: Actor, task_id: str, kind: TaskKind | None = None) -> Task:
        """Queue a parked task again: it goes on from what its project shows now, a person's edits included.

        Raises Conflict when it is not parked.
        """
        actor.require(Scope.WRITE)
        with self._database.unit() as connection:
            head = parked.head_of(connection, task_id)
            task = _found(tasks.get(connection, task_id, team_id=actor.team_id, kind=kind, lock=True), task_id)
            if task.state is not TaskState.PARKED:
                raise Conflict(f"the task is {task.state}; only a parked task can be continued")
            return self._queue_again(connection, task, head)

    def delete(self, actor: Actor, task_id: str) -> None:
        """Remove an ended task, its run or revision, and artifacts that nothing else refers to.

        Raises Conflict while it runs, and where its revision of a project is needed (`deletion.delete_task`).
        """
        actor.require(Scope.WRITE)
        with self._database.unit() as connection:
            task = _found(tasks.get(connection, task_id, team_id=actor.team_id), task_id)
            gone, orphans = delete_task(connection, task)
        for one in gone:
            self._queue.forget(one)
        self._delete_blobs(orphans)

    def _queue_again(self, connection: Connection, task: Task, head: Revision | None) -> Task:
        """Its next attempt, in its lane. head: what its project shows, where the task has made one."""
        pipeline = self._pipelines[task.kind]
        parameters = task.parameters
        if head is not None:
            carried = parked.Carried()
            if self._parked is not None:
                carried = self._parked.carry(connection, task, pipeline, head)
            over = stage_results.of_task(connection, task.task_id).keys()
            parameters = parked.going_on(task, head, over, carried)
        stages = kept_statuses(pipeline, stage_results.of_task(connection, task.task_id))
        order = queue_flow.next_order(connection, pipeline.lane, task.team_id, task.priority)
        attempt = task.attempt + 1
        tasks.requeue(
            connection,
            task.task_id,
            attempt,
            queue_order=order,
            progress=overall_progress(pipeline, stages),
            stages=stages,
            parameters=parameters,
        )
        queued = _found(tasks.get(connection, task.task_id), task.task_id)
        self._queue.enqueue(connection, queued, lane=pipeline.lane, order=order)
        data = {"state": TaskState.QUEUED.value, "attempt": attempt}
        data |= {} if head is None else {"from_revision": head.revision}
        events.append(connection, task.task_id, task.team_id, EventType.STATUS, data)
        return queued

    def _accept(
        self,
        connection: Connection,
        actor: Actor,
        kind: TaskKind,
        request: TaskRequest,
        priority: Priority,
        traceparent: str | None,
        ground: Ground | None,
    ) -> Task:
        self._check_limits(connection, actor.team_id)
        if ground is None:
            _check_belongings(connection, actor.team_id, request)
        if isinstance(request, ProjectSetupRequest | ProjectImportRequest) and request.media_url.startswith(UPLOAD):
            uploads.mark_used(connection, actor.team_id, request.media_url.removeprefix(UPLOAD))
        pipeline = self._pipelines[kind]
        stages = waiting_statuses(pipeline) if ground is None else kept_statuses(pipeline, ground.results)
        order = queue_flow.next_order(connection, pipeline.lane, actor.team_id, priority)
        task = tasks.insert(
            connection,
            task_id=str(uuid4()),
            team_id=actor.team_id,
            kind=kind,
            lane=pipeline.lane,
            priority=priority,
            queue_order=order,
            parameters=request.model_dump(mode="json"),
            folder_id=request.folder_id,
            traceparent=traceparent,
            stages=stages,
            progress=overall_progress(pipeline, stages),
            run_id=None if ground is None else ground.run_id,
        )
        if isinstance(request, ProjectSetupRequest) and request.source_transcript is not None:
            transcripts.refer(connection, request.source_transcript, task, self._renew_blob)
        if ground is not None:
            ground.lay(connection, task)
        events.append(connection, task.task_id, task.team_id, EventType.STATUS, {"state": task.state.value})
        self._queue.enqueue(connection, task, lane=pipeline.lane, order=order)
        return task

    def _check_limits(self, connection: Connection, team_id: int) -> None:
        unended = tasks.count_unended(connection, team_id)
        if unended >= self._limits.unended:
            raise LimitReached(
                f"your team has {unended} tasks waiting or running, which is its limit; "
                "wait until some have ended or cancel some",
                retry_after=10,
            )
        used = artifacts.team_bytes(connection, team_id)
        if used >= self._limits.disk_quota_bytes:
            raise QuotaExceeded(
                f"your team keeps {used} bytes, which is its quota ({self._limits.disk_quota_bytes}); "
                "delete projects, sounds or uploads you no longer need"
            )


def _check_belongings(connection: Connection, team_id: int, request: TaskRequest) -> None:
    if request.folder_id is not None and not folders.exists(connection, team_id, request.folder_id):
        raise Invalid.field("folder_id", f"your team has no folder {request.folder_id}; GET /apis/folders lists them")
    if not isinstance(request, ProjectSetupRequest):
        return
    owned = dictionaries.owned(connection, team_id, request.chosen_dictionaries)
    for dictionary_id in request.chosen_dictionaries:
        if dictionary_id not in owned:
            raise Invalid.field(
                "chosen_dictionaries",
                f"your team has no dictionary {dictionary_id}; GET /apis/dictionaries lists them",
            )


def _found(task: Task | None, task_id: str) -> Task:
    if task is None:
        raise NotFound(f"there is no task {task_id[:80]!r}; check the id and that the key is of the team that made it")
    return task


def _stopped(stage: StageStatus) -> StageStatus:
    if stage.state is StageState.PARKED:
        return StageStatus(name=stage.name, title=stage.title)
    if stage.state is not StageState.RUNNING:
        return stage
    told = {"state": StageState.FAILED, "finished_at": datetime.now(UTC), "summary": "Cancelled before it was done."}
    return stage.model_copy(update=told)
