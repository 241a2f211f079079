"""Subtitles that a client brought, as text: SubRip, WebVTT or TTML, told apart by what they begin with.

The text comes from outside, so this runs in a host process. What its own rules forbid is refused with the line it
stands in; what writers of subtitles do all the same (a comma or a point before the milliseconds, missing numbers,
styling, cues out of order, cues that overlap) is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from soundstage.domain.brought import BroughtCue, BroughtPart, BroughtTranscript, TranscriptForm
from soundstage.domain.timing import Span
from soundstage.errors import Fault, Invalid
from soundstage.media.subtitles.cues import printable
from soundstage.media.subtitles.parsing_blocks import parse_srt, parse_vtt
from soundstage.media.subtitles.parsing_ttml import parse_ttml
from soundstage.media.subtitles.raw_cues import FIELD, MAX_FAULTS, Parsed, RawCue, wrong
from soundstage.media.subtitles.speaker_tags import SpeakerTags

MAX_CUES = 20_000  # a film has about 1,500
MAX_CUE_CHARACTERS = 5_000
_DAMAGED = ("\0", "\ufffd")


def parse(text: str) -> BroughtTranscript:
    """The cues of a text in order of time, with its speakers' names. Raises Invalid, which names the lines."""
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise wrong("is empty; leave it out, or send the text of an SRT, WebVTT or TTML file")
    if any(sign in text for sign in _DAMAGED):
        raise wrong("was read in the wrong encoding (it holds U+0000 or U+FFFD); read the file as UTF-8, or in its own")
    form, read = _form(text)
    parsed = read(text)
    faults = [*parsed.faults, *_faults(parsed.cues)]
    if faults:
        raise Invalid([Fault(FIELD, *told) for told in _told(faults)])
    tags = SpeakerTags(parsed.cues)
    cues = [cue for raw in parsed.cues if (cue := _cue(raw, tags))]
    if not cues:
        raise wrong("holds no cue with text; send lines such as 00:00:01,000 --> 00:00:02,500 with text below")
    return BroughtTranscript(
        form=form,
        language=parsed.language,
        cues=tuple(sorted(cues, key=lambda cue: (cue.span.start_ms, cue.span.end_ms))),
        empty_cues=len(parsed.cues) - len(cues),
        unsorted=any(after.span.start_ms < before.span.start_ms for before, after in pairwise(cues)),
    )


def _form(text: str) -> tuple[TranscriptForm, Callable[[str], Parsed]]:
    start = text.lstrip()
    if start.startswith("<"):
        return TranscriptForm.TTML, parse_ttml
    first = start.split("\n", 1)[0].rstrip()
    if first == "WEBVTT" or first.startswith(("WEBVTT ", "WEBVTT\t")):
        return TranscriptForm.VTT, parse_vtt
    if "-->" not in text:
        raise wrong("is neither SRT, WebVTT nor TTML: no line holds times such as 00:00:01,000 --> 00:00:02,500")
    return TranscriptForm.SRT, parse_srt


def _faults(cues: Sequence[RawCue]) -> list[tuple[int, str]]:
    """What is wrong with cues that could be read: line and sentence."""
    faults = []
    for cue in cues[:MAX_CUES]:
        if cue.end_ms <= cue.start_ms:
            faults.append((cue.line, "the cue must end after it begins; correct its times or leave it out"))
        elif sum(map(len, cue.rows)) > MAX_CUE_CHARACTERS:
            faults.append((cue.line, f"the cue has more than {MAX_CUE_CHARACTERS} characters; part it into several"))
    if len(cues) > MAX_CUES:
        faults.append((cues[MAX_CUES].line, f"more than {MAX_CUES} cues; send the transcript of one recording"))
    return faults


def _told(faults: Sequence[tuple[int, str]]) -> list[tuple[str, str]]:
    ordered = sorted(faults)[:MAX_FAULTS]
    return [(f"Line {line}: {sentence}.", "source_transcript") for line, sentence in ordered]


def _cue(raw: RawCue, tags: SpeakerTags) -> BroughtCue | None:
    parts = tuple(
        BroughtPart(text=text, speaker=speaker)
        for speaker, said in tags.parts(raw)
        if (text := " ".join(printable(said).split()))
    )
    if not parts:
        return None
    return BroughtCue(span=Span(start_ms=raw.start_ms, end_ms=raw.end_ms), parts=parts, language=raw.language)
