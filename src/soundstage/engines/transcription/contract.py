"""Transcription: speech to words with times, and speech to English text."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from soundstage.domain.timing import Span
from soundstage.domain.transcript import Transcript
from soundstage.domain.value import Share, Value
from soundstage.engines.progress import Report


class TranscriptionOptions(Value):
    """`language`: ISO 639-1 code or None to detect. `speech`: only these spans are heard; None hears everything."""

    language: str | None = None
    speech: tuple[Span, ...] | None = None


class EnglishLine(Value):
    """What was said in a span, in English."""

    span: Span
    text: str
    confidence: Share


class Transcriber(Protocol):
    def transcribe(self, audio: Path, options: TranscriptionOptions, report: Report) -> Transcript:
        """`audio`: 16 kHz mono 16-bit WAV. The same audio and options give the same transcript."""
        ...
