"""Re-runs: one stage of a project done again, with another engine or other options, and all that follows from it.

A re-run is a task like any other that begins with what the other stages gave. What it makes is a further revision of
the project, beside the one that it was made of; see `services.carrying` for what becomes of a person's edits.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from soundstage.domain.account import Scope
from soundstage.domain.artifact import Artifact
from soundstage.domain.project import ProjectDocument, ProjectProduct
from soundstage.domain.request import Basis, ProjectSetupRequest
from soundstage.domain.task import Priority, Task, TaskKind
from soundstage.domain.transcript import Transcript
from soundstage.domain.value import Value
from soundstage.engines.diarization.contract import Diarization
from soundstage.errors import Conflict, Fault, Invalid, LimitReached, NotFound
from soundstage.pipelines.stage import Pipeline
from soundstage.pipelines.stages.diarize import Diarized
from soundstage.pipelines.stages.ingest import other_media
from soundstage.pipelines.stages.segment import Segmented, SegmentList, other_languages
from soundstage.pipelines.stages.transcribe import Transcribed
from soundstage.pipelines.stages.translate import Translated, TranslatedLines
from soundstage.services.actor import Actor
from soundstage.services.came_along import HELD, INGEST, Arrival, documents_of, request_of, results_of
from soundstage.services.carrying import LINES, SPEAKERS, TRANSCRIPT, TRANSLATIONS, Carried, carry
from soundstage.services.idempotency import Idempotency
from soundstage.services.keeping import keep_bytes
from soundstage.services.rerun_plan import MEDIA_STAGES, Plan, Wish, options_with, unread
from soundstage.services.runs import ProjectRun, RunsService
from soundstage.services.tasks import UPLOAD, Ground, TasksService
from soundstage.storage import artifacts, project_revisions, stage_results, tasks, uploads
from soundstage.storage.blobs.store import BlobStore
from soundstage.storage.database import Connection, Database
from soundstage.storage.stage_results import StageResult

_NOTE = re.compile(r"^Taken over from revision \d+(, with its edits)?: ")
_DOCUMENTS = {
    SPEAKERS: "diarization.json",
    TRANSCRIPT: "transcript.json",
    LINES: "segments.json",
    TRANSLATIONS: "translations.json",
}


class RerunsService:
    def __init__(
        self, database: Database, blobs: BlobStore, runs: RunsService, tasks_service: TasksService, pipeline: Pipeline
    ) -> None:
        self._database = database
        self._blobs = blobs
        self._runs = runs
        self._tasks = tasks_service
        self._pipeline = pipeline

    def create(
        self,
        actor: Actor,
        run_id: int,
        wish: Wish,
        *,
        priority: Priority = Priority.NORMAL,
        idempotency: Idempotency | None = None,
        traceparent: str | None = None,
    ) -> Task:
        """Accept the task of a re-run. Raises what `plan` and `TasksService.create` do."""
        plan = self.plan(actor, run_id, wish)
        return self._accept(actor, plan, priority=priority, idempotency=idempotency, traceparent=traceparent)

    def give_media(
        self,
        actor: Actor,
        run_id: int,
        media_url: str,
        *,
        idempotency: Idempotency | None = None,
        traceparent: str | None = None,
    ) -> Task:
        """Accept the task that takes in a project's media. Raises what `plan_media` and `TasksService.create` do."""
        plan = self.plan_media(actor, run_id, media_url)
        return self._accept(actor, plan, idempotency=idempotency, traceparent=traceparent)

    def _accept(
        self,
        actor: Actor,
        plan: Plan,
        *,
        priority: Priority = Priority.NORMAL,
        idempotency: Idempotency | None,
        traceparent: str | None,
    ) -> Task:
        files = {
            stage: keep_bytes(self._blobs, _DOCUMENTS[stage], "application/json", made.model_dump_json().encode())
            for stage, made in plan.carried.documents.items()
        }
        results = {name: _taken_over(one, plan, files.get(name)) for name, one in plan.results.items()}
        ground = Ground(plan.project.run.run_id, results, partial(self._lay, plan, results, files))
        return self._tasks.create(
            actor,
            TaskKind.PROJECT_SETUP,
            plan.request,
            priority=priority,
            idempotency=idempotency,
            traceparent=traceparent,
            ground=ground,
        )

    def plan(self, actor: Actor, run_id: int, wish: Wish) -> Plan:
        """What a re-run would do, and on what.

        Raises NotFound for an unknown run or revision, BadRequest for a run of another kind, Invalid for a stage that
        there is not or that cannot be done again and for fields that no stage of it reads, Conflict where what it
        needs was not made yet.
        """
        actor.require(Scope.WRITE)
        project = self._runs.project(actor, run_id, wish.revision)
        redone = self._redone(wish)
        with self._database.read() as connection:
            maker = tasks.get(connection, project.made_by, team_id=actor.team_id)
            results = stage_results.of_task(connection, project.made_by)
        if maker is None:
            raise NotFound(f"the task that made revision {project.number} of project {run_id} was deleted")
        if maker.kind is not TaskKind.PROJECT_SETUP:
            plan = self._over_a_file(project, wish, redone)
        else:
            kept, carried = self._kept(project, results, redone), self._carried(project, results, redone)
            before = ProjectSetupRequest.model_validate(maker.parameters)
            request = self._request(before, project, wish, redone, carried.documents, lost=carried.lost)
            plan = Plan(project, request, redone, kept, carried)
        if "translate" in redone:
            self._tasks.check_belongings(actor, plan.request)
        return plan

    def plan_media(self, actor: Actor, run_id: int, media_url: str) -> Plan:
        """What taking in the media of a project would do that came as a project file without it.

        Raises NotFound for an unknown run, BadRequest for a run of another kind, Conflict where the media is here or
        nobody knows which it was, Invalid for an upload of other bytes.
        """
        actor.require(Scope.WRITE)
        project = self._runs.project(actor, run_id)
        original = self._open(project.product.document, ProjectDocument).original
        if original is None or original.artifact in project.product.files:
            told = "does not tell which media it was made from" if original is None else "has its media already"
            raise Conflict(f"project {run_id} {told}; set up a new project for other media")
        if media_url.startswith(UPLOAD):
            with self._database.read() as connection:
                upload = uploads.get(connection, actor.team_id, media_url.removeprefix(UPLOAD))
            if upload is not None and upload.sha256 != original.artifact.sha256:
                other = Artifact(sha256=upload.sha256, bytes=upload.bytes, media_type="", name=upload.file_name)
                raise Invalid.field("media_url", other_media(original, upload.file_name, other), type="other_media")
        redone = tuple(stage.name for stage in self._pipeline.stages if stage.name not in HELD)
        return self._over_a_file(project, Wish(INGEST), redone, media_url)

    def _over_a_file(
        self, project: ProjectRun, wish: Wish, redone: tuple[str, ...], media_url: str | None = None
    ) -> Plan:
        """What goes on from a project that came as a project file. media_url: where its media is to come from."""
        arrival = self._arrival(project)
        original = arrival.now.original
        source = None if original is None or media_url else project.product.file(original.artifact.name)
        if original is None or (source is None and media_url is None):
            raise Conflict(
                f"project {project.run.run_id} came as a project file without its media, and a stage is done again on "
                f"that: give it to POST /apis/projects/{project.run.run_id}/media first"
            )
        edited, lost = arrival.edited(redone)
        before = request_of(arrival, original, media_url)
        request = self._request(before, project, wish, redone, edited, lost=lost)
        results = results_of(arrival, self._pipeline, redone, source)
        carried = Carried(documents_of(arrival, redone), lost)
        todo = tuple(stage.name for stage in self._pipeline.stages if stage.name not in results)
        return Plan(project, request, todo, results, carried, {} if source is None else {INGEST: source})

    def _arrival(self, project: ProjectRun) -> Arrival:
        with self._database.read() as connection:
            first = project_revisions.get(connection, project.run.run_id, 1)
        came = project.product if first is None else ProjectProduct.model_validate(first.product)
        then, now = (self._open(one.document, ProjectDocument) for one in (came, project.product))
        turns = project.product.turns
        return Arrival(project.product, then, now, None if turns is None else self._open(turns, Diarization))

    def _redone(self, wish: Wish) -> tuple[str, ...]:
        names = [stage.name for stage in self._pipeline.stages]
        can = ", ".join(name for name in names if name not in MEDIA_STAGES)
        if wish.stage in MEDIA_STAGES:
            told = f"The media of a project stays as it is: set up a new project for other media. Use one of {can}."
            raise Invalid.field("stage", told, type="fixed")
        if wish.stage not in names:
            raise Invalid.field("stage", f"There is no such stage. Use one of {can}.", type="unknown_stage")
        redone = self._pipeline.following(wish.stage)
        faults = [*unread(wish, redone), *self._engines_unread(wish, redone)]
        if faults:
            raise Invalid(faults)
        return redone

    def _engines_unread(self, wish: Wish, redone: Collection[str]) -> list[Fault]:
        used = {stage.capability.value for stage in self._pipeline.stages if stage.name in redone and stage.capability}
        told = f"{wish.stage} and what follows it use no such engine; they use: {', '.join(sorted(used)) or 'none'}."
        return [Fault(("body", "engines", name), told, "unread") for name in wish.engines if name not in used]

    def _kept(
        self, project: ProjectRun, results: Mapping[str, StageResult], redone: Collection[str]
    ) -> dict[str, StageResult]:
        needed = [stage.name for stage in self._pipeline.stages if stage.name not in redone]
        last = self._pipeline.stages[-1].name  # without it a set-up is parked, or was never gone on with
        missing = [name for name in (*needed, last) if name not in results]
        if missing:
            raise Conflict(
                f"revision {project.number} was made before {missing[0]} was done: continue its set-up, "
                "then do a stage again"
            )
        return {name: results[name] for name in needed}

    def _carried(self, project: ProjectRun, results: Mapping[str, StageResult], redone: Collection[str]) -> Carried:
        last = results.get(self._pipeline.stages[-1].name)
        if last is None:
            return Carried({}, lost=False)
        made_first = ProjectProduct.model_validate(last.output).document
        if made_first.sha256 == project.product.document.sha256:
            return Carried({}, lost=False)
        made, now = self._open(made_first, ProjectDocument), self._open(project.product.document, ProjectDocument)
        turns = Diarized.model_validate(results[SPEAKERS].output).diarization
        heard = None if turns is None else self._open(turns, Diarization)
        lines = self._open(Segmented.model_validate(results[LINES].output).segments, SegmentList)
        named = lines.speakers is not None
        return carry(made, now, redone, heard, named=named, settled=lines.settled)

    def _request(
        self,
        before: ProjectSetupRequest,
        project: ProjectRun,
        wish: Wish,
        redone: Collection[str],
        edited: Collection[str],
        *,
        lost: bool,
    ) -> ProjectSetupRequest:
        earlier = set() if before.basis is None else set(before.basis.edited)
        basis = Basis(
            run_id=project.run.run_id,
            revision=project.number,
            stage=wish.stage,
            beside=lost or bool(earlier & set(redone)),
            edited=tuple(sorted((earlier | set(edited)) - set(redone))),
            created_at=project.product.created_at,
            anew=not (wish.changes or wish.engines or wish.options.model_fields_set),
        )
        update: dict[str, Any] = {
            **wish.changes,
            "engines": {**before.engines, **wish.engines},
            "options": options_with(before.options, wish.options),
            "project_name": project.product.project_name,
            "project_description": project.product.project_description,
            "folder_id": project.run.folder_id,
            "reuse": wish.reuse,
            "basis": basis,
            "stop_after": (),
            "passed": (),
        }
        update |= {"stems": None} if wish.stage == "separate" else {}
        request = before.model_copy(update=update)
        if request.min_speakers and request.max_speakers and request.max_speakers < request.min_speakers:
            told = f"max_speakers must be at least min_speakers, which is {request.min_speakers}."
            raise Invalid.field("max_speakers", told, type="greater_than_equal")
        return request

    def _lay(
        self,
        plan: Plan,
        results: Mapping[str, StageResult],
        files: Mapping[str, Artifact],
        connection: Connection,
        task: Task,
    ) -> None:
        project = plan.project
        try:
            project_revisions.lock(connection, project.run.run_id)
        except LookupError as error:
            raise NotFound(f"project {project.run.run_id} was deleted meanwhile") from error
        if project_revisions.get(connection, project.run.run_id, project.number) is None:
            raise NotFound(f"revision {project.number} of project {project.run.run_id} was deleted meanwhile")
        if plan.brought is None:
            artifacts.copy(connection, project.made_by, task.task_id, results)
        for stage, file in (*(plan.brought or {}).items(), *files.items()):
            artifacts.refer(connection, file, team_id=task.team_id, task_id=task.task_id, stage=stage)
            if not self._blobs.renew(file.sha256):  # their last owner was deleted while we waited for our turn
                raise LimitReached("the same bytes were deleted at this very moment; send it again", retry_after=1)
        for result in results.values():
            stage_results.insert(connection, task.task_id, task.attempt, result)

    def _open(self, artifact: Artifact, model: type[Any]) -> Any:
        return model.model_validate_json(self._blobs.path(artifact.sha256).read_bytes())


