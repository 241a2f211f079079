"""Every format that a project is exported in. A new one is a file that makes it and a line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

from soundstage.media.exports.edl import edl
from soundstage.media.exports.material import Material
from soundstage.media.exports.otio import otio
from soundstage.media.exports.rttm import rttm
from soundstage.media.exports.table import table
from soundstage.media.exports.text import text
from soundstage.media.subtitles.ass import ass
from soundstage.media.subtitles.srt import srt
from soundstage.media.subtitles.ttml import ttml
from soundstage.media.subtitles.vtt import vtt


@dataclass(frozen=True)
class Format:
    """`make` gives the file's text (UTF-8) or bytes; `takes`: which options mean something to it.

    `has_lines`: it holds what is said, so it can be had in every language; `has_turns`: it holds who speaks when.
    """

    name: str
    title: str
    media_type: str
    make: Callable[[Material], str | bytes]
    takes: frozenset[str] = frozenset()
    has_lines: bool = True
    has_turns: bool = False


_PLAIN = "text/plain; charset=utf-8"
_OTIO = "application/vnd.pixar.opentimelineio+json"
_LISTED = (
    Format("srt", "SubRip subtitles", "application/x-subrip; charset=utf-8", lambda m: srt(m.cues)),
    Format("vtt", "WebVTT subtitles", "text/vtt; charset=utf-8", lambda m: vtt(m.cues)),
    Format("ass", "Advanced SubStation Alpha subtitles", "text/x-ssa; charset=utf-8",
           lambda m: ass(m.cues, m.document.project_name)),
    Format("ttml", "TTML subtitles, IMSC 1.1 text profile", "application/ttml+xml",
           lambda m: ttml(m.cues, m.document.project_name, m.tag)),
    Format("txt", "plain text, one segment a line", _PLAIN, text, takes=frozenset({"speakers", "times"})),
    Format("csv", "table of segments and translations", "text/csv; charset=utf-8", table),
    Format("json", "the project document", "application/json", lambda m: m.written, has_lines=False),
    Format("rttm", "speaker turns", _PLAIN, rttm, has_lines=False, has_turns=True),
    Format("otio", "OpenTimelineIO timeline", _OTIO, otio, takes=frozenset({"rate"})),
    Format("edl", "CMX 3600 edit decision list", _PLAIN, edl, takes=frozenset({"rate"})),
)  # fmt: skip
FORMATS = MappingProxyType({one.name: one for one in _LISTED})
