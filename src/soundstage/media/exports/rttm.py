"""RTTM (NIST Rich Transcription): a line for each speaker turn, as diarization is scored."""

from __future__ import annotations

import re

from soundstage.media.exports.material import Material


def rttm(material: Material) -> str:
    """The diarizer's turns with their overlaps, in seconds to the millisecond, speakers by id; not the segments."""
    file = _word(material.document.project_name)
    turns = sorted(material.turns or (), key=lambda turn: (turn.span.start_ms, turn.span.end_ms, turn.speaker_id))
    return "".join(
        f"SPEAKER {file} 1 {turn.span.start_ms / 1000:.3f} {turn.span.duration_ms / 1000:.3f} "
        f"<NA> <NA> {_word(turn.speaker_id)} <NA> <NA>\n"
        for turn in turns
    )


def _word(text: str) -> str:
    """Fields end at a space."""
    return re.sub(r"[^\w.-]+", "_", text).strip("_") or "untitled"
