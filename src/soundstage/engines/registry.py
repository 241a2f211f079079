"""Finds engines, ours and everybody's, through the entry points group `soundstage.engines`, and chooses among them.

An entry point's value is `package.module:SPEC`, an `EngineSpec`. Importing that module must be cheap: heavy libraries
belong into the function that `SPEC.load` names.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from soundstage.domain.options import Quality
from soundstage.engines.spec import Capability, EngineSpec, Readiness
from soundstage.errors import NotFound

GROUP = "soundstage.engines"
LIST = "soundstage engines"  # the command that lists what there is

log = logging.getLogger("soundstage.engines")

Settings = Mapping[str, Any]
Pair = tuple[str, str]  # source and target by ISO 639-1 codes
_NO_MATTER = ("models_dir", "cpu_threads")  # the same models lie elsewhere, the same is said sooner


@dataclass(frozen=True)
class BrokenEngine:
    """An entry point that gives no engine. `source` is the package that has it."""

    name: str
    source: str
    problem: str


@dataclass(frozen=True)
class EngineLine:
    """One line of the report. `spec` is None for a broken entry point, whose `capability` nobody knows."""

    name: str
    capability: Capability | None
    spec: EngineSpec | None
    readiness: Readiness


def default_engine(engines: Mapping[str, str], capability: Capability, pair: Pair | None = None) -> str | None:
    """The server's default: of the pair (`translation.en-es`), of one side of it (`translation.en-*`,
    `translation.*-es`), or of the capability (`translation`); the closest counts."""
    keys = [capability.value]
    if pair is not None:
        source, target = pair
        keys = [f"{capability}.{one}" for one in (f"{source}-{target}", f"{source}-*", f"*-{target}")] + keys
    return next((engines[key] for key in keys if key in engines), None)


def own_settings(spec: EngineSpec, settings: Settings) -> dict[str, Any]:
    """The sections of the settings that the engine says it reads; it is given no others."""
    return {key: settings[key] for key in spec.settings if key in settings}


def identity(spec: EngineSpec, settings: Settings) -> dict[str, Any]:
    """JSON of all that makes an engine's answers others: its name, its version, the model that it loads."""
    own = own_settings(spec, settings)
    if spec.model is None:
        model: Any = {key: value for key, value in own.items() if key not in _NO_MATTER}
    else:
        model = spec.model(own)
    return {"capability": spec.capability.value, "name": spec.name, "version": spec.version, "model": model}


@dataclass(frozen=True)
class ChosenEngine:
    """The engine to use, with what makes its answers others, and why those that would have come first are not used."""

    spec: EngineSpec
    identity: dict[str, Any]
    passed_over: tuple[str, ...] = ()


def readiness(spec: EngineSpec, settings: Settings, pair: Pair | None = None) -> Readiness:
    """The engine's own check, of a language pair where one is given; one that fails is a reason, never an error."""
    try:
        own = own_settings(spec, settings)
        return spec.check(own) if pair is None or spec.check_pair is None else spec.check_pair(own, *pair)
    except Exception as error:
        log.warning("the check of engine %s failed", spec.name, exc_info=error)
        return Readiness.no(
            f"its check failed with {type(error).__name__}: {error}", "report this to those who made the engine"
        )


