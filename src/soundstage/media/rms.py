"""How loud a whole file is, by its root mean square."""

from __future__ import annotations

import math
from pathlib import Path

import soundfile

from soundstage.errors import StageFailure
from soundstage.media.progress import Report

QUIETEST_DBFS = -120.0
_BLOCK_FRAMES = 65_536


def rms_dbfs(path: Path, report: Report) -> float:
    """RMS of a WAV or FLAC over all its channels, in dBFS to a hundredth; −120 for silence. Memory stays flat.

    Raises StageFailure for a damaged file.
    """
    energy, count = 0.0, 0
    try:
        with soundfile.SoundFile(path) as file:
            while len(block := file.read(_BLOCK_FRAMES, dtype="float64", always_2d=True)):
                flat = block.reshape(-1)
                energy += float(flat @ flat)
                count += len(flat)
                report(count / max(1, file.frames * file.channels))
    except soundfile.SoundFileError:
        raise StageFailure(f"the track {path.name} cannot be read") from None
    power = energy / max(1, count)
    return max(QUIETEST_DBFS, round(10 * math.log10(power), 2)) if power else QUIETEST_DBFS
