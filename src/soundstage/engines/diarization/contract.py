"""Diarization: who speaks when."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from pydantic import model_validator

from soundstage.domain.request import SpeakerCount
from soundstage.domain.speaker import Speaker, Turn
from soundstage.domain.value import Value
from soundstage.engines.progress import Report


class DiarizationOptions(Value):
    """How many people there are at least and at most, where that is known; the engine counts where it is not.

    Both are hints: nobody is invented where fewer voices are to be heard.
    """

    min_speakers: SpeakerCount | None = None
    max_speakers: SpeakerCount | None = None

    @model_validator(mode="after")
    def _in_order(self) -> DiarizationOptions:
        if self.min_speakers and self.max_speakers and self.min_speakers > self.max_speakers:
            raise ValueError(f"min_speakers ({self.min_speakers}) is above max_speakers ({self.max_speakers})")
        return self


class Diarization(Value):
    """`speakers` by first appearance; `turns` by start. Turns of different speakers overlap where both speak."""

    speakers: tuple[Speaker, ...]
    turns: tuple[Turn, ...]


class Diarizer(Protocol):
    def diarize(self, audio: Path, options: DiarizationOptions, report: Report) -> Diarization:
        """`audio`: 16 kHz mono 16-bit WAV. The same audio and options give the same answer."""
        ...