class Registry:
    """Every engine there is. Entry points are read at the first question; `Registry.of(spec, …)` needs none."""

    def __init__(self, points: Iterable[EntryPoint] | None = None) -> None:
        self._points = points

    @classmethod
    def of(cls, *specs: EngineSpec) -> Registry:
        """A registry of these engines only."""
        registry = cls(())
        registry._found = (_by_rank(specs), ())
        return registry

    @cached_property
    def _found(self) -> tuple[tuple[EngineSpec, ...], tuple[BrokenEngine, ...]]:
        specs: dict[tuple[Capability, str], EngineSpec] = {}
        broken: list[BrokenEngine] = []
        points = entry_points(group=GROUP) if self._points is None else self._points
        for point in sorted(points, key=lambda point: (point.name, point.value)):
            spec = _load(point)
            if isinstance(spec, EngineSpec) and specs.setdefault((spec.capability, spec.name), spec) is not spec:
                spec = _broken(point, f"another engine for {spec.capability} is called {spec.name!r} already")
            if isinstance(spec, BrokenEngine):
                log.warning("engine %s of %s cannot be used: %s", spec.name, spec.source, spec.problem)
                broken.append(spec)
        return _by_rank(specs.values()), tuple(broken)

    @property
    def broken(self) -> tuple[BrokenEngine, ...]:
        return self._found[1]

    def specs(self, capability: Capability | None = None) -> tuple[EngineSpec, ...]:
        """Engines for a capability (all by default), best rank (the lowest number) first."""
        return tuple(spec for spec in self._found[0] if capability in (None, spec.capability))

    def get(self, capability: Capability, name: str) -> EngineSpec:
        """The engine of this name. Raises NotFound with the names there are."""
        for spec in self.specs(capability):
            if spec.name == name:
                return spec
        raise NotFound(f"there is no engine {name!r} for {capability}; there is {_names(self.specs(capability))}")

    def resolve(
        self,
        capability: Capability,
        wanted: str | None,
        default: str | None,
        settings: Settings,
        *,
        language: str | None = None,
        pair: Pair | None = None,
        quality: Quality | None = None,
    ) -> EngineSpec | Readiness:
        """The engine to use, or why there is none and what helps.

        wanted: what the task asks for: this one or none. default: the server's, used while it is ready and fits;
        otherwise the best of those that are. language, pair: ISO 639-1 codes that the engine must take. quality: what
        the task asks for; engines that know it come first.
        """
        for name in (wanted, default):
            if name is not None and all(spec.name != name for spec in self.specs(capability)):
                return self._unknown(capability, name)
        if wanted is not None:
            return _with_cure(self._chosen(self.get(capability, wanted), settings, language, pair))
        fitting = [spec for spec in self.specs(capability) if _fits(spec, language, pair)]
        # stable: the rest stay by rank
        fitting.sort(key=lambda spec: (quality is not None and quality not in spec.qualities, spec.name != default))
        refusals = []
        for spec in fitting:
            answer = self._chosen(spec, settings, language, pair)
            if isinstance(answer, EngineSpec):
                return answer
            refusals.append(answer)
        if pair is not None and len(refusals) > 1:
            return _none_ready(pair, refusals)
        return _with_cure(refusals[0]) if refusals else self._none_fits(capability, language, pair)

    def passed_over(
        self, chosen: EngineSpec, default: str | None, settings: Settings, *, pair: Pair | None = None
    ) -> tuple[str, ...]:
        """Why it is `chosen` and not another: a sentence each for the default and for engines of better rank.

        For an answer of `resolve` to the same `default` and `pair`, where the task itself asked for no engine.
        """
        others = sorted(self.specs(chosen.capability), key=lambda spec: spec.name != default)
        before = others[: others.index(chosen)]
        told = []
        for spec in before:
            if not _fits(spec, None, pair):
                if spec.name == default:
                    told.append(f"{spec.name}, the default, does not take {_wish(None, pair)}")
            elif not (answer := readiness(spec, settings, pair)).ready:
                told.append(f"{spec.name} is not ready: {answer.problem}")
        return tuple(told)

    def report(self, settings: Settings) -> list[EngineLine]:
        """Every engine with its readiness, by capability and rank; then what is broken."""
        order = list(Capability)
        specs = sorted(self.specs(), key=lambda spec: order.index(spec.capability))
        lines = [EngineLine(spec.name, spec.capability, spec, readiness(spec, settings)) for spec in specs]
        for broken in self.broken:
            problem = Readiness.no(broken.problem, f"update or remove the package {broken.source}")
            lines.append(EngineLine(broken.name, None, None, problem))
        return lines

    def _chosen(
        self, spec: EngineSpec, settings: Settings, language: str | None, pair: Pair | None
    ) -> EngineSpec | Readiness:
        if not _fits(spec, language, pair):
            others = [other for other in self.specs(spec.capability) if _fits(other, language, pair)]
            cure = f"use {_names(others)}" if others else f"add an engine that does; `{LIST}` lists what there is"
            return Readiness.no(f"the engine {spec.name} does not take {_wish(language, pair)}", cure)
        answer = readiness(spec, settings, pair)
        if answer.ready:
            return spec
        problem = f"the engine {spec.name} is not ready: {answer.problem or 'no reason given'}"
        return Readiness(False, problem, answer.cure)

    def _unknown(self, capability: Capability, name: str) -> Readiness:
        names = _names(self.specs(capability))
        return Readiness.no(
            f"there is no engine {name!r} for {capability}",
            f"use {names}, or install the package that provides it"
            if names
            else "install the package that provides it",
        )

    def _none_fits(self, capability: Capability, language: str | None, pair: Pair | None) -> Readiness:
        specs = self.specs(capability)
        if not specs:
            return Readiness.no(
                f"no engine for {capability} is installed",
                "install a package that brings one, or write one: docs/how-to/add-an-engine.md",
            )
        problem = f"no engine for {capability} takes {_wish(language, pair)}"
        return Readiness.no(problem, f"add one that does beside {_names(specs)}; `{LIST}` lists what there is")


