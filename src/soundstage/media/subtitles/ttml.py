"""TTML (W3C) in the text profile of IMSC 1.1, as broadcasters and streaming services take it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from soundstage.media.subtitles.cues import Cue, clock_time, is_right_to_left, printable

_ROOT = (
    '<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttm="http://www.w3.org/ns/ttml#metadata" '
    'xmlns:ttp="http://www.w3.org/ns/ttml#parameter" xmlns:tts="http://www.w3.org/ns/ttml#styling" '
    'ttp:contentProfiles="http://www.w3.org/ns/ttml/profile/imsc1.1/text" ttp:timeBase="media" '
    'ttp:cellResolution="50 30" xml:lang="{language}">'
)
_STYLE = (
    '<style xml:id="shown" tts:color="white" tts:backgroundColor="#000000c0" tts:fontFamily="proportionalSansSerif" '
    'tts:fontSize="160%" tts:lineHeight="125%" tts:textAlign="center"/>'
)
_REGION = '<region xml:id="below" tts:origin="10% 10%" tts:extent="80% 80%" tts:displayAlign="after"/>'


def ttml(cues: Sequence[Cue], title: str, language: str | None) -> str:
    """Clock times with milliseconds, speakers as agents, each text in its own direction. `language`: a BCP 47 tag of
    what does not tell its own."""
    names = dict.fromkeys(cue.speaker for cue in cues if cue.speaker)
    agents = {name: f"speaker-{number}" for number, name in enumerate(names, 1)}
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            _ROOT.format(language=_safe(language or "")),
            "  <head>",
            "    <metadata>",
            f"      <ttm:title>{_safe(title)}</ttm:title>",
            *(_agent(identity, name) for name, identity in agents.items()),
            "    </metadata>",
            f"    <styling>{_STYLE}</styling>",
            f"    <layout>{_REGION}</layout>",
            "  </head>",
            "  <body>",
            '    <div region="below" style="shown">',
            *_paragraphs(cues, agents),
            "    </div>",
            "  </body>",
            "</tt>",
            "",
        ]
    )


def _agent(identity: str, name: str) -> str:
    named = f'<ttm:name type="full">{_safe(name)}</ttm:name>'
    return f'      <ttm:agent xml:id="{identity}" type="person">{named}</ttm:agent>'


def _paragraphs(cues: Sequence[Cue], agents: Mapping[str, str]) -> Iterator[str]:
    for number, cue in enumerate(cues, 1):
        begin, end = clock_time(cue.span.start_ms), clock_time(cue.span.end_ms)
        agent = f' ttm:agent="{agents[cue.speaker]}"' if cue.speaker else ""
        direction = ' tts:direction="rtl"' if is_right_to_left(cue.text) else ""
        text = "<br/>".join(_safe(row) for row in cue.rows)
        spoken = f' xml:lang="{_safe(cue.language)}"' if cue.language else ""
        yield f'      <p xml:id="cue-{number}" begin="{begin}" end="{end}"{agent}{spoken}{direction}>{text}</p>'


def _safe(text: str) -> str:
    return escape(printable(text))
