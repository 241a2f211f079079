"""Re-runs as their service accepts them, on both databases; that workers do them is in tests/e2e."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from tests.domain.comparison.test_compare import document, line, speaker
from tests.services.conftest import LIMITS, Deleter

from soundstage.bootstrap import PIPELINES
from soundstage.domain.artifact import Artifact
from soundstage.domain.project import ProjectDocument, ProjectProduct
from soundstage.domain.request import Basis, ProjectSetupRequest
from soundstage.domain.revision import Origin
from soundstage.domain.task import Priority, StageState, StageStatus, Task, TaskKind, TaskState
from soundstage.domain.value import Value
from soundstage.engines.diarization.contract import Diarization
from soundstage.errors import Conflict, Forbidden, LimitReached, NotFound
from soundstage.pipelines.stages.diarize import Diarized
from soundstage.pipelines.stages.segment import Segmented, SegmentList
from soundstage.pipelines.stages.translate import Translated
from soundstage.runtime.publishing import publish
from soundstage.runtime.reuse import unwanted
from soundstage.services.actor import Actor
from soundstage.services.edits import EditsService
from soundstage.services.keeping import keep_bytes
from soundstage.services.rerun_plan import Wish
from soundstage.services.reruns import RerunsService
from soundstage.services.runs import RunsService
from soundstage.services.signing import FileSigner
from soundstage.services.tasks import TaskLimits, TasksService
from soundstage.storage import artifacts, project_revisions, runs, stage_results, tasks
from soundstage.storage.blobs.local import LocalBlobs
from soundstage.storage.database import Database
from soundstage.storage.stage_results import StageResult

PIPELINE = PIPELINES[TaskKind.PROJECT_SETUP]
SPEAKERS = (speaker(1), speaker(2))


@dataclass
class Projects:
    """Projects as a worker leaves them: the task, what its stages gave, the run."""

    database: Database
    blobs: LocalBlobs
    tasks: TasksService
    runs: RunsService
    edits: EditsService
    reruns: RerunsService

    def keep(self, name: str, value: Value) -> Artifact:
        return keep_bytes(self.blobs, name, "application/json", value.model_dump_json().encode())

    def make(self, actor: Actor) -> int:
        request = ProjectSetupRequest(
            media_url="https://example.org/a.wav", source_language=1, target_languages=(54, 76), project_name="Talk"
        )
        task = self.tasks.create(actor, TaskKind.PROJECT_SETUP, request)
        return self.end(task, document(line(1, "One.", 0, 900), line(2, "Two.", 1_000, 1_900), speakers=SPEAKERS))

    def end(self, task: Task, made: ProjectDocument) -> int:
        """What a worker does at the end: keep what is not kept yet, publish, end the task."""
        kept = self.keep("project.json", made)
        product = ProjectProduct.of(made, kept, (kept,)).model_dump(mode="json")
        diarization = self.keep("diarization.json", Diarization(speakers=made.speakers, turns=()))
        segments = self.keep("segments.json", SegmentList(segments=made.segments))
        given: dict[str, Any] = {
            "diarize": (Diarized(diarization=diarization), diarization),
            "segment": (Segmented(segments=segments, count=len(made.segments)), segments),
            "translate": (Translated(), None),
            "prepare": (ProjectProduct.model_validate(product), kept),
        }
        with self.database.unit() as unit:
            assert tasks.begin(unit, task.task_id, task.attempt, owner="w", worker_id="w", stages=task.stages)
            there = stage_results.of_task(unit, task.task_id)
            for stage in PIPELINE.stages:
                if stage.name not in there:
                    output, file = given.get(stage.name, (None, None))
                    status = StageStatus(
                        name=stage.name, title=stage.title, state=StageState.DONE, progress=1.0, summary="Done."
                    )
                    told = {} if output is None else output.model_dump(mode="json")
                    stage_results.insert(unit, task.task_id, 1, StageResult(stage.name, told, status, 1.0, "key"))
                    if file is not None:
                        artifacts.refer(unit, file, team_id=task.team_id, task_id=task.task_id, stage=stage.name)
            published = publish(unit, task, product)
            assert tasks.end(
                unit,
                task.task_id,
                state=TaskState.SUCCEEDED,
                stages=[one.status for one in stage_results.of_task(unit, task.task_id).values()],
                owner="w",
                run_id=published.run_id,
                product_revision=published.revision,
            )
        return published.run_id

    def edit(self, actor: Actor, run_id: int, base: int, text: str) -> int:
        written = json.loads(self.runs.document(actor, run_id, base))
        written["segments"][0]["text"] = text
        return self.edits.edit(actor, run_id, base, json.dumps(written).encode()).revision

    def edit_beside(self, run_id: int, base: int, maker: Task) -> None:
        with self.database.unit() as connection:
            made = project_revisions.get(connection, run_id, base)
            assert made is not None
            project_revisions.insert(
                connection, run_id, made.product, base=base, origin=Origin.EDIT, task_id=maker.task_id, beside=True
            )

    def results(self, task: Task) -> dict[str, StageResult]:
        with self.database.read() as connection:
            return stage_results.of_task(connection, task.task_id)

    def basis(self, task: Task) -> Basis:
        """Without the time, which is the project's."""
        basis = Basis.model_validate(task.parameters["basis"])
        assert basis.created_at == document().created_at
        return basis.model_copy(update={"created_at": None})


