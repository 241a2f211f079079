"""What an export is made from: a project in one of its languages."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from soundstage.domain.project import ProjectDocument
from soundstage.domain.segment import Segment
from soundstage.domain.speaker import Turn
from soundstage.media.exports.timecode import FrameRate, rate_near
from soundstage.media.subtitles.cues import Cue, SubtitleLine
from soundstage.media.subtitles.reading import cues_of


@dataclass(frozen=True)
class Options:
    """`rate`: of OTIO and EDL, None for the video's own; `speakers` and `times`: before each line of a text."""

    rate: FrameRate | None = None
    speakers: bool = False
    times: bool = False


@dataclass(frozen=True)
class Material:
    """A project in the language of a target's tag, or (None) in its own.

    `written`: the document as it is kept; `turns`: who spoke when as the diarizer heard it, None where none did;
    `original`: the file name of the media as it came, None where it is not known.
    """

    document: ProjectDocument
    written: bytes
    language: str | None = None
    turns: tuple[Turn, ...] | None = None
    original: str | None = None
    options: Options = field(default_factory=Options)

    @cached_property
    def names(self) -> dict[str, str]:
        """Speakers' names by id."""
        return {speaker.speaker_id: speaker.name for speaker in self.document.speakers}

    @cached_property
    def segments(self) -> tuple[Segment, ...]:
        """In order of time."""
        return tuple(sorted(self.document.segments, key=lambda one: (one.span.start_ms, one.span.end_ms)))

    @cached_property
    def cues(self) -> tuple[Cue, ...]:
        """What is shown as subtitles."""
        lines = (
            SubtitleLine(
                span=segment.span,
                text=self.text(segment),
                speaker=self.speaker(segment),
                words=segment.words if self.language is None else (),
                language=segment.language if self.language is None else None,
            )
            for segment in self.document.segments
        )
        return cues_of(lines)

    @property
    def rate(self) -> FrameRate:
        """The rate asked for, else the first video stream's, else 25 frames a second."""
        video = self.document.media.video
        return self.options.rate or rate_near(video[0].frame_rate if video else None)

    @property
    def tag(self) -> str | None:
        """The language of the lines as a BCP 47 tag (`en-US`), None where nobody knows it."""
        tag = self.language or self.document.source_language or self.document.detected_language
        if tag is None:
            return None
        code, *rest = tag.split("-")
        return "-".join([code, *(part.upper() if len(part) == 2 else part for part in rest)])

    def text(self, segment: Segment) -> str:
        """What is said, in the language of this export; empty where it has no line."""
        return segment.text if self.language is None else segment.translations.get(self.language, "")

    def speaker(self, segment: Segment) -> str | None:
        """Who says it."""
        return None if segment.speaker_id is None else self.names.get(segment.speaker_id, segment.speaker_id)
