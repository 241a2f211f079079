"""Every family of models the whole way through its library, with tiny ones made here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.neural_models import FAMILIES, made, musicgen

from soundstage.domain.sound import AudioType
from soundstage.engines.progress import silent
from soundstage.engines.sound.contract import SAMPLE_RATE, Generated, MadeOn, SoundOrder, Wish
from soundstage.engines.sound.float_wav import read_float_wav
from soundstage.engines.sound.neural import loading, prompts
from soundstage.engines.sound.neural.engine import NeuralSoundEngine
from soundstage.errors import EngineFailure

FRAMES = 20_011
MUSIC = ("ace-step", "musicgen")


def engine(model: Path, **settings: Any) -> NeuralSoundEngine:
    load = loading.load_musicgen if (model / "config.json").is_file() else loading.load_diffusers
    return load({"sound_models": {"any": str(model)}, "sound_steps": 2, "cpu_threads": 1, **settings})


def order(prompt: str = "rain", seed: int = 1, **named: Any) -> SoundOrder:
    plan = prompts.plan_of(Wish(prompt=prompt, audio_type=AudioType.SOUND))
    given = {"prompt": prompt, "plan": plan, "audio_type": AudioType.SOUND, "frames": FRAMES, "seed": seed}
    return SoundOrder(**(given | named))


@pytest.fixture(params=FAMILIES)
def model(request: pytest.FixtureRequest) -> Path:
    return made() / str(request.param)


class Maker:
    """Runs orders through one engine, and keeps what they gave."""

    def __init__(self, engine: NeuralSoundEngine, folder: Path) -> None:
        self.engine = engine
        self.folder = folder
        self.told: list[float] = []

    def __call__(self, *orders: SoundOrder) -> list[tuple[np.ndarray, Generated]]:
        outputs = tuple(self.folder / f"{number}.wav" for number in range(len(orders)))
        generated = self.engine.generate(orders, outputs, self.told.append)
        sounds = []
        for path, one in zip(outputs, generated, strict=True):
            samples, rate = read_float_wav(path)
            assert rate == SAMPLE_RATE
            assert samples.shape == (one.frames, 2)
            assert np.isfinite(samples).all()
            sounds.append((np.array(samples), one))
        return sounds


def test_a_family_makes_what_is_asked_for(model: Path, tmp_path: Path) -> None:
    make = Maker(engine(model), tmp_path)
    (first, told), (second, _) = make(order(seed=1), order(seed=2))
    assert len(first) == len(second) == told.frames == FRAMES
    assert np.abs(first).max() > 1e-3
    assert not np.array_equal(first, second), "each has its own seed"
    assert make.told == sorted(make.told) and make.told[-1] == 1.0 and len(make.told) > 4
    assert [one.licence for one in told.ingredients] and told.ingredients[0].name == model.name
    assert told.ingredients[0].licence in told.notes[0] and "the CPU in float32" in told.notes[0]
    assert told.made_on == MadeOn(device="cpu", title="the CPU", dtype="float32", batch=1)

    ((alone, _),) = make(order(seed=2))
    assert np.array_equal(alone, second), "its bytes depend on nothing but its order"
    ((other, _),) = make(order("a dog barks", seed=2))
    assert np.abs(other - alone).max() > 1e-4, "the words are heard"

    ((without, noted),) = make(order(seed=2, negative_prompt="wind, birds"))
    takes_none = "takes no negative prompt" in " ".join(noted.notes)
    assert takes_none is (model.name in ("stable-audio-3", "ace-step"))
    assert np.array_equal(without, alone) is takes_none
    ((freer, noted),) = make(order(seed=2, prompt_influence=0.1))
    distilled = "had no effect" in " ".join(noted.notes)
    assert distilled is (model.name == "stable-audio-3")
    assert np.array_equal(freer, alone) is distilled
    assert ("made for music" in " ".join(told.notes)) is (model.name == "ace-step")


def test_a_batch_makes_what_each_alone_would(model: Path, tmp_path: Path) -> None:
    orders = (order(seed=1), order("a dog barks", seed=2), order(seed=3))
    alone = Maker(engine(model), tmp_path)(*orders)
    together = Maker(engine(model, sound_batch=3), tmp_path)(*orders)
    mixes = model.name not in ("audioldm2", "ace-step")  # they hear what fills shorter texts up
    for (one, _), (other, told) in zip(alone, together, strict=True):
        assert np.corrcoef(one[:, 0], other[:, 0])[0, 1] > 0.99, "but for roundings, which random weights make larger"
        assert ("Made together with 2 more" in " ".join(told.notes)) is mixes
        assert told.made_on is not None and (told.made_on.batch == 3) is mixes


def test_a_loop_goes_on_where_it_ends(tmp_path: Path) -> None:
    ((sound, _),) = Maker(engine(made() / "stable-audio"), tmp_path)(order(loop=True))
    steps = np.abs(np.diff(sound, axis=0)).max()
    assert np.abs(sound[0] - sound[-1]).max() <= 1.5 * steps


def test_longer_than_the_model_makes_is_refused_with_a_cure(tmp_path: Path) -> None:
    make = Maker(engine(made() / "stable-audio"), tmp_path)
    with pytest.raises(EngineFailure, match=r"stable-audio makes at most 3\.0 s at once, and 4\.0 s were asked for"):
        make(order(frames=4 * SAMPLE_RATE))
    ((sound, _),) = make(order(frames=3 * SAMPLE_RATE))
    assert len(sound) == 3 * SAMPLE_RATE


def test_a_prompt_longer_than_the_model_reads_is_told(tmp_path: Path) -> None:
    ((_, told),) = Maker(engine(made() / "stable-audio"), tmp_path)(order("rain " * 300))
    assert any("longer than stable-audio reads" in note for note in told.notes)


@pytest.mark.parametrize(("rate", "channels"), [(16_000, 1), (32_000, 2)])
def test_audiogen_and_stereo_are_musicgens_too(rate: int, channels: int, tmp_path: Path) -> None:
    musicgen(tmp_path / "model", sampling_rate=rate, channels=channels)
    ((sound, _),) = Maker(engine(tmp_path / "model"), tmp_path)(order())
    assert len(sound) == FRAMES
    assert np.array_equal(sound[:, 0], sound[:, 1]) is (channels == 1)


def test_sounds_and_music_have_models_of_their_own(tmp_path: Path) -> None:
    models = {"sound": str(made() / "stable-audio"), "music": str(made() / "ace-step")}
    make = Maker(engine(made() / "stable-audio", sound_models=models), tmp_path)
    orders = (order(seed=1, audio_type=AudioType.MUSIC), order(seed=2), order(seed=3, audio_type=AudioType.MUSIC))
    assert [told.ingredients[0].name for _, told in make(*orders)] == ["ace-step", "stable-audio", "ace-step"]


def test_a_model_that_was_taken_away_is_told() -> None:
    with pytest.raises(EngineFailure, match="is not there; put it back"):
        engine(Path("/nowhere")).generate((order(),), (Path("x.wav"),), silent)