def _load(point: EntryPoint) -> EngineSpec | BrokenEngine:
    try:
        spec = point.load()
    except Exception as error:
        return _broken(point, f"{point.value} cannot be imported: {type(error).__name__}: {error}")
    if not isinstance(spec, EngineSpec):
        return _broken(point, f"{point.value} is not an EngineSpec but {type(spec).__name__}")
    return spec


def _broken(point: EntryPoint, problem: str) -> BrokenEngine:
    return BrokenEngine(point.name, point.dist.name if point.dist else point.module, problem)


def _with_cure(answer: EngineSpec | Readiness) -> EngineSpec | Readiness:
    """Where an engine knows no cure of its own, the list of engines is one."""
    if isinstance(answer, EngineSpec) or answer.cure:
        return answer
    return Readiness(False, answer.problem, f"see `{LIST}`")


def _none_ready(pair: Pair, refusals: list[Readiness]) -> Readiness:
    """All the ways there are to get an engine for this pair, the best first."""
    cures = [refusal.cure for refusal in refusals if refusal.cure]
    ways = "; or ".join(cures) if cures else f"add an engine that does; `{LIST}` lists what there is"
    return Readiness.no(f"no engine is ready that translates {_wish(None, pair)}", ways)


def _by_rank(specs: Iterable[EngineSpec]) -> tuple[EngineSpec, ...]:
    return tuple(sorted(specs, key=lambda spec: (spec.rank, spec.name)))


def _fits(spec: EngineSpec, language: str | None, pair: Pair | None) -> bool:
    if language is not None and spec.languages is not None and language not in spec.languages:
        return False
    return pair is None or spec.pairs is None or spec.pairs(*pair)


def _wish(language: str | None, pair: Pair | None) -> str:
    return f"{pair[0]} → {pair[1]}" if pair else f"the language {language!r}"


def _names(specs: Iterable[EngineSpec]) -> str:
    return ", ".join(spec.name for spec in specs)


def choose(
    registry: Registry,
    capability: Capability,
    wanted: str | None,
    defaults: Mapping[str, str],
    settings: Settings,
    *,
    pair: tuple[str, str] | None = None,
    **fit: Any,
) -> ChosenEngine | Readiness:
    """What `Registry.resolve` finds by the server's `defaults` (by capability), as stages are told of it."""
    default = default_engine(defaults, capability, pair)
    found = registry.resolve(capability, wanted, default, settings, pair=pair, **fit)
    if isinstance(found, Readiness):
        return found
    passed_over = () if wanted or pair is None else registry.passed_over(found, default, settings, pair=pair)
    return ChosenEngine(found, identity(found, settings), passed_over)
