"""The sound's WAV: 16-bit PCM with the recipe inside, the same bytes for the same samples and seed.

Layout: RIFF/WAVE, `fmt ` (16 bytes, PCM), `data`, then `LIST`/`INFO` with `ISFT` and the recipe as ASCII JSON in
`ICMT`, then `iXML` with the same JSON in `NOTE`. The samples begin at byte 44, where the simplest readers look.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Annotated, BinaryIO

import numpy as np
import soundfile
from numpy.typing import NDArray
from pydantic import Field

from soundstage import __version__
from soundstage.domain.value import Value
from soundstage.errors import EngineFailure
from soundstage.media.recipe_wav import MAX_RECIPE_BYTES, read_recipe
from soundstage.media.storage_full import full_disk_told

__all__ = ["WrittenWav", "read_recipe", "write_wav"]

_BLOCK_FRAMES = 65_536
_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")


class WrittenWav(Value):
    """`clipped_samples`: how many samples lay outside ±1 after the gain and were held there."""

    frames: Annotated[int, Field(ge=0)]
    sample_rate: int
    channels: int
    bytes: int
    clipped_samples: int


def write_wav(
    samples: Path, output: Path, recipe_json: str | None = None, dither_seed: int | None = None, gain_db: float = 0.0
) -> WrittenWav:
    """Turn `samples` (float32 WAV, any rate, full scale ±1) into a 16-bit PCM WAV of exactly as many frames.

    `dither_seed`: seed of TPDF dither of ±1 step (from PCG64's raw stream, which NumPy keeps stable); None: plain
    rounding. `gain_db` is applied first. `recipe_json`: a JSON object, kept inside as `read_recipe` reads
    it. The bytes depend on nothing else. Raises EngineFailure for samples that are NaN or infinite; StorageFull.
    """
    tags = b"" if recipe_json is None else _recipe_chunks(recipe_json)
    noise = None if dither_seed is None else np.random.PCG64(dither_seed)
    with soundfile.SoundFile(samples) as source, full_disk_told(output), output.open("wb") as target:
        frames, rate, channels = source.frames, source.samplerate, source.channels
        data_bytes = frames * channels * 2
        _write_header(target, rate, channels, data_bytes, data_bytes % 2 + len(tags))
        clipped = 0
        for pcm, outside in _quantised(source, noise, 32767.0 * 10 ** (gain_db / 20)):
            clipped += outside
            target.write(pcm.tobytes())
        target.write(tags)
        return WrittenWav(
            frames=frames, sample_rate=rate, channels=channels, bytes=target.tell(), clipped_samples=clipped
        )


def _quantised(
    source: soundfile.SoundFile, noise: np.random.PCG64 | None, scale: float
) -> Iterator[tuple[NDArray[np.int16], int]]:
    for block in source.blocks(_BLOCK_FRAMES, dtype="float64", always_2d=True):
        if not np.isfinite(block).all():
            raise EngineFailure("The sound holds samples that are not numbers; it was not written.")
        scaled = block * scale
        clipped = int(np.count_nonzero(np.abs(scaled) > 32767.5))
        if noise is not None:
            scaled += _triangular(noise, scaled.shape)
        yield np.clip(np.rint(scaled), -32768, 32767).astype("<i2"), clipped


def _triangular(noise: np.random.PCG64, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Triangular noise in (−1, 1): the difference of the two halves of one 64-bit draw a sample."""
    raw = noise.random_raw(int(np.prod(shape))).reshape(shape)
    first, second = raw >> np.uint64(32), raw & np.uint64(0xFFFF_FFFF)
    return (first.astype(np.float64) - second.astype(np.float64)) / 2**32


def _write_header(target: BinaryIO, rate: int, channels: int, data_bytes: int, behind: int) -> None:
    """The 44 bytes before the samples; `behind`: bytes after them (the chunks and their padding)."""
    target.write(
        _HEADER.pack(
            *(b"RIFF", _HEADER.size - 8 + data_bytes + behind, b"WAVE"),
            *(b"fmt ", 16, 1, channels, rate, rate * channels * 2, channels * 2, 16),
            *(b"data", data_bytes),
        )
    )


def _recipe_chunks(recipe_json: str) -> bytes:
    recipe = json.loads(recipe_json)
    text = json.dumps(recipe, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    if not isinstance(recipe, dict) or len(text) > MAX_RECIPE_BYTES:
        raise ValueError(f"a recipe is a JSON object of at most {MAX_RECIPE_BYTES} bytes")
    software = f"Soundstage {__version__}".encode()
    info = b"INFO" + _chunk(b"ISFT", software + b"\0") + _chunk(b"ICMT", text.encode("ascii") + b"\0")
    xml = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<BWFXML><IXML_VERSION>1.61</IXML_VERSION>'
        f"<NOTE>{escape(text, quote=False)}</NOTE></BWFXML>"
    )
    return _chunk(b"LIST", info) + _chunk(b"iXML", xml.encode("ascii"))


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
