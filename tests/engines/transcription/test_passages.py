"""Pieces, places on the track, order of words, guards: the parts of transcription that need no model."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from soundstage.domain.timing import Span
from soundstage.domain.transcript import Passage, Word
from soundstage.engines.analysis_track import AnalysisTrack
from soundstage.engines.transcription.listening_plan import PIECE_MS, Piece, plan, silent
from soundstage.engines.transcription.passages import in_order, insert, passage, tighten
from soundstage.engines.transcription.unheard import echoes, passed_over
from soundstage.engines.transcription.whisper_languages import CODES, iso_code, model_code
from soundstage.engines.transcription.whisper_model import Heard, HeardWord
from soundstage.testing.engines import write_wav


def span(start_ms: int, end_ms: int) -> Span:
    return Span(start_ms=start_ms, end_ms=end_ms)


def said(*words: tuple[str, int, int]) -> Passage:
    timed = tuple(Word(text=text, span=span(start, end), confidence=0.9) for text, start, end in words)
    text = " ".join(word.text for word in timed)
    return Passage(text=text, span=span(words[0][1], words[-1][2]), words=timed, confidence=0.9)


def heard(*words: HeardWord) -> Heard:
    text = "".join(word.text for word in words)
    return Heard(text, words[0].start, words[-1].end, log_probability=-0.2, no_speech=0.0, compression=1.0, words=words)


def test_pieces_hold_all_speech_and_few_silences(tmp_path: Path) -> None:
    with AnalysisTrack(write_wav(tmp_path / "a.wav", np.zeros(16_000 * 60))) as track:
        speech = (span(1_000, 2_000), span(3_000, 4_000), span(30_000, 31_000))
        assert plan(track, speech) == (Piece((span(600, 4_400), span(29_600, 31_400))),)
        assert plan(track, None) == (Piece((span(0, 25_050),)), Piece((span(25_050, 60_000),))), "about even"
        assert plan(track, ()) == ()
        assert silent(track, plan(track, None)[0])


def test_long_speech_is_cut_where_it_is_quiet(tmp_path: Path) -> None:
    samples = np.random.default_rng(0).normal(size=16_000 * 700).astype(np.float32) * 0.1
    samples[16_000 * 85 : 16_000 * 86] = 0.0
    with AnalysisTrack(write_wav(tmp_path / "long.wav", samples)) as track:
        pieces = plan(track, None)
        assert all(piece.duration_ms <= PIECE_MS for piece in pieces)
        assert 85_000 <= pieces[0].spans[-1].end_ms <= 86_000
        spans = [one for piece in pieces for one in piece.spans]
        assert spans[0].start_ms == 0 and spans[-1].end_ms == 700_000
        assert all(one.end_ms == two.start_ms for one, two in pairwise(spans))


def test_pieces_to_hear_side_by_side_are_of_like_length(tmp_path: Path) -> None:
    with AnalysisTrack(write_wav(tmp_path / "long.wav", np.zeros(16_000 * 600))) as track:
        counts = [len(plan(track, (span(0, 1_000 * seconds),))) for seconds in (30, 50, 230, 250, 600)]
        assert counts == [1, 2, 2, 4, 4], "two threads or four have the same to do"
        speech = tuple(span(start, start + 27_000) for start in range(1_000, 600_000, 30_000))
        pieces = plan(track, speech)
    assert [len(piece.spans) for piece in pieces] == [5, 5, 5, 5], "parted in the silences between"


def test_moments_of_a_piece_lie_on_the_track() -> None:
    piece = Piece((span(1_000, 3_000), span(10_000, 12_000)))
    assert [piece.locate(at, at + 0.2)[0] for at in (0.0, 1.5, 2.5, 99.0)] == [1_000, 2_500, 10_500, 12_000]
    # Across the join, where 0.4 s on either side are padding: speech begins at 2.4 s of the piece, ends at 1.6 s.
    assert piece.locate(1.7, 2.6) == (10_000, 10_600)
    assert piece.locate(1.3, 2.1) == (2_300, 3_000)


def test_parts_of_a_written_word_are_joined() -> None:
    parts = (HeardWord(" cold", 0.0, 0.5, 0.9), HeardWord("-hearted", 0.5, 1.0, 0.7), HeardWord(" man.", 1.0, 1.4, 1.1))
    found = passage(heard(*parts), Piece((span(0, 5_000),)), "en", spaced=True)
    assert found is not None
    assert [(word.text, word.span.end_ms, word.confidence) for word in found.words] == [
        ("cold-hearted", 1_000, 0.7),
        ("man.", 1_400, 1.0),
    ]
    unspaced = passage(
        heard(HeardWord("你", 0, 0.3, 1), HeardWord("好", 0.3, 0.6, 1)), Piece((span(0, 900),)), "zh", spaced=False
    )
    assert unspaced is not None and len(unspaced.words) == 2
    assert passage(heard(HeardWord(" ", 0, 1, 1)), Piece((span(0, 900),)), "en", spaced=True) is None


@given(st.lists(st.tuples(st.integers(0, 5_000), st.integers(1, 2_000)), min_size=1, max_size=30))
def test_words_never_run_backwards(times: list[tuple[int, int]]) -> None:
    passages = [said(("word", start, start + length)) for start, length in times]
    ordered = in_order(passages, 6_000)
    spans = [word.span for one in ordered for word in one.words]
    assert len(spans) == len(times)
    assert all(one.end_ms <= two.start_ms for one, two in pairwise(spans))
    assert spans[-1].end_ms <= 6_000


def test_words_do_not_keep_the_pause_before_them() -> None:
    speech = (span(300, 2_400), span(3_250, 4_000))
    words = said(("Americans,", 1_900, 2_700), ("ask", 2_760, 3_900), ("not", 6_000, 6_500))
    (tight,) = tighten([words], speech)
    assert [word.span for word in tight.words] == [span(1_900, 2_480), span(3_170, 3_900), span(6_000, 6_500)]
    assert tight.span == span(1_900, 6_500)


def test_what_was_passed_over_is_found_and_put_in_its_place() -> None:
    passages = (said(("one", 0, 500), ("two", 500, 1_000), ("six", 5_000, 5_500)),)
    assert passed_over((span(0, 5_500),), passages) == (span(1_250, 4_750),)
    assert passed_over((span(0, 1_500),), passages) == ()
    new = said(("three", 2_000, 2_500))
    together = insert(passages, new)
    assert [one.text for one in together] == ["one two", "three", "six"]
    assert not echoes(new, passages)
    assert echoes(said(("Two,", 2_000, 2_500)), passages)


def test_language_names() -> None:
    assert (model_code("jv"), iso_code("jw"), model_code("nb-NO"), model_code("tlh")) == ("jw", "jv", "no", None)
    assert {"en", "es", "zh", "jv", "nb"} <= CODES and "jw" not in CODES
    assert all(model_code(code) for code in CODES)
