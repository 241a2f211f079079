"""A short road for the tests: a real worker on real storage, host processes and DBOS, with stages that do as told.

A task's prompt is JSON: `{"<stage>": {"sleep": s | "spin": s | "hold": true | "fail": [kind, message], "times": n}}`; a
stage that holds goes on once the test releases it. Run as a script it is a worker process: `road.py DATABASE_URL FOLDER
SETTINGS`, where SETTINGS is JSON for `WorkerSettings`.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import structlog

from soundstage.domain.artifact import Artifact
from soundstage.domain.request import ProjectSetupRequest, TextToSoundRequest
from soundstage.domain.task import TaskKind
from soundstage.domain.value import Value
from soundstage.engines.registry import Registry
from soundstage.engines.resident import EngineRoom
from soundstage.host.pool import HostPool
from soundstage.pipelines.context import StageContext
from soundstage.pipelines.stage import Outcome, Pipeline, Pipelines, Stage
from soundstage.runtime.context import Outside
from soundstage.runtime.janitor import Janitor
from soundstage.runtime.settings import StageLimits, WorkerSettings
from soundstage.runtime.worker import Worker
from soundstage.storage.blobs.local import LocalBlobs
from soundstage.storage.database import Database

STAGES = ("understand", "generate", "master")
LIMIT = 120.0  # seconds: no machine is so slow that a stage of the tests meets it
SHORT_LIMIT = 3.0  # of `generate`, for a sound of no length: who wants to meet a limit asks for one


class Made(Value):
    """What a stage gave: a file, and the text of all stages so far."""

    artifact: Artifact
    text: str


class Told(Value):
    text: str


def act(
    stage: str, context: StageContext, request: TextToSoundRequest | ProjectSetupRequest, before: str
) -> Outcome[Made]:
    note_run(context, stage)
    sound = isinstance(request, TextToSoundRequest)
    orders = json.loads(request.prompt if sound else request.project_description or "{}").get(stage, {})
    if "fail" in orders and runs_of(context, stage) <= orders.get("times", 10**6):
        kind, message = orders["fail"]
        context.isolated("soundstage.testing.faults:fail", kind=kind, message=message)
    if "spin" in orders:
        mark = Path(os.environ["ROAD_FOLDER"]) / f"spinning-{context.task_id}"
        context.isolated("soundstage.testing.faults:spin", seconds=orders["spin"], mark=mark)
    if "hold" in orders:
        context.isolated("soundstage.testing.faults:wait_for", path=release_of(context.task_id))
    context.isolated("soundstage.testing.faults:sleep", seconds=orders.get("sleep", 0.0))
    text = f"{before}{stage} of {request.seed if sound else request.project_name}; "
    context.progress(0.5)
    path = context.scratch() / "made.txt"
    path.write_text(text)
    artifact = context.put(path, name=f"{stage}.txt", media_type="text/plain")
    output = Made(artifact=artifact, text=text)
    return Outcome(
        output, Told(text=text), f"Did {stage}.", engine="road", media_seconds=request.duration if sound else 1.0
    )


def understand(context: StageContext, request: TextToSoundRequest) -> Outcome[Made]:
    return act("understand", context, request, "")


def generate(context: StageContext, request: TextToSoundRequest, before: Made) -> Outcome[Made]:
    return act("generate", context, request, before.text)


def master(context: StageContext, request: TextToSoundRequest, before: Made) -> Outcome[Made]:
    return act("master", context, request, before.text)


PIPELINE = Pipeline(
    TaskKind.TEXT_TO_SOUND,
    TextToSoundRequest,
    (
        Stage("understand", "Understand", understand, ("request",), Made, limit_seconds=LIMIT),
        Stage(
            "generate",
            "Generate",
            generate,
            ("request", "understand"),
            Made,
            weight=2.0,
            limit_seconds=SHORT_LIMIT,
            limit_per_media_second=LIMIT,
        ),
        Stage("master", "Master", master, ("request", "generate"), Made, limit_seconds=LIMIT),
    ),
    lane="sound",
)


def look(context: StageContext, request: ProjectSetupRequest) -> Outcome[Made]:
    return act("look", context, request, "")


def listen(context: StageContext, request: ProjectSetupRequest) -> Outcome[Made]:
    return act("listen", context, request, "")


def write(context: StageContext, request: ProjectSetupRequest, heard: Made) -> Outcome[Made]:
    return act("write", context, request, heard.text)


def finish(
    context: StageContext, request: ProjectSetupRequest, seen: Made, written: Made, earlier: Made | None
) -> Outcome[Made]:
    drafted = "" if earlier is None else f"{earlier.text.count(';')} drafted; "
    return act("finish", context, request, seen.text + written.text + drafted)


def set_aside(
    context: StageContext, request: ProjectSetupRequest, heard: Made, seen: Made | None, written: Made | None
) -> Outcome[Made]:
    there = "".join(made.text for made in (heard, seen, written) if made is not None)
    return act("draft", context, request, there)


# Two stages side by side, a third after one of them, a fourth after all; it may stop halfway. Orders are JSON in the
# project's description.
HALTING = Pipeline(
    TaskKind.PROJECT_SETUP,
    ProjectSetupRequest,
    (
        Stage("look", "Look", look, ("request",), Made, limit_seconds=LIMIT),
        Stage("listen", "Listen", listen, ("request",), Made, limit_seconds=LIMIT, stops=True),
        Stage("write", "Write", write, ("request", "listen"), Made, limit_seconds=LIMIT, stops=True),
        Stage("finish", "Finish", finish, ("request", "look", "write"), Made, limit_seconds=LIMIT, may_take=("draft",)),
    ),
    lane="sound",
    draft=Stage(
        "draft", "Set aside", set_aside, ("request", "listen"), Made, limit_seconds=LIMIT, may_take=("look", "write")
    ),
)
PIPELINES = Pipelines({TaskKind.TEXT_TO_SOUND: PIPELINE, TaskKind.PROJECT_SETUP: HALTING})


def release_of(task_id: str) -> Path:
    """The file that lets the task's stages that hold go on."""
    return Path(os.environ["ROAD_FOLDER"]) / f"released-{task_id}"


