"""Prompts for music: what is taken from them, and what is said about the rest."""

from __future__ import annotations

import pytest

from soundstage.domain.request import AudioType
from soundstage.engines.sound.music.instruments import INSTRUMENTS
from soundstage.engines.sound.music.lexicon import INSTRUMENTS as INSTRUMENT_WORDS
from soundstage.engines.sound.music.lexicon import MOODS, SUGGESTED
from soundstage.engines.sound.music.lexicon import STYLES as STYLE_WORDS
from soundstage.engines.sound.music.styles import STYLES
from soundstage.engines.sound.music.understand import understand


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        (
            "lo-fi hip hop, 82 bpm, in A minor, no drums",
            {"style": "lofi", "tempo": 82, "tonality": "A minor", "drums": False},
        ),
        ("techno at 130 BPM in F#", {"style": "electronic", "tempo": 130, "tonality": "F# minor", "drums": True}),
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
