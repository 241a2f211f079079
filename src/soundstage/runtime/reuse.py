"""Taking over what the same stage of an earlier task of the team gave, instead of doing it again.

Nothing is kept for it: what may be taken over is the result of a task that is still there, whose files live as long as
it does. A task that takes over refers to them itself from then on.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import structlog

from soundstage.domain.task import StageState, StageStatus, Task
from soundstage.domain.value import Value
from soundstage.pipelines.reuse import reuse_key
from soundstage.pipelines.stage import Stage
from soundstage.storage import artifacts, stage_results
from soundstage.storage.blobs.store import BlobStore
from soundstage.storage.database import PASSING, Connection, Database
from soundstage.storage.stage_results import KeptResult, StageResult

if TYPE_CHECKING:
    from soundstage.runtime.context import WorkerContext

log = structlog.get_logger(__name__)


class Gone(Exception):
    """What was to be taken over is not there any more: rolls back the taking over."""


@dataclass(frozen=True)
class Offer:
    """key: of what the stage is about to give, None where it is not to be found again. kept: what there is by it."""

    key: str | None = None
    kept: KeptResult | None = None


NOTHING = Offer()


def look(
    database: Database, context: WorkerContext, stage: Stage, taken: Mapping[str, Value], *, anew: bool = False
) -> Offer:
    """What there is of the stage's result. anew: nothing is taken over, but what comes of it may be.

    Never raises: what cannot be looked for is done.
    """
    try:
        key = reuse_key(context, stage, taken)
        if key is None or anew:
            return Offer(key)
        with database.read() as connection:
            return Offer(key, stage_results.reusable(connection, context.team_id, key))
    except PASSING as error:
        log.warning("cannot look for an earlier result", task_id=context.task_id, cause=str(error)[:300])
    except Exception:
        log.exception("cannot tell what decides on a stage", task_id=context.task_id, stage=stage.name)
    return NOTHING


def unwanted(request: Value, stage: Stage) -> bool:
    """Whether the request wants the stage done, whatever there is: it says so, or asks for it once more as it was."""
    basis = getattr(request, "basis", None)
    return not getattr(request, "reuse", True) or (basis is not None and basis.stage == stage.name and basis.anew)


def result_of(kept: KeptResult, running: StageStatus) -> StageResult:
    """The kept result as that of another task, whose stage is now running."""
    before = kept.result.status
    summary = (before.summary or "").removesuffix(_sentence(before.taken_over_from))
    told: dict[str, Any] = {
        "state": StageState.DONE,
        "progress": 1.0,
        "finished_at": datetime.now(UTC),
        "summary": summary + _sentence(kept.task_id),
        "findings": before.findings,
        "taken_over_from": kept.task_id,
    }
    return replace(kept.result, status=running.model_copy(update=told))


def refer(connection: Connection, blobs: BlobStore, kept: KeptResult, task: Task) -> None:
    """Within the transaction that commits the taken-over result: its files are the task's too.

    Raises Gone where they, or the task that had them, are not there any more.
    """
    stage = kept.result.stage
    files = artifacts.of_one_stage(connection, kept.task_id, stage)
    if not stage_results.exists(connection, kept.task_id, stage):  # looked at last: else the files may be some of them
        raise Gone
    for artifact in sorted(files, key=lambda file: file.sha256):  # in one order, as those who delete lock them
        artifacts.refer(connection, artifact, team_id=task.team_id, task_id=task.task_id, stage=stage)
        if not blobs.renew(artifact.sha256):
            raise Gone
    stage_results.copy_parts(connection, stage, kept.task_id, task.task_id)


def withhold(database: Database, task: Task, offer: Offer) -> None:
    """What turned out to be gone is not offered again."""
    if offer.key is not None:
        with suppress(*PASSING), database.unit() as connection:
            stage_results.withhold(connection, task.team_id, offer.key)
    log.info("an earlier result is gone: done again", task_id=task.task_id)


def _sentence(task_id: str | None) -> str:
    return f" Taken over from task {task_id}: nothing was done again." if task_id else ""
