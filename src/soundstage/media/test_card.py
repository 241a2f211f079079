"""A test card with sound as a video: colour bars and a running line over a WAV, as MP4 (H.264, AAC)."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import soundfile
from numpy.typing import NDArray

from soundstage.domain.value import Milliseconds, Value
from soundstage.media.progress import Report, silent

WIDTH, HEIGHT = 640, 360
FRAME_RATE = 25
_AUDIO_RATE = 48_000
_AAC_FRAME = 1024
# 75 % colour bars of EBU and SMPTE: white, yellow, cyan, green, magenta, red, blue.
_BARS = ((191, 191, 191), (191, 191, 0), (0, 191, 191), (0, 191, 0), (191, 0, 191), (191, 0, 0), (0, 0, 191))


class Card(Value):
    """What was written: length of the sound, and how many pictures."""

    duration_ms: Milliseconds
    pictures: int


def write_test_card(audio: Path, output: Path, report: Report = silent) -> Card:
    """Write the MP4 `output`: `audio` (WAV or FLAC of any rate, mono or stereo) under colour bars on which a white line
    runs from left to right once over the whole length. 640 × 360 at 25 pictures a second, index at the front."""
    with soundfile.SoundFile(audio) as file, av.open(str(output), "w", options={"movflags": "faststart"}) as container:
        seconds = Fraction(file.frames, file.samplerate)
        pictures = max(1, -(-seconds.numerator * FRAME_RATE // seconds.denominator))
        picture: Any = container.add_stream("libx264", rate=FRAME_RATE, options={"preset": "ultrafast", "crf": "30"})
        picture.width, picture.height, picture.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        sound: Any = container.add_stream("aac", rate=_AUDIO_RATE, layout="stereo")
        resampler = av.AudioResampler(format="fltp", layout="stereo", rate=_AUDIO_RATE, frame_size=_AAC_FRAME)
        card = _colour_bars()
        for number in range(pictures):
            container.mux(picture.encode(_picture(card, number, pictures)))
            _encode_sound(container, sound, resampler, file, round(file.samplerate / FRAME_RATE))
            report(number / pictures)
        _encode_sound(container, sound, resampler, file, -1)
        for frame in resampler.resample(None):
            container.mux(sound.encode(frame))
        container.mux(picture.encode(None))
        container.mux(sound.encode(None))
        report(1.0)
        return Card(duration_ms=round(seconds * 1000), pictures=pictures)


def _encode_sound(
    container: Any, stream: Any, resampler: av.AudioResampler, file: soundfile.SoundFile, frames: int
) -> None:
    """Encode the next so many frames of the file (−1: all that are left)."""
    start = file.tell()
    block = file.read(frames, dtype="float32", always_2d=True)
    if not len(block):
        return
    # FFmpeg would take 3 dB off mono on its way to stereo; the talk is to sound as loud as it was.
    pair = np.repeat(block, 2, axis=1) if block.shape[1] == 1 else block[:, :2]
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(pair).reshape(1, -1), format="flt", layout="stereo")
    frame.sample_rate = file.samplerate
    # With times on the frames the MP4 tells players to skip what AAC puts before the first sample.
    frame.pts, frame.time_base = start, Fraction(1, file.samplerate)
    for converted in resampler.resample(frame):
        container.mux(stream.encode(converted))


def _colour_bars() -> NDArray[np.uint8]:
    """(HEIGHT, WIDTH, 3) RGB."""
    columns = np.array(_BARS, np.uint8)[np.arange(WIDTH) * len(_BARS) // WIDTH]
    return np.repeat(columns[np.newaxis], HEIGHT, axis=0)


def _picture(card: NDArray[np.uint8], number: int, pictures: int) -> av.VideoFrame:
    image = card.copy()
    middle = round((WIDTH - 1) * number / max(1, pictures - 1))
    image[:, max(0, middle - 2) : middle + 3] = 255
    frame = av.VideoFrame.from_ndarray(image, format="rgb24")
    frame.pts, frame.time_base = number, Fraction(1, FRAME_RATE)
    return frame
