"""A pipeline's stages one after the other in a test's context: all of them, or those that a result needs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from soundstage.domain.value import Value
from soundstage.pipelines.context import StageContext
from soundstage.pipelines.stage import REQUEST, Outcome, Pipeline

Outcomes = dict[str, Outcome[Any]]


def walk_stages(
    pipeline: Pipeline, context: StageContext, request: Value, *, wanted: Collection[str] | None = None
) -> Outcomes:
    """What every stage gave, by name. wanted: only these stages and those that they wait for, directly or not."""
    needed = set(pipeline.waits) if wanted is None else _needed(pipeline, wanted)
    outcomes: Outcomes = {}
    for stage in pipeline.stages:
        if stage.name in needed:
            outcomes[stage.name] = run_stage(pipeline, stage.name, context, request, outcomes)
    return outcomes


def run_stage(
    pipeline: Pipeline, name: str, context: StageContext, request: Value, outcomes: Mapping[str, Outcome[Any]]
) -> Outcome[Any]:
    """One stage on what earlier ones gave, which makes its way as JSON, as checkpoints do."""
    stage = pipeline.stage(name)
    taken = [
        request
        if before == REQUEST
        else pipeline.stage(before).gives.model_validate_json(outcomes[before].output.model_dump_json())
        for before in stage.takes
    ]
    return stage.run(context, *taken)


def _needed(pipeline: Pipeline, wanted: Collection[str]) -> set[str]:
    waits, needed, more = pipeline.waits, set[str](), list(wanted)
    while more:
        name = more.pop()
        if name not in needed:
            needed.add(name)
            more += waits[name]
    return needed
