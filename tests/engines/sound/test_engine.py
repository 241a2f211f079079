"""The engine as the registry hands it out: sound and music by one door."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path

import pytest

from soundstage.domain.request import AudioType
from soundstage.domain.sound import Layer, Plan, Space
from soundstage.engines.sound.contract import SAMPLE_RATE, SoundOrder, Wish
from soundstage.engines.sound.float_wav import read_float_wav
from soundstage.engines.sound.synthesis.engine import SPEC, load
from soundstage.testing.sound_engines import SoundContract


def test_entry_point_and_readiness() -> None:
    (point,) = entry_points(group="soundstage.engines", name="sound-synthesis")
    assert point.load() is SPEC
    assert SPEC.check({}).ready


@pytest.mark.parametrize("audio_type", list(AudioType))
def test_both_kinds_report_and_keep_the_length(audio_type: AudioType, tmp_path: Path) -> None:
    engine, told = load({}), []
    plan = engine.understand(Wish(prompt="calm piano by a stream", audio_type=audio_type))
    assert (plan.music is not None) == (audio_type == AudioType.MUSIC)
    frames = 3 * SAMPLE_RATE + 17
    order = SoundOrder(prompt="calm piano by a stream", plan=plan, audio_type=audio_type, frames=frames, seed=4)
    (made,) = engine.generate((order,), (tmp_path / "a.wav",), told.append)
    samples, _ = read_float_wav(tmp_path / "a.wav")
    assert (samples.shape, made.frames) == ((frames, 2), frames)
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert -45 < made.rms_dbfs < made.peak_dbfs < 0


def test_an_edited_plan_with_names_that_do_not_exist_is_made_and_told(tmp_path: Path) -> None:
    layer = Layer(sound="dragon", words="dragon", material="scales", count=3)
    plan = Plan(audio_type=AudioType.SOUND, layers=(layer,), space=Space(name="the moon"), confidence=1.0)
    order = SoundOrder(prompt="x", plan=plan, audio_type=AudioType.SOUND, frames=20_000, seed=4)
    (made,) = load({}).generate((order,), (tmp_path / "a.wav",), lambda fraction: None)
    assert any("dragon" in note for note in made.notes)


def test_a_plan_without_layers_is_read_from_the_prompt(tmp_path: Path) -> None:
    plan = Plan(audio_type=AudioType.SOUND, confidence=0.0)
    order = SoundOrder(prompt="rain", plan=plan, audio_type=AudioType.SOUND, frames=20_000, seed=4)
    assert load({}).generate((order,), (tmp_path / "a.wav",), lambda fraction: None)[0].rms_dbfs > -30


class TestSynthesis(SoundContract):
    """What holds for every engine of sound."""

    spec = SPEC