@pytest.fixture
def build(
    database: Database, blobs: LocalBlobs, delete_blobs: Deleter, service: Callable[..., TasksService]
) -> Callable[[TaskLimits], Projects]:
    def made(limits: TaskLimits = LIMITS) -> Projects:
        tasks_service = service(limits)
        runs_service = RunsService(
            database, blobs, FileSigner(b"secret", ttl_seconds=60), delete_blobs, lambda task: None
        )
        edits = EditsService(database, blobs, runs_service, delete_blobs, team_quota_bytes=10**9)
        reruns = RerunsService(database, blobs, runs_service, tasks_service, PIPELINE)
        return Projects(database, blobs, tasks_service, runs_service, edits, reruns)

    return made


@pytest.fixture
def projects(build: Callable[..., Projects]) -> Projects:
    return build()


def test_a_re_run_begins_with_what_the_other_stages_gave(projects: Projects, actor: Actor) -> None:
    run_id = projects.make(actor)
    wish = Wish("diarize", changes={"max_speakers": 1})
    task = projects.reruns.create(actor, run_id, wish, priority=Priority.HIGH)
    assert (task.state, task.run_id, task.priority) == (TaskState.QUEUED, run_id, Priority.HIGH)
    taken = projects.results(task)
    assert sorted(taken) == sorted({stage.name for stage in PIPELINE.stages} - set(PIPELINE.following("diarize")))
    assert {one.reuse_key for one in taken.values()} == {None}
    status = {stage.name: stage for stage in task.stages}
    assert status["probe"].summary == "Taken over from revision 1: Done."
    assert status["probe"].taken_over_from
    assert (status["diarize"].state, status["prepare"].state) == (StageState.WAITING, StageState.WAITING)
    assert 0 < task.progress < 1
    request = ProjectSetupRequest.model_validate(task.parameters)
    assert (request.max_speakers, request.target_languages, request.project_name) == (1, (54, 76), "Talk")
    assert projects.basis(task) == Basis(run_id=run_id, revision=1, stage="diarize", anew=False)


def test_only_what_is_asked_for_unchanged_is_done_whatever_there_is(projects: Projects, actor: Actor) -> None:
    run_id = projects.make(actor)
    stage = PIPELINE.stage("translate")
    asked = {
        "unchanged": Wish("translate"),
        "one language more": Wish("translate", changes={"target_languages": (54, 76, 31)}),
        "all of it": Wish("translate", changes={"target_languages": (54, 76, 31)}, reuse=False),
    }
    done = {name: unwanted(projects.reruns.plan(actor, run_id, wish).request, stage) for name, wish in asked.items()}
    assert done == {"unchanged": True, "one language more": False, "all of it": True}


def test_a_re_run_of_a_re_run_says_taken_over_once(projects: Projects, actor: Actor) -> None:
    run_id = projects.make(actor)
    first = projects.reruns.create(actor, run_id, Wish("translate"))
    projects.end(first, document(line(1, "One.", 0, 900)))
    second = projects.reruns.create(actor, run_id, Wish("translate"))
    assert projects.basis(second).revision == 2
    assert next(one for one in second.stages if one.name == "probe").summary == "Taken over from revision 2: Done."


def test_edited_lines_go_along_and_are_done_over_by_no_later_re_run(projects: Projects, actor: Actor) -> None:
    run_id = projects.make(actor)
    assert projects.edit(actor, run_id, 1, "By hand.") == 2
    again = projects.reruns.create(actor, run_id, Wish("translate"))
    assert projects.basis(again) == Basis(run_id=run_id, revision=2, stage="translate", edited=("segment",))
    file = Segmented.model_validate(projects.results(again)["segment"].output).segments
    lines = SegmentList.model_validate_json(projects.blobs.path(file.sha256).read_bytes())
    assert [one.text for one in lines.segments] == ["By hand.", "Two."]
    with projects.database.read() as connection:
        kept = artifacts.of_stage(connection, again.task_id, "segment", "segments.json")
        assert kept is not None and kept.sha256 == file.sha256
    projects.end(again, document(line(1, "By hand.", 0, 900), speakers=SPEAKERS))
    assert projects.runs.project(actor, run_id).number == 3
    over = projects.reruns.create(actor, run_id, Wish("transcribe"))
    assert projects.basis(over) == Basis(run_id=run_id, revision=3, stage="transcribe", beside=True)
    projects.end(over, document(line(1, "Won.", 0, 900), speakers=SPEAKERS))
    assert projects.runs.project(actor, run_id).number == 3, "the edit is still what the project shows"
    assert projects.tasks.get(actor, over.task_id).product_revision == 4


