"""RMS of a file: of a tone by its amplitude, of silence the least."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from soundstage.errors import StageFailure
from soundstage.media.progress import silent
from soundstage.media.rms import QUIETEST_DBFS, rms_dbfs


def test_a_sine_has_its_amplitude_less_three_decibels(tmp_path: Path) -> None:
    tone = 0.1 * np.sin(2 * np.pi * 1_000 * np.arange(2 * 48_000) / 48_000)
    soundfile.write(tmp_path / "tone.flac", np.stack([tone, tone], axis=1), 48_000, "PCM_24")
    assert rms_dbfs(tmp_path / "tone.flac", silent) == pytest.approx(-23.01, abs=0.01)


def test_silence_is_the_quietest_and_nonsense_is_told(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "still.flac", np.zeros((4_800, 2)), 48_000)
    assert rms_dbfs(tmp_path / "still.flac", silent) == QUIETEST_DBFS
    (tmp_path / "no.flac").write_bytes(b"no sound")
    with pytest.raises(StageFailure, match=r"no\.flac cannot be read"):
        rms_dbfs(tmp_path / "no.flac", silent)
