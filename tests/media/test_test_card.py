from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from soundstage.media.decode import decode
from soundstage.media.probe import probe
from soundstage.media.test_card import FRAME_RATE, HEIGHT, WIDTH, write_test_card
from soundstage.testing import media


@pytest.mark.parametrize(("rate", "channels"), [(44_100, 2), (24_000, 1), (48_000, 2)])
def test_makes_a_video_of_the_sound(tmp_path: Path, rate: int, channels: int) -> None:
    audio = media.make_wav(tmp_path / "x.wav", media.sine(440.0, 2.37, rate, channels=channels), rate)
    seen: list[float] = []
    card = write_test_card(audio, tmp_path / "x.mp4", seen.append)
    assert (card.duration_ms, card.pictures) == (2370, 60) and seen[-1] == 1.0
    info = probe(tmp_path / "x.mp4", "x.mp4")
    picture, sound = info.video[0], info.audio[0]
    assert (picture.codec, picture.width, picture.height, picture.frame_rate) == ("h264", WIDTH, HEIGHT, FRAME_RATE)
    assert (sound.codec, sound.sample_rate, sound.channels) == ("aac", 48_000, 2)
    answer = decode(tmp_path / "x.mp4", (sound.index,), tmp_path / "s.flac", tmp_path / "a.wav")
    assert abs(answer.duration_ms - 2370) < 50 and answer.integrated_lufs == pytest.approx(-6.7, abs=0.5)


def test_shows_bars_and_has_its_index_in_front(tmp_path: Path) -> None:
    write_test_card(media.make_wav(tmp_path / "x.wav", media.sine(440.0, 0.5, 8000), 8000), tmp_path / "x.mp4")
    data = (tmp_path / "x.mp4").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    with av.open(str(tmp_path / "x.mp4")) as container:
        frame = next(container.decode(video=0)).to_ndarray(format="rgb24")
    colours = [frame[HEIGHT // 2, WIDTH * (2 * bar + 1) // 14] for bar in range(7)]
    assert np.allclose(colours[0], 191, atol=12) and np.allclose(colours[-1], (0, 0, 191), atol=25)


def test_a_moment_of_sound_is_enough(tmp_path: Path) -> None:
    audio = media.make_wav(tmp_path / "x.wav", media.sine(440.0, 0.01, 8000), 8000)
    assert write_test_card(audio, tmp_path / "x.mp4").pictures == 1
