"""Makes the engines in their processes; a model is loaded when it is first asked for."""

from __future__ import annotations

from typing import Any

from soundstage.engines.sound.neural import musicgen, pipelines
from soundstage.engines.sound.neural.engine import NeuralSoundEngine
from soundstage.engines.sound.neural.model_folder import MUSICGEN_FORM, PIPELINES


def load_diffusers(settings: dict[str, Any]) -> NeuralSoundEngine:
    return NeuralSoundEngine(settings, PIPELINES, pipelines.load)


def load_musicgen(settings: dict[str, Any]) -> NeuralSoundEngine:
    return NeuralSoundEngine(settings, MUSICGEN_FORM, musicgen.load)
