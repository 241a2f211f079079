"""The whole road from a prompt to a WAV, with the engine that comes with Soundstage."""

from __future__ import annotations

import random
import subprocess
import sys
import wave
from typing import Any

import numpy as np
import pytest

from soundstage.domain.request import AudioType, TextToSoundRequest
from soundstage.domain.sound import Layer, Plan, Recipe, SoundProduct, seed_of
from soundstage.domain.task import TaskKind
from soundstage.engines.sound.synthesis.engine import SPEC
from soundstage.media.recipe_wav import read_recipe
from soundstage.pipelines.stage import REQUEST, Outcome
from soundstage.pipelines.stages.understand import understand
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


def asked(prompt: str = "rain", duration: float = 0.4, **fields: Any) -> TextToSoundRequest:
    return TextToSoundRequest.model_validate(
        {"prompt": prompt, "duration": duration, "audio_type": AudioType.SOUND, "seed": 11, **fields}
    )


def test_variations_are_takes_with_seeds_of_their_own(make_context) -> None:
    context = make_context(specs=[SPEC])
    outcomes = walk(context, asked(variations=3))
    takes = outcomes["encode"].output.takes
    seeds = tuple(take.recipe.seed for take in takes)
    assert seeds == (11, seed_of(11, 1), seed_of(11, 2)) == outcomes["understand"].findings.seeds
    assert len({take.audio.sha256 for take in takes}) == len({*seeds}) == 3
    assert [take.audio.name for take in takes] == ["sound.wav", "sound-1.wav", "sound-2.wav"]
    assert "3 takes" in outcomes["generate"].summary and str(seeds[2]) in outcomes["generate"].summary
    assert context.reported[-1] == 1.0


def test_a_take_is_made_again_alone_by_its_recipe(make_context) -> None:
    """Whichever variation it was, and with the plan sent back instead of understood."""
    context = make_context(specs=[SPEC])
    take = walk(context, asked("two barks", variations=2))["encode"].output.takes[1]
    recipe = take.recipe
    alone = walk(context, asked("two barks", seed=recipe.seed))["encode"].output
    assert [one.audio.sha256 for one in alone.takes] == [take.audio.sha256]
    followed = walk(context, asked("two barks", seed=recipe.seed, plan=recipe.plan))
    assert followed["encode"].output.first.audio.sha256 == take.audio.sha256
    assert followed["understand"].findings.given
    assert followed["understand"].summary.startswith("The plan was given: ")


def test_an_edited_plan_is_followed(make_context) -> None:
    context = make_context(specs=[SPEC])
    plan = walk(context, asked("rain"))["understand"].output.plan
    wind = plan.model_copy(update={"layers": (Layer(sound="wind", words="", intensity=0.9),)})
    outcomes = walk(context, asked("", plan=wind))
    assert outcomes["understand"].output.prompt == "heavy wind"
    assert outcomes["encode"].output.first.recipe.prompt == ""
    assert Plan.model_validate(outcomes["encode"].output.first.recipe.plan) == wind
    assert outcomes["encode"].output.first.audio != walk(context, asked("rain"))["encode"].output.first.audio


def test_what_is_said_beside_the_prompt_reaches_the_plan(make_context) -> None:
    context = make_context(specs=[SPEC])
    request = asked("calm piano", audio_type="music", tempo=93, tonality="Eb minor", intensity=0.9)
    music = understand(context, request).output.plan.music
    assert (music.tempo, music.tonality, music.energy) == (93, "Eb minor", 0.9)
    layers = understand(context, asked("rain", intensity=0.1)).output.plan.layers
    assert [layer.intensity for layer in layers] == [0.1]


@pytest.mark.parametrize("seed", range(8))
def test_any_length_is_kept_to_the_frame(make_context, seed: int) -> None:
    duration = random.Random(seed).uniform(0.05, 1.2)
    context = make_context(specs=[SPEC])
    take = walk(context, asked("wind and a bell", duration, seed=seed, loop=bool(seed % 2)))["encode"].output.first
    with wave.open(str(context.open(take.audio))) as file:
        assert file.getnframes() == take.recipe.frames == round(duration * 44_100)
    assert (take.seam is not None) == bool(seed % 2)


_ELSEWHERE = """
import sys
from pathlib import Path
from soundstage.domain.request import TextToSoundRequest
from soundstage.engines.registry import Registry
from soundstage.engines.sound.synthesis.engine import SPEC
from soundstage.testing.context import LocalContext
from tests.pipelines.test_text_to_sound import walk

context = LocalContext(Path(sys.argv[1]), registry=Registry.of(SPEC))
for text in sys.argv[2:]:
    product = walk(context, TextToSoundRequest.model_validate_json(text))["encode"].output
    print(*[file.sha256 for take in product.takes for file in take.files])
"""


def test_the_same_request_gives_the_same_bytes_in_another_process(make_context, tmp_path) -> None:
    requests = [
        asked("rain, then a door slams", variations=2),
        asked("upbeat jazz", 1.0, audio_type="music", stems=True),
        asked("waves", loop=True),
    ]
    context = make_context(specs=[SPEC])
    here = [
        " ".join(file.sha256 for take in walk(context, request)["encode"].output.takes for file in take.files)
        for request in requests
    ]
    told = [request.model_dump_json() for request in requests]
    ran = subprocess.run(
        [sys.executable, "-c", _ELSEWHERE, str(tmp_path / "there"), *told], check=True, capture_output=True, text=True
    )
    assert ran.stdout.splitlines() == here
