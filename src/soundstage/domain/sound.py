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
    """

    sound: str
    words: str
    intensity: Share = 0.5
    distance: Share = 0.0
    count: Annotated[int, Field(ge=1, le=64)] | None = None


class MusicPlan(Value):
    """`style` is one of the engine's styles; `tonality` such as `A minor`; `tempo` in beats a minute."""

    style: str
    tonality: str
    tempo: Annotated[float, Field(ge=30, le=260)]
    energy: Share = 0.5
    drums: bool = True


class Plan(Value):
    """What will be made: layers of sound, or a piece of music. `confidence` tells how well the prompt was understood."""

    audio_type: AudioType
    layers: tuple[Layer, ...] = ()
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
