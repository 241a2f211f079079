"""A plan of a neural engine is words, and an edited one is read again."""

from __future__ import annotations

from typing import Any

from soundstage.domain.sound import AudioType, Layer, MusicPlan, Plan, Space
from soundstage.engines.sound.contract import SoundOrder, Wish
from soundstage.engines.sound.neural.prompts import negative_of, plan_of, text_of


def order(prompt: str, plan: Plan, **named: Any) -> SoundOrder:
    return SoundOrder(prompt=prompt, plan=plan, audio_type=plan.audio_type, frames=1, seed=1, **named)


def test_the_prompt_goes_through_word_for_word() -> None:
    for prompt in ("heavy rain", "雨 🌧 über\n dem Dach", "x " * 1000):
        plan = plan_of(Wish(prompt=prompt, audio_type=AudioType.SOUND))
        assert text_of(order(prompt, plan)) == " ".join(prompt.split())


def test_wishes_become_words() -> None:
    wish = Wish(prompt="slow jazz", audio_type=AudioType.MUSIC, tempo=70, tonality="A minor", intensity=0.1)
    assert text_of(order("slow jazz", plan_of(wish))) == "slow jazz, 70 bpm, in A minor, soft, quiet"
    assert text_of(order("", plan_of(Wish(prompt=" ", audio_type=AudioType.SOUND)))) == "a sound"


def test_an_edited_plan_is_followed() -> None:
    layers = (Layer(sound="rain", words="heavy rain"), Layer(sound="thunder", words="", distance=0.9))
    plan = Plan(audio_type=AudioType.SOUND, layers=layers, space=Space(name="small_room"))
    assert text_of(order("", plan)) == "heavy rain, distant thunder, small room"
    music = MusicPlan(style="pop", tonality="C major", tempo=100, drums=False, instruments=("electric_piano",))
    told = text_of(order("", Plan(audio_type=AudioType.MUSIC, music=music)))
    assert told == "pop music, electric piano, 100 bpm, in C major, without drums"


def test_what_must_not_be_heard_is_gathered() -> None:
    plan = Plan(audio_type=AudioType.SOUND, excluded=("wind", "bird_song"))
    assert negative_of(order("rain", plan, negative_prompt="wind")) == "wind, bird song"
    assert negative_of(order("rain", Plan(audio_type=AudioType.SOUND))) is None
