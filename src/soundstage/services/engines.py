"""Which engines there are, which are ready, and what to do about those that are not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from soundstage.engines.registry import Registry


@dataclass(frozen=True)
class EngineReport:
    """One line of `soundstage engines`. `languages` are ISO 639-1 codes; empty where language does not matter."""

    capability: str
    name: str
    title: str
    version: str
    ready: bool
    problem: str | None
    cure: str | None
    licence: str
    languages: tuple[str, ...]


class EnginesService:
    def __init__(self, registry: Registry, settings: Mapping[str, Any]) -> None:
        self._registry = registry
        self._settings = settings

    def report(self) -> list[EngineReport]:
        """Every engine by capability and rank, then entry points that give none."""
        return [
            EngineReport(
                capability=line.capability.value if line.capability else "unknown",
                name=line.name,
                title=line.spec.title if line.spec else line.name,
                version=line.spec.version if line.spec else "",
                ready=line.readiness.ready,
                problem=line.readiness.problem,
                cure=line.readiness.cure,
                licence=line.spec.licence if line.spec else "",
                languages=tuple(sorted(line.spec.languages or ())) if line.spec else (),
            )
            for line in self._registry.report(self._settings)
        ]
