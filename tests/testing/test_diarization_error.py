"""The error rate on cases that can be counted by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from soundstage.testing.diarization_error import Talk, diarization_error, read_rttm

TWO = (Talk(0, 4, "a"), Talk(4, 10, "b"))


def test_other_names_are_no_error() -> None:
    assert diarization_error(TWO, (Talk(0, 4, "x"), Talk(4, 10, "y"))).rate == 0


def test_what_is_missed_invented_and_confused() -> None:
    heard = (Talk(1, 4, "x"), Talk(4, 8, "y"), Talk(8, 12, "x"))
    error = diarization_error(TWO, heard, collar=0)
    assert (error.missed, error.false_alarm, error.confused, error.speech) == pytest.approx((1, 2, 2, 10))
    assert error.rate == pytest.approx(0.5)


def test_nothing_counts_near_the_edges_of_the_reference() -> None:
    late = (Talk(0.2, 4.2, "x"), Talk(4.2, 10.2, "y"))
    assert diarization_error(TWO, late).rate == 0
    assert diarization_error(TWO, late, collar=0).rate == pytest.approx(0.06)
    assert diarization_error(TWO, ()).speech == pytest.approx(9)


def test_overlaps_count_for_each_speaker() -> None:
    truth = (Talk(0, 10, "a"), Talk(5, 10, "b"))
    assert diarization_error(truth, (Talk(0, 10, "x"),), collar=0).rate == pytest.approx(5 / 15)
    assert diarization_error(truth, (Talk(0, 10, "x"), Talk(5, 10, "y")), collar=0).rate == 0


def test_no_speech_in_the_reference_gives_seconds() -> None:
    assert diarization_error((), (Talk(1, 3, "x"),)).rate == pytest.approx(2)
    assert diarization_error((), ()).rate == 0


def test_rttm_is_read(tmp_path: Path) -> None:
    path = tmp_path / "one.rttm"
    path.write_text(";; a comment\nSPEAKER one 1 0.291 4.778 <NA> <NA> spk1998 <NA> <NA>\n")
    assert read_rttm(path) == (Talk(0.291, pytest.approx(5.069), "spk1998"),)
