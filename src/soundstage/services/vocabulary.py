"""What a sound engine knows, asked of each engine once."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from soundstage.domain.account import Scope
from soundstage.engines.registry import Registry, default_engine
from soundstage.engines.resident import EngineRoom
from soundstage.engines.sound.contract import Vocabulary
from soundstage.engines.spec import Capability, EngineSpec
from soundstage.errors import Conflict
from soundstage.services.actor import Actor

LOAD_SECONDS = 60.0


@dataclass(frozen=True)
class EngineVocabulary:
    engine: str
    version: str
    vocabulary: Vocabulary


class VocabularyService:
    """`engines`: the server's default for each capability; `settings`: of engines, by section."""

    def __init__(
        self, registry: Registry, room: EngineRoom, engines: Mapping[str, str], settings: Mapping[str, Any]
    ) -> None:
        self._registry = registry
        self._room = room
        self._engines = engines
        self._settings = settings
        self._known: dict[tuple[str, str], Vocabulary] = {}
        self._lock = threading.Lock()

    def of(self, actor: Actor, engine: str | None = None) -> EngineVocabulary:
        """The words of an engine, or of the one that a task would get. Loads it for a moment, unless they are known.

        Raises Conflict with the cure where the engine is not there or not ready, and EngineFailure.
        """
        actor.require(Scope.READ)
        default = default_engine(self._engines, Capability.SOUND, None)
        spec = self._registry.resolve(Capability.SOUND, engine, default, self._settings)
        if not isinstance(spec, EngineSpec):
            raise Conflict(f"{spec.problem}. To cure it: {spec.cure}.")
        with self._lock:
            if (spec.name, spec.version) not in self._known:
                with self._room.acquire(spec, self._settings) as lease:
                    self._known[spec.name, spec.version] = lease.call("vocabulary", timeout=LOAD_SECONDS)
            return EngineVocabulary(spec.name, spec.version, self._known[spec.name, spec.version])
