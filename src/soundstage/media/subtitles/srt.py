"""SubRip. By hand: the format is three lines a cue, and pysubs2 takes `{…}` in a text for styling and drops it."""

from __future__ import annotations

from collections.abc import Sequence

from soundstage.media.subtitles.cues import Cue, clock_time


def srt(cues: Sequence[Cue]) -> str:
    """Numbered from 1. SubRip has no escapes: an arrow in a text, which would pass for times, becomes `→`."""
    return "\n".join(
        f"{number}\n{clock_time(cue.span.start_ms, ',')} --> {clock_time(cue.span.end_ms, ',')}\n{_text(cue)}\n"
        for number, cue in enumerate(cues, 1)
    )


def _text(cue: Cue) -> str:
    return cue.text.replace("-->", "→")
