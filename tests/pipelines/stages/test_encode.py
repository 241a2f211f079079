"""Encode: the file as clients get it."""

from __future__ import annotations

import json
import wave

import numpy as np
import pytest

from soundstage import __version__
from soundstage.domain.request import AudioType, TextToSoundRequest
from soundstage.domain.sound import Layer, Plan, Recipe
from soundstage.engines.sound.float_wav import write_float_wav
from soundstage.errors import StageFailure
from soundstage.media.peaks import read_peaks
from soundstage.media.recipe_wav import read_recipe
from soundstage.pipelines.stages.encode import encode
from soundstage.pipelines.stages.generate import GeneratedSound, RawTake
from soundstage.pipelines.stages.master import Mastered, MasteredTake
from soundstage.pipelines.stages.understand import Understood

FRAMES = 30_001
PLAN = Plan(audio_type=AudioType.SOUND, layers=(Layer(sound="rain", words="Regen"),), confidence=0.8)


@pytest.fixture
def encoded(make_context):
    def run(*, seed: int = 5, prompt: str = "Regen — 雨 <&>", frames: int = FRAMES):
        context = make_context()
        path = context.scratch() / "mastered.wav"
        tone = 0.25 * np.sin(2 * np.pi * 440 * np.arange(FRAMES) / 44_100)
        write_float_wav(path, np.stack([tone, -tone], axis=1).astype(np.float32), 44_100)
        audio = context.put(path, name="mastered.wav", media_type="audio/wav")
        request = TextToSoundRequest(prompt=prompt, duration=0.68, audio_type=AudioType.SOUND, seed=seed)
        understood = Understood(plan=PLAN, prompt=prompt, engine="maker", engine_version="3")
        take = RawTake(seed=seed, audio=audio)
        generated = GeneratedSound(takes=(take,), frames=frames, engine="maker", engine_version="3", licence="MIT")
        mastered = Mastered(takes=(MasteredTake(audio=audio),), frames=frames)
        return context, encode(context, request, understood, generated, mastered)

    return run


def test_the_file_is_a_plain_wav(encoded) -> None:
    context, outcome = encoded()
    take, (told,) = outcome.output.first, outcome.findings.takes
    assert take.audio.media_type == "audio/wav"
    with wave.open(str(context.open(take.audio))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate(), file.getnframes()) == (
            2,
            2,
            44_100,
            FRAMES,
        )
        samples = np.frombuffer(file.readframes(FRAMES), "<i2").reshape(-1, 2)
    assert np.abs(samples).max() == pytest.approx(8192, abs=3)
    assert outcome.output.duration_ms == 680
    assert told.sha256 == take.audio.sha256
    assert told.clipped_samples == 0
    assert context.reported == sorted(context.reported)


def test_the_recipe_is_inside_and_complete(encoded) -> None:
    context, outcome = encoded()
    inside = Recipe.model_validate_json(read_recipe(context.open(outcome.output.first.audio)))
    assert inside == outcome.output.first.recipe
    assert inside.model_dump(mode="json", exclude={"plan"}) == {
        "soundstage": __version__,
        "engine": "maker",
        "engine_version": "3",
        "prompt": "Regen — 雨 <&>",
        "seed": 5,
        "duration": 0.68,
        "frames": FRAMES,
        "sample_rate": 44_100,
        "audio_type": "sound",
        "licence": "MIT",
        "loop": False,
        "negative_prompt": None,
        "prompt_influence": None,
        "ingredients": [],
    }
    assert Plan.model_validate(inside.plan) == PLAN
    assert json.dumps(inside.plan)


def test_the_same_seed_gives_the_same_bytes_and_another_other_dither(encoded) -> None:
    one, two, other = (encoded(seed=seed)[1].output.first for seed in (1, 1, 2))
    assert one.audio.sha256 == two.audio.sha256 != other.audio.sha256


def test_peaks_are_there_for_the_eye(encoded) -> None:
    context, outcome = encoded()
    peaks = read_peaks(context.open(outcome.output.first.peaks))
    assert (peaks.frames, peaks.sample_rate) == (FRAMES, 44_100)


def test_a_lost_frame_is_noticed(encoded) -> None:
    with pytest.raises(StageFailure, match="instead of 30,002"):
        encoded(frames=FRAMES + 1)


def test_the_longest_prompt_fits(encoded) -> None:
    context, outcome = encoded(prompt="雨" * 10_000)
    assert json.loads(read_recipe(context.open(outcome.output.first.audio)))["prompt"] == "雨" * 10_000
