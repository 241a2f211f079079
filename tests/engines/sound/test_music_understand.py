"""Prompts for music: what is taken from them, and what is said about the rest."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soundstage.domain.sound import AudioType, MusicPlan, Plan, Section, SectionKind
from soundstage.engines.sound.contract import Wish
from soundstage.engines.sound.music import tonality
from soundstage.engines.sound.music import understand as music
from soundstage.engines.sound.music.instrument_words import INSTRUMENTS as INSTRUMENT_WORDS
from soundstage.engines.sound.music.lexicon import MOODS, SUGGESTED
from soundstage.engines.sound.music.lexicon import STYLES as STYLE_WORDS
from soundstage.engines.sound.music.players import KNOWN as INSTRUMENTS
from soundstage.engines.sound.music.styles import STYLES


def understand(prompt: str, **more: Any) -> Plan:
    return music.understand(Wish(prompt=prompt, audio_type=AudioType.MUSIC, **more))


def played(prompt: str, **more: Any) -> MusicPlan:
    plan = understand(prompt, **more).music
    assert plan is not None
    return plan


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        (
            "lo-fi hip hop, 82 bpm, in A minor, no drums",
            {"style": "lofi", "tempo": 82, "tonality": "A minor", "drums": False},
        ),
        ("techno at 130 BPM in F#", {"style": "techno", "tempo": 130, "tonality": "F# minor", "drums": True}),
        ("happy pop in the key of B flat", {"style": "pop", "tonality": "Bb major"}),
        ("sad piano", {"style": "classical", "instruments": ("piano",)}),
        ("folk guitar in Am", {"style": "folk", "tonality": "A minor", "instruments": ("guitar",)}),
        ("allegro string quartet in E-flat major", {"style": "classical", "tempo": 132, "tonality": "Eb major"}),
        ("a jazz trio, tempo 200", {"style": "jazz", "tempo": 200}),
        ("epic orchestral trailer with choir and taiko", {"drums": True, "instruments": ("choir",)}),
        ("calm ambient pads without drums or bass", {"style": "ambient", "drums": False, "instruments": ("pad",)}),
        ("ambient drone with drums", {"style": "ambient", "drums": True}),
        ("Waltz in 500 bpm C sharp minor", {"style": "waltz", "tempo": 260, "tonality": "C# minor"}),
    ],
)
def test_what_is_said_is_done(prompt: str, expected: dict[str, object]) -> None:
    plan = understand(prompt)
    assert plan.audio_type is AudioType.MUSIC
    assert plan.music is not None
    assert {name: getattr(plan.music, name) for name in expected} == expected
    assert plan.confidence >= 0.6


def test_every_style_is_named_by_its_title() -> None:
    assert {style.title: played(style.title).style for style in STYLES.values()} == {
        s.title: s.name for s in STYLES.values()
    }


def test_moods_choose_mode_energy_and_tempo() -> None:
    happy, sad = understand("happy music").music, understand("sad music").music
    assert happy is not None
    assert sad is not None
    assert happy.tonality.endswith("major")
    assert sad.tonality.endswith("minor")
    assert happy.energy > sad.energy
    slow, fast = understand("slow rock").music, understand("fast rock").music
    assert slow is not None
    assert fast is not None
    assert fast.tempo > slow.tempo + 30


@pytest.mark.parametrize("prompt", ["I am in a room", "music in a big church", "a minute of music"])
def test_articles_are_no_tonality(prompt: str) -> None:
    assert understand(prompt).confidence == 0.1


@pytest.mark.parametrize(
    "prompt", ["", "xyzzy plugh", "♫♫♫", "的音乐", "'", "bpm bpm no no no", "a" * 10_000, "no " * 3_000]
)
def test_nothing_understood_still_gives_music_and_says_so(prompt: str) -> None:
    plan = understand(prompt)
    assert plan.music is not None
    assert plan.music.style in STYLES
    assert plan.confidence <= 0.3


def test_unknown_words_are_told_and_lower_the_confidence() -> None:
    clear, muddled = understand("slow jazz"), understand("slow jazz zorgle flimflam quux")
    assert muddled.unknown_words == ("zorgle", "flimflam", "quux")
    assert muddled.confidence < clear.confidence
    assert muddled.music is not None
    assert muddled.music.words == "slow jazz"


def test_the_same_prompt_gives_the_same_plan_and_others_vary() -> None:
    assert understand("jazz") == understand("  Jazz ")
    plans = {understand(f"jazz {word}").music.tonality for word in ("one", "two", "three", "four", "five", "six")}  # type: ignore[union-attr]
    assert len(plans) > 1


def test_the_lexicon_speaks_of_what_exists() -> None:
    assert set(STYLE_WORDS.values()) == set(STYLES)
    assert {mood.style for mood in MOODS.values()} <= set(STYLES)
    assert set(INSTRUMENT_WORDS.values()) <= set(INSTRUMENTS)
    assert SUGGESTED.keys() <= set(INSTRUMENTS)
    assert set(SUGGESTED.values()) <= set(STYLES)


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("jazz at a hundred and twenty bpm", {"tempo": 120}),
        ("rock, one hundred forty-five beats per minute", {"tempo": 145}),
        ("tempo: 90, key: G", {"tempo": 90, "tonality": "G major"}),
        ("folk in D dorian", {"tonality": "D minor"}),
        ("pop in 6/8", {"metre": "6/8"}),
        ("jazz in five four time", {"metre": "5/4"}),
        ("a slow waltz", {"metre": "3/4", "style": "waltz"}),
        ("rock in seven-eight", {"metre": "7/8"}),
        ("jazz with a heavy swing", {"swing": 0.85}),
        ("jazz with straight eighths", {"swing": 0.0}),
        ("high energy rock", {"energy": 0.9}),
        ("solo piano", {"drums": False, "instruments": ("piano",)}),
        ("not jazz, ambient", {"style": "ambient"}),
        ("heroes marching against a dragon", {"style": "cinematic"}),
    ],
)
def test_more_of_what_is_said(prompt: str, expected: dict[str, object]) -> None:
    plan = played(prompt)
    assert {name: getattr(plan, name) for name in expected} == expected


def test_the_form_is_taken_where_it_is_told() -> None:
    sections = played("rock with an 8-bar intro, verse, chorus, bridge and outro").sections
    assert [(one.kind, one.bars) for one in sections] == [
        (SectionKind.INTRO, 8),
        (SectionKind.VERSE, 8),
        (SectionKind.CHORUS, 8),
        (SectionKind.BRIDGE, 8),
        (SectionKind.ENDING, 4),
    ]
    assert played("AABA in C major").sections[2] == Section(kind=SectionKind.BRIDGE, bars=8)
    assert played("pop with a long intro").sections == ()


def test_refusals_take_the_whole_family() -> None:
    plan = understand("rock, no vocals, no guitars", negative_prompt="bass, jazz, zither-ish")
    assert plan.music is not None
    assert {"choir", "guitar", "overdrive", "finger"} <= set(plan.music.without)
    assert {"vocals", "jazz", "zither-ish"} <= set(plan.excluded)
    assert played("jazz", negative_prompt="jazz").style != "jazz"
    both = understand("folk with guitar, no guitar")
    assert both.music is not None
    assert both.music.instruments == ()
    assert "is asked for and refused" in both.notes[0]


def test_what_cannot_be_is_brought_to_what_can_and_told() -> None:
    plan = understand("fast slow ballad at 400 bpm in H# major")
    assert plan.music is not None
    assert (plan.music.tempo, plan.music.tonality) == (260, "C major")
    notes = " ".join(plan.notes)
    assert "“400 bpm” is outside 30 to 260 bpm" in notes
    assert "H is the German name of B" in notes
    assert "“fast” and “slow” contradict each other" in notes
    sure = {one.field: one.confidence for one in plan.certainties}
    assert sure["music.tempo"] < 0.5
    assert "There is no note Z" in understand("a song in Z minor").notes[0]
    assert "There is no metre of 11/8" in understand("jazz in 11/8").notes[0]
    assert "the first, rock, is made" in understand("rock and jazz").notes[0]


def test_what_is_said_beside_the_prompt_counts() -> None:
    plan = played("slow jazz in A minor at 80 bpm", tempo=140.0, tonality="Eb major", intensity=0.9)
    assert (plan.tempo, plan.tonality, plan.energy) == (140.0, "Eb major", 0.9)
    assert played("epic rock", prompt_influence=1.0).energy >= played("epic rock", prompt_influence=0.0).energy


def test_every_field_tells_which_words_say_so() -> None:
    told = {
        one.field: (one.words, one.confidence) for one in understand("slow jazz in A minor without drums").certainties
    }
    assert told["music.style"] == ("jazz", 0.95)
    assert told["music.tempo"] == ("slow", 0.7)
    assert told["music.tonality"][0] == "in a minor" or told["music.tonality"][0] == "a minor"
    assert told["music.metre"] == ("", 0.6)  # assumed


@settings(max_examples=60, deadline=None)
@given(
    st.text(max_size=300)
    | st.lists(
        st.sampled_from(
            ["no", "drums", "bass", "in", "a", "h", "#", "minor", "bpm", "400", "7/8", "jazz", "rock", "slow", "fast",
             ",", "and", "intro", "verse", "key", "of", "swing", "solo", "piano", "without", "not", "major", "hundred",
             "aaba"]
        )
    ).map(" ".join)
)  # fmt: skip
def test_any_text_gives_music(prompt: str) -> None:
    plan = understand(prompt)
    assert plan.music is not None
    assert plan == understand(prompt)
    tonality.parse(plan.music.tonality)


@pytest.mark.parametrize(
    "prompt", ["bpm " * 5_000, "no a, " * 4_000, "1" * 20_000 + " bpm", "in a " * 5_000, "intro " * 4_000]
)
def test_long_prompts_are_read_quickly(prompt: str) -> None:
    begun = time.process_time()
    assert understand(prompt).music
    assert time.process_time() - begun < 10  # a tenth of a second; minutes, if it were quadratic
