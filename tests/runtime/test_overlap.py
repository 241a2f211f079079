"""Stages that do not wait for one another run side by side; a failure of one stops the others and spoils nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.runtime import road
from tests.runtime.road_kit import Road

from soundstage.domain.event import EventType
from soundstage.domain.request import TextToSoundRequest
from soundstage.domain.task import StageState, Task, TaskKind, TaskState
from soundstage.domain.value import Value
from soundstage.errors import ExceptionReason, StageFailure
from soundstage.pipelines.context import StageContext
from soundstage.pipelines.stage import REQUEST, Outcome, Pipeline, Pipelines, Stage
from soundstage.runtime.begin import begin
from soundstage.runtime.execution import Execution
from soundstage.runtime.overlap import walk
from soundstage.runtime.worker import Worker

SECONDS = 60.0  # only against hanging


class Text(Value):
    text: str


def pipeline(takes: dict[str, tuple[str, ...]], run: Any = None) -> Pipeline:
    def stage(name: str) -> Stage:
        def act(context: StageContext, *taken: Value) -> Outcome[Text]:
            return Outcome(run(name, context) if run else Text(text=name), Text(text=name), f"Did {name}.")

        return Stage(name, name.title(), act, takes[name], Text)

    return Pipeline(TaskKind.TEXT_TO_SOUND, TextToSoundRequest, tuple(map(stage, takes)), lane="sound")


FORKED = {"decode": (REQUEST,), "left": ("decode",), "right": ("decode",), "join": ("left", "right")}


@st.composite
def plans(draw: st.DrawFn) -> dict[str, tuple[str, ...]]:
    names = [f"s{i}" for i in range(draw(st.integers(1, 8)))]
    return {
        name: tuple(draw(st.lists(st.sampled_from(names[:i]), unique=True))) if i else (REQUEST,)
        for i, name in enumerate(names)
    }


@settings(max_examples=60, deadline=None)
@given(plans(), st.data())
def test_each_stage_is_performed_once_after_what_it_takes(
    takes: dict[str, tuple[str, ...]], data: st.DataObject
) -> None:
    kept = [name for name in takes if data.draw(st.booleans())]
    kept = [name for name in kept if all(one in kept for one in takes[name] if one != REQUEST)]
    done, lock = list(kept), threading.Lock()

    def perform(name: str) -> bool:
        with lock:
            assert name not in done
            assert all(one in done for one in takes[name] if one != REQUEST)
        with lock:
            done.append(name)
        return True

    assert walk(pipeline(takes), kept, perform) == "done"
    assert sorted(done) == sorted(takes)


def test_after_a_failure_nothing_more_is_begun() -> None:
    begun: list[str] = []

    def perform(name: str) -> bool:
        begun.append(name)
        return name != "right"

    assert walk(pipeline(FORKED), (), perform) == "ended in right"
    assert sorted(begun) == ["decode", "left", "right"]


@pytest.fixture
def worker(road_on: Road) -> Iterator[Worker]:
    built = road.build_worker(road_on.url, road_on.folder)
    yield built
    built._outside.kill()
    built._database.close()


def take(road_on: Road, worker: Worker, task: Task, plan: Pipeline) -> Execution:
    pipelines = Pipelines({TaskKind.TEXT_TO_SOUND: plan})
    execution = begin(road_on.database, worker._outside, pipelines, "me", task.task_id, task.attempt)
    assert execution is not None
    return execution


def test_two_stages_at_once_and_both_in_the_status(road_on: Road, worker: Worker) -> None:
    actor = road_on.actor()
    task = road_on.create(actor)
    meeting = threading.Barrier(3, timeout=SECONDS)

    def run(name: str, context: StageContext) -> Text:
        if name in ("left", "right"):
            meeting.wait()  # all three are here: both stages and the test
            meeting.wait()
        return Text(text=name)

    execution = take(road_on, worker, task, pipeline(FORKED, run))
    running = threading.Thread(target=execution.run, daemon=True)
    running.start()
    meeting.wait()
    states = {stage.name: stage.state for stage in road_on.get(task).stages}
    assert states["left"] is states["right"] is StageState.RUNNING
    assert states["join"] is StageState.WAITING
    meeting.wait()
    running.join(SECONDS)
    ended = road_on.get(task)
    assert (ended.state, ended.progress) == (TaskState.SUCCEEDED, 1.0)
    events = road_on.tasks.events(actor, task.task_id)
    told = [event.data["stage"] for event in events if event.type is EventType.STATUS and "stage" in event.data]
    assert told == ["decode", "left", "right", "join"]
    assert sum(event.type is EventType.FINDING for event in events) == 4


def test_a_failure_stops_what_runs_beside_it_and_a_retry_begins_it_again(road_on: Road, worker: Worker) -> None:
    actor = road_on.actor()
    task = road_on.create(actor)
    beside, runs = threading.Event(), list[str]()

    def run(name: str, context: StageContext) -> Text:
        runs.append(name)
        if name == "left" and runs.count("left") == 1:
            beside.wait(SECONDS)
            raise StageFailure("no", ExceptionReason.INTERNAL_ERROR)
        if name == "right" and runs.count("right") == 1:
            beside.set()
            context.isolated("soundstage.testing.faults:sleep", seconds=SECONDS)
        return Text(text=name)

    plan = pipeline(FORKED, run)
    assert take(road_on, worker, task, plan).run() in ("ended in left", "ended in right")
    ended = road_on.get(task)
    assert ended.failure is not None
    assert (ended.state, ended.failure.stage) == (TaskState.FAILED, "left")
    assert [stage.state for stage in ended.stages] == [
        StageState.DONE,
        StageState.FAILED,
        StageState.WAITING,
        StageState.WAITING,
    ]
    again = road_on.tasks.retry(actor, task.task_id)
    assert take(road_on, worker, again, plan).run() == "done"
    assert road_on.get(task).state is TaskState.SUCCEEDED
    assert sorted(runs) == ["decode", "join", "left", "left", "right", "right"]


def test_a_cancelled_task_frees_every_stage(road_on: Road, worker: Worker) -> None:
    actor = road_on.actor()
    task = road_on.create(actor)
    meeting = threading.Barrier(3, timeout=SECONDS)

    def run(name: str, context: StageContext) -> Text:
        if name in ("left", "right"):
            meeting.wait()
            context.isolated("soundstage.testing.faults:sleep", seconds=SECONDS)
        return Text(text=name)

    execution = take(road_on, worker, task, pipeline(FORKED, run))
    running = threading.Thread(target=execution.run, daemon=True)
    running.start()
    meeting.wait()
    road_on.tasks.cancel(actor, task.task_id)
    execution.lose()
    running.join(SECONDS / 2)
    assert not running.is_alive()
    assert road_on.get(task).state is TaskState.CANCELLED
