"""Re-runs: one stage of a project done again, with another engine or other options, and all that follows from it.

A re-run is a task like any other that begins with what the other stages gave. What it makes is a further revision of
the project, beside the one that it was made of; see `services.carrying` for what becomes of a person's edits.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from soundstage.domain.account import Scope
from soundstage.domain.artifact import Artifact
from soundstage.domain.language import default_locale
from soundstage.domain.options import SetupOptions
from soundstage.domain.project import ProjectDocument, ProjectProduct
from soundstage.domain.request import Basis, ProjectSetupRequest
from soundstage.domain.task import Priority, Task, TaskKind
from soundstage.domain.value import Value
from soundstage.engines.diarization.contract import Diarization
from soundstage.errors import Conflict, Fault, Invalid, LimitReached, NotFound
from soundstage.pipelines.stage import Pipeline
from soundstage.pipelines.stages.diarize import Diarized
from soundstage.pipelines.stages.segment import Segmented, SegmentList, other_languages
from soundstage.pipelines.stages.transcribe import Transcribed
from soundstage.pipelines.stages.translate import Translated, TranslatedLines
from soundstage.services.actor import Actor
from soundstage.services.carrying import LINES, SPEAKERS, TRANSLATIONS, Carried, carry
from soundstage.services.idempotency import Idempotency
from soundstage.services.keeping import keep_bytes
from soundstage.services.runs import ProjectRun, RunsService
from soundstage.services.tasks import Ground, TasksService
from soundstage.storage import artifacts, project_revisions, stage_results, tasks
from soundstage.storage.blobs.store import BlobStore
from soundstage.storage.database import Connection, Database
from soundstage.storage.stage_results import StageResult

MEDIA_STAGES = ("ingest", "probe", "decode")
# The fields of a request that a stage reads; each may be given where that stage is done again.
READS: Mapping[str, tuple[str, ...]] = {
    "diarize": ("min_speakers", "max_speakers"),
    "transcribe": ("source_language", "source_transcript"),
    "translate": ("target_languages", "chosen_dictionaries"),
}
_NOTE = re.compile(r"^Taken over from revision \d+(, with its edits)?: ")
_DOCUMENTS = {SPEAKERS: "diarization.json", LINES: "segments.json", TRANSLATIONS: "translations.json"}


@dataclass(frozen=True)
class Wish:
    """What is asked of a re-run. `revision`: what it is made of, None for the head. `changes`: fields of the request
    that take the place of those of before; `engines` (by capability) and `options` (by stage) are added to these.
    `reuse`: take over what an earlier task gave for the same, such as the other languages of a translation.
    """

    stage: str
    revision: int | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)
    engines: Mapping[str, str] = field(default_factory=dict)
    options: SetupOptions = field(default_factory=SetupOptions)
    reuse: bool = True


@dataclass(frozen=True)
class Plan:
    """A re-run that can be made: its request, the stages that it does, and what those give that it takes over."""

    project: ProjectRun
    request: ProjectSetupRequest
    redone: tuple[str, ...]
    results: Mapping[str, StageResult]
    carried: Carried

    @property
    def foreseen(self) -> ProjectSetupRequest:
        """The request, with the language that was heard where it is not heard again."""
        heard = self.results.get("transcribe")
        code = None if heard is None else Transcribed.model_validate(heard.output).language
        locale = default_locale(code) if code and self.request.source_language is None else None
        return self.request.model_copy(update={"source_language": locale.id}) if locale else self.request


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
        files = {
            stage: keep_bytes(self._blobs, _DOCUMENTS[stage], "application/json", made.model_dump_json().encode())
            for stage, made in plan.carried.documents.items()
        }
        results = {name: _taken_over(one, plan, files.get(name)) for name, one in plan.results.items()}
        ground = Ground(run_id, results, partial(self._lay, plan, results, files))
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
            raise Conflict(
                f"revision {project.number} of project {run_id} was brought along, not made here: what its stages gave "
                "is not there to go on from; set up a project from its media to do a stage again"
            )
        kept = self._kept(project, results, redone)
        carried = self._carried(project, results, redone)
        request = self._request(maker, project, wish, redone, carried)
        if "translate" in redone:
            self._tasks.check_belongings(actor, request)
        return Plan(project, request, redone, kept, carried)

    def _redone(self, wish: Wish) -> tuple[str, ...]:
        names = [stage.name for stage in self._pipeline.stages]
        can = ", ".join(name for name in names if name not in MEDIA_STAGES)
        if wish.stage in MEDIA_STAGES:
            told = f"The media of a project stays as it is: set up a new project for other media. Use one of {can}."
            raise Invalid.field("stage", told, type="fixed")
        if wish.stage not in names:
            raise Invalid.field("stage", f"There is no such stage. Use one of {can}.", type="unknown_stage")
        redone = self._pipeline.following(wish.stage)
        faults = [*_unread(wish, redone), *self._engines_unread(wish, redone)]
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
        self, maker: Task, project: ProjectRun, wish: Wish, redone: Collection[str], carried: Carried
    ) -> ProjectSetupRequest:
        before = ProjectSetupRequest.model_validate(maker.parameters)
        earlier = set() if before.basis is None else set(before.basis.edited)
        basis = Basis(
            run_id=project.run.run_id,
            revision=project.number,
            stage=wish.stage,
            beside=carried.lost or bool(earlier & set(redone)),
            edited=tuple(sorted((earlier | set(carried.documents)) - set(redone))),
            created_at=project.product.created_at,
            anew=not (wish.changes or wish.engines or wish.options.model_fields_set),
        )
        update: dict[str, Any] = {
            **wish.changes,
            "engines": {**before.engines, **wish.engines},
            "options": _options(before.options, wish.options),
            "project_name": project.product.project_name,
            "project_description": project.product.project_description,
            "folder_id": project.run.folder_id,
            "reuse": wish.reuse,
            "basis": basis,
            "stop_after": (),
            "passed": (),
        }
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
        artifacts.copy(connection, project.made_by, task.task_id, results)
        for stage, file in files.items():
            artifacts.refer(connection, file, team_id=task.team_id, task_id=task.task_id, stage=stage)
            if not self._blobs.renew(file.sha256):  # their last owner was deleted while we waited for our turn
                raise LimitReached("the same bytes were deleted at this very moment; send it again", retry_after=1)
        for result in results.values():
            stage_results.insert(connection, task.task_id, task.attempt, result)

    def _open(self, artifact: Artifact, model: type[Any]) -> Any:
        return model.model_validate_json(self._blobs.path(artifact.sha256).read_bytes())


def _unread(wish: Wish, redone: Collection[str]) -> list[Fault]:
    readable = [name for stage in redone for name in READS.get(stage, ())]
    told = f"{wish.stage} and what follows it do not read this; they read: {', '.join(readable) or 'nothing of that'}."
    faults = [Fault(("body", name), told, "unread") for name in wish.changes if name not in readable]
    other = f"Only stages that are done again take options: {', '.join(redone)}."
    faults += [
        Fault(("body", "options", name), other, "unread")
        for name in wish.options.model_fields_set
        if name not in redone
    ]
    return faults


def _options(before: SetupOptions, wished: SetupOptions) -> SetupOptions:
    """Those of before, with what is wished in their places."""
    update = {}
    for stage in wished.model_fields_set:
        given = getattr(wished, stage)
        told = {name: getattr(given, name) for name in given.model_fields_set}
        update[stage] = getattr(before, stage).model_copy(update=told)
    return before.model_copy(update=update)


def _taken_over(result: StageResult, plan: Plan, file: Artifact | None) -> StageResult:
    """A stage's result under the new task: what it gave, or where it was edited the document of the edits.

    Others that want the same find it under the task that did it.
    """
    before = result.status
    told = f"Taken over from revision {plan.project.number}{'' if file is None else ', with its edits'}"
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
        update: dict[str, Any] = {"segments": file, "count": len(edited.segments)}
        update["languages"] = other_languages(edited.segments)
        return Segmented.model_validate(result.output).model_copy(update=update)
    assert isinstance(edited, TranslatedLines)
    update = {"translations": file, "languages": tuple(target.language for target in edited.targets)}
    return Translated.model_validate(result.output).model_copy(update=update)
