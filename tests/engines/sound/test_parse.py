"""What a prompt is understood to mean."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soundstage.domain.sound import Space
from soundstage.engines.sound.synthesis.making import notes_on
from soundstage.engines.sound.synthesis.parse import MOST_LAYERS, understand
from soundstage.engines.sound.synthesis.vocabulary import CLASSES, UNKNOWN


def sounds(prompt: str) -> list[str]:
    return [layer.sound for layer in understand(prompt).layers]


@pytest.mark.parametrize("name", [name for name in CLASSES if name != UNKNOWN])
def test_every_class_is_named_by_its_example_and_its_words(name: str) -> None:
    plan = understand(CLASSES[name].example)
    assert name in [layer.sound for layer in plan.layers]
    assert plan.confidence == 1.0
    for words in CLASSES[name].words:
        assert understand(words).layers[0].sound != UNKNOWN, words


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("rain with distant thunder and a bell", ["rain", "thunder", "bell"]),
        ("heavy rain on a tin roof with distant thunder, a dog barks twice", ["rain", "thunder", "dog"]),
        ("three knocks on a wooden door", ["knock"]),
        ("the door creaks and slams", ["door_creak", "door_slam"]),
        ("breaking glass", ["glass_break"]),
        ("wind chimes", ["chimes"]),
        ("wind", ["wind"]),
        ("a fire alarm", ["alarm"]),
        ("a crackling fire", ["fire"]),
        ("running water", ["stream"]),
        ("running footsteps", ["footsteps"]),
        ("a thunderstorm without thunder", ["rain"]),
        ("birds chirping, no wind", ["birds"]),
        ("a forest at night", ["birds", "leaves", "crickets"]),
        ("an owl in the forest", ["owl"]),
        ("🌧️ 🔔", ["rain", "bell"]),
        ("RAIN!!! THUNDER???", ["rain", "thunder"]),
        ("ｒａｉｎ", ["rain"]),
    ],
)
def test_layers_in_their_order(prompt: str, expected: list[str]) -> None:
    assert sounds(prompt) == expected


def test_colours_belong_to_their_sound() -> None:
    rain, thunder, dog = understand("heavy rain on a tin roof with distant thunder, a dog barks twice").layers
    assert (rain.intensity, rain.material, rain.distance) == (0.85, "tin", 0.0)
    assert (thunder.distance, thunder.intensity) == (0.7, 0.5)
    assert (dog.count, dog.distance) == (2, 0.0)
    (bell,) = understand("a bell in the distance").layers
    assert bell.distance == 0.7
    assert understand("slow footsteps on gravel").layers[0].model_dump(include={"material", "pace"}) == {
        "material": "gravel",
        "pace": 0.15,
    }
    assert understand("footsteps in a tunnel").space == Space(name="tunnel")
    assert understand("light rain").layers[0].intensity < 0.3 < 0.7 < understand("torrential rain").layers[0].intensity


@pytest.mark.parametrize(
    ("prompt", "count"),
    [
        ("a dog barks twice", 2),
        ("three knocks", 3),
        ("knock knock", None),
        ("12 bells", 12),
        ("900 claps", 64),
        ("5 seconds of knocks", None),
        ("0 knocks", None),
    ],
)
def test_counts(prompt: str, count: int | None) -> None:
    assert understand(prompt).layers[0].count == count


def test_then_puts_one_after_the_other() -> None:
    first, second = understand("footsteps on gravel, then a door slams").layers
    assert (first.onset, second.onset) == (0.0, 0.5)


def test_confidence_is_the_share_of_words_understood() -> None:
    assert understand("rain").confidence == 1.0
    half = understand("rain flurble")
    assert (half.confidence, half.unknown_words) == (0.5, ("flurble",))
    assert "flurble" in notes_on(half)[0]
    mood = understand("a dark scary drone")
    assert 0 < mood.confidence <= 0.25
    nothing = understand("xyzzy plugh")
    assert (nothing.confidence, nothing.unknown_words) == (0.0, ("xyzzy", "plugh"))
    assert nothing.layers[0].sound == UNKNOWN
    assert "names no sound that is known (xyzzy, plugh)" in notes_on(nothing)[0]
    assert understand("").confidence == 0.0


def test_too_many_layers_are_cut_and_told() -> None:
    plan = understand("rain, wind, fire, a bell, a clock, a dog, a cat, an owl")
    assert len(plan.layers) == MOST_LAYERS
    assert any("At most" in note for note in notes_on(plan))


@pytest.mark.parametrize(
    "prompt",
    [
        "rain " * 20_000, "x" * 100_000, "🌧" * 50_000, ", " * 50_000, "ﷺ" * 30_000,
        "\ud800 rain", "a\x00b\x1b[31m rain",
        "9" * 100_000, "雨と雷", "дождь и гром", "مطر ورعد", "बारिश", "'" * 50_000,
        "$(rm -rf /) `rain` ../../etc/passwd",
        "½ ⅷ ³ rain", "٣ knocks",
    ],
)  # fmt: skip
def test_anything_is_read_quickly(prompt: str) -> None:
    begun = time.process_time()
    plan = understand(prompt)
    assert time.process_time() - begun < 10  # a fifth of a second; minutes, if it were quadratic
    assert plan.layers
    assert all(len(word) <= 40 for word in plan.unknown_words)
    assert len(plan.unknown_words) <= 32


@settings(max_examples=150, deadline=None)
@given(
    st.text(max_size=300)
    | st.lists(
        st.sampled_from(["two", "rain", "no", "then", "far", "and", "on", "tin", "door", "slam", ",", "3", "s"])
    ).map(" ".join)
)
def test_any_text_gives_a_plan(prompt: str) -> None:
    plan = understand(prompt)
    assert 1 <= len(plan.layers) <= MOST_LAYERS
    assert plan == understand(prompt)
    assert all(layer.sound in CLASSES for layer in plan.layers)
