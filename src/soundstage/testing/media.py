"""Synthetic media for tests: short clips in every container, and every kind of file that is broken or no media.

Shipped, so that those who write stages and engines can test with the same files. Made with PyAV; nothing is downloaded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import soundfile
from numpy.typing import NDArray

FRAME_RATE = 25
WIDTH, HEIGHT = 128, 72


@dataclass(frozen=True)
class Tone:
    """An audio track: a sine of `hertz` at `level` (peak, 1 = full scale) from `start` seconds on, with its tags."""

    hertz: float = 440.0
    level: float = 0.5
    channels: int = 2
    language: str | None = None
    title: str | None = None
    start: float = 0.0


# Container ending → FFmpeg's muxer, audio encoder, video encoder (None: sound only), usual rate.
FORMATS: dict[str, tuple[str, str, str | None, int]] = {
    "mp4": ("mp4", "aac", "libx264", 48_000),
    "mov": ("mov", "pcm_s16le", "libx264", 48_000),
    "mkv": ("matroska", "flac", "libx264", 48_000),
    "webm": ("webm", "libopus", "libvpx", 48_000),
    "mxf": ("mxf", "pcm_s16le", "mpeg2video", 48_000),
    "mp3": ("mp3", "libmp3lame", None, 44_100),
    "flac": ("flac", "flac", None, 44_100),
    "wav": ("wav", "pcm_s16le", None, 44_100),
    "aac": ("adts", "aac", None, 44_100),
    "m4a": ("ipod", "aac", None, 44_100),
    "ogg": ("ogg", "libopus", None, 48_000),
}
_LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1"}


def sine(hertz: float, seconds: float, rate: int, *, level: float = 0.5, channels: int = 1) -> NDArray[np.float32]:
    """(round(seconds · rate), channels) float32 with the same sine in every channel."""
    t = np.arange(round(seconds * rate)) / rate
    wave = (level * np.sin(2 * np.pi * hertz * t)).astype(np.float32)
    return np.repeat(wave[:, np.newaxis], channels, axis=1)


def make_clip(
    path: Path,
    *,
    seconds: float = 2.0,
    tones: Sequence[Tone] = (Tone(),),
    video: bool | None = None,
    rate: int | None = None,
    options: dict[str, str] | None = None,
) -> Path:
    """Write a clip whose ending says its container (`FORMATS`).

    No `tones` makes a silent film, `video=False` sound only. `options` go to the muxer (`{"movflags": "faststart"}`).
    """
    muxer, audio_codec, video_codec, usual = FORMATS[path.suffix[1:].lower()]
    rate = rate or usual
    with av.open(str(path), "w", format=muxer, options=options or {}) as container:
        with_video = video_codec is not None and video is not False
        picture = _picture_stream(container, video_codec) if with_video and video_codec else None
        sounds = [_sound_stream(container, audio_codec, tone, rate) for tone in tones]
        waves = [sine(t.hertz, seconds - t.start, rate, level=t.level, channels=t.channels) for t in tones]
        for number in range(max(1, round(seconds * FRAME_RATE))):
            if picture is not None:
                container.mux(picture.encode(_picture(number)))
            for stream, wave, tone in zip(sounds, waves, tones, strict=True):
                start, end = number * rate // FRAME_RATE, (number + 1) * rate // FRAME_RATE
                _encode(container, stream, wave[start:end], start + round(tone.start * rate), rate)
        for stream in [*sounds, *([picture] if picture is not None else [])]:
            container.mux(stream.encode(None))
    return path


def _picture_stream(container: Any, codec: str) -> Any:
    stream = container.add_stream(codec, rate=FRAME_RATE)
    stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    return stream


def _sound_stream(container: Any, codec: str, tone: Tone, rate: int) -> Any:
    stream = container.add_stream(codec, rate=rate, layout=_LAYOUTS[tone.channels])
    for tag, text in (("language", tone.language), ("title", tone.title)):
        if text is not None:
            stream.metadata[tag] = text
    return stream


def _encode(container: Any, stream: Any, samples: NDArray[np.float32], position: int, rate: int) -> None:
    if not len(samples):
        return
    name = stream.codec_context.format.name
    kinds: dict[str, tuple[float, Any]] = {"s16": (32767, np.int16), "s32": (2**31 - 128, np.int32)}
    scale, kind = kinds.get(name.removesuffix("p"), (1, np.float32))
    values = (np.rint(samples * scale) if kind is not np.float32 else samples).astype(kind)
    planar = name.endswith("p")
    array = np.ascontiguousarray(values.T if planar else values.reshape(1, -1))
    frame = av.AudioFrame.from_ndarray(array, format=name, layout=stream.codec_context.layout.name)
    frame.sample_rate, frame.pts, frame.time_base = rate, position, Fraction(1, rate)
    container.mux(stream.encode(frame))


def _picture(number: int) -> av.VideoFrame:
    image = np.full((HEIGHT, WIDTH, 3), 60, np.uint8)
    image[:, (number * 4) % WIDTH] = 255
    frame = av.VideoFrame.from_ndarray(image, format="rgb24")
    frame.pts, frame.time_base = number, Fraction(1, FRAME_RATE)
    return frame


def make_silent_film(path: Path, *, seconds: float = 1.0) -> Path:
    """A video without any audio stream."""
    return make_clip(path, seconds=seconds, tones=())


def make_two_tracks(path: Path, *, seconds: float = 2.0) -> Path:
    """A video with two audio tracks: English at 440 Hz and Spanish at 880 Hz."""
    tones = (Tone(440.0, language="eng", title="Original"), Tone(880.0, language="spa", title="Doblaje"))
    return make_clip(path, seconds=seconds, tones=tones)


def make_truncated(path: Path, *, keep: float = 0.6, seconds: float = 4.0) -> Path:
    """A clip of which only the first share `keep` of the bytes is there; MP4 and MOV have their index in front."""
    options = {"movflags": "faststart"} if path.suffix in (".mp4", ".mov", ".m4a") else {}
    make_clip(path, seconds=seconds, options=options)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])
    return path


def make_broken_index(path: Path) -> Path:
    """An MP4 or MOV whose index (`moov`) is overwritten: nothing in it can be found any more."""
    data = bytearray(make_clip(path).read_bytes())
    start = data.index(b"moov")
    data[start : start + 4] = b"junk"
    path.write_bytes(data)
    return path


def make_damaged(path: Path, *, every: int = 20_000, seconds: float = 4.0) -> Path:
    """A clip with 200 bytes of rubbish at every `every` bytes of its second half."""
    data = bytearray(make_clip(path, seconds=seconds).read_bytes())
    rubbish = np.random.default_rng(1).integers(0, 256, 200, np.uint8).tobytes()
    for start in range(len(data) // 2, len(data) - 200, every):
        data[start : start + 200] = rubbish
    path.write_bytes(data)
    return path


def make_empty(path: Path) -> Path:
    """A file of zero bytes."""
    path.write_bytes(b"")
    return path


def make_text(path: Path) -> Path:
    """A text file, whatever its name says."""
    path.write_text("This is no video at all.\n" * 200, encoding="utf-8")
    return path


def make_page(path: Path) -> Path:
    """An HTML page, whatever its name says."""
    path.write_text("<!DOCTYPE html>\n<html><body>Sign in to download</body></html>\n", encoding="utf-8")
    return path


def make_playlist(path: Path, address: str) -> Path:
    """An HLS playlist that points at `address`: what an attacker uploads to have a server open it."""
    path.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{address}\n#EXT-X-ENDLIST\n", encoding="utf-8")
    return path


def make_wav(path: Path, samples: NDArray[np.float32], rate: int, subtype: str = "PCM_16") -> Path:
    """A WAV of (n, channels) samples in libsndfile's `subtype` (`PCM_16`, `PCM_24`, `FLOAT` …)."""
    soundfile.write(path, samples, rate, subtype=subtype)
    return path
