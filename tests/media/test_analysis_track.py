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


def test_some_of_the_background_is_heard_under_it(tmp_path: Path) -> None:
    times = np.arange(48_000) / 48_000
    for name, hertz in (("speech", 300), ("background", 1_000)):
        tone = 0.4 * np.sin(2 * np.pi * hertz * times)
        soundfile.write(tmp_path / f"{name}.flac", np.stack([tone, tone], axis=1), 48_000, subtype="PCM_24")
    write_analysis(tmp_path / "speech.flac", tmp_path / "both.wav", tmp_path / "background.flac", 0.25)
    heard, rate = soundfile.read(tmp_path / "both.wav")
    levels = [abs(np.mean(heard * np.exp(-2j * np.pi * hertz * np.arange(rate) / rate))) * 2 for hertz in (300, 1_000)]
    assert levels == pytest.approx([0.4, 0.1], abs=0.005)


def test_a_damaged_stem_is_told(tmp_path: Path) -> None:
    (tmp_path / "stem.flac").write_bytes(b"no music here")
    with pytest.raises(StageFailure, match="done again"):
        write_analysis(tmp_path / "stem.flac", tmp_path / "analysis.wav")
