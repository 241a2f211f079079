"""Telling those who wait: their place in line, and when they will end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from soundstage.domain.task import TaskKind
from soundstage.pipelines.stage import Pipelines
from soundstage.runtime.eta import NOTHING, Left, Paces, learn, still_to_do, told_length
from soundstage.runtime.history import StageHistory
from soundstage.runtime.line import ends_in_line, noticeably_other
from soundstage.runtime.pace import Spread
from soundstage.runtime.parking import held_back
from soundstage.storage import line, workers
from soundstage.storage.database import Connection, Database
from soundstage.storage.line import Begun, Place, Waiting
from soundstage.storage.workers import WorkerRow

ALIVE, DRAINING = "alive", "draining"


class Places:
    """One per worker, used by one thread. Of all workers only the first one by name tells, so that two histories that
    differ a little do not write against each other; who is to tell follows within seconds when it dies."""

    def __init__(self, database: Database, pipelines: Pipelines, history: StageHistory, worker_id: str) -> None:
        self._database = database
        self._pipelines = pipelines
        self._history = history
        self._worker_id = worker_id
        self._known: dict[tuple[str, int], _Work] = {}  # by task and attempt: it does not change while one waits

    def refresh(self) -> None:
        """Write the rows of waiting tasks whose place or, noticeably, ETA is another one than they tell."""
        with self._database.read() as connection:
            living = workers.living(connection)
            if not self._tells(living):
                return
            waiting = line.waiting(connection)
            moved = tuple(self._moved(connection, living, waiting)) if waiting else ()
        if moved:
            with self._database.unit() as connection:
                line.tell(connection, moved)

    def _tells(self, living: Sequence[WorkerRow]) -> bool:
        first = min((row.worker_id for row in living if row.state == ALIVE), default=self._worker_id)
        return first == self._worker_id

    def _moved(
        self, connection: Connection, living: Sequence[WorkerRow], waiting: Sequence[Waiting]
    ) -> Iterator[Place]:
        slots: Counter[str] = Counter()
        for row in living:
            if row.state == ALIVE:
                slots.update(row.lanes)
        leaving = {row.worker_id for row in living if row.state == DRAINING}
        begun = [task for task in line.begun(connection) if task.worker_id not in leaving]
        self._look_up(connection, waiting)
        works = _Works(connection, self._pipelines, self._history)
        for lane, in_line in groupby(waiting, key=attrgetter("lane")):
            everybody = tuple(in_line)
            before = [works.left_of(task) for task in begun if task.lane == lane]
            own = [works.seconds(self._known.get((task.task_id, task.attempt))) for task in everybody]
            ends = ends_in_line(slots[lane], before, own)
            for place, (task, end) in enumerate(zip(everybody, ends, strict=True), start=1):
                if place != task.place or noticeably_other(end, task.eta):
                    yield Place(task.task_id, place, None if end is None else end.eta())

    def _look_up(self, connection: Connection, waiting: Sequence[Waiting]) -> None:
        """What requests and earlier attempts tell, read once for each task that comes into line."""
        new = {task.task_id: task for task in waiting if (task.task_id, task.attempt) not in self._known}
        for task_id, told in line.told(connection, tuple(new)).items():
            task = new[task_id]
            names = _names(self._pipelines, task.kind)
            waits = self._pipelines[task.kind].waits
            spared = told.done.keys() | held_back(self._pipelines[task.kind], told.parameters)
            left = tuple(Left(name, 1.0, waits[name]) for name in names if name not in spared)
            length = told_length(names, told.parameters, told.done)
            self._known[task_id, task.attempt] = _Work(task.kind, left, length)
        if len(self._known) > len(waiting):
            in_line = {(task.task_id, task.attempt) for task in waiting}
            self._known = {task: work for task, work in self._known.items() if task in in_line}


class _Work(NamedTuple):
    """What a task has still to do. length: of its media in seconds, if anybody has told."""

    kind: TaskKind
    left: tuple[Left, ...]
    length: float | None


class _Works:
    """How long work takes, in seconds, as is known at one moment; each question is answered once."""

    def __init__(self, connection: Connection, pipelines: Pipelines, history: StageHistory) -> None:
        self._connection = connection
        self._pipelines = pipelines
        self._history = history
        self._paces: dict[TaskKind, Paces] = {}
        self._answers: dict[_Work, Spread | None] = {}

    def left_of(self, task: Begun) -> Spread | None:
        """As its row tells; where it was begun before there was any history, as is known by now."""
        if task.eta is not None:
            return Spread(task.eta.low, task.eta.seconds, task.eta.high).after(task.age)
        told = line.told(self._connection, (task.task_id,)).get(task.task_id)
        if told is None:
            return NOTHING
        length = told_length(_names(self._pipelines, task.kind), told.parameters, told.done)
        seconds = self.seconds(_Work(task.kind, still_to_do(task.stages, self._pipelines[task.kind].waits), length))
        return None if seconds is None else seconds.after(task.age)

    def seconds(self, work: _Work | None) -> Spread | None:
        """None where a stage has no history; and for a task that has been deleted meanwhile."""
        if work is None:
            return None
        if work not in self._answers:
            if work.kind not in self._paces:
                names = _names(self._pipelines, work.kind)
                self._paces[work.kind] = learn(self._history.recent(self._connection, work.kind, names))
            self._answers[work] = self._paces[work.kind].work(work.left, work.length)
        return self._answers[work]


def _names(pipelines: Pipelines, kind: TaskKind) -> tuple[str, ...]:
    return tuple(stage.name for stage in pipelines[kind].stages)
