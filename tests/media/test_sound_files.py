"""A sound in other formats: as long, as loud, the recipe with it."""

from __future__ import annotations

import json
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from soundstage.errors import StageFailure
from soundstage.media import sound_files
from soundstage.media.recipe_file import read_recipe
from soundstage.media.wav import write_wav

RECIPE = {"prompt": "雨 on a tin roof", "seed": 7, "plan": {"layers": [{"sound": "rain"}]}}
FRAMES = 40_001


@pytest.fixture
def wav(tmp_path: Path) -> Path:
    time = np.arange(FRAMES) / 44_100
    tone = 0.4 * np.sin(2 * np.pi * 440 * time)[:, None] * np.array([[1.0, 0.5]])
    soundfile.write(tmp_path / "raw.wav", tone, 44_100, subtype="FLOAT")
    write_wav(tmp_path / "raw.wav", tmp_path / "sound.wav", json.dumps(RECIPE), 1)
    return tmp_path / "sound.wav"


def played(path: Path) -> tuple[np.ndarray, int]:
    """(frames, channels), full scale ±1, as a player plays it, and the rate.

    Vorbis by its own library: FFmpeg takes the first page of a short file for a cut one and leaves 128 frames out.
    """
    if path.suffix == ".ogg":
        return soundfile.read(path, dtype="float32")
    with av.open(str(path)) as container:
        (stream,) = container.streams.audio
        resampler = av.AudioResampler(format="fltp", layout="stereo", rate=stream.rate)
        frames = [out.to_ndarray() for frame in container.decode(stream) for out in resampler.resample(frame)]
        return np.concatenate(frames, axis=1).T, stream.rate


@pytest.mark.parametrize(("name", "rate"), [("flac", 44_100), ("ogg", 44_100), ("mp3", 44_100), ("opus", 48_000)])
def test_it_is_as_long_and_sounds_alike(wav: Path, name: str, rate: int) -> None:
    output = wav.with_name(f"made.{name}")
    assert getattr(sound_files, f"to_{name}")(wav, output) == FRAMES
    samples, told = played(output)
    assert told == rate
    assert abs(len(samples) - FRAMES * rate / 44_100) <= 1
    level = np.sqrt(np.mean(samples[4_000:-4_000] ** 2, axis=0))
    assert level == pytest.approx([0.283, 0.141], rel=0.05)
    assert output.stat().st_size < wav.stat().st_size


def test_flac_has_the_very_samples(wav: Path) -> None:
    output = wav.with_name("made.flac")
    sound_files.to_flac(wav, output)
    assert np.array_equal(soundfile.read(output, dtype="int16")[0], soundfile.read(wav, dtype="int16")[0])


@pytest.mark.parametrize("name", ["flac", "ogg", "mp3", "opus"])
def test_the_recipe_goes_along(wav: Path, name: str) -> None:
    output = wav.with_name("made")
    getattr(sound_files, f"to_{name}")(wav, output)
    assert json.loads(read_recipe(output)) == RECIPE


@pytest.mark.parametrize("name", ["flac", "ogg", "mp3", "opus"])
def test_a_damaged_file_is_told(wav: Path, name: str) -> None:
    wav.write_bytes(b"RIFF0000WAVEfmt ")
    with pytest.raises(StageFailure, match="by its recipe"):
        getattr(sound_files, f"to_{name}")(wav, wav.with_name("made"))
