"""Sounds: what a prompt was understood to mean, and the recipe that makes the same bytes again."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from soundstage.domain.artifact import Artifact
from soundstage.domain.request import AudioType, Seed
from soundstage.domain.value import Share, Value


class Layer(Value):
    """One thing heard: `sound` is a class of the engine's vocabulary (`rain`), `words` what in the prompt asked for it.

    `intensity` 0 (faint) … 1 (violent); `distance` 0 (close) … 1 (far); `count` of discrete events or None.
    `pace` 0 (slow) … 1 (fast), 0.5 as usual; `material` is one the class knows (`gravel` of footsteps) or None;
    `onset` is where in the whole the layer begins, 0 … 1.
    """

    sound: str
    words: str
    intensity: Share = 0.5
    distance: Share = 0.0
    count: Annotated[int, Field(ge=1, le=64)] | None = None
    pace: Share = 0.5
    material: str | None = None
    onset: Share = 0.0


class MusicPlan(Value):
    """`style` is one of the engine's styles; `tonality` such as `A minor`; `tempo` in beats a minute.

    `words`: what in the prompt asked for it. `instruments`: those asked for, as the engine calls them.
    """

    style: str
    tonality: str
    tempo: Annotated[float, Field(ge=30, le=260)]
    energy: Share = 0.5
    drums: bool = True
    instruments: tuple[str, ...] = ()
    words: str = ""


class Plan(Value):
    """What will be made: layers of sound, or a piece of music. `confidence` tells how well the prompt was understood.

    `space` is where it is heard (`church`, `outdoors`); None leaves every layer in its usual one.
    """

    audio_type: AudioType
    layers: tuple[Layer, ...] = ()
    space: str | None = None
    music: MusicPlan | None = None
    confidence: Share
    unknown_words: tuple[str, ...] = ()


class Recipe(Value):
    """Everything needed to make the sound again bit for bit; written into the WAV as JSON."""

    soundstage: str
    engine: str
    engine_version: str
    prompt: str
    seed: Seed
    duration: Annotated[float, Field(gt=0)]
    frames: Annotated[int, Field(gt=0)]
    sample_rate: Annotated[int, Field(gt=0)]
    audio_type: AudioType
    plan: dict[str, Any]
    licence: str


class SoundProduct(Value):
    """The product of a text-to-sound task: the WAV and its recipe."""

    audio: Artifact
    recipe: Recipe
    duration_ms: Annotated[int, Field(gt=0)]
    peaks: Artifact | None = None
