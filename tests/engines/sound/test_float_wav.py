from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile

from soundstage.engines.sound.float_wav import read_float_wav, write_float_wav
from soundstage.errors import SourceFailure


def test_round_trip_and_a_foreign_reader(tmp_path: Path) -> None:
    samples = np.random.default_rng(1).standard_normal((1000, 2)).astype(np.float32)
    write_float_wav(tmp_path / "a.wav", samples, 44_100)
    back, rate = read_float_wav(tmp_path / "a.wav")
    assert rate == 44_100
    assert np.array_equal(back, samples)
    foreign, rate = soundfile.read(tmp_path / "a.wav", dtype="float32")
    assert rate == 44_100
    assert np.array_equal(foreign, samples)


def test_reads_foreign_files_with_other_parts(tmp_path: Path) -> None:
    samples = np.linspace(-1, 1, 501, dtype=np.float32)
    soundfile.write(tmp_path / "b.wav", samples, 22_050, subtype="FLOAT")
    back, rate = read_float_wav(tmp_path / "b.wav")
    assert (back.shape, rate) == ((501, 1), 22_050)
    assert np.array_equal(back[:, 0], samples)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"RIFF",
        b"not a wav file at all",
        b"RIFF\x00\x00\x00\x00WAVE",
        b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00"
        + struct.pack("<HHIIHH", 1, 2, 44_100, 176_400, 4, 16)
        + b"data\x00\x00\x00\x00",
    ],
)
def test_what_is_no_float_wav_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "c.wav").write_bytes(content)
    with pytest.raises(SourceFailure):
        read_float_wav(tmp_path / "c.wav")


def test_a_file_cut_short_gives_what_is_there(tmp_path: Path) -> None:
    write_float_wav(tmp_path / "d.wav", np.ones((100, 2), np.float32), 44_100)
    whole = (tmp_path / "d.wav").read_bytes()
    (tmp_path / "d.wav").write_bytes(whole[:-84])
    assert len(read_float_wav(tmp_path / "d.wav")[0]) == 89
