"""The spectrogram of a sound as a picture."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from soundstage.errors import StageFailure
from soundstage.media.spectrogram import HEIGHT, WIDTH, draw, levels

RATE = 8_000


def stereo(samples: np.ndarray) -> np.ndarray:
    return np.tile(samples.astype(np.float32), (2, 1))


def test_a_tone_is_a_line_at_its_pitch() -> None:
    seconds = np.arange(2 * RATE) / RATE
    low, high = (levels(stereo(0.5 * np.sin(2 * np.pi * hertz * seconds)), RATE) for hertz in (440, 880))
    rows = [int(np.argmax(picture.mean(axis=1))) for picture in (low, high)]
    assert low.shape == (HEIGHT, WIDTH)
    assert 0 < rows[0] < rows[1] < HEIGHT


def test_no_click_falls_between_two_moments() -> None:
    heights = []
    for place in (360_000, 360_300):  # a pixel is 600 frames wide, the short window 1024
        samples = np.zeros(720_000)
        samples[place] = 0.9
        picture = levels(stereo(samples), RATE)
        heights.append(float(picture.max()))
        assert abs(int(np.argmax(picture.max(axis=0))) - WIDTH / 2) <= 4
    assert abs(heights[0] - heights[1]) < 3


def test_it_is_a_png_as_wide_for_any_length_and_silence_is_black(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "sound.wav", np.zeros((2_205, 2)), 44_100)
    assert draw(tmp_path / "sound.wav", tmp_path / "picture.png") == (WIDTH, HEIGHT)
    assert (tmp_path / "picture.png").read_bytes().startswith(b"\x89PNG")
    with av.open(str(tmp_path / "picture.png")) as container:
        pixels = next(container.decode(video=0)).to_ndarray(format="rgb24")
    assert pixels.max() <= 4


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "sound.wav").write_bytes(b"RIFF0000WAVEfmt ")
    with pytest.raises(StageFailure, match="by its recipe"):
        draw(tmp_path / "sound.wav", tmp_path / "picture.png")