def note_run(context: StageContext, stage: str) -> None:
    """One line for each time a stage was begun, whatever became of it."""
    with _log(context).open("a") as file:
        file.write(f"{stage} {os.getpid()}\n")


def runs_of(context: StageContext, stage: str) -> int:
    return sum(line.startswith(stage) for line in _log(context).read_text().splitlines())


def _log(context: StageContext) -> Path:
    folder = Path(os.environ["ROAD_FOLDER"]) / "begun"
    folder.mkdir(exist_ok=True)
    return folder / context.task_id


def build_worker(url: str, folder: Path, **told: Any) -> Worker:
    os.environ["ROAD_FOLDER"] = str(folder)
    database = Database(url)
    database.migrate()
    settings = WorkerSettings(
        scratch=folder / "scratch",
        **{"lanes": {"sound": 2}, "heartbeat_seconds": 0.3, "dead_after_seconds": 2.0, "retry_pause_seconds": 0.05}
        | told,
    )
    blobs = LocalBlobs(folder / "artifacts")
    hosts = HostPool(2, burst=2)
    limits = StageLimits(10**9, 3600.0, (), 60.0, 10**10)
    outside = Outside(database, blobs, Registry.of(), EngineRoom(1000, 60.0), hosts, limits, settings)
    return Worker(database, outside, PIPELINES, Janitor(database, blobs, upload_life_days=7.0))


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    at_work = build_worker(sys.argv[1], Path(sys.argv[2]), **json.loads(sys.argv[3]))
    signal.signal(signal.SIGTERM, lambda *_: at_work.stop())
    sys.exit(at_work.run(ready=lambda: print("ready", flush=True)))
