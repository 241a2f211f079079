"""A stem as an analysis track: what engines listen to."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr

from soundstage.errors import StageFailure
from soundstage.media.decode import ANALYSIS_RATE
from soundstage.media.storage_full import full_disk_told

_BLOCK_FRAMES = 65_536


def write_analysis(source: Path, output: Path, background: Path | None = None, share: float = 0.0) -> int:
    """Write a FLAC of any rate and channels as WAV, 16 kHz mono 16-bit: the mean of its channels, as `decode` makes it.

    background: another of the same rate, channels and length, `share` of whose amplitude (0.0-1.0) is heard under it.
    Gives the number of frames written, which last as long as the source's, rounded up. Memory stays flat. Raises
    StageFailure for a damaged source; StorageFull.
    """
    try:
        with ExitStack() as files, full_disk_told(output):
            parts = [(files.enter_context(soundfile.SoundFile(source)), 1.0)]
            if background is not None:
                parts.append((files.enter_context(soundfile.SoundFile(background)), share))
            flac = parts[0][0]
            owed = -(-flac.frames * ANALYSIS_RATE // flac.samplerate)
            return _convert(parts, output, owed)
    except soundfile.SoundFileError:
        raise StageFailure("a stem cannot be read: the task has to be done again") from None


def _convert(parts: Sequence[tuple[Any, float]], output: Path, owed: int) -> int:
    """parts: open files of one length, and what of each is heard."""
    converter = soxr.ResampleStream(parts[0][0].samplerate, ANALYSIS_RATE, 1, quality="HQ")
    written = 0
    with soundfile.SoundFile(output, "w", ANALYSIS_RATE, 1, "PCM_16", format="WAV") as wav:
        while written < owed:
            mono = sum(np.float32(share) * _mono(file) for file, share in parts)
            last = not len(mono)
            samples = converter.resample_chunk(mono, last=last)
            if last:
                samples = np.pad(samples, (0, max(0, owed - written - len(samples))))
            samples = samples[: owed - written]
            wav.write(np.clip(np.rint(samples * 32768), -32768, 32767).astype(np.int16))
            written += len(samples)
    return written


def _mono(file: Any) -> Any:
    """The next block, empty at the end."""
    return file.read(_BLOCK_FRAMES, dtype="float32", always_2d=True).mean(axis=1, dtype=np.float32)
