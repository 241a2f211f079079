"""What a stage says when no engine can do its work or nobody wants it: the problem, what follows, the cure."""

from __future__ import annotations

from soundstage.domain.value import Value
from soundstage.engines.spec import Capability, Readiness


class Absence(Value):
    """Findings of a stage that had no engine. `consequence` tells what the product lacks for it."""

    capability: str
    problem: str
    consequence: str
    cure: str

    @property
    def summary(self) -> str:
        return f"{_sentence(self.problem)} {_sentence(self.consequence)}"


def absence(capability: Capability, readiness: Readiness, consequence: str) -> Absence:
    return Absence(
        capability=capability.value,
        problem=readiness.problem or f"No {capability.value} engine is part of this version",
        consequence=consequence,
        cure=readiness.cure or f"Install an engine for {capability.value}; `soundstage engines` lists what there is",
    )


def not_wanted(capability: Capability, option: str, consequence: str) -> Absence:
    """`option`: the option of the request that asked for it, as `stage.option=value`."""
    return Absence(
        capability=capability.value,
        problem=f"{capability.value} was not wanted ({option})",
        consequence=consequence,
        cure=f"Leave the option {option.partition('=')[0]} out or choose another value",
    )


def came_without(capability: Capability, consequence: str) -> Absence:
    """Of a project that came as a project file in which there was nothing of it."""
    return Absence(
        capability=capability.value,
        problem=f"The project came as a file in which there was no {capability.value}",
        consequence=consequence,
        cure=f"`soundstage engines` shows whether an engine for {capability.value} is ready",
    )


def _sentence(text: str) -> str:
    text = text.strip()
    return (text[:1].upper() + text[1:]).rstrip(".") + "."
