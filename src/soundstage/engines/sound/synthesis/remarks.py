"""What a person should know about how a prompt was taken."""

from __future__ import annotations

from soundstage.domain.sound import Plan
from soundstage.engines.sound.synthesis.vocabulary import CLASSES, UNKNOWN

_SHOWN = 8  # words of a kind
_DOUBTFUL = 0.5  # confidence below which it is told of a sound that was named


def notes_on(plan: Plan) -> tuple[str, ...]:
    """What was not known and what stands for it, what contradicts itself, what a plan names that does not exist."""
    notes = list(plan.notes)
    missed = ", ".join(plan.unknown_words[:_SHOWN]) + (" …" if len(plan.unknown_words) > _SHOWN else "")
    instead = [layer for layer in plan.layers if layer.nearest]
    invented = [layer.sound for layer in plan.layers if layer.sound not in CLASSES]
    notes += [
        f"“{layer.nearest}” is not known; the nearest is made: {layer.sound.replace('_', ' ')}, "
        f"which is right with a likelihood of {layer.confidence:.0%}."
        for layer in instead[:_SHOWN]
    ]
    notes += [
        f"It is doubtful that “{layer.words}” means a sound here: {layer.sound.replace('_', ' ')} is made."
        for layer in plan.layers
        if layer.words and not layer.nearest and layer.sound != UNKNOWN and layer.confidence < _DOUBTFUL
    ][:_SHOWN]
    if instead and len(instead) == len(plan.layers):
        notes.append(f"No sound was recognised by its name. {_cure(plan)}")
    if any(layer.sound == UNKNOWN for layer in plan.layers):
        notes.append(
            f"The prompt names no sound that is known{f' ({missed})' if missed else ''}, "
            f"so a texture was drawn from its words. {_cure(plan)}"
        )
    elif missed and not instead:
        notes.append(f"These words were not understood and had no effect: {missed}.")
    if invented:
        notes.append(f"The plan names sounds that do not exist, each became a texture: {', '.join(invented[:_SHOWN])}.")
    return tuple(notes)


def _cure(plan: Plan) -> str:
    """Words that work: the nearest ones, or where all are listed."""
    if plan.suggestions:
        return f"Words near it that work: {', '.join(plan.suggestions)}."
    known = ", ".join(sorted(set(CLASSES) - {UNKNOWN})).replace("_", " ")
    return f"Sounds that work: {known}."