def test_what_goes_on_from_an_older_revision_stays_beside(projects: Projects, actor: Actor) -> None:
    run_id = projects.make(actor)
    task = projects.reruns.create(actor, run_id, Wish("translate"))
    projects.edit(actor, run_id, 1, "Meanwhile.")
    projects.end(task, document(line(1, "One.", 0, 900)))
    shown = projects.runs.project(actor, run_id)
    assert shown.number == 2
    with projects.database.read() as connection:
        late = project_revisions.get(connection, run_id, 3)
    assert late is not None
    assert (late.base, late.head, late.task_id) == (1, False, task.task_id)


def test_a_project_waits_for_its_re_runs_before_it_is_deleted(
    projects: Projects, actor: Actor, delete_blobs: Deleter
) -> None:
    run_id = projects.make(actor)
    projects.edit(actor, run_id, 1, "By hand.")
    files = {projects.runs.project(actor, run_id, number).product.document.sha256 for number in (1, 2)}
    task = projects.reruns.create(actor, run_id, Wish("translate"))
    with pytest.raises(Conflict, match=task.task_id):
        projects.runs.delete(actor, run_id, TaskKind.PROJECT_SETUP)
    projects.tasks.cancel(actor, task.task_id)
    projects.runs.delete(actor, run_id, TaskKind.PROJECT_SETUP)
    assert files <= set(delete_blobs.asked)
    with projects.database.read() as connection:
        assert artifacts.team_bytes(connection, actor.team_id) == 0
        assert tasks.get(connection, task.task_id) is None
        assert runs.get(connection, run_id) is None
        assert project_revisions.page(connection, run_id) == ()


def test_the_task_of_a_re_run_goes_with_its_revision_unless_that_is_needed(projects: Projects, actor: Actor) -> None:
    run_id = projects.make(actor)
    head = projects.reruns.create(actor, run_id, Wish("translate"))
    projects.end(head, document(line(1, "One.", 0, 900)))
    with pytest.raises(Conflict, match="revision 2"):
        projects.tasks.delete(actor, head.task_id)
    beside = projects.reruns.create(actor, run_id, Wish("translate", revision=1))
    projects.end(beside, document(line(1, "Won.", 0, 900)))
    projects.edit_beside(run_id, 3, beside)  # an edit of its own goes with it
    going_on = projects.reruns.create(actor, run_id, Wish("translate", revision=3))
    with pytest.raises(Conflict, match="revision 3"):
        projects.tasks.delete(actor, beside.task_id)
    projects.tasks.cancel(actor, going_on.task_id)
    projects.tasks.delete(actor, beside.task_id)
    with pytest.raises(NotFound, match="no revision 3"):
        projects.runs.project(actor, run_id, 3)
    assert projects.runs.project(actor, run_id).number == 2
    with pytest.raises(Conflict, match=f"revision 3 of project {run_id}, which the task goes on from, was deleted"):
        projects.tasks.retry(actor, going_on.task_id)
    assert projects.tasks.get(actor, going_on.task_id).state is TaskState.CANCELLED
    assert projects.edit(actor, run_id, 2, "By hand.") == 5, "the numbers of what was deleted are not given again"


def test_who_may_not_and_what_is_too_much(
    build: Callable[..., Projects], actor: Actor, stranger: Actor, reader: Actor
) -> None:
    projects = build(TaskLimits(unended=1, disk_quota_bytes=10**9, idempotency_hours=24))
    run_id = projects.make(actor)
    with pytest.raises(Forbidden):
        projects.reruns.create(reader, run_id, Wish("translate"))
    with pytest.raises(NotFound):
        projects.reruns.create(stranger, run_id, Wish("translate"))
    with pytest.raises(NotFound, match="no revision 9"):
        projects.reruns.create(actor, run_id, Wish("translate", revision=9))
    projects.reruns.create(actor, run_id, Wish("translate"))
    with pytest.raises(LimitReached):
        projects.reruns.create(actor, run_id, Wish("translate"))
