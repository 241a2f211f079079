"""Workers that die or freeze at any moment: every accepted task ends, nothing is committed twice."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.runtime.road_kit import Road, children, kill, lives

from soundstage.domain.task import Task, TaskState

EXPECTED = "understand of {0}; generate of {0}; master of {0}; "


def check(road: Road, tasks: list[Task]) -> None:
    """Every task ended well, each stage was committed once, and the products are those of an undisturbed run."""
    for task in road.wait_ended(*tasks, seconds=150):
        assert task.state is TaskState.SUCCEEDED, task.failure
        assert road.committed(task) == {"understand", "generate", "master"}
        assert road.product(task) == EXPECTED.format(task.parameters["seed"])
    runs = [road.get(task).run_id for task in tasks]
    assert len(set(runs)) == len(runs)


def test_workers_killed_at_random_moments(road_on: Road) -> None:
    luck = random.Random(0)
    actor = road_on.actor()
    nap = {"sleep": 0.05}
    tasks = [
        road_on.create(actor, {"understand": nap, "generate": nap, "master": nap}, seed=seed) for seed in range(24)
    ]
    for _ in range(4):
        worker = road_on.start_worker()
        time.sleep(luck.uniform(0.0, 1.2))
        kill(worker)
    road_on.start_worker()
    check(road_on, tasks)


def test_two_workers_one_killed(road_on: Road) -> None:
    actor = road_on.actor()
    first = road_on.start_worker()
    road_on.start_worker()
    tasks = [road_on.create(actor, {"generate": {"sleep": 0.3}}, seed=seed) for seed in range(12)]
    road_on.wait_begun(tasks[0], "generate")
    kill(first)
    check(road_on, tasks)


def test_children_die_with_their_worker(road_on: Road) -> None:
    worker = road_on.start_worker()
    task = road_on.create(road_on.actor(), {"understand": {"spin": 110}})
    mark = road_on.folder / f"spinning-{task.task_id}"
    road_on.wait(lambda: mark.exists() and mark.read_text() != "")
    orphans = children(worker)
    assert int(mark.read_text()) in [child.pid for child in orphans]
    kill(worker)
    road_on.wait(lambda: not any(map(lives, orphans)), 30.0)


def test_a_frozen_worker_is_replaced_and_writes_nothing_when_it_wakes(road_on: Road) -> None:
    actor = road_on.actor()
    frozen = road_on.start_worker(lanes={"sound": 1})
    task = road_on.create(actor, {"generate": {"hold": True}}, seed=3)
    road_on.wait_begun(task, "generate")
    frozen.send_signal(signal.SIGSTOP)
    road_on.release(task)
    road_on.start_worker()
    (ended,) = road_on.wait_ended(task)
    revision = ended.revision
    frozen.send_signal(signal.SIGCONT)
    assert frozen.wait(90) == 75, "a worker that was declared dead leaves, to be started again under a new id"
    assert road_on.get(task).revision == revision
    check(road_on, [task])


def test_frozen_for_a_moment_is_not_dead(road_on: Road) -> None:
    actor = road_on.actor()
    worker = road_on.start_worker(dead_after_seconds=40.0)
    road_on.start_worker(dead_after_seconds=40.0)
    tasks = [road_on.create(actor, {"generate": {"sleep": 0.4}}, seed=seed) for seed in range(8)]
    road_on.wait_begun(tasks[0], "generate")
    worker.send_signal(signal.SIGSTOP)
    time.sleep(1.5)
    worker.send_signal(signal.SIGCONT)
    check(road_on, tasks)
    assert worker.poll() is None


ACCEPT_AND_DIE = """
import os, signal, sys
sys.path.insert(0, sys.argv[1])
from tests.runtime import road
from soundstage.domain.account import Scope
from soundstage.domain.request import AudioType, TextToSoundRequest
from soundstage.domain.task import TaskKind
from soundstage.runtime.durable import TaskQueue
from soundstage.services.actor import Actor
from soundstage.services.tasks import TaskLimits, TasksService
from soundstage.storage.database import Database
database = Database(sys.argv[2])
service = TasksService(database, TaskQueue(database), road.PIPELINES, TaskLimits(9, 10**9, 24), lambda _: None)
request = TextToSoundRequest(prompt="{}", duration=1, audio_type=AudioType.SOUND, seed=5)
task = service.create(Actor(int(sys.argv[3]), None, frozenset(Scope)), TaskKind.TEXT_TO_SOUND, request)
os.write(1, task.task_id.encode())
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_accepted_means_kept(road_on: Road) -> None:
    actor = road_on.actor()
    here = str(Path(__file__).parents[2])
    command = [sys.executable, "-c", ACCEPT_AND_DIE, here, road_on.url, str(actor.team_id)]
    died = subprocess.run(command, capture_output=True, text=True, check=False)
    assert died.returncode == -signal.SIGKILL, died.stderr
    task = road_on.tasks.get(actor, died.stdout)
    road_on.start_worker()
    check(road_on, [task])
