"""Ingest: take in the media, from an upload or from the web."""

from __future__ import annotations

import os
import re
import shutil
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from soundstage.domain.artifact import Artifact, Sha256
from soundstage.domain.request import ProjectSetupRequest
from soundstage.domain.value import Value
from soundstage.errors import ExceptionReason, SourceFailure
from soundstage.media.fetch_policy import FetchPolicy
from soundstage.pipelines.context import StageContext
from soundstage.pipelines.stage import Outcome
from soundstage.pipelines.wording import counted, size

if TYPE_CHECKING:
    from soundstage.media.fetch import Fetched

# By suffix, never by what a server says: a file is served again under this type.
_MEDIA_TYPES = {
    "aac": "audio/aac",
    "flac": "audio/flac",
    "m4a": "audio/mp4",
    "mkv": "video/x-matroska",
    "mov": "video/quicktime",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "mxf": "application/mxf",
    "ogg": "audio/ogg",
    "wav": "audio/wav",
    "webm": "video/webm",
}


class Origin(StrEnum):
    UPLOAD = "upload"
    URL = "url"


class Ingested(Value):
    """The media as it came, and what its owner calls it."""

    source: Artifact
    file_name: str


class IngestFindings(Value):
    """URLs are without query string, fragment and user info; `redirects` are the addresses passed on the way."""

    origin: Origin
    file_name: str
    bytes: int
    sha256: Sha256
    final_url: str | None = None
    redirects: tuple[str, ...] = ()


def ingest(context: StageContext, request: ProjectSetupRequest) -> Outcome[Ingested]:
    if request.media_url.startswith("upload://"):
        return _from_upload(context, request.media_url)
    return _from_web(context, request.media_url)


def _from_upload(context: StageContext, media_url: str) -> Outcome[Ingested]:
    path, file_name = context.upload(media_url)
    number = path.stat().st_size
    _check_size(number, context.settings.max_media_bytes)
    source = _keep(context, _second_name(path, context.scratch()), file_name)
    return Outcome(
        output=Ingested(source=source, file_name=file_name),
        findings=IngestFindings(origin=Origin.UPLOAD, file_name=file_name, bytes=source.bytes, sha256=source.sha256),
        summary=f"Took in the upload {file_name}: {size(source.bytes)}.",
    )


def _from_web(context: StageContext, url: str) -> Outcome[Ingested]:
    settings = context.settings
    policy = FetchPolicy(
        allow=settings.fetch_allow,
        max_bytes=settings.max_media_bytes,
        timeout_seconds=settings.fetch_timeout_seconds,
    )
    path = context.scratch() / "fetched"
    with context.portion(0.0, 0.95):
        fetched: Fetched = context.isolated("soundstage.media.fetch:fetch", url=url, output=path, policy=policy)
    _check_size(fetched.bytes, settings.max_media_bytes)
    source = _keep(context, path, fetched.file_name)
    way = f" after {counted(len(fetched.redirects), 'redirect')}" if fetched.redirects else ""
    return Outcome(
        output=Ingested(source=source, file_name=fetched.file_name),
        findings=IngestFindings(
            origin=Origin.URL,
            file_name=fetched.file_name,
            bytes=source.bytes,
            sha256=source.sha256,
            final_url=fetched.final_url,
            redirects=fetched.redirects,
        ),
        summary=f"Fetched {fetched.file_name}{way}: {size(source.bytes)}.",
    )


def _check_size(number: int, limit: int) -> None:
    if number == 0:
        raise SourceFailure("The media file is empty (0 bytes). Send it again.", ExceptionReason.INVALID_SOURCE_DATA)
    if number > limit:
        raise SourceFailure(
            f"The media has {size(number)}; this server takes up to {size(limit)}. Send a smaller or shorter file, "
            "or raise the setting max_media_bytes.",
            ExceptionReason.SOURCE_TOO_LARGE,
        )


def _second_name(path: Path, folder: Path) -> Path:
    """`put` may move what it is given, and an upload stays its team's: another name for the same bytes."""
    name = folder / "upload"
    name.unlink(missing_ok=True)
    try:
        os.link(path, name)
    except OSError:  # another file system
        shutil.copyfile(path, name)
    return name


def _keep(context: StageContext, path: Path, file_name: str) -> Artifact:
    suffix = PurePosixPath(file_name).suffix.lower().lstrip(".")
    if not re.fullmatch(r"[a-z0-9]{1,8}", suffix):
        suffix = "bin"
    media_type = _MEDIA_TYPES.get(suffix, "application/octet-stream")
    return context.put(path, name=f"original.{suffix}", media_type=media_type)
