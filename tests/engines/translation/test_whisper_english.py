"""Whisper into English: lines keep order and number, whatever their spans."""

from __future__ import annotations

from pathlib import Path

import pytest

from soundstage.domain.timing import Span
from soundstage.engines.progress import silent
from soundstage.engines.transcription.whisper_model import HeardWord
from soundstage.engines.translation import whisper_english
from soundstage.engines.translation.contract import TranslationLine, TranslationOrder
from soundstage.engines.translation.whisper_english import _deal_out, _windows, pairs
from soundstage.errors import EngineFailure
from soundstage.testing.engines import TranslatorContract


def line(number: int, start_ms: int, end_ms: int, text: str = "etwas") -> TranslationLine:
    return TranslationLine(segment_id=str(number), text=text, span=Span(start_ms=start_ms, end_ms=end_ms))


class TestContract(TranslatorContract):
    """English under a German label: whisper writes English whatever it hears, and the words show who got what."""

    spec = whisper_english.SPEC

    @pytest.fixture
    def audio(self, clips: Path) -> Path:
        return clips / "conv2.wav"

    @pytest.fixture
    def order(self) -> TranslationOrder:
        lines = (line(1, 700, 4_600), line(2, 6_000, 9_000), line(3, 6_100, 6_200, text=""), line(4, 30_000, 34_000))
        return TranslationOrder(source="de-de", target="en-us", lines=lines)

    def test_refuses_what_it_cannot_do(self, order: TranslationOrder) -> None:
        with pytest.raises(EngineFailure, match="from the audio"):
            self.engine.translate(order, None, silent)
        with pytest.raises(EngineFailure, match="into English only"):
            self.engine.translate(order.model_copy(update={"target": "fr-fr"}), Path("unused"), silent)


def test_pairs() -> None:
    assert pairs("es", "en") and pairs("es-es", "en-gb") and pairs("nb", "en")
    assert not pairs("en", "en") and not pairs("es", "fr") and not pairs("tlh", "en")


def test_words_are_dealt_out_by_time_and_sentence() -> None:
    texts = [" Good", " day.", " How", " are", " you?", " I'm", " fine."]
    words = [HeardWord(text, i * 0.5, i * 0.5 + 0.5, 1.0) for i, text in enumerate(texts)]
    lines = [line(1, 0, 1_400), line(2, 1_400, 2_500), line(3, 2_500, 3_500)]
    assert _deal_out(words, lines) == ["Good day.", "How are you?", "I'm fine."]
    assert _deal_out([], lines) == ["", "", ""]


def test_lines_between_which_another_language_is_spoken_are_heard_apart() -> None:
    lines = [line(1, 0, 2_000), line(2, 2_500, 4_500), line(3, 6_000, 8_000), line(4, 8_500, 10_500)]
    lines[2] = lines[2].model_copy(update={"after_other": True})
    assert [[one.segment_id for one in window] for window in _windows(lines)] == [["1", "2"], ["3", "4"]]
