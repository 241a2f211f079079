"""Kept tracks as WAV and MP3: the same samples, the right headers, nothing written past a full disk."""

from __future__ import annotations

import struct
import wave
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from soundstage.errors import StageFailure, StorageFull
from soundstage.media import convert
from soundstage.media.convert import to_mp3, to_wav
from soundstage.testing import media


def flac(folder: Path, samples: np.ndarray, rate: int = 48_000, subtype: str = "PCM_16") -> Path:
    path = folder / "track.flac"
    soundfile.write(path, samples, rate, subtype)
    return path


def tone(seconds: float, rate: int = 48_000, channels: int = 2) -> np.ndarray:
    return media.sine(440, seconds, rate, channels=channels)


def decoded(path: Path) -> tuple[np.ndarray, int]:
    """Samples (frames, channels) as a player plays them, and their rate."""
    with av.open(str(path)) as container:
        (stream,) = container.streams.audio
        blocks = [frame.to_ndarray() for frame in container.decode(stream)]
        return np.concatenate(blocks, axis=1).T, stream.rate


@pytest.mark.parametrize(("subtype", "width"), [("PCM_16", 2), ("PCM_24", 3)])
@pytest.mark.parametrize("channels", [1, 2])
def test_a_wav_has_the_very_samples(tmp_path: Path, subtype: str, width: int, channels: int) -> None:
    frames = 200_001  # more than a block, and odd
    bits = 8 * width
    whole = np.random.default_rng(1).integers(-(2 ** (bits - 1)), 2 ** (bits - 1), (frames, channels), np.int32)
    source = flac(tmp_path, whole << (32 - bits), subtype=subtype)
    output = tmp_path / "track.wav"
    assert to_wav(source, output) == frames
    data = output.read_bytes()
    size = frames * channels * width
    assert data[:4] == b"RIFF" and data[8:16] == b"WAVEfmt " and data[36:40] == b"data"
    assert struct.unpack_from("<I", data, 4)[0] == len(data) - 8
    assert struct.unpack_from("<I", data, 40)[0] == size
    assert len(data) == 44 + size + size % 2
    with wave.open(str(output)) as read:
        assert (read.getnframes(), read.getnchannels(), read.getsampwidth()) == (frames, channels, width)
        assert read.getframerate() == 48_000
    assert np.array_equal(soundfile.read(output, dtype="int32", always_2d=True)[0], whole << (32 - bits))


def test_past_what_a_wav_can_count_it_is_an_rf64(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert convert.MOST_IN_RIFF > 6.2 * 3600 * 48_000 * 4
    monkeypatch.setattr(convert, "MOST_IN_RIFF", 1000)
    source, output = flac(tmp_path, tone(0.5)), tmp_path / "long.wav"
    assert to_wav(source, output) == 24_000
    assert output.read_bytes()[:4] == b"RF64"
    assert soundfile.info(output).frames == len(decoded(output)[0].reshape(-1, 2)) == 24_000
    assert np.array_equal(soundfile.read(output, dtype="int32")[0], soundfile.read(source, dtype="int32")[0])


@pytest.mark.parametrize(
    ("rate", "channels", "played_at"), [(48_000, 2, 48_000), (44_100, 1, 44_100), (96_000, 2, 48_000)]
)
def test_an_mp3_plays_as_long_and_the_same(tmp_path: Path, rate: int, channels: int, played_at: int) -> None:
    samples = tone(3.3, rate, channels)
    output = tmp_path / "track.mp3"
    assert to_mp3(flac(tmp_path, samples, rate, "PCM_24"), output) == len(samples)
    played, told_rate = decoded(output)
    assert (told_rate, played.shape[1]) == (played_at, channels)
    assert len(played) == pytest.approx(len(samples) * played_at / rate, abs=64)  # a resampler's own delay
    expected = tone(3.3, played_at, channels)
    middle = slice(played_at // 2, 2 * played_at)
    assert np.abs(played[middle] - expected[middle]).max() < 0.02
    with av.open(str(output)) as container:
        assert container.streams.audio[0].bit_rate == 192_000
    assert output.stat().st_size == pytest.approx(3.3 * 24_000, rel=0.05)


def test_an_mp3_of_the_same_track_is_the_same_file(tmp_path: Path) -> None:
    source = flac(tmp_path, tone(1.0))
    for name in ("a.mp3", "b.mp3"):
        to_mp3(source, tmp_path / name)
    assert (tmp_path / "a.mp3").read_bytes() == (tmp_path / "b.mp3").read_bytes()


@pytest.mark.parametrize("write", [to_wav, to_mp3])
def test_a_track_of_a_few_samples(tmp_path: Path, write) -> None:
    assert write(flac(tmp_path, tone(1.0)[:3]), tmp_path / "out") == 3
    assert (tmp_path / "out").stat().st_size > 44


@pytest.mark.parametrize("write", [to_wav, to_mp3])
def test_a_damaged_track_is_told_without_its_place(tmp_path: Path, write) -> None:
    noise = np.random.default_rng(2).uniform(-0.5, 0.5, (96_000, 2))
    data = flac(tmp_path, noise).read_bytes()
    for broken in (data[: len(data) // 2], b"fLaC" + bytes(200)):
        (tmp_path / "broken.flac").write_bytes(broken)
        with pytest.raises(StageFailure, match="damaged") as told:
            write(tmp_path / "broken.flac", tmp_path / "out")
        assert str(tmp_path) not in str(told.value)


@pytest.mark.parametrize("write", [to_wav, to_mp3])
def test_a_full_disk_is_told(tmp_path: Path, write) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with pytest.raises(StorageFull):
        write(flac(tmp_path, tone(2.0)), Path("/dev/full"))
