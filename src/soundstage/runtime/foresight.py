"""Which stages of a task would be taken over, told before it is accepted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from soundstage.domain.options import Quality
from soundstage.domain.value import Value
from soundstage.engines.registry import ChosenEngine, Registry, choose
from soundstage.engines.spec import Capability, Readiness
from soundstage.pipelines.context import ReuseContext
from soundstage.pipelines.reuse import reuse_key
from soundstage.pipelines.stage import REQUEST, Pipeline
from soundstage.runtime.settings import StageLimits
from soundstage.storage import dictionaries, stage_results
from soundstage.storage.database import Connection


@dataclass(frozen=True)
class TeamContext:
    """`pipelines.context.ReuseContext` of a team, as a worker with these limits would have it."""

    connection: Connection
    team_id: int
    registry: Registry
    settings: StageLimits

    def engine(
        self,
        capability: Capability,
        wanted: str | None = None,
        *,
        language: str | None = None,
        pair: tuple[str, str] | None = None,
        quality: Quality | None = None,
    ) -> ChosenEngine | Readiness:
        limits = self.settings
        fit: dict[str, Any] = {"language": language, "pair": pair, "quality": quality}
        return choose(self.registry, capability, wanted, limits.engines, limits.engine_settings, **fit)

    def terms(self, dictionary_ids: tuple[int, ...], source: int, target: int) -> tuple[tuple[str, str], ...]:
        return dictionaries.term_pairs(self.connection, self.team_id, dictionary_ids, source, target)


def foresee(
    context: TeamContext, pipeline: Pipeline, request: Value, known: Mapping[str, Value]
) -> tuple[frozenset[str], bool]:
    """Names of the stages that would be taken over; and whether that hangs on a stage that asks (`Reuse.asks`) finding
    all as it was.

    known: outputs of stages that are certain before they are done.
    """
    outputs: dict[str, Value] = {REQUEST: request, **known}
    foreseen, assumed = set[str](), False
    for stage in pipeline.stages:
        if stage.name in outputs or stage.reuse is None or any(name not in outputs for name in stage.takes):
            continue
        key = reuse_key(context, stage, {name: outputs[name] for name in stage.takes})
        kept = None if key is None else stage_results.reusable(context.connection, context.team_id, key)
        if kept is None:
            continue
        outputs[stage.name] = stage.gives.model_validate(kept.result.output)
        if stage.reuse.asks:
            assumed = True
        else:
            foreseen.add(stage.name)
    return frozenset(foreseen), assumed


def _is_a_reuse_context(context: TeamContext) -> ReuseContext[ChosenEngine]:
    """Checked by mypy alone."""
    return context
