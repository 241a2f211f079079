"""Separation: speech and background out of a mix."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from soundstage.domain.options import Quality
from soundstage.domain.value import Value
from soundstage.engines.progress import Report


class Stems(Value):
    """Levels of what was written, in dBFS RMS over both channels; −120 for silence."""

    speech_dbfs: float
    background_dbfs: float


class Separator(Protocol):
    def separate(
        self, mix: Path, speech: Path, background: Path, report: Report, quality: Quality = Quality.FAST
    ) -> Stems:
        """`mix`: 48 kHz stereo, any length; writes `speech` and `background`, 48 kHz stereo FLAC, as long.

        They add up to the mix, sample by sample, within −80 dBFS. The same mix gives the same bytes on the same
        version. `quality` is one of the spec's `qualities`, and left out for an engine that knows `fast` only. Raises
        EngineFailure where the mix cannot be read.
        """
        ...
