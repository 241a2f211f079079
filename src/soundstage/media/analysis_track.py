"""A stem as an analysis track: what engines listen to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr

from soundstage.errors import StageFailure
from soundstage.media.decode import ANALYSIS_RATE
from soundstage.media.storage_full import full_disk_told

_BLOCK_FRAMES = 65_536


def write_analysis(source: Path, output: Path) -> int:
    """Write a FLAC of any rate and channels as WAV, 16 kHz mono 16-bit: the mean of its channels, as `decode` makes it.

    Gives the number of frames written, which last as long as the source's, rounded up. Memory stays flat. Raises
    StageFailure for a damaged source; StorageFull.
    """
    try:
        with soundfile.SoundFile(source) as flac, full_disk_told(output):
            owed = -(-flac.frames * ANALYSIS_RATE // flac.samplerate)
            return _convert(flac, output, owed)
    except soundfile.SoundFileError:
        raise StageFailure("a stem cannot be read: the task has to be done again") from None


def _convert(flac: Any, output: Path, owed: int) -> int:
    converter = soxr.ResampleStream(flac.samplerate, ANALYSIS_RATE, 1, quality="HQ")
    written = 0
    with soundfile.SoundFile(output, "w", ANALYSIS_RATE, 1, "PCM_16", format="WAV") as wav:
        while written < owed:
            block = flac.read(_BLOCK_FRAMES, dtype="float32", always_2d=True)
            last = not len(block)
            samples = converter.resample_chunk(block.mean(axis=1, dtype=np.float32), last=last)
            if last:
                samples = np.pad(samples, (0, max(0, owed - written - len(samples))))
            samples = samples[: owed - written]
            wav.write(np.clip(np.rint(samples * 32768), -32768, 32767).astype(np.int16))
            written += len(samples)
    return written
