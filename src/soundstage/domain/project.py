"""The project document: everything about a dub that a person edits."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Annotated, Literal

from pydantic import Field

from soundstage.domain.artifact import Artifact
from soundstage.domain.language import find
from soundstage.domain.media import MediaInfo
from soundstage.domain.review import ReviewLine
from soundstage.domain.segment import Segment
from soundstage.domain.speaker import Speaker
from soundstage.domain.value import Milliseconds, Value

SCHEMA_VERSION = 1
CONVERTED_FORMATS = ("wav", "mp3")  # made of a track's audio when they are first asked for


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

    @property
    def kept_format(self) -> str:
        """The ending of its file, such as `flac`."""
        return PurePosixPath(self.artifact.name).suffix.removeprefix(".")

    @property
    def formats(self) -> tuple[str, ...]:
        """The endings under which it can be had, the kept one first."""
        if self.kind is TrackKind.SUBTITLES:
            return (self.kept_format,)
        return tuple(dict.fromkeys((self.kept_format, *CONVERTED_FORMATS)))


class Poster(Value):
    """A picture of the video (JPEG) and when it is shown."""

    at_ms: Milliseconds
    artifact: Artifact


class Video(Value):
    """The picture of the project, on the timeline of its tracks.

    `artifact` is what browsers play: the source itself (`way` is `source`), its streams in another container (`copy`),
    or pictures encoded anew (`transcode`); None where there is nothing they play (`none`). `why` is a sentence.
    """

    way: Literal["source", "copy", "transcode", "none"]
    why: str
    artifact: Artifact | None
    posters: tuple[Poster, ...] = ()

    @property
    def files(self) -> tuple[Artifact, ...]:
        """What the project keeps of it beside the source."""
        own = (self.artifact,) if self.artifact is not None and self.way != "source" else ()
        return (*own, *(poster.artifact for poster in self.posters))


class Original(Value):
    """The media as it came. `url`: where it was fetched from, without what may be secret; None for an upload.

    The bytes need not be here: a project file may have come with this reference only.
    """

    file_name: str
    url: str | None
    artifact: Artifact


class ProjectDocument(Value):
    """Schema version 1. Languages are locale tags (`en-us`); `revision` rises with every edit.

    `audio_tracks`: which of the media's audio streams the source track was made of, 0-based among them; None in
    documents that do not tell. `review`: the doubtful lines, the gravest first.
    """

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
    audio_tracks: tuple[int, ...] | None = None
    original: Original | None = None
    video: Video | None = None
    tracks: tuple[Track, ...]
    speakers: tuple[Speaker, ...]
    segments: tuple[Segment, ...]
    review: tuple[ReviewLine, ...] = ()


class ProjectProduct(Value):
    """The product of a project set-up task: what its run is asked for without opening the document.

    Languages are integer ids; `source_language` is the given or detected one, or, where nothing was heard or the
    language heard is not in the table, the first target's. `files` holds every artifact that can be downloaded.
    `turns`: who was heard when, as it is told of this revision; None also of products made before it was kept here.
    """

    document: Artifact
    project_name: str
    project_description: str | None
    created_at: datetime
    duration_ms: Milliseconds
    source_language: int
    target_languages: tuple[int, ...]
    segments: Annotated[int, Field(ge=0)]
    tracks: tuple[Track, ...]
    video: Video | None = None
    files: tuple[Artifact, ...]
    turns: Artifact | None = None

    @classmethod
    def of(cls, document: ProjectDocument, kept: Artifact, files: tuple[Artifact, ...]) -> ProjectProduct:
        """What a document is told as; `kept` is its file. Raises ValueError for a target outside the table."""
        source, *targets = (
            find(tag) if tag else None for tag in (document.source_language, *document.target_languages)
        )
        told = tuple(target.id for target in targets if target is not None)
        if len(told) != len(targets) or not told:
            raise ValueError(f"unknown target languages: {', '.join(document.target_languages) or 'none are named'}")
        return cls(
            document=kept,
            project_name=document.project_name,
            project_description=document.project_description,
            created_at=document.created_at,
            duration_ms=document.duration_ms,
            source_language=source.id if source else told[0],
            target_languages=told,
            segments=len(document.segments),
            tracks=document.tracks,
            video=document.video,
            files=files,
        )

    def file(self, name: str) -> Artifact | None:
        """The downloadable file of that name (`source.srt`), or None."""
        return next((artifact for artifact in self.files if artifact.name == name), None)
