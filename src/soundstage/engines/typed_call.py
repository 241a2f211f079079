"""Calls of an engine's contract, as typed values here and as JSON on the way to its process.

The type hints of the contract's Protocol count on both sides, not those of the engine: an engine of a third party may
have none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from soundstage.engines.activity.contract import ActivityDetector
from soundstage.engines.diarization.contract import Diarizer
from soundstage.engines.separation.contract import Separator
from soundstage.engines.sound.contract import SoundEngine
from soundstage.engines.spec import Capability
from soundstage.engines.speech.contract import Speaker
from soundstage.engines.transcription.contract import Transcriber
from soundstage.engines.translation.contract import Translator
from soundstage.host.typed import Signature, signature, write_arguments

PROTOCOLS: Mapping[Capability, type] = {
    Capability.ACTIVITY: ActivityDetector,
    Capability.SEPARATION: Separator,
    Capability.DIARIZATION: Diarizer,
    Capability.TRANSCRIPTION: Transcriber,
    Capability.TRANSLATION: Translator,
    Capability.SPEECH: Speaker,
    Capability.SOUND: SoundEngine,
}


def methods(capability: Capability) -> tuple[str, ...]:
    """The methods an engine of this capability has."""
    return tuple(name for name in vars(PROTOCOLS[capability]) if not name.startswith("_"))


def dotted(capability: Capability, method: str) -> str:
    """`package.module:Protocol.method`, by which the child finds the types. Raises AttributeError for no method."""
    protocol = PROTOCOLS[capability]
    if method not in methods(capability):
        known = ", ".join(methods(capability))
        raise AttributeError(f"an engine for {capability} has no method {method!r}; it has {known}")
    return f"{protocol.__module__}:{protocol.__qualname__}.{method}"


def contract(capability: Capability, method: str) -> Signature:
    return signature(dotted(capability, method))


def check_call(capability: Capability, method: str, arguments: Mapping[str, Any]) -> None:
    """Raises TypeError or AttributeError for a call that the contract does not know."""
    contract(capability, method).check_arguments(arguments)


def encode(capability: Capability, method: str, arguments: Mapping[str, Any]) -> bytes:
    """Keyword arguments, checked against the contract, as JSON. Raises TypeError."""
    contract(capability, method).check_arguments(arguments)
    return write_arguments(arguments)


def decode(capability: Capability, method: str, payload: bytes) -> Any:
    """The typed answer out of JSON. Raises TypeError when the engine answered with something else."""
    return contract(capability, method).read_answer(payload)
