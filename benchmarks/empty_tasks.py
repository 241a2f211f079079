"""How many empty tasks a second does the road carry, against bare DBOS on the same database and settings?

Both enqueue the same number of workflows with one empty step, then one worker process does them, with the same lane
width, polling and `synchronous` setting. Ours besides keeps the task's row, its events, result, history and run.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from typing import Any

from benchmarks.measure import tell

COUNT = 400
WIDTH = 8
POLLING = 0.02
COMMON = """
import sys, time, json
from pathlib import Path
from soundstage.storage.database import Database
from soundstage.runtime.durable import install
database = Database(sys.argv[1]); folder = Path(sys.argv[2]); count, width, polling = json.loads(sys.argv[3])
database.migrate(); install(database)
"""
BARE = (
    COMMON
    + """
from dbos import DBOS, WorkflowSerializationFormat
from soundstage.runtime.durable import TaskQueue
DBOS(config={"name": "soundstage", "system_database_engine": database.engine, "application_version": "soundstage-1",
    "executor_id": "bare", "use_listen_notify": False, "console_log_level": "ERROR", "max_executor_threads": 8 + 2 * width})
@DBOS.step()
def nothing():
    return True
@DBOS.workflow(name="perform", serialization_type=WorkflowSerializationFormat.PORTABLE)
def perform(task_id, attempt):
    nothing()
    return "done"
queue = TaskQueue(database)
begun = time.monotonic()
for n in range(count):
    queue._client.enqueue({"workflow_name": "perform", "queue_name": "sound", "app_version": "soundstage-1",
        "priority": n + 1, "serialization_type": WorkflowSerializationFormat.PORTABLE}, f"t{n}", 1)
accepted = time.monotonic() - begun
DBOS.listen_queues(["sound"]); DBOS.launch()
DBOS.register_queue("sound", worker_concurrency=width, polling_interval_sec=polling, on_conflict="always_update")
begun = time.monotonic(); cpu = time.process_time()
while len(DBOS.list_workflows(status="SUCCESS", load_input=False, load_output=False)) < count:
    time.sleep(0.1)
print(json.dumps([accepted, time.monotonic() - begun, time.process_time() - cpu]), flush=True)
import os; os._exit(0)
"""
)
OURS = (
    COMMON
    + """
import os, threading
import structlog
structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
from soundstage.domain.account import Scope
from soundstage.domain.request import AudioType, TextToSoundRequest
from soundstage.domain.task import TaskKind
from soundstage.domain.value import Value
from soundstage.engines.registry import Registry
from soundstage.engines.resident import EngineRoom
from soundstage.host.pool import HostPool
from soundstage.pipelines.stage import Outcome, Pipeline, Pipelines, Stage
from soundstage.runtime.context import Outside
from soundstage.runtime.durable import TaskQueue
from soundstage.runtime.janitor import Janitor
from soundstage.runtime.settings import StageLimits, WorkerSettings
from soundstage.runtime.worker import Worker
from soundstage.services.actor import Actor
from soundstage.services.keys import KeysService
from soundstage.services.tasks import TaskLimits, TasksService
from soundstage.storage.blobs.local import LocalBlobs
from sqlalchemy import text
class Nothing(Value):
    done: bool = True
def nothing(context, request):
    return Outcome(Nothing(), Nothing(), "Did nothing.")
pipeline = Pipeline(TaskKind.TEXT_TO_SOUND, TextToSoundRequest, (Stage("nothing", "Nothing", nothing, ("request",), Nothing),), lane="sound")
pipelines = Pipelines({TaskKind.TEXT_TO_SOUND: pipeline})
blobs = LocalBlobs(folder / "artifacts")
settings = WorkerSettings(folder / "scratch", {"sound": width}, polling_seconds=polling)
outside = Outside(database, blobs, Registry.of(), EngineRoom(100, 60.0), HostPool(1), StageLimits(1, 1.0, (), 1.0, 10**9), settings)
worker = Worker(database, outside, pipelines, Janitor(database, blobs, upload_life_days=7))
key, _ = KeysService(database).create(name="bench")
actor = Actor(key.team_id, key.key_id, frozenset(Scope))
tasks = TasksService(database, TaskQueue(database), pipelines, TaskLimits(10**6, 10**12, 24), lambda _: None)
request = TextToSoundRequest(prompt="x", duration=1, audio_type=AudioType.SOUND, seed=1)
begun = time.monotonic()
for _ in range(count):
    tasks.create(actor, TaskKind.TEXT_TO_SOUND, request)
accepted = time.monotonic() - begun
ready = threading.Event()
threading.Thread(target=worker.run, args=(ready.set,), daemon=True).start()
ready.wait()
begun = time.monotonic(); cpu = time.process_time()
while True:
    with database.read() as connection:
        if connection.execute(text("SELECT count(*) FROM tasks WHERE state = 'succeeded'")).scalar() >= count:
            break
    time.sleep(0.1)
print(json.dumps([accepted, time.monotonic() - begun, time.process_time() - cpu]), flush=True)
os._exit(0)
"""
)


def main() -> None:
    rounds = [(_run(BARE), _run(OURS)) for _ in range(3)]
    bare = min((b for b, _ in rounds), key=lambda r: r[1])
    ours = min((o for _, o in rounds), key=lambda r: r[1])
    tell(
        "Empty tasks a second",
        "at least 0.8 x bare DBOS",
        {
            "bare DBOS, tasks a second": COUNT / bare[1],
            "the road, tasks a second": COUNT / ours[1],
            "ratio": bare[1] / ours[1],
            "bare DBOS, accepted a second": COUNT / bare[0],
            "the road, accepted a second": COUNT / ours[0],
            "bare DBOS, CPU ms a task": bare[2] / COUNT * 1000,
            "the road, CPU ms a task": ours[2] / COUNT * 1000,
        },
    )


def _run(script: str) -> list[Any]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/soundstage.db"
        command = [sys.executable, "-c", script, url, folder, json.dumps([COUNT, WIDTH, POLLING])]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
        time.sleep(0.2)
        result: list[Any] = json.loads(done.stdout.splitlines()[-1])
        return result


if __name__ == "__main__":
    main()
