"""Float WAV: the raw sound that engines write and mastering reads. 32-bit IEEE float, interleaved, nothing else."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from soundstage.engines.sound.reel import let_go
from soundstage.errors import SourceFailure

_IEEE_FLOAT = 3  # WAVE_FORMAT_IEEE_FLOAT; needs a `fact` part by the RIFF specification
_HEAD = struct.Struct("<4sI4s4sIHHIIHHH4sII4sI")
_BLOCK = 1 << 18  # frames written at a time: no second copy of a long sound in memory


def write_float_wav(path: Path, samples: NDArray[np.float32], sample_rate: int) -> None:
    """Writes `samples` (frames, channels) as they are; the same samples give the same bytes."""
    frames, channels = samples.shape
    data_bytes = frames * channels * 4
    head = _HEAD.pack(
        *(b"RIFF", _HEAD.size - 8 + data_bytes, b"WAVE"),
        *(b"fmt ", 18, _IEEE_FLOAT, channels, sample_rate, sample_rate * channels * 4, channels * 4, 32, 0),
        *(b"fact", 4, frames),
        *(b"data", data_bytes),
    )
    with path.open("wb") as out:
        out.write(head)
        for start in range(0, frames, _BLOCK):
            out.write(np.ascontiguousarray(samples[start : start + _BLOCK], dtype="<f4").tobytes())
            let_go(samples)


def read_float_wav(path: Path) -> tuple[NDArray[np.float32], int]:
    """The samples (frames, channels) as a read-only view of the file, and the sample rate in Hz.

    Reads any float WAV whose parts are in order, not only our own; raises SourceFailure otherwise.
    """
    size = path.stat().st_size
    channels = rate = 0
    with path.open("rb") as source:
        riff = source.read(12)
        if len(riff) < 12 or riff[:4] != b"RIFF" or riff[8:] != b"WAVE":
            raise SourceFailure(f"{path.name} is not a WAV file")
        while len(part := source.read(8)) == 8:
            name, length = struct.unpack("<4sI", part)
            if name == b"fmt " and length >= 16:
                kind, channels, rate, _, _, bits = struct.unpack("<HHIIHH", source.read(16))
                if kind != _IEEE_FLOAT or bits != 32:
                    raise SourceFailure(f"{path.name} does not hold 32-bit float samples")
                source.seek(length - 16 + length % 2, 1)
            elif name == b"data" and channels:
                start = source.tell()
                frames = min(length, size - start) // (4 * channels)
                if frames == 0:
                    return np.zeros((0, channels), np.float32), rate
                view = np.memmap(path, dtype="<f4", mode="r", offset=start, shape=(frames, channels))
                return view, rate
            else:
                source.seek(length + length % 2, 1)
    raise SourceFailure(f"{path.name} holds no samples")
