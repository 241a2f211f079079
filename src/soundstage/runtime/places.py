"""Telling those who wait: their place in line, and when they will end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter

from soundstage.domain.task import TaskKind
from soundstage.pipelines.stage import Pipelines
from soundstage.runtime.eta import NOTHING, Left, Paces, Spread, learn, still_to_do, told_length
from soundstage.runtime.history import StageHistory
from soundstage.runtime.line import ends_in_line, noticeably_other
from soundstage.storage import line, workers
from soundstage.storage.database import Connection, Database
from soundstage.storage.line import Begun, Place, Told, Waiting
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
        self._known: dict[tuple[str, int], Told] = {}  # by task and attempt: it does not change while one waits

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
            own = [works.of(task.kind, self._known.get((task.task_id, task.attempt))) for task in everybody]
            ends = ends_in_line(slots[lane], before, own)
            for place, (task, end) in enumerate(zip(everybody, ends, strict=True), start=1):
                eta = None if end is None else end.eta()
                if place != task.place or noticeably_other(eta, task.eta):
                    yield Place(task.task_id, place, eta)

    def _look_up(self, connection: Connection, waiting: Sequence[Waiting]) -> None:
        """What requests and earlier attempts tell, read once for each task that comes into line."""
        new = [task.task_id for task in waiting if (task.task_id, task.attempt) not in self._known]
        found = line.told(connection, new)
        in_line = [(task.task_id, task.attempt) for task in waiting]
        self._known = {task: known for task in in_line if (known := self._known.get(task) or found.get(task[0]))}


class _Works:
    """What each task has still to do, in seconds, at one moment; each question is answered once."""

    def __init__(self, connection: Connection, pipelines: Pipelines, history: StageHistory) -> None:
        self._connection = connection
        self._pipelines = pipelines
        self._history = history
        self._paces: dict[TaskKind, Paces] = {}
        self._answers: dict[tuple[TaskKind, tuple[Left, ...], float | None], Spread | None] = {}

    def of(self, kind: TaskKind, told: Told | None) -> Spread | None:
        """The whole work of a waiting task; None also for one that has been deleted meanwhile."""
        if told is None:
            return None
        names = self._stages(kind)
        left = tuple(Left(name, 1.0) for name in names if name not in told.done)
        return self._work(kind, left, told_length(names, told.parameters, told.done))

    def left_of(self, task: Begun) -> Spread | None:
        """As its row tells; where it was begun before there was any history, as is known by now."""
        if task.eta is not None:
            return Spread(task.eta.low, task.eta.seconds, task.eta.high).after(task.age)
        told = line.told(self._connection, (task.task_id,)).get(task.task_id)
        if told is None:
            return NOTHING
        length = told_length(self._stages(task.kind), told.parameters, told.done)
        work = self._work(task.kind, still_to_do(task.stages), length)
        return None if work is None else work.after(task.age)

    def _stages(self, kind: TaskKind) -> tuple[str, ...]:
        return tuple(stage.name for stage in self._pipelines[kind].stages)

    def _work(self, kind: TaskKind, left: tuple[Left, ...], length: float | None) -> Spread | None:
        question = (kind, left, length)
        if question not in self._answers:
            if kind not in self._paces:
                self._paces[kind] = learn(self._history.recent(self._connection, kind, self._stages(kind)))
            self._answers[question] = self._paces[kind].work(left, length)
        return self._answers[question]
