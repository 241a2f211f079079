"""Ingest: take in the media, from an upload or from the web."""

from __future__ import annotations

import re
from dataclasses import replace
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from soundstage.domain.artifact import Artifact, Sha256
from soundstage.domain.project import Original
from soundstage.domain.request import ProjectSetupRequest
from soundstage.domain.value import Value
from soundstage.errors import ExceptionReason, SourceFailure
from soundstage.media.drive_links import is_drive
from soundstage.media.fetch_policy import FetchPolicy
from soundstage.media.sites.known import may_be_site
from soundstage.media.validators import Unchanged, Validators
from soundstage.pipelines.context import Earlier, StageContext, StageSettings
from soundstage.pipelines.stage import Outcome
from soundstage.pipelines.wording import counted, size

if TYPE_CHECKING:
    from soundstage.media.fetch import Fetched
    from soundstage.media.sites.download import SiteFetched

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
    DRIVE = "drive"  # a share link of Google Drive
    SITE = "site"  # a page of a video site


class Ingested(Value):
    """The media as it came, and what its owner calls it. `web`: by which its server can be asked for it again."""

    source: Artifact
    file_name: str
    web: Validators | None = None


class IngestFindings(Value):
    """URLs are without query string, fragment and user info; `redirects` are the addresses passed on the way.

    `downloaded`: false where the server said that the media had not changed since another task fetched it.
    `site`, `video_id` and `title`: what a video site calls itself and the video.
    """

    origin: Origin
    file_name: str
    bytes: int
    sha256: Sha256
    final_url: str | None = None
    redirects: tuple[str, ...] = ()
    downloaded: bool = True
    site: str | None = None
    video_id: str | None = None
    title: str | None = None


def ingest(context: StageContext, request: ProjectSetupRequest) -> Outcome[Ingested]:
    taken = _take_in(context, request)
    return taken if request.original is None else _the_original(context, taken, request.original)


def _take_in(context: StageContext, request: ProjectSetupRequest) -> Outcome[Ingested]:
    if request.media_url.startswith("upload://"):
        return _from_upload(context, request.media_url)
    if may_be_site(request.media_url) and context.isolated(
        "soundstage.media.sites.known:site_of", url=request.media_url
    ):
        return _from_site(context, request.media_url)
    return _from_web(context, request.media_url)


def _from_upload(context: StageContext, media_url: str) -> Outcome[Ingested]:
    upload = context.upload(media_url)
    _check_size(upload.bytes, context.settings.max_media_bytes)
    source = context.adopt(upload, **_named(upload.name))
    if source is None:
        raise SourceFailure(
            "The bytes of this upload are gone. Post the file to /apis/uploads again.", ExceptionReason.SOURCE_NOT_FOUND
        )
    return Outcome(
        output=Ingested(source=source, file_name=upload.name),
        findings=IngestFindings(
            origin=Origin.UPLOAD, file_name=upload.name, bytes=source.bytes, sha256=source.sha256, downloaded=False
        ),
        summary=f"Took in the upload {upload.name}: {size(source.bytes)}.",
    )


def _from_web(context: StageContext, url: str) -> Outcome[Ingested]:
    path = context.scratch() / "fetched"
    earlier = context.earlier(Ingested)
    fetched = _fetch(context, url, path, None if earlier is None else earlier.output.web)
    if earlier is not None and isinstance(fetched, Unchanged):
        unchanged = _unchanged(context, url, earlier, fetched)
        if unchanged is not None:
            return unchanged
        fetched = _fetch(context, url, path, None)
    _check_size(fetched.bytes, context.settings.max_media_bytes)
    source = context.put(path, **_named(fetched.file_name))
    return Outcome(
        output=Ingested(source=source, file_name=fetched.file_name, web=fetched.validators),
        findings=_findings(url, source, fetched.file_name, fetched),
        summary=f"Fetched {fetched.file_name}{' from Google Drive' if is_drive(url) else ''}{_way(fetched)}: "
        f"{size(source.bytes)}.",
    )


def _fetch(context: StageContext, url: str, path: Path, known: Validators | None) -> Any:
    """`Fetched` into the path; or `Unchanged`, where its server vouches that the media is what was `known`."""
    policy = _policy(context.settings)
    function, asked = ("fetch", {}) if known is None else ("fetch_again", {"known": known})
    with context.portion(0.0, 0.95):
        return context.isolated(f"soundstage.media.fetch:{function}", url=url, output=path, policy=policy, **asked)


