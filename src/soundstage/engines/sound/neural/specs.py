"""The two neural engines: by `diffusers`, and MusicGen by `transformers`."""

from __future__ import annotations

from typing import Any

from soundstage.engines.sound.neural import engine, places
from soundstage.engines.sound.neural.model_folder import Family
from soundstage.engines.spec import Capability, EngineSpec, Readiness

_PIPELINES = frozenset({Family.STABLE_AUDIO, Family.STABLE_AUDIO_3, Family.AUDIOLDM2, Family.ACE_STEP})
_MUSICGEN = frozenset({Family.MUSICGEN})
_BATCH = 8  # where there is a GPU; on the CPU each is made alone
_LICENCE = "Apache-2.0 (code); that of the model, which is told with each sound"


def check_diffusers(settings: dict[str, Any]) -> Readiness:
    packages = ("torch", "diffusers", "transformers", "safetensors", "torchsde")
    return engine.check(settings, _PIPELINES, packages, "stabilityai/stable-audio-open-1.0")


def check_musicgen(settings: dict[str, Any]) -> Readiness:
    return engine.check(settings, _MUSICGEN, ("torch", "transformers", "safetensors"), "facebook/musicgen-small")


def model_of_diffusers(settings: dict[str, Any]) -> list[list[Any]]:
    return places.fingerprint(settings, _PIPELINES)


def model_of_musicgen(settings: dict[str, Any]) -> list[list[Any]]:
    return places.fingerprint(settings, _MUSICGEN)


def load_diffusers(settings: dict[str, Any]) -> engine.NeuralSoundEngine:
    """The model is loaded when it is first asked for."""
    from soundstage.engines.sound.neural import pipelines  # noqa: PLC0415

    return engine.NeuralSoundEngine(settings, _PIPELINES, pipelines.load)


def load_musicgen(settings: dict[str, Any]) -> engine.NeuralSoundEngine:
    """The model is loaded when it is first asked for."""
    from soundstage.engines.sound.neural import musicgen  # noqa: PLC0415

    return engine.NeuralSoundEngine(settings, _MUSICGEN, musicgen.load)


DIFFUSERS = EngineSpec(
    name="diffusers",
    capability=Capability.SOUND,
    version="1",
    title="Neural models by diffusers: Stable Audio, AudioLDM 2, ACE-Step",
    load="soundstage.engines.sound.neural.specs:load_diffusers",
    check=check_diffusers,
    licence=_LICENCE,
    devices=("cpu", "cuda"),
    memory_mb=6000,
    rank=200,
    settings=places.SETTINGS,
    model=model_of_diffusers,
    batch=_BATCH,
)

MUSICGEN = EngineSpec(
    name="musicgen",
    capability=Capability.SOUND,
    version="1",
    title="MusicGen and AudioGen by transformers",
    load="soundstage.engines.sound.neural.specs:load_musicgen",
    check=check_musicgen,
    licence=_LICENCE,
    devices=("cpu", "cuda"),
    memory_mb=4000,
    rank=210,
    settings=places.SETTINGS,
    model=model_of_musicgen,
    batch=_BATCH,
)
