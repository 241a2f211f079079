"""Cues as a file holds them, before anybody asks what in them is a name."""

from __future__ import annotations

from typing import NamedTuple

from soundstage.errors import Fault, Invalid

FIELD = ("body", "source_transcript")
MAX_FAULTS = 20  # told at once
LAST_MS = 100 * 3_600_000  # no recording lasts longer


class RawCue(NamedTuple):
    """A cue without its styling. `line`: where it begins, from 1. `voices[i]`: who the format says speaks `rows[i]`.

    `language`: an ISO 639 code, where the file declares one for this cue beside its own.
    """

    line: int
    start_ms: int
    end_ms: int
    rows: tuple[str, ...]
    voices: tuple[str | None, ...]
    language: str | None = None


class Parsed(NamedTuple):
    """`faults`: line and what is wrong there. `language`: an ISO 639 code, where the file declares one."""

    cues: tuple[RawCue, ...]
    faults: tuple[tuple[int, str], ...] = ()
    language: str | None = None


def wrong(sentence: str) -> Invalid:
    """The whole text is at fault."""
    return Invalid([Fault(FIELD, f"The transcript {sentence}.", "source_transcript")])
