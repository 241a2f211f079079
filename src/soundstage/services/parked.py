"""Parked set-ups that go on: what a person changed meanwhile takes the place of what the stages gave."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from soundstage.domain.artifact import Artifact
from soundstage.domain.project import ProjectDocument, ProjectProduct
from soundstage.domain.request import Basis
from soundstage.domain.revision import Revision
from soundstage.domain.task import StageState, StageStatus, Task, TaskState
from soundstage.domain.value import Value
from soundstage.engines.diarization.contract import Diarization
from soundstage.errors import Conflict, NotFound
from soundstage.pipelines.stage import Pipeline
from soundstage.pipelines.stages.diarize import Diarized
from soundstage.pipelines.stages.segment import Segmented, SegmentList, other_languages
from soundstage.pipelines.stages.transcribe import Transcribed
from soundstage.pipelines.stages.translate import Translated, TranslatedLines
from soundstage.pipelines.wording import counted
from soundstage.runtime.parking import DRAFT
from soundstage.services.carrying import settled_lines, target_lines, turns_now, untranslated
from soundstage.services.keeping import keep_bytes
from soundstage.storage import artifacts, project_revisions, runs, stage_results, tasks
from soundstage.storage.blobs.store import BlobStore
from soundstage.storage.database import Connection
from soundstage.storage.stage_results import StageResult

DIARIZE, TRANSCRIBE, SEGMENT, TRANSLATE = "diarize", "transcribe", "segment", "translate"


def head_of(connection: Connection, task_id: str) -> Revision | None:
    """What the project of a task shows, held until the transaction ends; None where the task made none yet.

    A project is held before its tasks, here and everywhere. Raises NotFound when it is deleted at this moment.
    """
    run = runs.of_task(connection, task_id)
    if run is None:
        return None
    try:
        project_revisions.lock(connection, run.run_id)
    except LookupError as error:
        raise NotFound("the project was deleted at this very moment") from error
    return project_revisions.get(connection, run.run_id)


def hold_base(connection: Connection, task_id: str, team_id: int) -> None:
    """Hold the project of which a re-run is to make a further revision until the transaction ends.

    Raises NotFound when it is deleted, Conflict when the revision is that the re-run goes on from.
    """
    task = tasks.get(connection, task_id, team_id=team_id)
    basis = None if task is None else task.parameters.get("basis")
    if basis is None:
        return
    run_id, revision = basis["run_id"], basis["revision"]
    try:
        project_revisions.lock(connection, run_id)
    except LookupError as error:
        raise NotFound("the project was deleted at this very moment") from error
    if project_revisions.get(connection, run_id, revision) is None:
        raise Conflict(
            f"revision {revision} of project {run_id}, which the task goes on from, was deleted; "
            "do the stage again on another revision"
        )


class Carried(NamedTuple):
    """`fields` of the request that were edited; the `stages` that give what a person left. Empty: nothing was.

    `lost`: a person wrote what a stage is still to make: it will make its own.
    """

    fields: Mapping[str, Any] = MappingProxyType({})
    stages: Collection[str] = ()
    lost: bool = False


def going_on(task: Task, head: Revision, over: Collection[str], carried: Carried) -> dict[str, Any]:
    """The task's parameters for an attempt that goes on from what its project shows.

    over: stages that are done; a parked task was continued after those of them that it was to stop after.
    """
    before = task.parameters.get("basis") or {}
    same = before.get("revision") == head.revision  # it begins again where it went on from
    basis = Basis(
        run_id=head.run_id,
        revision=head.revision,
        beside=carried.lost or (same and before["beside"]),
        edited=tuple(sorted({*before.get("edited", ()), *carried.stages})),
    )
    parameters = {**task.parameters, **carried.fields, "basis": basis.model_dump(mode="json")}
    if task.state is TaskState.PARKED:
        parameters["passed"] = [name for name in parameters.get("stop_after", ()) if name in over]
    return parameters


class ParkedProjects:
    """Hands a person's edits on to the stages that are still to be done."""

    def __init__(self, blobs: BlobStore) -> None:
        self._blobs = blobs

    def carry(self, connection: Connection, task: Task, pipeline: Pipeline, head: Revision) -> Carried:
        """Put what the project shows in the place of what stages gave, where that is something else.

        What an attempt made meanwhile of other lines is forgotten.
        """
        shown = ProjectProduct.model_validate(head.product)
        drafted_in = stage_results.attempt_of(connection, task.task_id, DRAFT)
        if not _is_other(task, drafted_in, stage_results.of_task(connection, task.task_id), shown, head):
            return Carried()
        stage_results.delete_later_than(connection, task.task_id, drafted_in)
        results = stage_results.of_task(connection, task.task_id)
        drafted = ProjectProduct.model_validate(results[DRAFT].output)
        made, document = (self._open(one.document, ProjectDocument) for one in (drafted, shown))
        titles = {stage.name: stage.title for stage in pipeline.stages}
        edited = self._edited(made, document, results)
        for stage, (output, files) in edited.items():
            told = f"Taken from revision {head.revision} of the project, as a person left it: "
            told += f"{counted(len(document.segments), 'line')}, {counted(len(document.speakers), 'speaker')}."
            old = results.get(stage)
            status = old.status if old is not None else _done(stage, titles[stage])
            new = StageResult(stage, output.model_dump(mode="json"), status.model_copy(update={"summary": told}))
            stage_results.delete(connection, task.task_id, stage)
            stage_results.insert(connection, task.task_id, drafted_in, new)  # what goes on from there comes later
            for file in files:
                self._refer(connection, task, stage, file)
        fields = {"project_name": document.project_name, "project_description": document.project_description}
        return Carried(fields, tuple(edited), _is_to_come(document, edited))

    def _edited(
        self, made: ProjectDocument, document: ProjectDocument, results: Mapping[str, StageResult]
    ) -> dict[str, tuple[Value, tuple[Artifact, ...]]]:
        """What the document gives for stages that are done: their output, and the new file behind it."""
        edited: dict[str, tuple[Value, tuple[Artifact, ...]]] = {}
        written = Transcribed.model_validate(results[TRANSCRIBE].output) if TRANSCRIBE in results else None
        named = written is not None and written.names is not None  # then its lines bring their speakers
        if written is not None:
            lines = untranslated(document)
            speakers = document.speakers if named else None
            settled = settled_lines(made, document, self._settled(results))
            file = self._keep("segments.json", SegmentList(segments=lines, speakers=speakers, settled=settled))
            edited[SEGMENT] = Segmented(segments=file, count=len(lines), languages=other_languages(lines)), (file,)
        if DIARIZE in results and not named:
            diarized = Diarized.model_validate(results[DIARIZE].output)
            file = self._keep("diarization.json", self._spoken(diarized.diarization, made, document))
            edited[DIARIZE] = diarized.model_copy(update={"diarization": file}), (file,)
        if TRANSLATE in results:
            targets = tuple(one for tag in document.target_languages if (one := target_lines(document, tag)).texts)
            kept = self._keep("translations.json", TranslatedLines(targets=targets)) if targets else None
            translated = Translated.model_validate(results[TRANSLATE].output)
            update = {"translations": kept, "languages": tuple(target.language for target in targets)}
            edited[TRANSLATE] = translated.model_copy(update=update), () if kept is None else (kept,)
        return edited

    def _settled(self, results: Mapping[str, StageResult]) -> tuple[str, ...]:
        """Lines that a person had changed where the task went on before."""
        if SEGMENT not in results:
            return ()
        lines: SegmentList = self._open(Segmented.model_validate(results[SEGMENT].output).segments, SegmentList)
        return lines.settled

    def _spoken(self, heard: Artifact | None, made: ProjectDocument, now: ProjectDocument) -> Diarization:
        """The speakers as they are now, and when they were heard."""
        found = None if heard is None else self._open(heard, Diarization)
        return Diarization(speakers=now.speakers, turns=turns_now(found, made, now))

    def _open(self, artifact: Artifact, model: type[Any]) -> Any:
        return model.model_validate_json(self._blobs.path(artifact.sha256).read_bytes())

    def _keep(self, name: str, value: Value) -> Artifact:
        return keep_bytes(self._blobs, name, "application/json", value.model_dump_json().encode())

    def _refer(self, connection: Connection, task: Task, stage: str, file: Artifact) -> None:
        artifacts.refer(connection, file, team_id=task.team_id, task_id=task.task_id, stage=stage)
        if not self._blobs.renew(file.sha256):
            raise Conflict("the same bytes were deleted at this very moment; continue the task again")


def _is_other(
    task: Task, drafted_in: int, results: Mapping[str, StageResult], shown: ProjectProduct, head: Revision
) -> bool:
    """Whether the project shows something else than what the stages stand on. drafted_in: the attempt that parked."""
    basis = task.parameters.get("basis")
    if basis is not None and drafted_in < task.attempt:  # it has gone on from there, and did not get through
        return bool(basis["revision"] != head.revision)
    drafted = ProjectProduct.model_validate(results[DRAFT].output)
    return drafted.document.sha256 != shown.document.sha256


def _is_to_come(document: ProjectDocument, edited: Collection[str]) -> bool:
    """Whether a person wrote something by hand that a stage has not made yet. edited: stages that give what they left.

    Speakers whom the lines bring are handed on with these.
    """
    translated = any(any(segment.translations.values()) for segment in document.segments)
    return (
        (SEGMENT not in edited and bool(document.segments))
        or (not {DIARIZE, SEGMENT} & set(edited) and bool(document.speakers))
        or (TRANSLATE not in edited and translated)
    )


def _done(name: str, title: str) -> StageStatus:
    now = datetime.now(UTC)
    return StageStatus(name=name, title=title, state=StageState.DONE, progress=1.0, started_at=now, finished_at=now)
