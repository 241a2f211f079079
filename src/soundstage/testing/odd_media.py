"""Media that is whole and yet unlike what one expects: uneven pictures, edit lists, many tracks, unknown codecs."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from soundstage.testing.media import FRAME_RATE, HEIGHT, WIDTH, Tone, make_clip, sine

_RATE = 48_000


def make_uneven_pictures(path: Path, *, seconds: float = 3.0) -> Path:
    """An MP4 or MKV whose pictures come at random times (variable frame rate), with a 440 Hz tone throughout."""
    moments = np.sort(np.random.default_rng(4).uniform(0, seconds, round(seconds * 12)))
    with av.open(str(path), "w") as container:
        video: Any = container.add_stream("mpeg4", rate=FRAME_RATE)
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        video.codec_context.time_base = Fraction(1, 1000)
        audio: Any = container.add_stream("aac", rate=_RATE, layout="stereo")
        for moment in sorted({0, *(round(one * 1000) for one in moments)}):
            image = np.full((HEIGHT, WIDTH, 3), moment % 256, np.uint8)
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame.pts, frame.time_base = moment, Fraction(1, 1000)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        _tone(container, audio, seconds)
    return path


def make_edit_list(path: Path, *, seconds: float = 3.0, hidden: float = 1.0) -> Path:
    """An MP4 or MOV whose first `hidden` seconds lie before time zero and are hidden by an edit list, with the tone
    at 880 Hz there and at 440 Hz in the `seconds` that remain."""
    with av.open(str(path), "w") as container:
        audio: Any = container.add_stream("aac", rate=_RATE, layout="stereo")
        wave = np.concatenate([sine(880.0, hidden, _RATE, channels=2), sine(440.0, seconds, _RATE, channels=2)])
        _tone(container, audio, seconds, wave=wave, at=-round(hidden * _RATE))
    return path


def make_late_beginning(path: Path, *, seconds: float = 3.0, late: float = 2.0) -> Path:
    """An MKV or MP4 with one track whose times begin at `late`, as parts of a broadcast do."""
    with av.open(str(path), "w") as container:
        audio: Any = container.add_stream("aac", rate=_RATE, layout="stereo")
        _tone(container, audio, seconds, at=round(late * _RATE))
    return path


def make_mono_tracks(path: Path, *, tracks: int = 8, seconds: float = 1.0) -> Path:
    """A MOV, MXF or MKV with as many one-channel tracks at 200 Hz, 300 Hz and so on, as broadcasters deliver."""
    return make_clip(path, seconds=seconds, tones=[Tone(200.0 + 100 * n, 0.3, channels=1) for n in range(tracks)])


def make_empty_track(path: Path, *, seconds: float = 1.0) -> Path:
    """An MKV or MP4 with a second audio track that holds nothing at all, the first being whole."""
    with av.open(str(path), "w") as container:
        full: Any = container.add_stream("aac", rate=_RATE, layout="stereo")
        empty: Any = container.add_stream("aac", rate=_RATE, layout="stereo")
        empty.codec_context.open()
        _tone(container, full, seconds)
    return path


def make_unknown_codec(path: Path) -> Path:
    """A WAV of a format number that no decoder has."""
    data = bytearray(make_clip(path, seconds=1.0).read_bytes())
    at = data.index(b"fmt ") + 8
    data[at : at + 2] = (0x7A7A).to_bytes(2, "little")
    path.write_bytes(data)
    return path


def make_wrong_codec(path: Path) -> Path:
    """An M4A whose header says AAC and whose packets are noise: complete, and nothing of it can be decoded."""
    make_clip(path, seconds=3.0, options={"movflags": "faststart"})
    data = bytearray(path.read_bytes())
    at = data.index(b"mdat") + 4
    data[at:] = b"\xff" * (len(data) - at)
    path.write_bytes(data)
    return path


def _tone(container: Any, stream: Any, seconds: float, *, wave: Any = None, at: int = 0) -> None:
    samples = sine(440.0, seconds, _RATE, channels=2) if wave is None else wave
    for start in range(0, len(samples), 1024):
        block = np.ascontiguousarray(samples[start : start + 1024].T)
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = _RATE, at + start, Fraction(1, _RATE)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))
