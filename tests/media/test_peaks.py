from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from soundstage.errors import StorageFull
from soundstage.media.decode import decode
from soundstage.media.peaks import PeakMeter, read_level, read_peaks, write_peaks
from soundstage.testing import media


def noise(frames: int, channels: int, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    envelope = np.abs(np.sin(np.arange(frames) / 5000))[:, np.newaxis]
    return (rng.uniform(-1, 1, (frames, channels)) * envelope).astype(np.float32)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(frames=st.integers(0, 150_000), channels=st.integers(1, 2), loud=st.floats(0, 1))
def test_peaks_bound_the_samples_at_every_zoom(tmp_path: Path, frames: int, channels: int, loud: float) -> None:
    audio = media.make_wav(tmp_path / "x.wav", noise(frames, channels) * np.float32(loud), 48_000)
    peaks = write_peaks(audio, tmp_path / "x.peaks")
    samples = soundfile.read(audio, dtype="float64", always_2d=True)[0]
    assert read_peaks(tmp_path / "x.peaks") == peaks and peaks.frames == frames
    for level in peaks.levels:
        pairs = read_level(tmp_path / "x.peaks", level) / 127
        assert len(pairs) == level.pairs == -(-frames // level.frames_per_pair)
        for number, (low, high) in enumerate(pairs):
            part = samples[number * level.frames_per_pair : (number + 1) * level.frames_per_pair]
            assert low <= part.min() + 1e-9 and high >= part.max() - 1e-9
            assert low >= part.min() - 1 / 127 and high <= part.max() + 1 / 127, "and no looser than a step"


def test_file_is_as_documented(tmp_path: Path) -> None:
    peaks = write_peaks(media.make_wav(tmp_path / "x.wav", noise(100_000, 2), 44_100), tmp_path / "x.peaks")
    data = (tmp_path / "x.peaks").read_bytes()
    length = struct.unpack("<I", data[4:8])[0]
    header = json.loads(data[8 : 8 + length])
    assert data[:4] == b"SSPK" and length % 4 == 0 and header == json.loads(peaks.model_dump_json())
    assert header["levels"][0]["offset"] == 8 + length and header["sample_rate"] == 44_100
    assert [level["frames_per_pair"] for level in header["levels"]] == [256, 1024, 4096, 16_384, 65_536]
    assert header["levels"][-1]["offset"] + 2 * header["levels"][-1]["pairs"] == len(data)


def test_silence_is_flat(tmp_path: Path) -> None:
    peaks = write_peaks(media.make_wav(tmp_path / "x.wav", np.zeros((5000, 2), np.float32), 48_000), tmp_path / "p")
    assert not read_level(tmp_path / "p", peaks.levels[0]).any()


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sizes=st.lists(st.integers(0, 3000), max_size=12))
def test_blocks_do_not_matter(tmp_path: Path, sizes: list[int]) -> None:
    pcm = (noise(sum(sizes), 2) * 32767).astype(np.int16)
    pieces, whole = PeakMeter(), PeakMeter()
    whole.push(pcm)
    start = 0
    for size in sizes:
        pieces.push(pcm[start : start + size])
        start += size
    pieces.write(tmp_path / "pieces", 48_000)
    whole.write(tmp_path / "whole", 48_000)
    assert (tmp_path / "pieces").read_bytes() == (tmp_path / "whole").read_bytes()


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24"])
def test_decode_writes_the_same_peaks_in_its_own_pass(tmp_path: Path, subtype: str) -> None:
    audio = media.make_wav(tmp_path / "x.wav", noise(130_001, 2), 48_000, subtype)
    decode(audio, (0,), tmp_path / "s.flac", tmp_path / "a.wav", peaks=tmp_path / "one")
    write_peaks(tmp_path / "s.flac", tmp_path / "two")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_other_files_are_no_peaks(tmp_path: Path) -> None:
    for content in (b"", b"SSPK", b"RIFF\x00\x00\x00\x00", b"SSPK\xff\xff\xff\xff{}"):
        (tmp_path / "x").write_bytes(content)
        with pytest.raises(ValueError, match="no peaks file"):
            read_peaks(tmp_path / "x")


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    audio = media.make_wav(tmp_path / "x.wav", noise(100_000, 1), 48_000)
    with pytest.raises(StorageFull):
        write_peaks(audio, Path("/dev/full"))
