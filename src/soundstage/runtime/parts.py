"""Pieces of a stage's work that are taken over by themselves: kept as results beside the stage's own.

So one language of a translation, or the video of a project, is not made twice for a team where all else differs, nor
by a later attempt of the same task.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from soundstage.domain.task import StageState, StageStatus
from soundstage.domain.value import Value
from soundstage.errors import Superseded
from soundstage.pipelines.context import Output, Part
from soundstage.pipelines.reuse import artifacts_in
from soundstage.storage import stage_results, tasks
from soundstage.storage.database import Database
from soundstage.storage.stage_results import StageResult

if TYPE_CHECKING:
    from soundstage.runtime.context import WorkerContext


class Parts:
    """Those of one stage of one attempt, which `owner` (its token) may write."""

    def __init__(self, database: Database, context: WorkerContext, owner: str, attempt: int) -> None:
        self._database = database
        self._context = context
        self._owner = owner
        self._attempt = attempt

    def take_over(self, name: str, key: str, gives: type[Output]) -> Part[Output] | None:
        """What a task of the team, this one included, has made; None where there is none or its files are gone."""
        context = self._context
        with self._database.read() as connection:
            kept = stage_results.reusable(connection, context.team_id, key)
        if kept is None:
            return None
        output = gives.model_validate(kept.result.output)
        for file in artifacts_in(output):
            if context.adopt(file, name=file.name, media_type=file.media_type) is None:
                return None
        if kept.task_id == context.task_id:
            return Part(output)
        self.keep(name, key, output)
        return Part(output, kept.task_id)

    def keep(self, name: str, key: str, output: Value) -> None:
        """Record what was made. Raises Superseded."""
        context = self._context
        row = f"{context.stage}.{name}"
        status = StageStatus(name=row, title=name, state=StageState.DONE, progress=1.0)
        result = StageResult(row, output.model_dump(mode="json"), status, None, key)
        with self._database.unit() as connection:
            if not tasks.hold(connection, context.task_id, self._owner):
                raise Superseded("the task is another worker's or over")
            stage_results.replace(connection, context.task_id, self._attempt, result)
