"""What a prompt is understood to mean."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soundstage.domain.sound import AudioType, Dynamics, Layer, Movement, Plan, Space
from soundstage.engines.sound.contract import SAMPLE_RATE, Wish
from soundstage.engines.sound.synthesis import parse
from soundstage.engines.sound.synthesis.making import notes_on
from soundstage.engines.sound.synthesis.parse import MOST_LAYERS
from soundstage.engines.sound.synthesis.vocabulary import CLASSES, UNKNOWN

COMPOSITES = json.loads(Path(__file__).with_name("composite_prompts.json").read_text("utf-8"))


def understand(prompt: str, **more: Any) -> Plan:
    return parse.understand(Wish(prompt=prompt, audio_type=AudioType.SOUND, **more))


def only(prompt: str, **more: Any) -> Layer:
    (layer,) = understand(prompt, **more).layers
    return layer


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


@pytest.mark.parametrize("case", COMPOSITES, ids=[case["prompt"][:60] for case in COMPOSITES])
def test_composite_prompts_give_every_named_layer(case: dict[str, Any]) -> None:
    plan = understand(case["prompt"])
    assert [layer.sound for layer in plan.layers] == [wanted["sound"] for wanted in case["layers"]]
    for layer, wanted in zip(plan.layers, case["layers"], strict=True):
        made = layer.model_dump(mode="json", include=set(wanted))
        for name, value in wanted.items():
            assert made[name] == (pytest.approx(value, abs=0.006) if isinstance(value, float) else value), name
    assert case.get("space") in (None, plan.space.name if plan.space else None)
    assert plan.dynamics == case.get("dynamics", plan.dynamics)
    assert set(plan.excluded) == set(case.get("excluded", plan.excluded))


def test_the_table_of_composites_is_of_some_size() -> None:
    assert len({case["prompt"] for case in COMPOSITES}) >= 60


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
    assert understand("footsteps in a tunnel").space == Space(name="tunnel", size=0.6)
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
    mood = understand("warm and dreamy")
    assert 0 < mood.confidence <= 0.25
    nothing = understand("xyzzy plugh")
    assert (nothing.confidence, nothing.unknown_words) == (0.0, ("xyzzy", "plugh"))
    assert nothing.layers[0].sound == UNKNOWN
    assert nothing.suggestions
    assert "names no sound that is known (xyzzy, plugh)" in notes_on(nothing)[0]
    assert nothing.suggestions[0] in notes_on(nothing)[0]
    assert understand("").confidence == 0.0


def test_every_field_tells_which_words_say_so() -> None:
    plan = understand("a dog barks twice in the distance, in a huge cathedral, starting softly")
    told = {one.field: (one.words, one.confidence) for one in plan.certainties}
    assert told["layers.0.sound"] == ("dog bark", 1.0)
    assert told["layers.0.count"][0] == "twice"
    assert told["layers.0.distance"][0] == "in the distance"
    assert told["space"][0] == "a huge cathedral"
    assert told["dynamics"][0] == "starting softly"
    assert {one.field: one.words for one in understand("rain").certainties}["space"] == ""  # assumed


def test_what_is_not_known_gets_the_nearest_and_says_so() -> None:
    layer = only("breakers foaming against the cliffs of a bay")
    assert layer.sound == "waves"
    assert layer.nearest
    assert 0.3 < layer.confidence < 1
    notes = notes_on(understand("breakers foaming against the cliffs of a bay"))
    assert any("is not known; the nearest is made: waves" in note for note in notes)
    assert any("No sound was recognised by its name. Words near it that work: waves" in note for note in notes)


@pytest.mark.parametrize(
    "prompt", ["the minutes of the shareholders", "murbly frandok quill", "a poem in Latin grammar"]
)
def test_what_means_no_sound_is_not_taken_for_one(prompt: str) -> None:
    plan = understand(prompt)
    assert plan.layers[0].sound == UNKNOWN
    assert plan.confidence == 0
    assert "names no sound that is known" in notes_on(plan)[0]
    assert plan.suggestions


def test_a_sound_that_is_named_among_words_of_something_else_is_doubted() -> None:
    plan = understand("a stock market index")
    assert plan.layers[0].confidence < 0.5
    assert any("It is doubtful that “market” means a sound here" in note for note in notes_on(plan))
    assert understand("a busy fish market").layers[0].confidence == 1.0


def test_contradictions_are_decided_and_told() -> None:
    plan = understand("silent loud rain")
    assert plan.layers[0].intensity == 0.8
    assert "“silent” and “loud” contradict each other" in plan.notes[0]
    both = understand("rain, no rain")
    assert [layer.sound for layer in both.layers] == ["rain"]
    assert "is also refused (rain)" in both.notes[0]
    late = understand("thunder after ninety seconds", frames=8 * SAMPLE_RATE)
    assert late.layers[0].onset == 0.85
    assert "past the end of 8 seconds" in late.notes[0]
    assert "`duration` decides: 8 seconds, not 20" in understand("20 seconds of rain", frames=8 * SAMPLE_RATE).notes[0]


def test_times_are_shares_of_the_length_that_is_made() -> None:
    for seconds in (4, 10, 60):
        plan = understand("rain, thunder after two seconds for one second", frames=seconds * SAMPLE_RATE)
        assert plan.layers[1].onset == pytest.approx(2 / seconds, abs=1e-3)
        assert plan.layers[1].until == pytest.approx(3 / seconds, abs=1e-3)


def test_what_is_said_beside_the_prompt_counts() -> None:
    assert [layer.sound for layer in understand("rain and wind", negative_prompt="wind, vocals").layers] == ["rain"]
    assert set(understand("rain and wind", negative_prompt="wind, vocals").excluded) == {"wind", "vocals"}
    assert only("rain", intensity=0.9).intensity == 0.9
    assert only("light rain", intensity=0.9).intensity == pytest.approx(0.55)
    bold, free = only("heavy rain", prompt_influence=1.0), only("heavy rain", prompt_influence=0.0)
    assert bold.intensity > only("heavy rain").intensity > free.intensity > 0.5


def test_movement_side_and_course() -> None:
    layer = only("a helicopter passing from right to left")
    assert (layer.movement, layer.pan) == (Movement.RIGHT_TO_LEFT, None)
    assert only("a siren on the far right").pan == 1.0
    assert only("a car leaves the town").movement == Movement.LEAVING
    assert [layer.material for layer in understand("footsteps on leaves").layers] == ["leaves"]
    assert understand("wind rising and falling").dynamics == Dynamics.SWELLING


def test_too_many_layers_are_cut_and_told() -> None:
    plan = understand("rain, wind, fire, a bell, a clock, a dog, a cat, an owl, a siren, a telephone")
    assert len(plan.layers) == MOST_LAYERS
    assert any("At most" in note for note in notes_on(plan))


@pytest.mark.parametrize(
    "prompt",
    [
        "rain " * 20_000, "x" * 100_000, "🌧" * 50_000, ", " * 50_000, "ﷺ" * 30_000,
        "\ud800 rain", "a\x00b\x1b[31m rain",
        "9" * 100_000, "雨と雷", "дождь и гром", "مطر ورعد", "बारिश", "'" * 50_000,
        "$(rm -rf /) `rain` ../../etc/passwd",
        "½ ⅷ ³ rain", "٣ knocks", "thunder " * 4_000, "a b " * 2_000, "after " * 4_000, "no " * 4_000, "in a " * 4_000,
        "'; DROP TABLE sounds; -- thunder", "file:///etc/passwd%00.wav", "\ue0000\ue001 rain \ue0009\ue001",
        "{{7*7}} ${jndi:ldap} <script>rain</script>", "every 0 seconds a dog", "0 seconds 99999999 seconds thunder",
    ],
)  # fmt: skip
def test_anything_is_read_quickly(prompt: str) -> None:
    begun = time.process_time()
    plan = understand(prompt)
    assert time.process_time() - begun < 10  # a fifth of a second; minutes, if it were quadratic
    assert plan.layers
    assert all(len(word) <= 40 for word in plan.unknown_words)
    assert len(plan.unknown_words) <= 32


@settings(max_examples=60, deadline=None)
@given(
    st.text(max_size=300)
    | st.lists(
        st.sampled_from(
            [
                "two",
                "rain",
                "no",
                "then",
                "far",
                "and",
                "on",
                "tin",
                "door",
                "slam",
                ",",
                "3",
                "s",
                "after",
                "every",
                "seconds",
                "in",
                "a",
                "huge",
                "church",
                "silence",
                "the",
                "of",
                "roar",
                "left",
                "to",
                "right",
                "last",
                "half",
                "not",
                "very",
                "loud",
                "away",
                "until",
                "night",
                "car",
                "water",
                "犬",
                "лай",
                "lluvia",
                "🔔",
            ]
        )
    ).map(" ".join)
)
def test_any_text_gives_a_plan(prompt: str) -> None:
    plan = understand(prompt)
    assert 1 <= len(plan.layers) <= MOST_LAYERS
    assert plan == understand(prompt)
    assert all(layer.sound in CLASSES for layer in plan.layers)
    assert all(0 <= layer.onset < layer.until <= 1 for layer in plan.layers)
