"""What the default engine is: no weights, no network. Imported by every process, so it imports nothing heavy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from soundstage.engines.sound.contract import SoundEngine
from soundstage.engines.spec import Capability, EngineSpec, Readiness

KEPT = "meanings"  # in the models folder


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
    memory_mb=460,  # with the sentence encoder and a band that has played; whatever the length (decision 36)
    rank=100,
    settings=("models_dir",),
)


def load(settings: dict[str, Any]) -> SoundEngine:
    """The engine; nothing to load but its modules. In the models folder it keeps what is long to compute."""
    from soundstage.engines.sound.synthesis.making import SynthesisEngine  # noqa: PLC0415 - in its host process only

    folder = settings.get("models_dir")
    return SynthesisEngine(Path(folder) / KEPT if folder else None)
