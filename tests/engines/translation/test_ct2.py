"""CTranslate2 models that are made here and whose translations are known: no line is lost, cut or misplaced."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from tests.engines.translation.cipher import cipher, make

from soundstage.domain.timing import Span
from soundstage.engines.progress import silent
from soundstage.engines.resident import EngineRoom
from soundstage.engines.translation import ct2
from soundstage.engines.translation.contract import TranslationLine, TranslationOrder
from soundstage.errors import EngineFailure, Misconfigured
from soundstage.testing.engines import TranslatorContract

SHARED = ("sentencepiece.bpe.model", "sentencepiece.bpe.model")


def order(*texts: str, source: str = "en-us", target: str = "es-es") -> TranslationOrder:
    spans = [Span(start_ms=i * 1000, end_ms=i * 1000 + 900) for i in range(len(texts))]
    lines = tuple(
        TranslationLine(segment_id=str(i), text=text, span=span)
        for i, (text, span) in enumerate(zip(texts, spans, strict=True))
    )
    return TranslationOrder(source=source, target=target, lines=lines)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder with a model for English to Spanish."""
    folder = tmp_path_factory.mktemp("data") / "models"
    make(folder / "translation" / "opus-mt-en-es")
    return folder


def translate(settings: dict[str, Any], asked: TranslationOrder) -> list[str]:
    return list(ct2.load(settings).translate(asked, None, silent).texts)


class TestContract(TranslatorContract):
    spec = ct2.SPEC

    @classmethod
    def make_settings(cls, folder: Path) -> dict[str, Any]:
        make(folder / "models" / "translation" / "en-es")
        return {"models_dir": str(folder / "models")}

    @pytest.fixture
    def audio(self) -> None:
        return None

    @pytest.fixture
    def order(self) -> TranslationOrder:
        return order("Hello.", "", "How are you? Fine.")


def test_lines_of_all_lengths_come_back_whole_and_in_order(models: Path) -> None:
    chance = random.Random(7)
    words = ["rain", "late,", "train.", "Yes", "we", "are", "waiting;", "so?", "extraordinary"]
    lines = [" ".join(chance.choices(words, k=count)) for count in (1, 3, 8, 60, 2, 1, 12, 5, 30, 1, 4, 2)]
    assert translate({"models_dir": str(models)}, order(*lines)) == [cipher(line) for line in lines]


def test_a_line_far_beyond_the_models_positions_comes_back_whole(models: Path) -> None:
    endless = "so it goes on and on and never comes to a stop " * 14
    no_gaps = "abc" * 180
    translated = translate({"models_dir": str(models)}, order(endless, no_gaps))
    assert translated[0] == cipher(endless.strip())
    assert translated[1].replace(" ", "") == cipher(no_gaps)


def test_progress_rises_to_the_end(models: Path) -> None:
    told: list[float] = []
    ct2.load({"models_dir": str(models)}).translate(order(*["Yes."] * 70), None, told.append)
    assert told == sorted(told) and told[-1] == 1.0 and len(told) > 3


@pytest.mark.parametrize(
    ("languages", "shifted", "target"),
    [
        (("eng_Latn", "spa_Latn", "zho_Hans"), False, "es-mx"),
        (("__en__", "__es__"), False, "es-es"),
        (("<2es>", "<2de>"), True, "es-es"),
        ((">>spa<<", ">>por<<"), True, "es-es"),
    ],
    ids=["nllb", "m2m", "madlad", "opus"],
)
def test_multilingual_models_are_told_the_languages_in_their_own_way(
    tmp_path: Path, languages: tuple[str, ...], shifted: bool, target: str
) -> None:
    folder = make(tmp_path / "many", languages=languages, shifted=shifted, names=SHARED)
    settings = {"models_dir": str(tmp_path), "translation_models": {"*-*": str(folder)}}
    assert ct2.check_pair(settings, "en", "es").ready
    assert not ct2.check_pair(settings, "en", "fr").ready
    assert translate(settings, order("Good morning. How are you?", target=target)) == [
        cipher("Good morning. How are you?")
    ]


def test_sentences_of_languages_without_spaces_are_joined_without(tmp_path: Path) -> None:
    folder = make(tmp_path / "many", languages=("__en__", "__zh__"), names=SHARED)
    settings = {"models_dir": str(tmp_path), "translation_models": {"*-*": str(folder)}}
    assert translate(settings, order("你好。世界。", target="zh-cn")) == ["你好。世界。"]
    assert translate(settings, order("Yes. No.", target="zh-cn")) == ["Lrf.Ab."]


def test_a_sentence_that_never_ends_or_never_comes_stays_as_it_was(tmp_path: Path) -> None:
    endless = make(tmp_path / "endless", endless=True)
    silenced = make(tmp_path / "silenced", silent_on="Q")
    settings = {"models_dir": str(tmp_path), "translation_models": {"en-es": str(endless), "en-fr": str(silenced)}}
    engine = ct2.load(settings)
    assert engine.translate(order("Hello."), None, silent).texts == ("Hello.",)
    asked = order("Quiet. Loud.", "Loud.", target="fr-fr")
    assert engine.translate(asked, None, silent).texts == (f"Quiet. {cipher('Loud.')}", cipher("Loud."))


def test_works_in_a_process_of_its_own(models: Path) -> None:
    room = EngineRoom(memory_budget_mb=2000, idle_seconds=60, threads=1)
    with room.acquire(ct2.SPEC, {"models_dir": str(models)}) as engine:
        assert engine.call("translate", order=order("Hello."), audio=None).texts == (cipher("Hello."),)
    room.close()


def test_what_is_there_decides_and_the_cure_says_where_a_model_goes(models: Path, tmp_path: Path) -> None:
    settings = {"models_dir": str(models)}
    assert ct2.check(settings).ready
    assert ct2.check_pair(settings, "en", "es").ready
    missing = ct2.check_pair(settings, "en", "de")
    assert missing.problem == "no CTranslate2 model for en → de is there"
    assert "models/translation/en-de of the data folder" in str(missing.cure)
    assert str(models) not in str(missing.cure)
    assert not ct2.check({"models_dir": str(tmp_path)}).ready
    with pytest.raises(EngineFailure, match="en → de"):
        translate(settings, order("Hello.", target="de-de"))


def test_a_broken_folder_is_told_by_name(tmp_path: Path) -> None:
    (tmp_path / "translation" / "en-es").mkdir(parents=True)
    assert "en-es of translation" in str(ct2.check({"models_dir": str(tmp_path)}).problem)
    wrong = {"models_dir": str(tmp_path), "translation_models": {"english-spanish": "x"}}
    assert "'english-spanish'" in str(ct2.check_pair(wrong, "en", "es").problem)
    folder = make(tmp_path / "translation" / "en-es")
    (folder / "model.bin").write_bytes(b"not a model")
    with pytest.raises(Misconfigured, match="en-es cannot be loaded"):
        translate({"models_dir": str(tmp_path)}, order("Hello."))
