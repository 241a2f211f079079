"""Every output format that clients of ElevenLabs may ask for: as long as it was, playable, the same tone."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from soundstage.api.schemas.sound_generation import OUTPUT_FORMATS
from soundstage.domain.sound_file import Encoding
from soundstage.media.sound_files import to_encoding
from soundstage.testing import media

RATE, FRAMES = 44_100, 30_001
RAW = ("s16le", "mulaw", "alaw")  # nothing in them tells what they are


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sound") / "sound.wav"
    soundfile.write(path, media.sine(440, 1.0, RATE, channels=2)[:FRAMES], RATE, "PCM_16")
    return path


def played(path: Path, encoding: Encoding) -> tuple[np.ndarray, int]:
    """Samples (channels, frames) as a player plays them, and their rate."""
    raw = {"format": encoding.format, "options": {"sample_rate": str(encoding.rate), "ch_layout": "mono"}}
    with av.open(str(path), **(raw if encoding.format in RAW else {})) as container:
        (stream,) = container.streams.audio
        resampler = av.AudioResampler("fltp")
        blocks = [out.to_ndarray() for frame in container.decode(stream) for out in resampler.resample(frame)]
        return np.concatenate(blocks, axis=1), stream.rate


@pytest.mark.parametrize("name", OUTPUT_FORMATS)
def test_it_is_what_its_name_says(sound: Path, tmp_path: Path, name: str) -> None:
    encoding = OUTPUT_FORMATS[name]
    assert to_encoding(sound, tmp_path / "sound", encoding) == FRAMES
    samples, rate = played(tmp_path / "sound", encoding)
    assert rate == encoding.rate == int(name.split("_")[1])
    assert samples.shape[0] == (1 if encoding.mono else 2)
    assert samples.shape[1] == pytest.approx(FRAMES * rate / RATE, abs=32)  # a resampler rings on a little
    spectrum = np.abs(np.fft.rfft(samples[0]))
    assert np.fft.rfftfreq(samples.shape[1], 1 / rate)[spectrum.argmax()] == pytest.approx(440, abs=3)
