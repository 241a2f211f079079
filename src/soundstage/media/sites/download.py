"""A video of a video site, fetched with yt-dlp: what it is (`look`), and its file (`fetch_site`).

What it brings is a local file that is then treated like any upload.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from soundstage.domain.value import Value
from soundstage.errors import ExceptionReason, SourceFailure
from soundstage.media.container import open_media
from soundstage.media.fetch_http import safe_name
from soundstage.media.fetch_policy import FetchPolicy
from soundstage.media.progress import Report, silent
from soundstage.media.redact import redact_url
from soundstage.media.sites.join import join
from soundstage.media.sites.known import alone

LOOK_SECONDS = 20.0
_ENDINGS = {"mov": "mp4", "matroska": "mkv", "mpegts": "ts"}  # by the first name of FFmpeg's demuxer
_MOST_TITLE = 120


class SiteVideo(Value):
    """What a site says of a video; None where it does not tell. `url` is redacted."""

    site: str
    video_id: str
    title: str
    url: str
    seconds: float | None = None
    bytes: int | None = None


class SiteFetched(Value):
    """The file that was fetched; `path` lies in the folder that was given."""

    video: SiteVideo
    path: Path
    file_name: str


def look(url: str, policy: FetchPolicy) -> SiteVideo:
    """What stands behind the link, without the media, within 20 seconds. Raises SourceFailure as `fetch_site` does."""
    hurried = policy.model_copy(update={"timeout_seconds": min(LOOK_SECONDS, policy.timeout_seconds)})
    with alone():
        from soundstage.media.sites.session import Session  # noqa: PLC0415 - yt-dlp is an extra

        with Session(url, hurried) as session:
            return _video(session.site, url, session.info())


def fetch_site(url: str, folder: Path, policy: FetchPolicy, max_seconds: float, report: Report = silent) -> SiteFetched:
    """Download the best picture and sound of the link into `folder`, 1080 lines where there is a choice.

    Raises SourceFailure: SOURCE_NOT_FOUND, SOURCE_IS_AGE_RESTRICTED, SOURCE_BLOCKED_IN_REGION, FORBIDDEN (who is not
    signed in), SOURCE_TYPE_NOT_SUPPORTED (several videos, a live stream, DRM), SOURCE_TOO_LONG, SOURCE_TOO_LARGE,
    ERROR_DOWNLOADING_SOURCE (a refused address, a broken connection, anything else); StorageFull.
    """
    with alone():
        from soundstage.media.sites.session import Session  # noqa: PLC0415

        with Session(url, policy) as session:
            info = session.info()
            video = _video(session.site, url, info)
            _refuse_length(video, max_seconds)
            files = session.download(info, folder, report)
    path = files[0] if len(files) == 1 else join(files[0], files[1], folder)
    path = path.rename(folder / f"video.{_ending(path, info)}")
    title = re.sub(r"[/\\]", "-", video.title)[:_MOST_TITLE].strip(" .")
    name = safe_name(f"{title}{path.suffix}")
    return SiteFetched(video=video, path=path, file_name=name)


def _video(site: str, url: str, info: dict[str, Any]) -> SiteVideo:
    parts = info.get("requested_formats") or [info]
    sizes = [part.get("filesize") or part.get("filesize_approx") for part in parts]
    seconds = info.get("duration")
    return SiteVideo(
        site=site,
        video_id=str(info.get("id") or ""),
        title=str(info.get("title") or site),
        url=redact_url(str(info.get("webpage_url") or url)),
        seconds=float(seconds) if isinstance(seconds, int | float) and seconds > 0 else None,
        bytes=sum(map(int, sizes)) if all(sizes) else None,
    )


def _refuse_length(video: SiteVideo, max_seconds: float) -> None:
    if video.seconds is not None and video.seconds > max_seconds:
        raise SourceFailure(
            f"The video lasts {video.seconds:.0f} s; this server takes up to {max_seconds:.0f} s (max_media_seconds).",
            ExceptionReason.SOURCE_TOO_LONG,
        )


def _ending(path: Path, info: dict[str, Any]) -> str:
    """What the file is rather than what the site calls it: a playlist's fragments are often named mp4 and are not."""
    with open_media(path) as media:
        demuxer = media.format.name.split(",")[0]
    if demuxer == "matroska" and str(info.get("ext")) == "webm":
        return "webm"
    return _ENDINGS.get(demuxer, demuxer)
