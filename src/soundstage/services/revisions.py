"""Revisions of a project: listed, chosen, compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from soundstage.domain.account import Scope
from soundstage.domain.brought import SourceTranscript
from soundstage.domain.comparison.compare import LISTED, Side, compare
from soundstage.domain.comparison.comparison import Comparison, StageSide
from soundstage.domain.language import BY_ID
from soundstage.domain.project import ProjectDocument
from soundstage.domain.request import ProjectSetupRequest
from soundstage.domain.revision import Revision
from soundstage.domain.task import StageStatus, Task, TaskKind
from soundstage.errors import NotFound
from soundstage.pipelines.stage import Pipeline, Stage
from soundstage.services.actor import Actor
from soundstage.services.page import Page
from soundstage.services.rerun_plan import READS
from soundstage.services.runs import ProjectRun, RunsService
from soundstage.storage import project_revisions, tasks
from soundstage.storage.cursor import number_of
from soundstage.storage.database import Database


class RevisionsService:
    def __init__(self, database: Database, runs: RunsService, pipeline: Pipeline) -> None:
        self._database = database
        self._runs = runs
        self._pipeline = pipeline

    def list(self, actor: Actor, run_id: int, *, limit: int = 50, cursor: str | None = None) -> Page[Revision]:
        """Newest first. Raises NotFound, BadRequest for a run of another kind, Invalid for a cursor of another list."""
        self._runs.project(actor, run_id)
        before = None if cursor is None else number_of(cursor)
        with self._database.read() as connection:
            found = project_revisions.page(connection, run_id, before=before, limit=limit + 1)
        if len(found) <= limit:
            return Page(found, None)
        return Page(found[:limit], str(found[limit - 1].revision))

    def choose(self, actor: Actor, run_id: int, revision: int) -> Revision:
        """Make a revision what the project shows. Raises NotFound, BadRequest for a run of another kind."""
        actor.require(Scope.WRITE)
        chosen = self._runs.project(actor, run_id, revision).revision
        with self._database.unit() as connection:
            try:
                there = project_revisions.choose(connection, run_id, revision)
            except LookupError:
                there = False
        if chosen is None or not there:
            raise NotFound(f"revision {revision} of project {run_id} was deleted meanwhile")
        return chosen.model_copy(update={"head": True})

    def compare(
        self, actor: Actor, run_id: int, a: int | None = None, b: int | None = None, *, listed: int = LISTED
    ) -> Comparison:
        """What revision `b` differs in from `a`.

        By default the newest from the head, and where that is the head itself, from what it was made of. Raises
        NotFound, BadRequest for a run of another kind.
        """
        numbers = self._numbers(actor, run_id, a, b)
        one, other = (self._side(self._runs.project(actor, run_id, number)) for number in numbers)
        return compare(one, other, listed=listed)

    def _numbers(self, actor: Actor, run_id: int, a: int | None, b: int | None) -> tuple[int, int]:
        head = self._runs.project(actor, run_id).revision
        with self._database.read() as connection:
            newest = project_revisions.newest(connection, run_id)
        if head is None or newest is None:
            raise NotFound(f"project {run_id} was deleted meanwhile")
        b = newest.revision if b is None else b
        if a is None:
            a = head.revision if head.revision != b else head.base or head.revision
        return a, b

    def _side(self, project: ProjectRun) -> Side:
        document = ProjectDocument.model_validate_json(self._runs.written(project))
        with self._database.read() as connection:
            maker = tasks.get(connection, project.made_by, team_id=project.run.team_id)
        stages = self._stages(maker) if maker is not None and maker.kind is TaskKind.PROJECT_SETUP else {}
        return Side(project.number, document, stages)

    def _stages(self, maker: Task) -> Mapping[str, StageSide]:
        if maker.kind is not TaskKind.PROJECT_SETUP:  # an import: the stages were done elsewhere
            return {}
        request = ProjectSetupRequest.model_validate(maker.parameters)
        statuses = {status.name: status for status in maker.stages}
        return {
            stage.name: StageSide(
                state=statuses[stage.name].state.value,
                engine=_engine(statuses[stage.name]),
                options=_options(request, stage),
            )
            for stage in self._pipeline.stages
            if stage.name in statuses
        }


def _engine(status: StageStatus) -> str | None:
    """What did the work, as the findings tell; of several, such as one a language, all of them."""
    findings = status.findings or {}
    each = (findings.get("engine"), *(target.get("engine") for target in findings.get("targets", ())))
    return ", ".join(dict.fromkeys(filter(None, each))) or None


def _options(request: ProjectSetupRequest, stage: Stage) -> dict[str, Any]:
    """What a stage was told: fields of the request that it reads, and its options; languages by tag."""
    told = {name: _plain(name, getattr(request, name)) for name in READS.get(stage.name, ())}
    own = getattr(request.options, stage.name, None)
    return told | ({} if own is None else own.model_dump(mode="json"))


def _plain(name: str, value: Any) -> Any:
    if name == "source_language":
        return "auto" if value is None else BY_ID[value].tag
    if name == "target_languages":
        return [BY_ID[one].tag for one in value]
    if isinstance(value, SourceTranscript):
        return {"form": value.form.value, "cues": value.cues, "sha256": value.document.sha256}
    return list(value) if isinstance(value, tuple) else value
