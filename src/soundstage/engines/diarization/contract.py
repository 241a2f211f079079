"""Diarization: who speaks when."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from soundstage.domain.speaker import Speaker, Turn
from soundstage.domain.value import Value
from soundstage.engines.progress import Report


class Diarization(Value):
    speakers: tuple[Speaker, ...]
    turns: tuple[Turn, ...]


class Diarizer(Protocol):
    def diarize(self, audio: Path, report: Report) -> Diarization:
        """`audio`: 16 kHz mono 16-bit WAV."""
        ...
