"""Advanced SubStation Alpha, written by pysubs2. Its times are hundredths of a second."""

from __future__ import annotations

import re
from collections.abc import Sequence

from soundstage.errors import BadRequest
from soundstage.media.subtitles.cues import Cue, is_right_to_left, printable

_LONGEST_MS = 10 * 3_600_000 - 10  # 9:59:59.99
_WORD_JOINER = "\u2060"
_DETECT_DIRECTION = -1  # of the field Encoding, as libass reads it


def ass(cues: Sequence[Cue], title: str) -> str:
    """Times are rounded to 10 ms, and a cue lasts at least that. Speakers stand in the field Name.

    Braces and backslashes are escaped as libass takes them. Raises BadRequest past ten hours, which the format cannot
    tell.
    """
    from pysubs2 import SSAEvent, SSAFile  # noqa: PLC0415 - a twelfth of a second that most servers never need

    if cues and max(cue.span.end_ms for cue in cues) > _LONGEST_MS:
        raise BadRequest("ASS cannot tell times past ten hours; export as srt, vtt or ttml")
    file = SSAFile()
    file.info |= {"Title": _field(title), "PlayResX": "1920", "PlayResY": "1080", "ScaledBorderAndShadow": "yes"}
    style = file.styles["Default"]
    style.fontsize, style.outline, style.shadow, style.marginv = 60.0, 3.0, 0.0, 60
    if any(is_right_to_left(cue.text) for cue in cues):
        style.encoding = _DETECT_DIRECTION
    for cue in cues:
        start, end = _hundredths(cue.span.start_ms), _hundredths(cue.span.end_ms)
        name = _field(cue.speaker or "")
        file.append(SSAEvent(start=start, end=max(end, start + 10), name=name, text=_text(cue)))
    written: str = file.to_string("ass", header_notice="")
    return written


def _hundredths(ms: int) -> int:
    return (ms + 5) // 10 * 10


def _field(text: str) -> str:
    """Fields end at a comma."""
    return re.sub(r"\s*,\s*|\s+", " ", printable(text)).strip()


def _text(cue: Cue) -> str:
    # libass knows no escaped backslash: a word joiner after it keeps it from becoming a command.
    escaped = (row.replace("\\", "\\" + _WORD_JOINER).replace("{", r"\{").replace("}", r"\}") for row in cue.rows)
    return r"\N".join(escaped)
