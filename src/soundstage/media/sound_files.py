"""A sound's WAV as the other formats that people want, the recipe with it as the file's comment."""

from __future__ import annotations

from pathlib import Path

import av.error
import numpy as np
import soundfile
from numpy.typing import NDArray

from soundstage.domain.sound_file import Encoding, mp3, opus
from soundstage.errors import BadRequest, SourceFailure, StageFailure
from soundstage.media.container import open_media
from soundstage.media.convert import MP3_BIT_RATE, encode
from soundstage.media.recipe_wav import read_recipe
from soundstage.media.storage_full import full_disk_told

OPUS_BIT_RATE = 160_000  # bits a second, of stereo: beyond what listening tests tell from the source
VORBIS_QUALITY = 0.6  # about 192 kbit/s
_BLOCK_FRAMES = 65_536


def to_flac(source: Path, output: Path) -> int:
    """The very samples; gives the number of frames. All four raise StageFailure for a damaged source; StorageFull."""
    return _by_libsndfile(source, output, "FLAC", "PCM_16")


def to_ogg(source: Path, output: Path) -> int:
    """Vorbis of about 192 kbit/s, of as many frames."""
    return _by_libsndfile(source, output, "OGG", "VORBIS", compression=1 - VORBIS_QUALITY)


def to_mp3(source: Path, output: Path) -> int:
    """192 kbit/s, constant; its header tells the encoder's delay and padding, so players play as many frames."""
    return _by_ffmpeg(source, output, mp3(44_100, MP3_BIT_RATE))


def to_opus(source: Path, output: Path) -> int:
    """160 kbit/s at 48 kHz, as Opus has no 44.1: as long as the source to the sample of that rate."""
    return _by_ffmpeg(source, output, opus(OPUS_BIT_RATE))


def to_encoding(source: Path, output: Path, encoding: Encoding) -> int:
    """As told, without the recipe where the format holds no comment."""
    return _by_ffmpeg(source, output, encoding)


def samples_of(source: Path) -> tuple[NDArray[np.float32], int]:
    """All of a WAV as (channels, frames), full scale ±1, and its rate. Raises StageFailure for a damaged one."""
    try:
        samples, rate = soundfile.read(source, dtype="float32", always_2d=True)
    except soundfile.SoundFileError:
        raise _damaged() from None
    return samples.T, rate


def _by_libsndfile(source: Path, output: Path, form: str, subtype: str, compression: float | None = None) -> int:
    try:
        with soundfile.SoundFile(source) as wav, full_disk_told(output):
            kind = {"subtype": subtype, "format": form, "compression_level": compression}
            with soundfile.SoundFile(output, "w", wav.samplerate, wav.channels, **kind) as coded:
                coded.comment = _comment(source) or ""
                for block in wav.blocks(_BLOCK_FRAMES, dtype="int16", always_2d=True):
                    coded.write(block)
            return int(wav.frames)
    except soundfile.SoundFileError:
        raise _damaged() from None


def _by_ffmpeg(source: Path, output: Path, to: Encoding) -> int:
    try:
        with full_disk_told(output), open_media(source) as wav, output.open("wb") as file:
            return encode(wav, file, to, _comment(source))
    except (av.error.FFmpegError, SourceFailure):
        raise _damaged() from None


def _comment(source: Path) -> str | None:
    try:
        return read_recipe(source)
    except BadRequest:
        return None


def _damaged() -> StageFailure:
    return StageFailure("The sound's file is damaged and cannot be read. Make the sound again by its recipe.")
