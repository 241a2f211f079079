"""The voices of the speech engines that are ready here, asked of each engine once."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from typing import Any

import structlog

from soundstage.engines.registry import Registry, readiness
from soundstage.engines.resident import EngineRoom
from soundstage.engines.spec import Capability
from soundstage.engines.speech.contract import Voice
from soundstage.errors import SoundstageError

log = structlog.get_logger(__name__)

LOAD_SECONDS = 60.0


class EngineVoices:
    """Iterating loads an engine for a moment, unless its voices are known already."""

    def __init__(self, registry: Registry, engines: EngineRoom, settings: Mapping[str, Any]) -> None:
        self._registry = registry
        self._engines = engines
        self._settings = settings
        self._known: dict[tuple[str, str], tuple[Voice, ...]] = {}
        self._lock = threading.Lock()

    def __call__(self) -> Iterator[tuple[str, tuple[Voice, ...]]]:
        for spec in self._registry.specs(Capability.SPEECH):
            with self._lock:
                if (spec.name, spec.version) not in self._known and readiness(spec, self._settings).ready:
                    try:
                        with self._engines.acquire(spec, self._settings) as lease:
                            self._known[spec.name, spec.version] = lease.call("voices", timeout=LOAD_SECONDS)
                    except SoundstageError as error:
                        log.warning("an engine does not tell its voices", engine=spec.name, cause=error.message)
            if (spec.name, spec.version) in self._known:
                yield spec.name, self._known[spec.name, spec.version]
