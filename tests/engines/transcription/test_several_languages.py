"""From doubts while listening to the work that follows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from soundstage.domain.timing import Span
from soundstage.domain.transcript import Passage, Stretch, Word
from soundstage.engines.analysis_track import AnalysisTrack
from soundstage.engines.transcription.listening_plan import Piece, plan
from soundstage.engines.transcription.several_languages import Course, Doubts, Speech
from soundstage.engines.transcription.spoken_units import LONGEST_MS, spoken_units
from soundstage.testing.engines import write_wav

TALK = (Span(start_ms=1_000, end_ms=11_000), Span(start_ms=12_000, end_ms=18_000), Span(start_ms=19_000, end_ms=30_000))
STRETCHES = tuple(
    Stretch(span=span, language=language, confidence=0.9, speech_ms=span.duration_ms)
    for span, language in zip(TALK, ("en", "de", "en"), strict=True)
)


@pytest.fixture
def track(tmp_path: Path) -> Iterator[AnalysisTrack]:
    """40 s of noise with a breath at 6.0 s."""
    samples = np.random.default_rng(1).normal(size=40 * 16_000) * 0.1
    samples[6 * 16_000 : round(6.2 * 16_000)] = 0
    with AnalysisTrack(write_wav(tmp_path / "talk.wav", samples)) as opened:
        yield opened


def passage(text: str, start_ms: int, step_ms: int = 500) -> Passage:
    words = tuple(
        Word(text=word, span=Span(start_ms=start_ms + i * step_ms, end_ms=start_ms + i * step_ms + 400), confidence=0.9)
        for i, word in enumerate(text.split())
    )
    span = Span(start_ms=start_ms, end_ms=words[-1].span.end_ms)
    return Passage(text=text, span=span, words=words, confidence=0.9, language="en")


def test_units_are_cut_where_it_is_quiet_and_hold_all_speech(track: AnalysisTrack) -> None:
    units = spoken_units(track, TALK)
    assert units[0].end_ms == pytest.approx(6_100, abs=100)
    assert sum(unit.duration_ms for unit in units) == sum(span.duration_ms for span in TALK)
    assert all(unit.duration_ms <= LONGEST_MS for unit in units)
    assert spoken_units(track, (Span(start_ms=39_000, end_ms=60_000),)) == (Span(start_ms=39_000, end_ms=40_000),)
    assert spoken_units(track, (Span(start_ms=50_000, end_ms=60_000),)) == ()


def test_a_doubtful_slice_is_found_on_the_track_across_a_join() -> None:
    doubts = Doubts("en")
    piece = Piece((Span(start_ms=0, end_ms=10_000), Span(start_ms=60_000, end_ms=90_000)))
    doubts.notice(piece)(0.0, [{"en": 0.9}, {"en": 0.5, "de": 0.4}, {"en": 0.8}, {"en": 0.95}])
    assert doubts.spans == (Span(start_ms=7_500, end_ms=10_000), Span(start_ms=60_000, end_ms=65_000))
    doubts.notice(piece)(30.0, [{"de": 0.9}, {"en": 0.9}, {"en": 0.9}, {"en": 0.9}])
    assert doubts.spans[1:] == (Span(start_ms=60_000, end_ms=65_000), Span(start_ms=80_000, end_ms=87_500))


def test_a_piece_with_another_language_is_heard_anew_and_no_other(track: AnalysisTrack) -> None:
    pieces = (Piece((Span(start_ms=600, end_ms=18_400),)), Piece((Span(start_ms=18_600, end_ms=30_400),)))
    speech = Speech(track, pieces, TALK)
    before, after = passage("And so we came here", 2_000), passage("That was all", 20_000)
    kept, work = speech.left(STRETCHES, (before, after), "en")
    assert kept == (after,)
    assert [(language, piece.spans) for piece, language in work] == [
        ("en", (Span(start_ms=600, end_ms=11_400),)),
        ("de", (Span(start_ms=11_600, end_ms=18_400),)),
    ]


def test_before_anything_was_heard_all_is_work_and_no_piece_holds_two_languages(track: AnalysisTrack) -> None:
    speech = Speech(track, plan(track, TALK), TALK)
    kept, work = speech.left(STRETCHES, (), None)
    assert kept == ()
    assert [language for _, language in work] == ["en", "de"]
    english, german = (piece.spans for piece, _ in work)
    assert german == (Span(start_ms=11_600, end_ms=18_400),)
    assert all(not span.overlaps(german[0]) for span in english)


def test_a_place_between_stretches_belongs_to_the_nearer_one() -> None:
    course = Course("en", STRETCHES, 40_000)
    at = {ms: course.at(Span(start_ms=ms, end_ms=ms + 1)) for ms in (0, 11_400, 11_600, 18_400, 18_600, 39_000)}
    assert list(at.values()) == ["en", "en", "de", "de", "en", "en"]
    assert Course("fr", (), 40_000).at(Span(start_ms=0, end_ms=1)) == "fr"
