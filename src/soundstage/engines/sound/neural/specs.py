"""The two neural engines: by `diffusers`, and MusicGen by `transformers`."""

from __future__ import annotations

from typing import Any

from soundstage.engines.sound.neural import places
from soundstage.engines.sound.neural.model_folder import MUSICGEN_FORM, PIPELINES
from soundstage.engines.spec import Capability, EngineSpec, Readiness

_LICENCE = "Apache-2.0 (code); that of the model, which is told with each sound"


def check_diffusers(settings: dict[str, Any]) -> Readiness:
    packages = ("torch", "diffusers", "transformers", "safetensors", "torchsde")
    return places.check(settings, PIPELINES, packages, "stabilityai/stable-audio-open-1.0")


def check_musicgen(settings: dict[str, Any]) -> Readiness:
    return places.check(settings, MUSICGEN_FORM, ("torch", "transformers", "safetensors"), "facebook/musicgen-small")


def model_of_diffusers(settings: dict[str, Any]) -> list[list[Any]]:
    return places.fingerprint(settings, PIPELINES)


def model_of_musicgen(settings: dict[str, Any]) -> list[list[Any]]:
    return places.fingerprint(settings, MUSICGEN_FORM)


DIFFUSERS = EngineSpec(
    name="diffusers",
    capability=Capability.SOUND,
    version="1",
    title="Neural models by diffusers: Stable Audio, AudioLDM 2, ACE-Step",
    load="soundstage.engines.sound.neural.loading:load_diffusers",
    check=check_diffusers,
    licence=_LICENCE,
    devices=("cpu", "cuda"),
    memory_mb=6000,
    rank=200,
    settings=places.SETTINGS,
    model=model_of_diffusers,
    batch=places.ON_GPU,
    together=places.together,
)

MUSICGEN = EngineSpec(
    name="musicgen",
    capability=Capability.SOUND,
    version="1",
    title="MusicGen and AudioGen by transformers",
    load="soundstage.engines.sound.neural.loading:load_musicgen",
    check=check_musicgen,
    licence=_LICENCE,
    devices=("cpu", "cuda"),
    memory_mb=4000,
    rank=210,
    settings=places.SETTINGS,
    model=model_of_musicgen,
    batch=places.ON_GPU,
    together=places.together,
)
