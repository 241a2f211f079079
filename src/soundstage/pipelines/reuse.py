"""When what a stage gave is taken over by another task: a key of all that decides on it.

Two stages of one team with the same key give the same, so the second need not be done. What is not in the key must not
change what a stage gives, nor what it tells about it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from soundstage.domain.artifact import Artifact
from soundstage.domain.value import Value
from soundstage.engines.spec import Readiness

if TYPE_CHECKING:
    from soundstage.pipelines.context import Chosen, ReuseContext
    from soundstage.pipelines.stage import Stage

FORM = 1  # of the key itself
REQUEST = "request"
_ARTIFACT = {"sha256", "bytes", "media_type", "name"}


@dataclass(frozen=True)
class Reuse:
    """What decides on a stage's result beside its version, its own `options` and the outputs that it takes.

    request: fields of the request that it looks at.
    without: parts of the outputs it takes that it does not look at, such as `ingest.file_name`.
    settings: names of server-wide settings (`StageSettings`) that it obeys.
    engines: `(context, *taken) -> handles or reasons why there is none`: what it will ask of. Left out: the engine for
        its capability that the request wishes, where it has one.
    also: `(context, *taken) -> JSON` of whatever else decides, such as the terms of dictionaries.
    asks: it is done each time, and looks itself at what is there already (`StageContext.earlier`).
    """

    request: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    engines: Callable[..., Iterable[Chosen | Readiness]] | None = None
    also: Callable[..., Any] | None = None
    asks: bool = False


def reuse_key(context: ReuseContext[Any], stage: Stage, taken: Mapping[str, Value]) -> str | None:
    """SHA-256 (hexadecimal) of all that decides on what the stage will give, for what it takes, by name.

    None where it is done each time, or would ask for an engine that is not ready: what was left out for want of one is
    never taken over.
    """
    if stage.reuse is None:
        return None
    reuse, values = stage.reuse, [taken[name] for name in stage.takes]
    engines = tuple(_engines(context, stage, taken) if reuse.engines is None else reuse.engines(context, *values))
    if any(isinstance(engine, Readiness) for engine in engines):
        return None
    request = taken[REQUEST].model_dump(mode="json") if REQUEST in taken else {}
    decides = {
        "form": FORM,
        "stage": [stage.name, stage.version],
        "request": {name: _bare(request[name]) for name in reuse.request},
        "options": (request.get("options") or {}).get(stage.name),
        "taken": {name: _content(stage, name, taken[name]) for name in stage.takes if name != REQUEST},
        "engines": [[engine.identity, engine.passed_over] for engine in engines if not isinstance(engine, Readiness)],
        "settings": {name: getattr(context.settings, name) for name in reuse.settings},
        "also": None if reuse.also is None else reuse.also(context, *values),
    }
    return _digest(decides)


def part_key(part: str, version: int, decides: Mapping[str, Any]) -> str:
    """The key of a piece of a stage's work (`StageContext.part`), whichever stage does it."""
    return _digest({"form": FORM, "part": [part, version], "decides": decides})


def artifacts_in(value: Any) -> Iterator[Artifact]:
    """Every file that an output names."""
    if isinstance(value, Artifact):
        yield value
    elif isinstance(value, Value):
        yield from artifacts_in(dict(value))
    elif isinstance(value, Mapping):
        yield from artifacts_in(tuple(value.values()))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from artifacts_in(inner)


def _digest(decides: Mapping[str, Any]) -> str:
    return hashlib.sha256(orjson.dumps(decides, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _engines(context: ReuseContext[Any], stage: Stage, taken: Mapping[str, Value]) -> tuple[Chosen | Readiness, ...]:
    if stage.capability is None:
        return ()
    wishes: Mapping[str, str] = getattr(taken.get(REQUEST), "engines", {})
    return (context.engine(stage.capability, wishes.get(stage.capability)),)


def _content(stage: Stage, name: str, value: Value) -> dict[str, Any]:
    """An output without what does not matter: files are what is in them, whatever they are called."""
    assert stage.reuse is not None
    fields = value.model_dump(mode="json")
    return {field: _bare(part) for field, part in fields.items() if f"{name}.{field}" not in stage.reuse.without}


def _bare(part: Any) -> Any:
    if isinstance(part, dict):
        return part["sha256"] if part.keys() == _ARTIFACT else {key: _bare(inner) for key, inner in part.items()}
    return [_bare(inner) for inner in part] if isinstance(part, list) else part
