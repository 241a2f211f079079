"""Speakers: people heard in the source."""

from __future__ import annotations

from soundstage.domain.timing import Span
from soundstage.domain.value import Milliseconds, Share, Value


class Turn(Value):
    """One speaker talking without another of theirs in between, and how sure it is that it is they."""

    speaker_id: str
    span: Span
    confidence: Share = 1.0


class Speaker(Value):
    """A person heard, with the time they speak and how sure the diarizer is.

    `sample`: a stretch in which nobody else is heard, to listen to; None where there is none. `joined`: ids of speakers
    who turned out to be this one and were taken out: what was heard of them is this one's.
    """

    speaker_id: str
    name: str
    airtime_ms: Milliseconds
    confidence: Share
    sample: Span | None = None
    joined: tuple[str, ...] = ()
