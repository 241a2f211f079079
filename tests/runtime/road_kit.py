"""Accept tasks on the short road, start and kill real worker processes, look at what became of them."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from soundstage.domain.account import Scope
from soundstage.domain.request import AudioType, TextToSoundRequest
from soundstage.domain.task import StageStatus, Task, TaskKind
from soundstage.runtime.execution import Execution
from soundstage.services.actor import Actor
from soundstage.services.keys import KeysService
from soundstage.services.tasks import TasksService
from soundstage.storage import stage_results, workers
from soundstage.storage.database import Database

Take = Callable[[Task], Execution]
SCRIPT = Path(__file__).with_name("road.py")


@dataclass
class Road:
    """`workers` are processes; everything is closed and killed when the test ends."""

    url: str
    folder: Path
    database: Database
    tasks: TasksService
    workers: list[subprocess.Popen[str]] = field(default_factory=list)

    def actor(self, team: str = "default") -> Actor:
        key, _ = KeysService(self.database).create(name="test", team=team)
        return Actor(key.team_id, key.key_id, frozenset(Scope))

    def start_worker(self, **settings: Any) -> subprocess.Popen[str]:
        command = [sys.executable, str(SCRIPT), self.url, str(self.folder), json.dumps(settings)]
        with (self.folder / "worker.log").open("a") as log:
            worker = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        self.workers.append(worker)
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n", (self.folder / "worker.log").read_text()[-2000:]
        return worker

    def create(
        self,
        actor: Actor,
        orders: dict[str, Any] | None = None,
        seed: int = 1,
        duration: float = 1.0,
        **more: Any,
    ) -> Task:
        request = TextToSoundRequest(
            prompt=json.dumps(orders or {}), duration=duration, audio_type=AudioType.SOUND, seed=seed
        )
        return self.tasks.create(actor, TaskKind.TEXT_TO_SOUND, request, **more)

    def release(self, *tasks: Task) -> None:
        """Let stages that hold go on, and every later one of these tasks pass."""
        for task in tasks:
            (self.folder / f"released-{task.task_id}").touch()

    def get(self, task: Task) -> Task:
        found = self.tasks.read_status(task.team_id, task.task_id)
        assert found is not None
        return found

    def stage(self, task: Task, name: str) -> StageStatus:
        return next(stage for stage in self.get(task).stages if stage.name == name)

    def wait(self, until: Callable[[], bool], seconds: float = 90.0) -> None:
        end = time.monotonic() + seconds
        while not until():
            assert time.monotonic() < end, "waited too long; " + (self.folder / "worker.log").read_text()[-3000:]
            time.sleep(0.03)

    def wait_ended(self, *tasks: Task, seconds: float = 150.0) -> list[Task]:
        self.wait(lambda: all(self.get(task).state.ended for task in tasks), seconds)
        return [self.get(task) for task in tasks]

    def wait_begun(self, task: Task, stage: str) -> None:
        self.wait(lambda: self.begun(task, stage) > 0)

    def begun(self, task: Task, stage: str) -> int:
        """How often a stage's function was entered."""
        log = self.folder / "begun" / task.task_id
        return sum(line.startswith(stage) for line in log.read_text().splitlines()) if log.exists() else 0

    def worker_states(self) -> list[str]:
        with self.database.read() as connection:
            return [row.state for row in workers.living(connection)]

    def committed(self, task: Task) -> set[str]:
        with self.database.read() as connection:
            return set(stage_results.of_task(connection, task.task_id))

    def product(self, task: Task) -> str:
        with self.database.read() as connection:
            return str(stage_results.of_task(connection, task.task_id)["master"].output["text"])

    def kill_all(self) -> None:
        for worker in self.workers:
            kill(worker)


def kill(worker: subprocess.Popen[str]) -> None:
    """kill -9, also of a stopped process."""
    if worker.poll() is None:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    if worker.stdout is not None:
        worker.stdout.close()


def lives(process: psutil.Process) -> bool:
    """Whether it still does anything: a zombie is dead, and not yet buried by its parent."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def children(worker: subprocess.Popen[str]) -> list[psutil.Process]:
    return psutil.Process(worker.pid).children(recursive=True)
