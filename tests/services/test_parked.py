"""A parked project that goes on: what a person changed meanwhile takes the place of what the stages gave."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from soundstage.domain.artifact import Artifact
from soundstage.domain.media import MediaInfo
from soundstage.domain.project import ProjectDocument, ProjectProduct
from soundstage.domain.request import Basis, ProjectSetupRequest
from soundstage.domain.revision import Origin
from soundstage.domain.segment import Segment
from soundstage.domain.speaker import Speaker, Turn
from soundstage.domain.task import StageState, StageStatus, Task, TaskKind, TaskState
from soundstage.domain.timing import Span
from soundstage.domain.value import Value
from soundstage.engines.diarization.contract import Diarization
from soundstage.pipelines.brought_speech import PassageNames
from soundstage.pipelines.stages.diarize import Diarized
from soundstage.pipelines.stages.segment import Segmented, SegmentList
from soundstage.pipelines.stages.transcribe import Transcribed
from soundstage.pipelines.stages.translate import TargetLines, Translated, TranslatedLines
from soundstage.runtime.parking import DRAFT
from soundstage.services.actor import Actor
from soundstage.services.keeping import keep_bytes
from soundstage.services.parked import ParkedProjects
from soundstage.services.tasks import TasksService
from soundstage.storage import project_revisions, runs, stage_results, tasks
from soundstage.storage.blobs.local import LocalBlobs
from soundstage.storage.database import Database
from soundstage.storage.stage_results import StageResult

ANNA = Speaker(speaker_id="speaker-1", name="Speaker 1", airtime_ms=900, confidence=0.8)
BOB = Speaker(speaker_id="speaker-2", name="Speaker 2", airtime_ms=900, confidence=0.8)


def line(number: int, text: str, **translations: str) -> Segment:
    span = Span(start_ms=number * 1000, end_ms=number * 1000 + 900)
    return Segment(segment_id=f"s{number}", span=span, speaker_id="speaker-1", text=text, words=(), confidence=0.9,
                   translations=translations)  # fmt: skip


def done(stage: str, output: Value) -> StageResult:
    status = StageStatus(name=stage, title=stage, state=StageState.DONE, progress=1.0, summary="Done.")
    return StageResult(stage, output.model_dump(mode="json"), status, reuse_key=f"key of {stage}")


class Halfway:
    """A set-up that is parked after some stages, with the project that they give."""

    def __init__(self, database: Database, blobs: LocalBlobs, tasks_service: TasksService, actor: Actor) -> None:
        self.database = database
        self.blobs = blobs
        self.tasks = tasks_service
        self.actor = actor

    def file(self, name: str, value: Value) -> Artifact:
        return keep_bytes(self.blobs, name, "application/json", value.model_dump_json().encode())

    def product(self, *segments: Segment, speakers: tuple[Speaker, ...] = (ANNA, BOB), **more: Any) -> ProjectProduct:
        shared: dict[str, Any] = {
            "project_name": "A talk", "project_description": None, "created_at": "2026-01-02T03:04:05Z",
            "duration_ms": 9000, "tracks": (), "video": None,
        } | more  # fmt: skip
        document = ProjectDocument(
            **shared, source_language="en-us", detected_language=None, target_languages=("es-es",),
            media=MediaInfo(container="mov", duration_ms=9000, bytes=9, bit_rate=None, streams=()),
            speakers=speakers, segments=segments,
        )  # fmt: skip
        kept = self.file("project.json", document)
        return ProjectProduct(
            **shared, document=kept, source_language=1, target_languages=(54,), segments=len(segments), files=(kept,)
        )

    def park(self, product: ProjectProduct, *results: StageResult, stop_after: str) -> Task:
        request = ProjectSetupRequest(
            media_url="https://example.com/a.mp4", source_language=1, target_languages=(54,), stop_after=(stop_after,)
        )
        task = self.tasks.create(self.actor, TaskKind.PROJECT_SETUP, request)
        with self.database.unit() as connection:
            tasks.begin(connection, task.task_id, 1, owner="me", worker_id="w", stages=task.stages)
            for result in (*results, done(DRAFT, product)):
                stage_results.insert(connection, task.task_id, 1, result)
            run_id = runs.insert(
                connection, task_id=task.task_id, team_id=task.team_id, kind=task.kind, folder_id=None,
                product=product.model_dump(mode="json"),
            )  # fmt: skip
            tasks.park(connection, task.task_id, owner="me", stages=task.stages, progress=0.5, run_id=run_id,
                       product_revision=1)  # fmt: skip
        return task

    def edit(self, task: Task, product: ProjectProduct, base: int = 1) -> None:
        with self.database.unit() as connection:
            run = runs.of_task(connection, task.task_id)
            assert run is not None
            project_revisions.insert(
                connection, run.run_id, product.model_dump(mode="json"), base=base, origin=Origin.EDIT,
                task_id=task.task_id,
            )  # fmt: skip

    def go_on(self, task: Task) -> tuple[Task, dict[str, StageResult]]:
        queued = self.tasks.go_on(self.actor, task.task_id)
        with self.database.read() as connection:
            return queued, stage_results.of_task(connection, task.task_id)

    def read(self, artifact: Artifact | None, model: type[Value]) -> Any:
        assert artifact is not None
        return model.model_validate_json(self.blobs.path(artifact.sha256).read_bytes())


@pytest.fixture
def halfway(database: Database, blobs: LocalBlobs, service: Callable[..., TasksService], actor: Actor) -> Halfway:
    return Halfway(database, blobs, service(parked_projects=ParkedProjects(blobs)), actor)


def test_without_an_edit_the_stages_give_what_they_gave(halfway: Halfway) -> None:
    product = halfway.product(line(1, "Hello."))
    task = halfway.park(product, done("transcribe", Transcribed(language="en")), stop_after="transcribe")
    queued, results = halfway.go_on(task)
    assert set(results) == {"transcribe", DRAFT}
    assert Basis.model_validate(queued.parameters["basis"]) == Basis(run_id=1, revision=1)
    assert (queued.parameters["passed"], queued.state) == (["transcribe"], TaskState.QUEUED)


def test_edited_lines_and_speakers_are_what_the_stages_after_take(halfway: Halfway) -> None:
    heard = (done("diarize", Diarized()), done("transcribe", Transcribed(language="en")))
    task = halfway.park(halfway.product(line(1, "Helo.")), *heard, stop_after="transcribe")
    named = ANNA.model_copy(update={"name": "Anna"})
    edited = halfway.product(line(1, "Hello."), line(2, "Hi."), speakers=(named,), project_name="Better")
    halfway.edit(task, edited)
    queued, results = halfway.go_on(task)
    segmented = Segmented.model_validate(results["segment"].output)
    kept = halfway.read(segmented.segments, SegmentList)
    assert segmented.count == 2
    assert [one.text for one in kept.segments] == ["Hello.", "Hi."]
    assert kept.speakers is None
    spoken = halfway.read(Diarized.model_validate(results["diarize"].output).diarization, Diarization)
    assert spoken == Diarization(speakers=(named,), turns=())
    assert results["segment"].reuse_key is None
    status = next(stage for stage in queued.stages if stage.name == "segment")
    assert status.state is StageState.DONE
    assert status.summary == "Taken from revision 2 of the project, as a person left it: 2 lines, 1 speaker."
    assert queued.parameters["project_name"] == "Better"
    basis = Basis.model_validate(queued.parameters["basis"])
    assert basis == Basis(run_id=1, revision=2, edited=("diarize", "segment"))
    with halfway.database.read() as connection:
        assert project_revisions.get(connection, 1).revision == 2  # type: ignore[union-attr]


def test_where_the_text_names_its_speakers_they_stay_with_the_lines(halfway: Halfway) -> None:
    names = halfway.file("names.json", PassageNames(names=("Anna",)))
    written = done("transcribe", Transcribed(language="en", names=names))
    task = halfway.park(
        halfway.product(line(1, "Helo.")), done("diarize", Diarized()), written, stop_after="transcribe"
    )
    halfway.edit(task, halfway.product(line(1, "Hello."), speakers=(ANNA,)))
    _, results = halfway.go_on(task)
    kept = halfway.read(Segmented.model_validate(results["segment"].output).segments, SegmentList)
    assert kept.speakers == (ANNA,)
    assert Diarized.model_validate(results["diarize"].output).diarization is None


def test_joined_speakers_keep_their_turns_and_changed_lines_stay_settled(halfway: Halfway) -> None:
    turns = tuple(Turn(speaker_id=f"speaker-{n}", span=Span(start_ms=n, end_ms=n + 1)) for n in (1, 2))
    heard = halfway.file("diarization.json", Diarization(speakers=(ANNA, BOB), turns=turns))
    results = (done("diarize", Diarized(diarization=heard)), done("transcribe", Transcribed(language="en")))
    bobs = line(2, "Bye.").model_copy(update={"speaker_id": "speaker-2"})
    task = halfway.park(halfway.product(line(1, "Hi."), bobs, line(3, "Oh.")), *results, stop_after="transcribe")
    halfway.edit(task, halfway.product(line(1, "Hi."), line(2, "Bye."), line(3, "Oh."), speakers=(ANNA,)))
    _, found = halfway.go_on(task)
    spoken = halfway.read(Diarized.model_validate(found["diarize"].output).diarization, Diarization)
    assert [(one.speaker_id, one.span) for one in spoken.turns] == [("speaker-1", one.span) for one in turns]
    halfway.tasks.cancel(halfway.actor, task.task_id)
    halfway.edit(task, halfway.product(line(1, "Hi!"), line(2, "Bye."), line(3, "Oh."), speakers=(ANNA,)), base=2)
    halfway.tasks.retry(halfway.actor, task.task_id)
    with halfway.database.read() as connection:
        found = stage_results.of_task(connection, task.task_id)
    lines = halfway.read(Segmented.model_validate(found["segment"].output).segments, SegmentList)
    assert lines.settled == ("s1", "s2")


def test_edited_translations_stay_with_their_lines(halfway: Halfway) -> None:
    lines = (line(1, "Hello."), line(2, "Bye."))
    gave = TranslatedLines(targets=(TargetLines(language="es-es", texts=("Ola.", "Adios.")),))
    task = halfway.park(
        halfway.product(*lines), done("transcribe", Transcribed(language="en")),
        done("segment", Segmented(segments=halfway.file("segments.json", SegmentList(segments=lines)), count=2)),
        done("translate", Translated(translations=halfway.file("translations.json", gave), languages=("es-es",))),
        stop_after="translate",
    )  # fmt: skip
    halfway.edit(task, halfway.product(line(2, "Bye."), line(3, "So long.", **{"es-es": "Hasta luego."})))
    _, results = halfway.go_on(task)
    translated = Translated.model_validate(results["translate"].output)
    assert translated.languages == ("es-es",)
    targets = halfway.read(translated.translations, TranslatedLines).targets
    assert targets == (TargetLines(language="es-es", texts=("", "Hasta luego.")),)
    kept = halfway.read(Segmented.model_validate(results["segment"].output).segments, SegmentList)
    assert [one.translations for one in kept.segments] == [{}, {}]


def test_speakers_named_before_anything_is_written_down_keep_their_names(halfway: Halfway) -> None:
    turns = tuple(Turn(speaker_id=f"speaker-{n}", span=Span(start_ms=n, end_ms=n + 1)) for n in (1, 2))
    heard = halfway.file("diarization.json", Diarization(speakers=(ANNA, BOB), turns=turns))
    task = halfway.park(halfway.product(), done("diarize", Diarized(diarization=heard)), stop_after="diarize")
    named = ANNA.model_copy(update={"name": "Anna"})
    halfway.edit(task, halfway.product(speakers=(named,)))
    _, results = halfway.go_on(task)
    assert set(results) == {"diarize", DRAFT}
    kept = halfway.read(Diarized.model_validate(results["diarize"].output).diarization, Diarization)
    everybody = tuple(turn.model_copy(update={"speaker_id": "speaker-1"}) for turn in turns)
    assert kept == Diarization(speakers=(named,), turns=everybody), "who is left alone says it all"


def test_speakers_joined_before_anything_is_written_down_keep_their_turns(halfway: Halfway) -> None:
    three = (ANNA, BOB, BOB.model_copy(update={"speaker_id": "speaker-3"}))
    turns = tuple(Turn(speaker_id=f"speaker-{n}", span=Span(start_ms=n, end_ms=n + 1)) for n in (1, 2, 3))
    heard = halfway.file("diarization.json", Diarization(speakers=three, turns=turns))
    gave = done("diarize", Diarized(diarization=heard))
    task = halfway.park(halfway.product(speakers=three), gave, stop_after="diarize")
    both = ANNA.model_copy(update={"name": "Anna", "joined": ("speaker-3",)})
    halfway.edit(task, halfway.product(speakers=(both, BOB)))
    _, results = halfway.go_on(task)
    kept = halfway.read(Diarized.model_validate(results["diarize"].output).diarization, Diarization)
    assert kept.speakers == (both, BOB)
    assert [one.speaker_id for one in kept.turns] == ["speaker-1", "speaker-2", "speaker-1"]


def test_what_a_failed_attempt_made_of_older_lines_is_forgotten_once_they_are_edited(halfway: Halfway) -> None:
    task = halfway.park(
        halfway.product(line(1, "Helo.")), done("transcribe", Transcribed(language="en")), stop_after="transcribe"
    )
    halfway.go_on(task)
    with halfway.database.unit() as connection:
        stage_results.insert(connection, task.task_id, 2, done("translate", Translated()))
    halfway.tasks.cancel(halfway.actor, task.task_id)
    halfway.edit(task, halfway.product(line(1, "Hello.")))
    queued = halfway.tasks.retry(halfway.actor, task.task_id)
    with halfway.database.read() as connection:
        results = stage_results.of_task(connection, task.task_id)
    assert set(results) == {"transcribe", "segment", DRAFT}
    assert (queued.attempt, queued.parameters["basis"]["revision"]) == (3, 2)


def test_edits_between_attempts_that_fail_are_all_carried(halfway: Halfway) -> None:
    turns = (Turn(speaker_id="speaker-1", span=Span(start_ms=1, end_ms=2)),)
    heard = halfway.file("diarization.json", Diarization(speakers=(ANNA, BOB), turns=turns))
    results = (done("diarize", Diarized(diarization=heard)), done("transcribe", Transcribed(language="en")))
    task = halfway.park(halfway.product(line(1, "Helo.")), *results, stop_after="transcribe")
    halfway.go_on(task)
    named = ANNA.model_copy(update={"name": "Anna"})
    for base, said in ((1, "Hello."), (2, "Hello!")):
        halfway.tasks.cancel(halfway.actor, task.task_id)
        halfway.edit(task, halfway.product(line(1, said), speakers=(named,)), base)
        halfway.tasks.retry(halfway.actor, task.task_id)
    with halfway.database.read() as connection:
        found = stage_results.of_task(connection, task.task_id)
    assert set(found) == {"diarize", "transcribe", "segment", DRAFT}
    spoken = halfway.read(Diarized.model_validate(found["diarize"].output).diarization, Diarization)
    assert spoken == Diarization(speakers=(named,), turns=turns)
    lines = halfway.read(Segmented.model_validate(found["segment"].output).segments, SegmentList)
    assert [one.text for one in lines.segments] == ["Hello!"]


def test_one_that_is_cancelled_at_its_second_stop_stands_on_what_it_made(halfway: Halfway) -> None:
    results = (done("diarize", Diarized()), done("transcribe", Transcribed(language="en")))
    task = halfway.park(halfway.product(line(1, "Hello.")), *results, stop_after="transcribe")
    queued, _ = halfway.go_on(task)
    second = halfway.product(line(1, "Hello.", **{"es-es": "Hola."}))
    halfway.edit(task, second)  # what a worker inserts, too
    with halfway.database.unit() as connection:
        tasks.begin(connection, task.task_id, 2, owner="me", worker_id="w", stages=queued.stages)
        stage_results.insert(connection, task.task_id, 2, done("translate", Translated()))
        stage_results.replace(connection, task.task_id, 2, done(DRAFT, second))
        tasks.park(connection, task.task_id, owner="me", stages=queued.stages, progress=0.5, run_id=1,
                   product_revision=2)  # fmt: skip
    halfway.tasks.cancel(halfway.actor, task.task_id)
    again = halfway.tasks.retry(halfway.actor, task.task_id)
    assert Basis.model_validate(again.parameters["basis"]) == Basis(run_id=1, revision=2)
    with halfway.database.read() as connection:
        assert stage_results.of_task(connection, task.task_id)["translate"] == done("translate", Translated())


def test_what_a_person_wrote_that_is_still_to_be_done_keeps_the_product_beside(halfway: Halfway) -> None:
    written = done("transcribe", Transcribed(language="en"))
    task = halfway.park(halfway.product(line(1, "Hello.")), done("diarize", Diarized()), written,
                        stop_after="transcribe")  # fmt: skip
    halfway.edit(task, halfway.product(line(1, "Hello.", **{"es-es": "Hola."})))
    queued, _ = halfway.go_on(task)
    assert Basis.model_validate(queued.parameters["basis"]).beside
    halfway.tasks.cancel(halfway.actor, task.task_id)
    assert halfway.tasks.retry(halfway.actor, task.task_id).parameters["basis"]["beside"]


def test_lines_written_before_anything_was_heard_keep_the_product_beside(halfway: Halfway) -> None:
    task = halfway.park(halfway.product(speakers=()), stop_after="decode")
    halfway.edit(task, halfway.product(line(1, "Hello."), speakers=(ANNA,)))
    queued, _ = halfway.go_on(task)
    assert Basis.model_validate(queued.parameters["basis"]).beside