def _unchanged(
    context: StageContext, url: str, earlier: Earlier[Ingested], said: Unchanged
) -> Outcome[Ingested] | None:
    """What another task fetched, once more; None where it is not there any more."""
    kept, file_name = earlier.output.source, earlier.output.file_name
    _check_size(kept.bytes, context.settings.max_media_bytes)
    source = context.adopt(kept, **_named(file_name))
    if source is None:
        return None
    return Outcome(
        output=earlier.output,
        findings=_findings(url, source, file_name, said).model_copy(update={"downloaded": False}),
        summary=f"{file_name}{_way(said)} has not changed since task {earlier.task_id} fetched it: "
        f"{size(source.bytes)}, not downloaded again.",
        taken_over_from=earlier.task_id,
    )


def _findings(url: str, source: Artifact, file_name: str, fetched: Fetched | Unchanged) -> IngestFindings:
    return IngestFindings(
        origin=Origin.DRIVE if is_drive(url) else Origin.URL,
        file_name=file_name,
        bytes=source.bytes,
        sha256=source.sha256,
        final_url=fetched.final_url,
        redirects=fetched.redirects,
    )


def _way(fetched: Fetched | Unchanged) -> str:
    return f" after {counted(len(fetched.redirects), 'redirect')}" if fetched.redirects else ""


def _from_site(context: StageContext, url: str) -> Outcome[Ingested]:
    settings = context.settings
    with context.portion(0.0, 0.95):
        fetched: SiteFetched = context.isolated(
            "soundstage.media.sites.download:fetch_site",
            url=url,
            folder=context.scratch(),
            policy=_policy(settings),
            max_seconds=settings.max_media_seconds,
        )
    _check_size(fetched.path.stat().st_size, settings.max_media_bytes)
    source = context.put(fetched.path, **_named(fetched.file_name))
    video = fetched.video
    return Outcome(
        output=Ingested(source=source, file_name=fetched.file_name),
        findings=IngestFindings(
            origin=Origin.SITE,
            file_name=fetched.file_name,
            bytes=source.bytes,
            sha256=source.sha256,
            final_url=video.url,
            site=video.site,
            video_id=video.video_id,
            title=video.title,
        ),
        summary=f"Took “{video.title}” from {video.site}: {size(source.bytes)}.",
    )


def _the_original(context: StageContext, taken: Outcome[Ingested], original: Original) -> Outcome[Ingested]:
    """What was taken in, under the names that it had; it must be the bytes that a project was made from."""
    source, wanted = taken.output.source, original.artifact
    if source.sha256 != wanted.sha256:
        raise SourceFailure(other_media(original, taken.output.file_name, source))
    kept = context.adopt(source, name=wanted.name, media_type=wanted.media_type)
    assert kept is not None  # it was put a moment ago
    output = taken.output.model_copy(update={"source": kept, "file_name": original.file_name})
    return replace(taken, output=output, summary=f"{taken.summary} It is what the project was made from.")


def other_media(original: Original, file_name: str, source: Artifact) -> str:
    """Why these bytes are not what a project was made from, and what would be."""
    wanted = original.artifact
    return (
        f"{file_name} is not the media that the project was made from: it has {source.bytes} bytes with the SHA-256 "
        f"{source.sha256}, and {original.file_name} had {wanted.bytes} with {wanted.sha256}. Send that very file; "
        "for other media set up a new project."
    )


def _policy(settings: StageSettings) -> FetchPolicy:
    return FetchPolicy(
        allow=settings.fetch_allow,
        max_bytes=settings.max_media_bytes,
        timeout_seconds=settings.fetch_timeout_seconds,
        drive_url=settings.drive_url,
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


def _named(file_name: str) -> dict[str, str]:
    """Name and media type of the artifact, for `put` and `adopt`."""
    suffix = PurePosixPath(file_name).suffix.lower().lstrip(".")
    if not re.fullmatch(r"[a-z0-9]{1,8}", suffix):
        suffix = "bin"
    return {"name": f"original.{suffix}", "media_type": _MEDIA_TYPES.get(suffix, "application/octet-stream")}
