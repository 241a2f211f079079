"""The project document: everything about a dub that a person edits."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from soundstage.domain.artifact import Artifact
from soundstage.domain.media import MediaInfo
from soundstage.domain.segment import Segment
from soundstage.domain.speaker import Speaker
from soundstage.domain.value import Milliseconds, Value

SCHEMA_VERSION = 1


class TrackKind(StrEnum):
    SOURCE = "source"
    SPEECH = "speech"
    BACKGROUND = "background"
    SUBTITLES = "subtitles"
    DUB = "dub"


class Track(Value):
    """A lane of the project: its audio (FLAC) or subtitle file, its language tag where it has one, its peaks."""

    track_id: str
    kind: TrackKind
    title: str
    language: str | None
    artifact: Artifact
    peaks: Artifact | None = None


class ProjectDocument(Value):
    """Schema version 1. Languages are locale tags (`en-us`); `revision` rises with every edit."""

    schema_version: int = SCHEMA_VERSION
    revision: int = 1
    project_name: str
    project_description: str | None
    created_at: datetime
    source_language: str | None
    detected_language: str | None
    target_languages: tuple[str, ...]
    duration_ms: Milliseconds
    media: MediaInfo
    tracks: tuple[Track, ...]
    speakers: tuple[Speaker, ...]
    segments: tuple[Segment, ...]
