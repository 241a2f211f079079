"""The stages of a task as its status lists them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from soundstage.domain.task import StageState, StageStatus
from soundstage.pipelines.stage import Outcome, Pipeline
from soundstage.runtime.overlap import ready
from soundstage.storage.stage_results import StageResult


def waiting_statuses(pipeline: Pipeline) -> tuple[StageStatus, ...]:
    """Every stage of a new task."""
    return tuple(StageStatus(name=stage.name, title=stage.title) for stage in pipeline.stages)


def kept_statuses(pipeline: Pipeline, results: Mapping[str, StageResult]) -> tuple[StageStatus, ...]:
    """Stages of a task that is to go on: finished ones as they were, the others waiting."""
    return tuple(
        results[status.name].status if status.name in results else status for status in waiting_statuses(pipeline)
    )


def first_statuses(
    pipeline: Pipeline, results: Mapping[str, StageResult], held: Collection[str] = ()
) -> tuple[StageStatus, ...]:
    """As `kept_statuses`, with those running that wait for no other and are not held back."""
    first = ready(pipeline, results.keys(), held)
    return tuple(begun(status) if status.name in first else status for status in kept_statuses(pipeline, results))


def begun(status: StageStatus) -> StageStatus:
    return status.model_copy(update={"state": StageState.RUNNING, "started_at": datetime.now(UTC)})


def finished(status: StageStatus, outcome: Outcome[Any]) -> StageStatus:
    """A running stage once it has given its outcome."""
    update = {
        "state": StageState.SKIPPED if outcome.skipped else StageState.DONE,
        "progress": 1.0,
        "finished_at": datetime.now(UTC),
        "summary": outcome.summary,
        "findings": outcome.findings.model_dump(mode="json"),
        "taken_over_from": outcome.taken_over_from,
    }
    return status.model_copy(update=update)


def told(status: StageStatus) -> dict[str, Any]:
    """JSON of a stage as the event of its finding tells it."""
    return status.model_dump(mode="json", exclude=None if status.taken_over_from else {"taken_over_from"})


def given_up(status: StageStatus) -> StageStatus:
    """A stage that ran when another's failure ended the task waits again; any other is as it was."""
    if status.state is not StageState.RUNNING:
        return status
    return StageStatus(name=status.name, title=status.title)


def overall_progress(pipeline: Pipeline, statuses: Sequence[StageStatus]) -> float:
    """The weighted share that is done, 0.0–1.0."""
    weights = {stage.name: stage.weight for stage in pipeline.stages}
    return round(sum(weights[s.name] * s.progress for s in statuses) / sum(weights.values()), 4)
