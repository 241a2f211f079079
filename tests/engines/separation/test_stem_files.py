"""Two stems add up to their mix to the last bit, at every depth and level."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from soundstage.engines.separation.stem_files import Mix, StemFiles
from soundstage.errors import EngineFailure


def written(tmp_path: Path, mix: np.ndarray, speech: np.ndarray, subtype: str, block: int = 1000):
    """Mix, speech and background as they were read back, as integers of the mix's depth, and the levels."""
    paths = [tmp_path / f"{name}.flac" for name in ("mix", "speech", "background")]
    soundfile.write(paths[0], mix, 48_000, subtype=subtype)
    with Mix(paths[0]) as source, StemFiles(*paths[1:], source.bits) as stems:
        start = 0
        for integers in source.blocks(block):
            stems.write(integers, speech[start : start + len(integers)])
            start += len(integers)
    shift = 32 - source.bits
    return [soundfile.read(path, dtype="int32")[0].astype(np.int64) >> shift for path in paths], stems.levels


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24"])
@pytest.mark.parametrize("level", [1e-4, 0.1, 0.99])
def test_they_add_up_exactly(tmp_path: Path, subtype: str, level: float) -> None:
    draw = np.random.default_rng(1)
    mix = draw.uniform(-level, level, (12_345, 2))
    speech = (mix * draw.uniform(0, 1, mix.shape)).astype(np.float32)
    (whole, one, two), levels = written(tmp_path, mix, speech, subtype)
    assert np.array_equal(one + two, whole)
    full = 2.0 ** (15 if subtype == "PCM_16" else 23)
    assert np.abs(one / full - speech).max() <= 0.51 / full
    for found, told in ((one, levels.speech_dbfs), (two, levels.background_dbfs)):
        assert told == pytest.approx(10 * np.log10(np.mean((found / full) ** 2)), abs=0.01)
    assert soundfile.info(tmp_path / "speech.flac").subtype == subtype


def test_what_would_pass_full_scale_is_shared(tmp_path: Path) -> None:
    mix = np.array([[0.999, -0.999], [0.9, -0.9], [0.0, 0.0]])
    speech = np.array([[-0.8, 0.8], [1.5, -1.5], [-1.5, 1.5]], np.float32)
    (whole, one, two), _ = written(tmp_path, mix, speech, "PCM_16")
    assert np.array_equal(one + two, whole)
    assert two[0].tolist() == [32767, -32768]
    assert one[0].tolist() == [whole[0, 0] - 32767, whole[0, 1] + 32768]


def test_silence_reads_as_120_below(tmp_path: Path) -> None:
    _, levels = written(tmp_path, np.zeros((100, 2)), np.zeros((100, 2), np.float32), "PCM_16")
    assert (levels.speech_dbfs, levels.background_dbfs) == (-120.0, -120.0)


@pytest.mark.parametrize(("rate", "channels"), [(44_100, 2), (48_000, 1)])
def test_other_sound_is_refused(tmp_path: Path, rate: int, channels: int) -> None:
    soundfile.write(tmp_path / "mix.flac", np.zeros((10, channels)), rate)
    with pytest.raises(EngineFailure, match=f"{rate} Hz, {channels} channels: decode the source again"):
        Mix(tmp_path / "mix.flac")


def test_what_is_no_sound_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mix.flac").write_text("no sound")
    with pytest.raises(EngineFailure, match="cannot be opened"):
        Mix(tmp_path / "mix.flac")
    with pytest.raises(EngineFailure, match="cannot be opened"):
        Mix(tmp_path / "nothing.flac")
