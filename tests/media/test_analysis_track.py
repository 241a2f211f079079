"""A stem becomes what engines listen to: as long, at 16 kHz, the mean of its channels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from soundstage.errors import StageFailure
from soundstage.media.analysis_track import write_analysis


@pytest.mark.parametrize(("frames", "owed"), [(48_000, 16_000), (100_001, 33_334), (1, 1)])
def test_it_is_as_long_as_the_stem(tmp_path: Path, frames: int, owed: int) -> None:
    soundfile.write(tmp_path / "stem.flac", np.zeros((frames, 2)), 48_000)
    assert write_analysis(tmp_path / "stem.flac", tmp_path / "analysis.wav") == owed
    assert soundfile.info(tmp_path / "analysis.wav").frames == owed


def test_a_tone_stays_where_it_is(tmp_path: Path) -> None:
    times = np.arange(3 * 48_000) / 48_000
    tone = 0.5 * np.sin(2 * np.pi * 440 * times)
    soundfile.write(tmp_path / "stem.flac", np.stack([tone, 0.5 * tone], axis=1), 48_000, subtype="PCM_24")
    write_analysis(tmp_path / "stem.flac", tmp_path / "analysis.wav")
    heard, rate = soundfile.read(tmp_path / "analysis.wav")
    wanted = 0.375 * np.sin(2 * np.pi * 440 * np.arange(len(heard)) / rate)
    assert np.abs(heard - wanted)[500:-500].max() < 1e-3


def test_a_damaged_stem_is_told(tmp_path: Path) -> None:
    (tmp_path / "stem.flac").write_bytes(b"no music here")
    with pytest.raises(StageFailure, match="done again"):
        write_analysis(tmp_path / "stem.flac", tmp_path / "analysis.wav")
