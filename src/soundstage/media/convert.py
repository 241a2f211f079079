"""A kept track (FLAC) as the WAV or MP3 that people and other programs want. Memory stays flat for any length."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import av.error
import soundfile

from soundstage.domain.sound_file import Encoding, mp3
from soundstage.errors import SourceFailure, StageFailure
from soundstage.media.container import open_media
from soundstage.media.storage_full import full_disk_told

MP3_BIT_RATE = 192_000  # bits a second, constant: players jump to the exact place
_MP3_RATES = (32_000, 44_100, 48_000)  # Hz; those that may have this bit rate
_BLOCK_FRAMES = 65_536
MOST_IN_RIFF = 2**32 - 4096  # bytes of samples; RIFF counts all that follows its eighth byte in 32 bits
_SUBTYPES = {"PCM_S8": "PCM_16", "PCM_16": "PCM_16", "PCM_24": "PCM_24"}


def to_wav(source: Path, output: Path) -> int:
    """Write the very samples of a FLAC as PCM WAV, 16 or 24 bit as there; gives the number of frames.

    The samples begin at byte 44. Past the 4 GiB that WAV can count it is RF64, which is read wherever WAV is.
    Raises StageFailure for a damaged source; StorageFull.
    """
    try:
        with soundfile.SoundFile(source) as flac:
            subtype = _SUBTYPES[flac.subtype]
            data_bytes = flac.frames * flac.channels * (3 if subtype == "PCM_24" else 2)
            container = "WAV" if data_bytes <= MOST_IN_RIFF else "RF64"
            with full_disk_told(output):
                written = _copy(flac, output, subtype, container)
    except soundfile.SoundFileError:
        raise _damaged() from None
    if written != flac.frames:
        raise _damaged()
    return written


def _copy(flac: Any, output: Path, subtype: str, container: str) -> int:
    written = 0
    with soundfile.SoundFile(output, "w", flac.samplerate, flac.channels, subtype, format=container) as wav:
        for block in flac.blocks(_BLOCK_FRAMES, dtype="int32", always_2d=True):
            wav.write(block)
            written += len(block)
    return written


def to_mp3(source: Path, output: Path) -> int:
    """Encode a FLAC as MP3, mono or stereo, at 192 kbit/s; gives the number of frames read.

    Its header tells the encoder's delay and padding: players that read it play exactly as many frames. Sample rates
    that MP3 does not have at this bit rate become 48 kHz. Raises StageFailure for a damaged source; StorageFull.
    """
    try:
        with full_disk_told(output), open_media(source) as flac, output.open("wb") as file:
            stream: Any = flac.streams.audio[0]
            told = round(stream.duration * stream.time_base * stream.rate) if stream.duration else None
            rate = stream.rate if stream.rate in _MP3_RATES else 48_000
            read = encode(flac, file, mp3(rate, MP3_BIT_RATE))
    except (av.error.FFmpegError, SourceFailure):
        raise _damaged() from None
    if told is not None and read != told:
        raise _damaged()
    return read


def encode(source: Any, file: Any, to: Encoding, comment: str | None = None) -> int:
    """The first audio stream of an open container, mono or stereo, into a Python file; gives the frames read.

    Through a Python file, whose failures to write are told at once; FFmpeg's own may be lost when it closes.
    """
    stream, read = source.streams.audio[0], 0
    with av.open(file, "w", format=to.format) as container:
        if comment is not None:
            container.metadata["comment"] = comment
        coded: Any = container.add_stream(to.codec, rate=to.rate)
        coded.layout = "mono" if to.mono or stream.channels == 1 else "stereo"
        if to.bit_rate is not None:
            coded.bit_rate = to.bit_rate
        for frame in source.decode(stream):
            read += frame.samples
            container.mux(coded.encode(frame))
        container.mux(coded.encode(None))
    return read


def _damaged() -> StageFailure:
    return StageFailure("The track's file is damaged and cannot be converted. Set the project up again.")
