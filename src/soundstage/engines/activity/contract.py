"""Activity detection: where there is speech, singing and music."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from soundstage.domain.timing import Span
from soundstage.domain.value import Value
from soundstage.engines.progress import Report


class Activity(Value):
    """Disjoint, sorted spans of each kind; kinds may overlap one another (singing over music)."""

    speech: tuple[Span, ...]
    singing: tuple[Span, ...]
    music: tuple[Span, ...]


class ActivityDetector(Protocol):
    def detect(self, audio: Path, report: Report) -> Activity:
        """`audio`: 16 kHz mono 16-bit WAV of any length, read in windows. Deterministic."""
        ...
