"""What the engine is. This module is imported by every Soundstage process, so it imports nothing heavy."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from soundstage.engines.spec import Capability, EngineSpec, Readiness


def check(settings: dict[str, Any]) -> Readiness:
    """Cheap, and never loads anything: is all there that `load` will need?"""
    if find_spec("soundfile") is None:
        return Readiness.no("the package soundfile is missing", "pip install soundfile")
    return Readiness.yes()


SPEC = EngineSpec(
    name="tone",
    capability=Capability.SOUND,
    version="1",  # raise it whenever the same order would give other bytes
    title="Tone generator",
    load="soundstage_tone.tone:load",
    check=check,
    licence="Apache-2.0",
    memory_mb=90,
    rank=900,  # far behind real engines: used only when asked for by name
    settings=("tone",),  # it reads settings["tone"], and is given nothing else
)
