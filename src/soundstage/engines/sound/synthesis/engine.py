"""What the default engine is: no weights, no network. Imported by every process, so it imports nothing heavy."""

from __future__ import annotations

from typing import Any

from soundstage.engines.sound.contract import SoundEngine
from soundstage.engines.spec import Capability, EngineSpec, Readiness


def _check(settings: dict[str, Any]) -> Readiness:  # noqa: ARG001 - the contract hands settings to every engine
    return Readiness.yes()


SPEC = EngineSpec(
    name="synthesis",
    capability=Capability.SOUND,
    version="4",
    title="Procedural synthesis",
    load="soundstage.engines.sound.synthesis.engine:load",
    check=_check,
    licence="Apache-2.0",
    memory_mb=400,
    rank=100,
)


def load(settings: dict[str, Any]) -> SoundEngine:  # noqa: ARG001 - the contract hands settings to every engine
    """The engine; nothing to load but its modules."""
    from soundstage.engines.sound.synthesis.making import SynthesisEngine  # noqa: PLC0415 - in its host process only

    return SynthesisEngine()
