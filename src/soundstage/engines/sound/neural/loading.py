"""Makes the engines in their processes; a model is loaded when it is first asked for."""

from __future__ import annotations

import os
from typing import Any

from soundstage.engines.sound.neural import musicgen, pipelines
from soundstage.engines.sound.neural.engine import NeuralSoundEngine
from soundstage.engines.sound.neural.model_folder import MUSICGEN_FORM, PIPELINES


def load_diffusers(settings: dict[str, Any]) -> NeuralSoundEngine:
    _wait_quietly()
    return NeuralSoundEngine(settings, PIPELINES, pipelines.load)


def load_musicgen(settings: dict[str, Any]) -> NeuralSoundEngine:
    _wait_quietly()
    return NeuralSoundEngine(settings, MUSICGEN_FORM, musicgen.load)


def _wait_quietly() -> None:
    """Threads of torch that wait sleep, where they would turn in circles on a core that others need (GNU OpenMP manual,
    OMP_WAIT_POLICY). Read when torch is first imported, which is later."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