def _taken_over(result: StageResult, plan: Plan, file: Artifact | None) -> StageResult:
    """A stage's result under the new task: what it gave, or where it was edited the document of the edits.

    Others that want the same find it under the task that did it.
    """
    before = result.status
    edits = "" if file is None or plan.brought is not None else ", with its edits"
    told = f"Taken over from revision {plan.project.number}{edits}"
    update = {
        "summary": f"{told}: {_NOTE.sub('', before.summary or '')}",
        "taken_over_from": before.taken_over_from or plan.project.made_by,
    }
    status = before.model_copy(update=update)
    if file is None:
        return replace(result, status=status, reuse_key=None)
    output = _with_edits(result, plan.carried.documents[result.stage], file).model_dump(mode="json")
    return replace(result, output=output, status=status, reuse_key=None)


def _with_edits(result: StageResult, edited: Value, file: Artifact) -> Value:
    if isinstance(edited, Diarization):
        return Diarized.model_validate(result.output).model_copy(update={"diarization": file})
    if isinstance(edited, SegmentList):
        languages = other_languages(edited.segments)
        return Segmented(segments=file, count=len(edited.segments), languages=languages)
    if isinstance(edited, Transcript):
        return Transcribed.model_validate(result.output).model_copy(update={"transcript": file})
    assert isinstance(edited, TranslatedLines)
    return Translated(translations=file, languages=tuple(target.language for target in edited.targets))
