"""Understand: the prompt's plan, and how it is told."""

from __future__ import annotations

import pytest

from soundstage.domain.request import AudioType, TextToSoundRequest
from soundstage.domain.sound import (
    Dynamics,
    Layer,
    Metre,
    Movement,
    MusicPlan,
    Plan,
    Section,
    SectionKind,
    Space,
)
from soundstage.engines.sound.synthesis.engine import SPEC
from soundstage.engines.spec import Capability, Readiness
from soundstage.errors import EngineFailure
from soundstage.pipelines.stages.plan_in_words import describe
from soundstage.pipelines.stages.understand import UnderstandFindings, understand
from soundstage.testing.context import LocalSettings


def asked(prompt: str, audio_type: AudioType = AudioType.SOUND, **more: object) -> TextToSoundRequest:
    return TextToSoundRequest(prompt=prompt, duration=1.0, audio_type=audio_type, seed=7, **more)


def test_layers_and_confidence_are_told(make_context) -> None:
    outcome = understand(make_context(specs=[SPEC]), asked("heavy rain and distant thunder"))
    findings = outcome.findings
    assert isinstance(findings, UnderstandFindings)
    assert {"rain", "thunder"} <= {layer.sound for layer in findings.plan.layers}
    assert findings.plan.confidence > 0.6
    assert findings.used_instead is None
    assert outcome.summary.startswith("Understood as ")
    assert f"(confidence {findings.plan.confidence:.2f})" in outcome.summary
    assert "distant thunder" in outcome.summary
    assert (outcome.output.engine, outcome.output.engine_version) == (SPEC.name, SPEC.version)
    assert outcome.engine == SPEC.name


def test_music_is_described_by_style_tonality_tempo_and_drums(make_context) -> None:
    outcome = understand(make_context(specs=[SPEC]), asked("lo-fi piano in A minor, 82 bpm, no drums", AudioType.MUSIC))
    assert outcome.output.plan == outcome.findings.plan
    assert "lofi music in A minor at 82 bpm, without drums, with piano" in outcome.summary


@pytest.mark.parametrize("audio_type", AudioType)
def test_a_prompt_not_understood_says_what_is_made_instead(make_context, audio_type: AudioType) -> None:
    outcome = understand(make_context(specs=[SPEC]), asked("xyzzy plugh frotz rezrov gnusto blorb", audio_type))
    assert outcome.output.plan.layers or outcome.output.plan.music
    assert outcome.findings.plan.confidence < 0.35
    assert outcome.findings.used_instead
    assert outcome.findings.used_instead in outcome.summary
    assert "Not understood: “xyzzy”" in outcome.summary
    assert "and 1 word more." in outcome.summary
    assert outcome.summary.startswith("Little of the prompt was understood")


def test_no_engine_ends_the_task_with_the_cure(make_context, engine) -> None:
    with pytest.raises(EngineFailure, match="To cure it"):
        understand(make_context(), asked("rain"))
    broken = engine(Capability.SOUND, "nowhere:load", readiness=Readiness.no("its model is missing", "run `fetch it`"))
    with pytest.raises(EngineFailure, match=r"[Ii]ts model is missing.*`fetch it`"):
        understand(make_context(specs=[broken]), asked("rain", engine="small"))


def test_descriptions_read_well() -> None:
    layers = (
        Layer(sound="rain", words="downpour", intensity=0.9),
        Layer(sound="footsteps", words="steps", intensity=0.2, distance=0.7, count=4),
        Layer(sound="church_bell", words="bell"),
    )
    plan = Plan(audio_type=AudioType.SOUND, layers=layers, space=Space(name="church"), confidence=0.8)
    assert describe(plan) == "heavy rain, 4 × distant light footsteps and church bell, in a church"
    tune = MusicPlan(style="jazz", tonality="F major", tempo=120.5)
    assert describe(Plan(audio_type=AudioType.MUSIC, music=tune, confidence=1)) == (
        "jazz music in F major at 120.5 bpm, with drums"
    )
    assert describe(Plan(audio_type=AudioType.SOUND, confidence=0.1)) == "a soft texture"


def test_descriptions_tell_every_field() -> None:
    layers = (
        Layer(sound="rain", words="rain", material="tin", until=0.5, pace=0.2),
        Layer(sound="dog", words="dog", count=2, pan=-0.8, every=2.0, onset=0.375, pace=0.9),
        Layer(sound="siren", words="siren", movement=Movement.LEFT_TO_RIGHT, distance=0.7),
    )
    plan = Plan(
        audio_type=AudioType.SOUND,
        layers=layers,
        space=Space(name="hall", size=0.9),
        dynamics=Dynamics.BUILDING,
        excluded=("wind", "birds"),
    )
    assert describe(plan) == (
        "slow rain (tin, until 50 %), 2 × fast dog (left, every 2 s, from 38 %) and distant siren (from left to right)"
        ", in a large hall, growing louder; without wind and birds"
    )
    tune = MusicPlan(
        style="drum_and_bass",
        tonality="A minor",
        tempo=174,
        metre=Metre.SEVEN_EIGHT,
        swing=0.67,
        sections=(Section(kind=SectionKind.INTRO, bars=4), Section(kind=SectionKind.CHORUS, bars=8)),
        without=("choir",),
    )
    assert describe(Plan(audio_type=AudioType.MUSIC, music=tune)) == (
        "drum and bass music in A minor at 174 bpm in 7/8, with drums, swung, form: intro chorus; without choir"
    )
    for space, words in (("street", "outdoors (street)"), ("outdoors", "outdoors"), ("dry", "without echo")):
        outside = Space(name=space, outdoors=space != "dry")
        rain = Plan(audio_type=AudioType.SOUND, layers=(Layer(sound="rain", words=""),), space=outside)
        assert describe(rain) == f"rain, {words}"


def test_what_is_near_is_told(make_context) -> None:
    outcome = understand(make_context(specs=[SPEC]), asked("breakers foaming against the cliffs of a bay"))
    assert "the nearest is made: waves." in outcome.summary


def test_the_choice_of_engine_is_told(make_context) -> None:
    def chosen(context, **more) -> str:
        return understand(context, asked("rain", **more)).findings.chosen

    assert chosen(make_context(specs=[SPEC])) == "synthesis comes first by rank of the engines that are ready."
    assert chosen(make_context(specs=[SPEC]), engine="synthesis") == "synthesis was asked for by name."
    served = make_context(specs=[SPEC])
    served.settings = LocalSettings(engines={"sound": "synthesis"})
    assert chosen(served) == "synthesis is this server's default."
