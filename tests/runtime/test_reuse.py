"""What a stage gave is taken over by the team's next task with the same, files and all, and by nobody else's."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from tests.runtime import road
from tests.runtime.road_kit import Road

from soundstage.domain.artifact import Artifact
from soundstage.domain.request import TextToSoundRequest
from soundstage.domain.task import StageState, StageStatus, Task, TaskKind, TaskState
from soundstage.domain.value import Value
from soundstage.errors import ExceptionReason, StageFailure
from soundstage.pipelines.context import StageContext
from soundstage.pipelines.reuse import Reuse
from soundstage.pipelines.stage import REQUEST, Outcome, Pipeline, Pipelines, Stage
from soundstage.runtime import reuse
from soundstage.runtime.begin import begin
from soundstage.runtime.execution import Execution
from soundstage.runtime.worker import Worker
from soundstage.services.actor import Actor
from soundstage.storage import artifacts, stage_history, stage_results
from soundstage.storage.removal import remove_task
from soundstage.storage.stage_results import KeptResult, StageResult

SECONDS = 60.0  # only against hanging


class Made(Value):
    file: Artifact
    noise: str = ""


Act = Callable[[str, StageContext, TextToSoundRequest], Outcome[Made]]


class Workshop:
    """A road of three stages: `cut` looks at the seed, `polish` at what was cut, `pack` is each task's own.

    `done`: the stages that were done, in order. `before(name)` is called first thing in each.
    """

    def __init__(self, road_on: Road, worker: Worker) -> None:
        self.road, self.worker = road_on, worker
        self.done: list[str] = []
        self.before: Callable[[str], None] = lambda _name: None
        self.after_label: Callable[[], None] = lambda: None
        self.skips: set[str] = set()
        self.pieces = False
        self._failed: set[str] = set()
        self.plan = Pipeline(
            TaskKind.TEXT_TO_SOUND,
            TextToSoundRequest,
            (
                Stage("cut", "Cut", self._cut, (REQUEST,), Made, reuse=Reuse(request=("seed",))),
                Stage("polish", "Polish", self._polish, ("cut",), Made, reuse=Reuse(without=("cut.noise",))),
                Stage("pack", "Pack", self._pack, ("polish",), Made),
            ),
            lane="sound",
        )

    def _cut(self, context: StageContext, request: TextToSoundRequest) -> Outcome[Made]:
        return self._made("cut", context, f"seed {request.seed % 10}", noise=f"of {request.seed}")

    def _polish(self, context: StageContext, cut: Made) -> Outcome[Made]:
        return self._made("polish", context, context.open(cut.file).read_text() + ", polished")

    def _pack(self, context: StageContext, polished: Made) -> Outcome[Made]:
        made = self._made("pack", context, context.open(polished.file).read_text() + f", for {context.task_id}")
        if not self.pieces:
            return made
        decides = {"polished": polished.file.sha256}
        part = context.part("label", decides, Made, lambda: self._label(context, polished))
        self.after_label()
        return replace(made, summary=f"Did pack, label by {part.taken_over_from}.")

    def _label(self, context: StageContext, polished: Made) -> Made:
        return self._made("label", context, "label of " + context.open(polished.file).read_text()).output

    def fail_once(self, name: str) -> None:
        if name not in self._failed:
            self._failed.add(name)
            raise StageFailure(f"{name} fails once", ExceptionReason.PROCESSING_ERROR)

    def _made(self, name: str, context: StageContext, text: str, noise: str = "") -> Outcome[Made]:
        self.before(name)
        self.done.append(name)
        path = context.scratch() / "made.txt"
        path.write_text(text)
        made = Made(file=context.put(path, name=f"{name}.txt", media_type="text/plain"), noise=noise)
        return Outcome(made, made, f"Did {name}.", skipped=name in self.skips, media_seconds=7.0)

    def take(self, task: Task) -> Execution:
        pipelines = Pipelines({TaskKind.TEXT_TO_SOUND: self.plan})
        outside = self.worker._outside
        execution = begin(self.road.database, outside, pipelines, "me", task.task_id, task.attempt)
        assert execution is not None
        return execution

    def make(self, actor: Actor, **fields: int) -> tuple[Task, list[str]]:
        """A task, once it has ended well, and what was done for it."""
        task, before = self.road.create(actor, **fields), len(self.done)
        assert self.take(task).run() == "done"
        ended = self.road.get(task)
        assert ended.state is TaskState.SUCCEEDED
        return ended, self.done[before:]

    def files(self, task: Task) -> dict[str, Artifact]:
        with self.road.database.read() as connection:
            return artifacts.of_task(connection, task.task_id)

    def text(self, task: Task, name: str) -> str:
        return self.worker._outside.blobs.path(self.files(task)[name].sha256).read_text()

    def stage(self, task: Task, name: str) -> StageStatus:
        return next(stage for stage in task.stages if stage.name == name)

    def delete(self, task: Task) -> None:
        with self.road.database.unit() as connection:
            orphans = remove_task(connection, task)
        for sha256 in orphans:
            self.worker._outside.blobs.delete(sha256)


@pytest.fixture
def workshop(road_on: Road) -> Iterator[Workshop]:
    worker = road.build_worker(road_on.url, road_on.folder)
    yield Workshop(road_on, worker)
    worker._outside.kill()
    worker._database.close()


def test_the_second_task_takes_over_and_outlives_the_first(workshop: Workshop) -> None:
    actor = workshop.road.actor()
    first, done = workshop.make(actor)
    assert done == ["cut", "polish", "pack"]
    second, done = workshop.make(actor)
    assert done == ["pack"]
    for name in ("cut", "polish"):
        before, after = workshop.stage(first, name), workshop.stage(second, name)
        assert after.state is StageState.DONE
        assert after.findings == before.findings
        assert (before.taken_over_from, after.taken_over_from) == (None, first.task_id)
        assert after.summary == f"Did {name}. Taken over from task {first.task_id}: nothing was done again."
        assert after.started_at is not None and after.finished_at is not None and after.finished_at > after.started_at
    assert workshop.files(second).keys() == workshop.files(first).keys()
    with workshop.road.database.read() as connection:
        history = stage_history.recent(connection, TaskKind.TEXT_TO_SOUND, ("cut", "polish", "pack"))
        lengths = {name: done.media_seconds for name, done in stage_results.of_task(connection, second.task_id).items()}
    assert sorted(sample.stage for sample in history) == ["cut", "pack", "pack", "polish"], "only work tells of time"
    assert lengths == {"cut": 7.0, "polish": 7.0, "pack": 7.0}

    workshop.delete(first)
    assert workshop.text(second, "polish.txt") == "seed 1, polished"
    third, done = workshop.make(actor)
    assert done == ["pack"]
    sentence = f"Did cut. Taken over from task {second.task_id}: nothing was done again."
    assert workshop.stage(third, "cut").summary == sentence
    workshop.delete(second)
    workshop.delete(third)
    assert workshop.make(actor)[1] == ["cut", "polish", "pack"], "nothing outlives the last task that had it"


def test_only_what_an_option_changes_is_done_again(workshop: Workshop) -> None:
    actor = workshop.road.actor()
    workshop.make(actor, seed=1)
    assert workshop.make(actor, seed=11)[1] == ["cut", "pack"], "the same was cut, so it is not polished again"
    assert workshop.make(actor, seed=2)[1] == ["cut", "polish", "pack"]
    assert workshop.make(workshop.road.actor("another"), seed=1)[1] == ["cut", "polish", "pack"], "teams share nothing"
    cut, polish, pack = workshop.plan.stages
    workshop.plan = replace(workshop.plan, stages=(cut, replace(polish, version=2), pack))
    assert workshop.make(actor, seed=1)[1] == ["polish", "pack"], "a new version of a stage takes nothing over"


def test_what_has_lost_its_bytes_is_done_again(workshop: Workshop) -> None:
    actor = workshop.road.actor()
    first, _ = workshop.make(actor)
    assert workshop.worker._outside.blobs.delete(workshop.files(first)["polish.txt"].sha256)
    second, done = workshop.make(actor)
    assert done == ["polish", "pack"]
    assert workshop.stage(second, "polish").taken_over_from is None
    assert workshop.text(second, "polish.txt") == "seed 1, polished"
    third, done = workshop.make(actor)
    assert done == ["pack"]
    assert workshop.stage(third, "polish").taken_over_from == second.task_id


def test_a_piece_of_a_stage_is_taken_over_by_itself(workshop: Workshop) -> None:
    actor = workshop.road.actor()
    workshop.pieces = True
    first, done = workshop.make(actor)
    assert done == ["cut", "polish", "pack", "label"]
    second, done = workshop.make(actor)
    assert done == ["pack"]
    assert workshop.stage(first, "pack").summary == "Did pack, label by None."
    assert workshop.stage(second, "pack").summary == f"Did pack, label by {first.task_id}."
    workshop.delete(first)
    assert workshop.text(second, "label.txt") == "label of seed 1, polished"
    with workshop.road.database.read() as connection:
        history = stage_history.recent(connection, TaskKind.TEXT_TO_SOUND, ("pack",))
    assert len(history) == 1, "what was not all done tells nothing of time"
    assert workshop.worker._outside.blobs.delete(workshop.files(second)["label.txt"].sha256)
    assert workshop.make(actor)[1] == ["pack", "label"]


def test_a_later_attempt_keeps_the_pieces_of_the_one_before(workshop: Workshop) -> None:
    actor = workshop.road.actor()
    workshop.pieces = True
    workshop.after_label = lambda: workshop.fail_once("pack")
    task = workshop.road.create(actor)
    assert workshop.take(task).run() == "ended in pack"
    again = workshop.road.tasks.retry(actor, task.task_id)
    assert workshop.take(again).run() == "done"
    assert workshop.done == ["cut", "polish", "pack", "label", "pack"]
    assert workshop.stage(workshop.road.get(task), "pack").summary == "Did pack, label by None."


def test_two_tasks_at_once_wait_for_nothing(workshop: Workshop) -> None:
    actor = workshop.road.actor()
    meeting = threading.Barrier(2, timeout=SECONDS)
    tasks = [workshop.road.create(actor) for _ in range(2)]
    executions = [workshop.take(task) for task in tasks]
    workshop.before = lambda name: None if name == "pack" else meeting.wait() and None  # both at the same at once
    threads = [threading.Thread(target=execution.run, daemon=True) for execution in executions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    assert [workshop.road.get(task).state for task in tasks] == [TaskState.SUCCEEDED] * 2
    assert sorted(workshop.done) == ["cut", "cut", "pack", "pack", "polish", "polish"]
    workshop.before = lambda _name: None
    assert workshop.make(actor)[1] == ["pack"]


def test_what_was_skipped_and_what_is_gone_is_not_taken_over(workshop: Workshop) -> None:
    actor = workshop.road.actor()
    workshop.skips = {"polish"}
    first, _ = workshop.make(actor)
    workshop.skips = set()
    second, done = workshop.make(actor)
    assert done == ["polish", "pack"]
    with workshop.road.database.read() as connection:
        kept = KeptResult(first.task_id, stage_results.of_task(connection, first.task_id)["cut"])
    workshop.delete(first)
    blobs = workshop.worker._outside.blobs
    with pytest.raises(reuse.Gone), workshop.road.database.unit() as connection:
        reuse.refer(connection, blobs, kept, second)


def test_the_server_can_turn_it_off(road_on: Road) -> None:
    worker = road.build_worker(road_on.url, road_on.folder, reuse=False)
    workshop = Workshop(road_on, worker)
    actor = road_on.actor()
    for _ in range(2):
        task, done = workshop.make(actor)
        assert done == ["cut", "polish", "pack"]
    with road_on.database.read() as connection:
        kept: dict[str, StageResult] = stage_results.of_task(connection, task.task_id)
    assert {result.reuse_key for result in kept.values()} == {None}
    worker._outside.kill()
    worker._database.close()
