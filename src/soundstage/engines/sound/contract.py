"""Sound and music from a prompt."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Protocol

from pydantic import Field

from soundstage.domain.request import AudioType, Seed
from soundstage.domain.sound import Plan
from soundstage.domain.value import Value
from soundstage.engines.progress import Report

SAMPLE_RATE = 44_100  # Hz, of every engine's output; stereo


class SoundOrder(Value):
    """`frames` at 44.1 kHz, exactly as many are written."""

    prompt: str
    plan: Plan
    audio_type: AudioType
    frames: Annotated[int, Field(gt=0)]
    seed: Seed


class Generated(Value):
    """What was written: stereo float32 raw WAV, peak and RMS in dBFS, and notes for the findings."""

    frames: int
    peak_dbfs: float
    rms_dbfs: float
    notes: tuple[str, ...] = ()


class SoundEngine(Protocol):
    def understand(self, prompt: str, audio_type: AudioType) -> Plan:
        """Never refuses: a prompt that says nothing known becomes a texture with low confidence."""
        ...

    def generate(self, order: SoundOrder, output: Path, report: Report) -> Generated:
        """Writes a stereo float32 44.1 kHz WAV of exactly `order.frames` to `output`.

        The same order gives the same bytes in any process on the same engine version.
        """
        ...
