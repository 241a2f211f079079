"""A plan of a sound that a client sends, and the names of tonalities."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from soundstage.domain.sound import AudioType, Plan
from soundstage.errors import Fault
from soundstage.media.recipe_wav import MAX_RECIPE_BYTES

if TYPE_CHECKING:
    from soundstage.api.schemas.text_to_sound import TextToSoundBody

MOST_IN_RECIPE = MAX_RECIPE_BYTES - 16 * 1024  # what stands beside plan and prompts: engine, licence, ingredients
_TONALITY = re.compile(r"([A-Ga-g])\s?(#|♯|b|♭|-?sharp|-?flat)?\s*(major|minor|maj|min|m|M)?")
_SIGNS = {"#": "#", "♯": "#", "sharp": "#", "b": "b", "♭": "b", "flat": "b"}


def tonality_of(text: str) -> str | None:
    """`Am`, `a minor`, `F# min` → `A minor`, `F# minor`; `Eb` → `Eb major`; None for what is no tonality."""
    found = _TONALITY.fullmatch(text.strip())
    if found is None:
        return None
    letter, sign, mode = found.groups()
    minor = mode in ("minor", "min", "m")
    return f"{letter.upper()}{_SIGNS[sign.lstrip('-')] if sign else ''} {'minor' if minor else 'major'}"


def _tonality(value: Any) -> str:
    found = tonality_of(value) if isinstance(value, str) and len(value) <= 40 else None
    if found is None:
        raise PydanticCustomError("tonality", "This is no key: say it as A minor, Eb major or F#m.")
    return found


Tonality = Annotated[str, BeforeValidator(_tonality), WithJsonSchema({"type": "string", "examples": ["A minor"]})]


def plan_faults(body: TextToSoundBody, audio_type: AudioType) -> list[Fault]:
    """What a plan says against itself or against what stands beside it, each with its field."""
    plan = body.plan
    if plan is None:
        return []
    faults = []
    if plan.audio_type is not audio_type:
        told = f"The plan is of {plan.audio_type}, but audio_type says {audio_type}; leave audio_type out."
        faults.append(Fault(("body", "plan", "audio_type"), told))
    elif audio_type is AudioType.MUSIC and plan.music is None and not plan.layers:
        faults.append(Fault(("body", "plan", "music"), "A plan of music says here what is played.", "missing"))
    elif audio_type is AudioType.SOUND and plan.music is not None:
        told = "A plan of a sound has no music: leave this out, or make audio_type music."
        faults.append(Fault(("body", "plan", "music"), told))
    elif audio_type is AudioType.SOUND and not plan.layers:
        faults.append(Fault(("body", "plan", "layers"), "A plan of a sound has at least one layer.", "too_short"))
    for name, place in (("bpm", "plan.music.tempo"), ("key", "plan.music.tonality"), ("intensity", "the layers")):
        if getattr(body, name) is not None:
            faults.append(Fault(("body", name), f"The plan is followed as it is: say this in {place} instead."))
    return faults + _layer_faults(plan) + _tonality_faults(plan) + _length_faults(plan, body)


def _length_faults(plan: Plan, body: TextToSoundBody) -> list[Fault]:
    """What is asked for has to fit into the recipe that the sound's file holds."""
    length = len(json.dumps([plan.model_dump(mode="json"), body.prompt, body.negative_prompt]))
    if length <= MOST_IN_RECIPE:
        return []
    told = f"Plan and prompts have {length} characters as JSON, and the recipe in the file holds {MOST_IN_RECIPE}"
    return [Fault(("body", "plan"), f"{told}: shorten notes and words.", "too_long")]


def _layer_faults(plan: Plan) -> list[Fault]:
    return [
        Fault(("body", "plan", "layers", number, "until"), "A layer ends after it begins: until is above onset.")
        for number, layer in enumerate(plan.layers)
        if layer.until <= layer.onset
    ]


def _tonality_faults(plan: Plan) -> list[Fault]:
    if plan.music is None or tonality_of(plan.music.tonality) is not None:
        return []
    return [Fault(("body", "plan", "music", "tonality"), "This is no key: say it as A minor or Eb major.", "tonality")]
