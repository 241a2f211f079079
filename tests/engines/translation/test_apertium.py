"""The Apertium engine against a stand-in for the program, and against the program itself where it is installed."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import psutil
import pytest

from soundstage.domain.timing import Span
from soundstage.engines.progress import silent
from soundstage.engines.translation import apertium
from soundstage.engines.translation.contract import TranslationLine, TranslationOrder
from soundstage.errors import EngineFailure
from soundstage.testing.engines import TranslatorContract

STAND_IN = Path(__file__).with_name("apertium_stand_in.py")


def order(*texts: str, source: str = "en-us", target: str = "es-es") -> TranslationOrder:
    spans = [Span(start_ms=i * 1000, end_ms=i * 1000 + 900) for i in range(len(texts))]
    lines = tuple(
        TranslationLine(segment_id=str(i), text=text, span=span)
        for i, (text, span) in enumerate(zip(texts, spans, strict=True))
    )
    return TranslationOrder(source=source, target=target, lines=lines)


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "bin" / "apertium"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{STAND_IN}" "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))


def translate(*texts: str, **languages: str) -> tuple[str, ...]:
    return apertium.load({}).translate(order(*texts, **languages), None, silent).texts


@pytest.mark.usefixtures("installed")
class TestContract(TranslatorContract):
    spec = apertium.SPEC

    @pytest.fixture
    def audio(self) -> None:
        return None

    @pytest.fixture
    def order(self) -> TranslationOrder:
        return order("Hello.", "", "How are you?")


@pytest.mark.usefixtures("installed")
class TestWithTheStandIn:
    def test_many_lines_come_back_in_their_places(self) -> None:
        lines = [f"line {i}\nof two" if i % 7 else "  " for i in range(2 * apertium._MOST_LINES + 3)]
        expected = tuple(f"LINE {i} OF TWO" if i % 7 else "  " for i in range(len(lines)))
        assert translate(*lines) == expected

    def test_a_batch_that_loses_a_line_is_done_line_by_line(self) -> None:
        assert translate("swallow one", "two", "three") == ("SWALLOW ONE", "TWO", "THREE")

    def test_a_line_of_which_nothing_comes_back_stays(self) -> None:
        assert translate("vanish", "here") == ("vanish", "HERE")

    def test_a_broken_installation_is_told(self) -> None:
        with pytest.raises(EngineFailure, match=r"lrx-proc.*reinstall"):
            translate("broken")

    def test_a_run_that_hangs_is_ended(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(apertium, "_RUN_SECONDS", 1.0)
        with pytest.raises(EngineFailure, match="did not answer") as raised:
            translate("hang")
        assert raised.value.retryable
        assert not [child for child in psutil.Process().children() if "apertium" in " ".join(child.cmdline())]

    def test_its_identity_tells_version_and_pairs(self) -> None:
        version, pairs = apertium.which({})
        assert version == ["Apertium", "3.8.3"]
        assert "eng-spa" in pairs

    def test_pairs_are_those_that_are_installed(self) -> None:
        assert apertium.check({}).ready
        assert apertium.check_pair({}, "en", "es").ready
        assert apertium.check_pair({}, "en", "ca").ready
        assert apertium.check_pair({}, "hr", "mk").ready
        french = apertium.check_pair({}, "fr", "es")
        assert (french.problem, french.cure) == ("apertium has no pair for fr → es", "apt install apertium-fr-es")
        assert apertium.check_pair({}, "en", "de").cure is None
        with pytest.raises(EngineFailure, match="no pair for en-us → de-de"):
            translate("Hello.", target="de-de")


def test_the_variety_of_the_targets_country_is_taken() -> None:
    modes = ("spa-eng", "spa-eng_US")
    assert apertium._mode(modes, "es-es", "en-us") == "spa-eng_US"
    assert apertium._mode(modes, "es-es", "en-gb") == "spa-eng"
    assert apertium._mode(("spa-eng_US",), "es-es", "en-gb") == "spa-eng_US"
    assert apertium._mode(modes, "en-us", "es-es") is None


@pytest.mark.usefixtures("absent")
def test_without_the_program_the_cure_is_the_package_where_there_is_one() -> None:
    assert apertium.check({}).problem == "the program apertium is not installed"
    assert apertium.check_pair({}, "en", "es").cure == "apt install apertium-eng-spa"
    assert apertium.check_pair({}, "zh", "en").cure is None


@pytest.mark.skipif(shutil.which("apertium") is None, reason="Apertium is a program of the system, not a package")
def test_the_program_itself_keeps_lines_apart() -> None:
    if not apertium.check_pair({}, "en", "es").ready:
        pytest.skip("Apertium is here without apertium-eng-spa")
    hard = ("The zorblat train is late", "No", "Mr.", "...", "[x] ^y$ @z <b>w</b> \\", "¿Qué?", 'Say "yes"; a/b 12:30')
    translated = translate(*hard)
    assert len(translated) == len(hard)
    assert "zorblat" in translated[0] and "tren" in translated[0]
    assert "*" not in translated[0]
