"""Speakers: people heard in the source."""

from __future__ import annotations

from soundstage.domain.timing import Span
from soundstage.domain.value import Milliseconds, Share, Value


class Turn(Value):
    """One speaker talking without another of theirs in between."""

    speaker_id: str
    span: Span


class Speaker(Value):
    """A person heard, with the time they speak and how sure the diarizer is."""

    speaker_id: str
    name: str
    airtime_ms: Milliseconds
    confidence: Share
