"""Reading the analysis track in windows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from soundstage.domain.timing import Span
from soundstage.engines.analysis_track import AnalysisTrack
from soundstage.errors import EngineFailure
from soundstage.testing.engines import write_wav


def test_reads_windows_and_stops_at_the_end(tmp_path: Path) -> None:
    ramp = np.arange(1_600) / 3_200
    with AnalysisTrack(write_wav(tmp_path / "ramp.wav", ramp)) as track:
        assert (track.frames, track.duration_ms) == (1_600, 100)
        whole = track.read(0, 100)
        assert whole.dtype == np.float32 and np.allclose(whole, ramp, atol=1e-4)
        assert np.array_equal(track.read(20, 30), whole[320:480])
        assert len(track.read(90, 500)) == 160
        assert len(track.read(200, 300)) == 0
        parts = track.gather((Span(start_ms=0, end_ms=10), Span(start_ms=50, end_ms=60)))
        assert np.array_equal(parts, np.concatenate([whole[:160], whole[800:960]]))


def test_refuses_what_is_no_analysis_track(tmp_path: Path) -> None:
    with pytest.raises(EngineFailure, match="16000 Hz"):
        AnalysisTrack(write_wav(tmp_path / "fast.wav", np.zeros(10), rate=44_100))
    (tmp_path / "text.wav").write_text("not a sound at all, only some text")
    with pytest.raises(EngineFailure, match="cannot be opened"):
        AnalysisTrack(tmp_path / "text.wav")
    with pytest.raises(EngineFailure, match="cannot be opened"):
        AnalysisTrack(tmp_path / "missing.wav")
