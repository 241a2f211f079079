"""Speech synthesis: text to spoken audio."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from soundstage.domain.value import Milliseconds, Value
from soundstage.engines.progress import Report


class Voice(Value):
    """A timbre an engine can speak with; `languages` are ISO 639-1 codes."""

    voice_id: str
    name: str
    languages: tuple[str, ...]
    gender: str | None = None


class SpeechOrder(Value):
    text: str
    language: str
    voice_id: str | None = None


class Spoken(Value):
    sample_rate: int
    duration_ms: Milliseconds


class Speaker(Protocol):
    def voices(self) -> tuple[Voice, ...]: ...

    def speak(self, order: SpeechOrder, output: Path, report: Report) -> Spoken:
        """Writes mono 16-bit WAV to `output`; peaks stay below full scale."""
        ...
