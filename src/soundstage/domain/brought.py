"""A transcript that a client brought: subtitles of the source, in whose text and times nothing is doubted."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from soundstage.domain.artifact import Artifact
from soundstage.domain.timing import Span
from soundstage.domain.value import LanguageCode, Milliseconds, Value


class TranscriptForm(StrEnum):
    SRT = "srt"
    VTT = "vtt"
    TTML = "ttml"


class BroughtPart(Value):
    """What one person says in a cue: text in one line, never empty; `speaker` is the name the text itself gives."""

    text: Annotated[str, Field(min_length=1)]
    speaker: str | None = None


class BroughtCue(Value):
    """What is said in `span`, part by part in reading order.

    `language`: an ISO 639 code, where the text declares one for this cue beside its own.
    """

    span: Span
    parts: Annotated[tuple[BroughtPart, ...], Field(min_length=1)]
    language: LanguageCode | None = None


class BroughtTranscript(Value):
    """Cues in order of their beginnings; they may overlap.

    `language`: the ISO 639 code that the text declares for itself, if it does. `empty_cues` had no text and are left
    out. `unsorted` tells that the cues stood in another order.
    """

    form: TranscriptForm
    language: str | None = None
    cues: tuple[BroughtCue, ...]
    empty_cues: int = 0
    unsorted: bool = False


class SourceTranscript(Value):
    """What a request holds of it. `document` is a `BroughtTranscript` as JSON; its last cue ends at `ends_at_ms`.

    `language`: the ISO 639 code that the text declares for itself, if it does.
    """

    document: Artifact
    form: TranscriptForm
    cues: int
    ends_at_ms: Milliseconds
    language: str | None = None
