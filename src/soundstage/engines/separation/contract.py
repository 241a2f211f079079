"""Separation: speech and background out of a mix."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from soundstage.domain.value import Value
from soundstage.engines.progress import Report


class Stems(Value):
    """Levels of what was written, in dBFS RMS."""

    speech_dbfs: float
    background_dbfs: float


class Separator(Protocol):
    def separate(self, mix: Path, speech: Path, background: Path, report: Report) -> Stems:
        """`mix`: 48 kHz stereo; writes `speech` and `background`, which add up to the mix."""
        ...
