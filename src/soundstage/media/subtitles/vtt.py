"""WebVTT (W3C). By hand, as SubRip is; pysubs2 knows no voices."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from soundstage.media.subtitles.cues import Cue, clock_time, printable


def vtt(cues: Sequence[Cue]) -> str:
    """A voice span names the speaker, a language span the language of a cue that is in another than the rest.

    `&`, `<` and `>` are escaped, so no text passes for times or tags.
    """
    blocks = [
        f"{number}\n{clock_time(cue.span.start_ms)} --> {clock_time(cue.span.end_ms)}\n{_voice(cue)}\n"
        for number, cue in enumerate(cues, 1)
    ]
    return "\n".join(["WEBVTT\n", *blocks])


def _voice(cue: Cue) -> str:
    text = escape(cue.text, quote=False)
    if cue.language:
        text = f"<lang {cue.language}>{text}</lang>"
    name = re.sub(r"[<>&\s]+", " ", printable(cue.speaker or "")).replace("--", "–").strip()  # `-->` tells times
    return f"<v {name}>{text}</v>" if name else text
