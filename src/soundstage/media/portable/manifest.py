"""What a portable project file says of itself: `manifest.json`, its first entry.

The file is a ZIP of plainly named entries: the manifest, the project document, and what belongs to it. Everything about
an entry stands in the manifest; an entry that is not listed there has no place in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from soundstage.domain.artifact import Artifact, Sha256
from soundstage.domain.project import Original
from soundstage.domain.value import Value

FORMAT = "soundstage-project"
FORMAT_VERSION = 1
ENDING = "soundstage.zip"
MEDIA_TYPE = "application/zip"
MANIFEST = "manifest.json"
DOCUMENT = "project.json"
DIARIZATION = "diarization.json"  # as the stage `diarize` names it
FOLDER = "files"
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,98}[a-z0-9])?")


class Part(StrEnum):
    """What a file of a project is; each has its endings and its media types."""

    DOCUMENT = "document"
    DIARIZATION = "diarization"
    AUDIO = "audio"
    PEAKS = "peaks"
    SUBTITLES = "subtitles"
    PICTURE = "picture"
    MEDIA = "media"


_BY_NAME = (
    (re.compile(r"original\.[a-z0-9]{1,8}"), Part.MEDIA, None),  # of any media type that media has
    (re.compile(re.escape(DOCUMENT)), Part.DOCUMENT, "application/json"),
    (re.compile(re.escape(DIARIZATION)), Part.DIARIZATION, "application/json"),
    (re.compile(r"peaks\.bin"), Part.PEAKS, "application/octet-stream"),
    (re.compile(r"[a-z0-9-]+\.flac"), Part.AUDIO, "audio/flac"),
    (re.compile(r"[a-z0-9-]+\.srt"), Part.SUBTITLES, "application/x-subrip"),
    (re.compile(r"[a-z0-9-]+\.vtt"), Part.SUBTITLES, "text/vtt"),
    (re.compile(r"poster-\d{1,3}\.jpg"), Part.PICTURE, "image/jpeg"),
    (re.compile(r"video\.mp4"), Part.MEDIA, "video/mp4"),
    (re.compile(r"video\.webm"), Part.MEDIA, "video/webm"),
)
_MEDIA = re.compile(r"(audio|video)/[a-z0-9.+-]{1,60}|application/(mxf|octet-stream)")


class PortableFile(Value):
    """An entry: where it lies in the ZIP, its content's digest and length, its media type, its name in the project."""

    path: str
    sha256: Sha256
    bytes: Annotated[int, Field(ge=0)]
    media_type: str
    name: str

    @classmethod
    def of(cls, artifact: Artifact) -> PortableFile:
        return cls(path=path_of(artifact.name), **artifact.model_dump())

    @property
    def artifact(self) -> Artifact:
        return Artifact(sha256=self.sha256, bytes=self.bytes, media_type=self.media_type, name=self.name)

    @property
    def part(self) -> Part:
        return _part(self.name)[0]

    @model_validator(mode="after")
    def _plain(self) -> PortableFile:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"{self.name[:60]!r} is no name of a project's file: use a–z, 0–9, '.', '_' and '-'")
        if self.path != path_of(self.name):
            raise ValueError(f"{self.name} must lie at {path_of(self.name)}, not at {self.path[:60]!r}")
        part, media_type = _part(self.name)
        if media_type is not None and self.media_type != media_type:
            raise ValueError(f"{self.name} must be of media type {media_type}, not {self.media_type[:60]!r}")
        if part is Part.MEDIA and not _MEDIA.fullmatch(self.media_type):
            raise ValueError(f"{self.name} must be sound or video, not {self.media_type[:60]!r}")
        return self


class MediaReference(Original):
    """The media that the project was made from, and whether its bytes are in the file."""

    included: bool


class Manifest(Value):
    """`made_by`: name and version of the program. `media` is None where the project does not know of it."""

    format: Literal["soundstage-project"] = "soundstage-project"
    format_version: Literal[1] = 1
    made_by: Annotated[str, Field(max_length=100)]
    project_name: Annotated[str, Field(min_length=1, max_length=255)]
    media: MediaReference | None
    files: Annotated[tuple[PortableFile, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _whole(self) -> Manifest:
        names = [file.name for file in self.files]
        if len(set(names)) != len(names):
            raise ValueError("a file is listed twice")
        if names[0] != DOCUMENT:
            raise ValueError(f"the first file must be {DOCUMENT}")
        if self.media is not None and self.media.included != (self.media.artifact in self.artifacts):
            raise ValueError("`media` does not fit to the files that are listed")
        return self

    @property
    def artifacts(self) -> tuple[Artifact, ...]:
        return tuple(file.artifact for file in self.files)

    @property
    def bytes(self) -> int:
        """Of all files together."""
        return sum(file.bytes for file in self.files)

    def file(self, name: str) -> PortableFile | None:
        return next((file for file in self.files if file.name == name), None)


class UnpackedFile(Value):
    """A checked file: what the manifest says of it holds, and it lies at `path`."""

    file: PortableFile
    path: Path


class Unpacked(Value):
    manifest: Manifest
    files: tuple[UnpackedFile, ...]


def path_of(name: str) -> str:
    """Where a project's file lies in the ZIP."""
    return name if name in (DOCUMENT, DIARIZATION) else f"{FOLDER}/{name}"


def left_out(names: Iterable[str], *, media: bool) -> frozenset[str]:
    """What stays behind: without `media` the original, and the video made of it."""
    return frozenset() if media else frozenset(name for name in names if _part(name)[0] is Part.MEDIA)


def _part(name: str) -> tuple[Part, str | None]:
    for pattern, part, media_type in _BY_NAME:
        if pattern.fullmatch(name):
            return part, media_type
    raise ValueError(f"{name[:60]!r} is nothing that a project has")
