"""What a set-up would take over from earlier tasks of the team, for those who ask before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from soundstage.domain.artifact import Artifact
from soundstage.domain.request import ProjectSetupRequest
from soundstage.domain.value import Value
from soundstage.engines.registry import Registry
from soundstage.pipelines.stage import Pipeline
from soundstage.pipelines.stages.ingest import Ingested
from soundstage.pipelines.wording import listed
from soundstage.runtime.foresight import TeamContext, foresee
from soundstage.runtime.settings import StageLimits
from soundstage.services.actor import Actor
from soundstage.storage import uploads
from soundstage.storage.database import Connection, Database

UPLOAD = "upload://"


@dataclass(frozen=True)
class Foreseen:
    """`stages` by name; `told`: a sentence, where there are any."""

    stages: frozenset[str] = frozenset()
    told: str | None = None


NOTHING = Foreseen()


class Foreseeing:
    """`limits`: those of the workers; `on`: whether they take anything over."""

    def __init__(self, database: Database, registry: Registry, limits: StageLimits, *, on: bool) -> None:
        self._database = database
        self._registry = registry
        self._limits = limits
        self._on = on

    def foresee(self, actor: Actor, pipeline: Pipeline, request: Value) -> Foreseen:
        """Reads rows only: a few milliseconds."""
        if not self._on or not isinstance(request, ProjectSetupRequest) or not request.reuse:
            return NOTHING
        with self._database.read() as connection:
            context = TeamContext(connection, actor.team_id, self._registry, self._limits)
            stages, assumed = foresee(context, pipeline, request, _taken_in(connection, actor.team_id, request))
        if not stages:
            return NOTHING
        names = listed([stage.name for stage in pipeline.stages if stage.name in stages])
        sure = " if the media has not changed since" if assumed else ""
        return Foreseen(stages, f"{names} would be taken over from an earlier task, and not be done again{sure}")


def _taken_in(connection: Connection, team_id: int, request: ProjectSetupRequest) -> Mapping[str, Value]:
    """What ingest gives of an upload, whose bytes are known."""
    if not request.media_url.startswith(UPLOAD):
        return {}
    upload = uploads.get(connection, team_id, request.media_url.removeprefix(UPLOAD))
    if upload is None:
        return {}
    source = Artifact(
        sha256=upload.sha256, bytes=upload.bytes, media_type="application/octet-stream", name=upload.file_name
    )
    return {"ingest": Ingested(source=source, file_name=upload.file_name)}
