"""The waveform of a sound as a picture."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from soundstage.errors import StageFailure
from soundstage.media.waveform import LANE_HEIGHT, WIDTH, draw


def test_a_lane_for_each_channel_shows_where_it_sounds(tmp_path: Path) -> None:
    samples = np.zeros((44_100, 2))
    samples[:22_050, 0] = 0.9 * np.sin(np.arange(22_050))
    soundfile.write(tmp_path / "sound.wav", samples, 44_100)
    assert draw(tmp_path / "sound.wav", tmp_path / "picture.png") == (WIDTH, 2 * LANE_HEIGHT)
    with av.open(str(tmp_path / "picture.png")) as container:
        pixels = next(container.decode(video=0)).to_ndarray(format="rgb24")
    ground = pixels[0, 0]
    drawn = (pixels != ground).any(axis=2)
    assert drawn[: LANE_HEIGHT // 4, : WIDTH // 2 - 2].any()
    assert not drawn[: LANE_HEIGHT // 4, WIDTH // 2 + 2 :].any()
    assert not drawn[LANE_HEIGHT : LANE_HEIGHT * 5 // 4].any()


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "sound.wav").write_bytes(b"RIFF0000WAVEfmt ")
    with pytest.raises(StageFailure, match="by its recipe"):
        draw(tmp_path / "sound.wav", tmp_path / "picture.png")
