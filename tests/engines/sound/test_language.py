"""Numbers, phrases, glosses and likeness: the words of prompts before any sound is named."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soundstage.domain.sound import AudioType, Dynamics, Movement
from soundstage.engines.sound.contract import Wish
from soundstage.engines.sound.language.glosses import language_of, tables
from soundstage.engines.sound.language.numbers import value
from soundstage.engines.sound.language.phrases import CLOSE, MARK, OPEN, Moment, marked
from soundstage.engines.sound.language.sentences import Meanings, encoder
from soundstage.engines.sound.language.text import plain
from soundstage.engines.sound.music import near_styles
from soundstage.engines.sound.music.styles import STYLES
from soundstage.engines.sound.synthesis import nearest, parse
from soundstage.engines.sound.synthesis.known import vocabulary
from soundstage.engines.sound.synthesis.lexicon import lexicon
from soundstage.engines.sound.synthesis.qualities import SPACES as SPACE_WORDS
from soundstage.engines.sound.synthesis.reverb import SPACES
from soundstage.engines.sound.synthesis.vocabulary import CLASSES, UNKNOWN

HELD_OUT = Path(__file__).parents[3] / "benchmarks" / "prompt_paraphrases.json"


@pytest.mark.parametrize(
    ("text", "number"),
    [("3", 3), ("2.5", 2.5), ("2,5", 2.5), ("three", 3), ("half a", 0.5), ("twenty-four", 24),
     ("a hundred and twenty", 120), ("one hundred forty five", 145), ("a couple of", 2)],
)  # fmt: skip
def test_numbers_in_figures_and_words(text: str, number: float) -> None:
    assert value(text) == number


def test_what_is_no_number_is_refused() -> None:
    for text in ("", "many", "hundredish"):
        with pytest.raises(ValueError, match="is no number"):
            value(text)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("after three seconds", {"onset": Moment(seconds=3.0)}),
        ("half a minute in", {"onset": Moment(seconds=30.0)}),
        ("at the 2 second mark", {"onset": Moment(seconds=2.0)}),
        ("two seconds later", {"onset": Moment(seconds=2.0, since="previous")}),
        ("in the last 1.5 s", {"onset": Moment(seconds=1.5, since="end")}),
        ("in the second half", {"onset": Moment(share=0.5), "until": Moment(share=1.0)}),
        ("stops after 4 seconds", {"until": Moment(seconds=4.0)}),
        ("for 500 ms", {"length": 0.5}),
        ("every two seconds", {"every": 2.0}),
        ("four times a second", {"every": 0.25}),
        ("once a minute", {"every": 60.0}),
        ("three times", {"count": 3}),
        ("starting quietly", {"dynamics": Dynamics.BUILDING}),
        ("starts loud and fades away", {"dynamics": Dynamics.FADING}),
        ("getting louder and louder", {"dynamics": Dynamics.BUILDING}),
        ("ebbing and flowing", {"dynamics": Dynamics.SWELLING}),
        ("driving away", {"movement": Movement.LEAVING}),
        ("coming closer", {"movement": Movement.APPROACHING}),
        ("from the left to the right", {"movement": Movement.LEFT_TO_RIGHT}),
        ("circling overhead", {"movement": Movement.CIRCLING}),
        ("on the far left", {"pan": -1.0}),
        ("slightly right", {"pan": 0.4}),
        ("in the center", {"pan": 0.0}),
        ("in the far distance", {"distance": 0.7}),
    ],
)
def test_phrases(text: str, meaning: dict[str, object]) -> None:
    rest, (phrase,) = marked(text)
    assert {name: getattr(phrase, name) for name in meaning} == meaning
    assert not MARK.sub("", rest).replace("driving", "").replace("coming", "").strip()
    assert phrase.words == text


@pytest.mark.parametrize(
    "text", ["a building site", "leaves in the wind", "in the middle of a forest", "left over soup"]
)
def test_what_only_looks_like_a_phrase(text: str) -> None:
    assert marked(text) == (text, ())


_PIECES = ["after", "3", "seconds", OPEN, CLOSE, "0", "left", "to", "right", "half", "in the", "second"]


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=200) | st.lists(st.sampled_from(_PIECES)).map(" ".join))
def test_marks_are_ours_alone(text: str) -> None:
    rest, phrases = marked(plain(text))
    assert sorted(int(found[1]) for found in MARK.finditer(rest)) == list(range(len(phrases)))


@pytest.mark.parametrize(
    ("text", "language"),
    [("lluvia y viento", "es"), ("la pluie", "fr"), ("дождь", "ru"), ("雨と雷", "ja"), ("大雨", "zh"), ("والمطر", "ar"),
     ("बारिश", "hi"), ("বৃষ্টি", "bn"), ("بارش", "ur"), ("hujan", "id"), ("chuva", "pt"), ("regen", "de"),
     ("late night rain", None), ("traffic jam", None), ("rain and wind", None), ("", None)],
)  # fmt: skip
def test_the_language_of_a_prompt(text: str, language: str | None) -> None:
    assert language_of(text, lexicon().telling) == language


@pytest.mark.parametrize("language", sorted(tables()))
def test_every_language_names_the_common_sounds(language: str) -> None:
    names = {english: word for word, english in tables()[language].items() if word not in lexicon().telling}
    for english in ("rain", "thunder", "bell", "footsteps", "dog", "cat"):
        (layer,) = parse.understand(Wish(prompt=names[english], audio_type=AudioType.SOUND)).layers
        (meant,) = parse.understand(Wish(prompt=english, audio_type=AudioType.SOUND)).layers
        assert (layer.sound, layer.nearest) == (meant.sound, None), names[english]


def test_there_is_a_table_for_twelve_languages() -> None:
    assert len(tables()) == 12


def test_likeness_finds_the_same_meaning_across_languages() -> None:
    meanings = Meanings({"dog": ("a dog barks",), "rain": ("rain on the roof",)})
    for text in ("un chien aboie", "собака лает", "犬が吠えている", "a hound is barking"):
        assert meanings.ranked([text])[0].found[0].label == "dog"
    vectors = encoder().encode(["rain", "🌧", ""])
    assert vectors.shape == (3, 512)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)


def test_prototypes_speak_of_what_exists_and_not_of_what_is_held_out() -> None:
    held = json.loads(HELD_OUT.read_text("utf-8"))
    assert set(nearest.paraphrases()) <= set(CLASSES)
    assert set(held) <= set(CLASSES)
    assert set(near_styles.descriptions()) <= set(STYLES)
    known = {text.casefold() for texts in nearest.prototypes().values() for text in texts}
    assert not known & {text.casefold() for texts in held.values() for text in texts}


def test_texts_that_mean_no_label_are_told_from_those_that_mean_one() -> None:
    others = ("a tax return", "the theory of numbers", "a woollen coat", "foreign policy")
    meanings = Meanings({"dog": ("a dog barks", "a puppy"), "rain": ("rain on the roof", "wet weather")}, others)
    sound, none = meanings.ranked(["a hound is barking", "a government policy"])
    assert sound.found[0].learnt > sound.other
    assert none.other > none.found[0].learnt
    assert sound.lead == pytest.approx(sound.found[0].score - sound.found[1].score)


def test_held_out_paraphrases_are_mostly_understood() -> None:
    """A third of what benchmarks/prompt_understanding.py measures: the floor under which something is broken."""
    held = [(name, texts[0]) for name, texts in json.loads(HELD_OUT.read_text("utf-8")).items() if name in CLASSES]
    ranks = nearest.meanings().ranked([text for _, text in held])
    first = sum(found.found[0].label == name for (name, _), found in zip(held, ranks, strict=True))
    three = sum(name in [one.label for one in found.found[:3]] for (name, _), found in zip(held, ranks, strict=True))
    assert first / len(held) > 0.6
    assert three / len(held) > 0.75


def test_every_example_of_the_vocabulary_is_understood_as_its_class() -> None:
    known = vocabulary()
    assert {sound.name for sound in known.sounds} == set(CLASSES) - {UNKNOWN}
    for sound in known.sounds:
        plan = parse.understand(Wish(prompt=sound.example, audio_type=AudioType.SOUND))
        assert [layer.sound for layer in plan.layers] == [sound.name]
        assert plan.layers[0].nearest is None
        assert set(sound.materials) == set(CLASSES[sound.name].materials.values())
    assert known.styles and known.instruments and "A minor" in known.tonalities and "church" in known.spaces


def test_every_space_that_words_name_can_be_heard() -> None:
    assert {name for name, _ in SPACE_WORDS.values()} <= set(SPACES)
