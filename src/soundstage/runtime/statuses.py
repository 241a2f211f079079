"""The stages of a task as its status lists them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from soundstage.domain.task import StageState, StageStatus
from soundstage.pipelines.stage import Pipeline
from soundstage.storage.stage_results import StageResult


def waiting_statuses(pipeline: Pipeline) -> tuple[StageStatus, ...]:
    """Every stage of a new task."""
    return tuple(StageStatus(name=stage.name, title=stage.title) for stage in pipeline.stages)


def kept_statuses(pipeline: Pipeline, results: Mapping[str, StageResult]) -> tuple[StageStatus, ...]:
    """Stages of a task that is to go on: finished ones as they were, the others waiting."""
    return tuple(
        results[status.name].status if status.name in results else status for status in waiting_statuses(pipeline)
    )


def first_statuses(pipeline: Pipeline, results: Mapping[str, StageResult]) -> tuple[StageStatus, ...]:
    """As `kept_statuses`, with the first unfinished stage running."""
    statuses = list(kept_statuses(pipeline, results))
    for place, status in enumerate(statuses):
        if status.state is StageState.WAITING:
            statuses[place] = status.model_copy(update={"state": StageState.RUNNING, "started_at": datetime.now(UTC)})
            break
    return tuple(statuses)


def overall_progress(pipeline: Pipeline, statuses: Sequence[StageStatus]) -> float:
    """The weighted share that is done, 0.0–1.0."""
    weights = {stage.name: stage.weight for stage in pipeline.stages}
    return round(sum(weights[s.name] * s.progress for s in statuses) / sum(weights.values()), 4)
