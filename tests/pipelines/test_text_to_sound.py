"""The whole road from a prompt to a WAV, with the engine that comes with Soundstage."""

from __future__ import annotations

import wave
from typing import Any

import numpy as np
import pytest

from soundstage.domain.request import AudioType, TextToSoundRequest
from soundstage.domain.sound import Plan, Recipe, SoundProduct
from soundstage.domain.task import TaskKind
from soundstage.engines.sound.synthesis.engine import SPEC
from soundstage.media.recipe_wav import read_recipe
from soundstage.pipelines.stage import REQUEST, Outcome
from soundstage.pipelines.text_to_sound import PIPELINE
from soundstage.testing.context import LocalContext


def walk(context: LocalContext, request: TextToSoundRequest) -> dict[str, Outcome[Any]]:
    """Every stage in order; outputs make their way to the next as JSON, as checkpoints do."""
    outcomes: dict[str, Outcome[Any]] = {}
    for stage in PIPELINE.stages:
        taken = [
            request
            if name == REQUEST
            else PIPELINE.stage(name).gives.model_validate_json(outcomes[name].output.model_dump_json())
            for name in stage.takes
        ]
        outcomes[stage.name] = outcome = stage.run(context, *taken)
        assert outcome.summary.endswith(".")
        assert outcome.findings.model_dump_json()
    return outcomes


def test_the_stages_are_those_of_the_api() -> None:
    assert [stage.name for stage in PIPELINE.stages] == ["understand", "generate", "master", "encode"]
    assert PIPELINE.kind is TaskKind.TEXT_TO_SOUND
    assert PIPELINE.lane == "sound"
    assert PIPELINE.product is SoundProduct
    names = [stage.name for stage in PIPELINE.stages]
    for number, stage in enumerate(PIPELINE.stages):
        assert set(stage.takes) <= {REQUEST, *names[:number]}
        assert stage.weight > 0


@pytest.mark.parametrize(
    ("audio_type", "prompt"),
    [
        (AudioType.SOUND, "heavy rain and distant thunder"),
        (AudioType.SOUND, "asdfgh qwertz"),
        (AudioType.MUSIC, "happy pop in G major at 110 bpm"),
        (AudioType.MUSIC, "asdfgh qwertz"),
    ],
)
def test_a_prompt_becomes_a_wav(make_context, audio_type: AudioType, prompt: str) -> None:
    context = make_context(specs=[SPEC])
    request = TextToSoundRequest(prompt=prompt, duration=2.5, audio_type=audio_type, seed=11)
    product = walk(context, request)["encode"].output.first
    path = context.open(product.audio)
    with wave.open(str(path)) as file:
        assert (file.getnframes(), file.getframerate(), file.getnchannels()) == (110_250, 44_100, 2)
        samples = np.frombuffer(file.readframes(110_250), "<i2").reshape(-1, 2)
    assert 1_000 < np.abs(samples).max() < 32_767 * 10 ** (-0.9 / 20)
    assert product.recipe == Recipe.model_validate_json(read_recipe(path))


def test_the_recipe_makes_the_same_file_again(make_context, tmp_path) -> None:
    first = walk(
        make_context(specs=[SPEC]), TextToSoundRequest(prompt="slow jazz", duration=3, audio_type="music", seed=4)
    )
    recipe = first["encode"].output.first.recipe
    again = TextToSoundRequest(
        prompt=recipe.prompt,
        duration=recipe.duration,
        audio_type=recipe.audio_type,
        seed=recipe.seed,
        engine=recipe.engine,
    )
    second = walk(LocalContext(tmp_path / "elsewhere", registry=make_context(specs=[SPEC])._registry), again)
    assert second["encode"].output.first.audio.sha256 == first["encode"].output.first.audio.sha256
    assert Plan.model_validate(recipe.plan) == second["understand"].output.plan
