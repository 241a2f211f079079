"""yt-dlp at work on one link: it finds the media and fetches it by its own downloaders, over the guarded wire only."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

from yt_dlp import YoutubeDL
from yt_dlp.networking.common import Request, Response
from yt_dlp.utils import sanitize_url

from soundstage.errors import Cancelled, ExceptionReason, SourceFailure, StageFailure
from soundstage.media.fetch_http import page_failure
from soundstage.media.fetch_policy import FetchPolicy
from soundstage.media.guard import download_failure
from soundstage.media.progress import Report
from soundstage.media.sites import known
from soundstage.media.sites.failures import meaning_of
from soundstage.media.sites.wire import GuardedRH, Wire
from soundstage.media.storage_full import full_disk_told

log = logging.getLogger("soundstage.sites")

_F = "[protocol~='^(https?|m3u8|m3u8_native|http_dash_segments)$']"
_PARAMETERS: dict[str, Any] = {
    "format": f"bv*{_F}+ba{_F}/b{_F}/ba{_F}/bv{_F}",
    "format_sort": ["lang", "res:1080", "vcodec:h264", "acodec:aac"],
    "noplaylist": True,
    "extract_flat": "in_playlist",
    "playlistend": 2,
    # Nothing of the machine's user, no lies about where we are, no programs.
    "cachedir": False,
    "usenetrc": False,
    "proxy": "",
    "geo_bypass": False,
    "js_runtimes": {},
    "external_downloader": {"default": "native"},
    "hls_prefer_native": True,
    "ffmpeg_location": "/nonexistent",
    "fixup": "never",
    "retries": 2,
    "fragment_retries": 2,
    "extractor_retries": 1,
    "skip_unavailable_fragments": False,
    "overwrites": True,
    "nopart": True,
    "updatetime": False,
    "quiet": True,
    "no_warnings": True,
    "noprogress": True,
    "color": {"stdout": "no_color", "stderr": "no_color"},
}


class _Log:
    """yt-dlp's messages, for the operator's log."""

    def debug(self, message: str) -> None:
        log.debug("%s", message)

    info = warning = error = debug


class _Guarded(YoutubeDL):  # type: ignore[misc]
    """Every request of extractors and downloaders comes to `urlopen`; there is one handler, and it is ours."""

    def __init__(self, parameters: dict[str, Any], wire: Wire, kinds: Iterable[Any]) -> None:
        super().__init__(parameters, auto_init=False)
        self._kinds = {kind.ie_key(): kind for kind in kinds}
        for kind in self._kinds.values():
            self.add_info_extractor(kind)
        self._at_work: dict[str, Any] = {}
        self._director = self.build_request_director([partial(GuardedRH, wire=wire)])

    @property
    def _request_director(self) -> Any:
        return self._director

    def get_info_extractor(self, ie_key: str) -> Any:
        """An extractor of ours by its key; yt-dlp would look for it in its own list."""
        if ie_key not in self._at_work:
            self._at_work[ie_key] = self._kinds[ie_key]()
            self.add_info_extractor(self._at_work[ie_key])
        return self._at_work[ie_key]

    def urlopen(self, req: Any) -> Response:
        request = Request(req) if isinstance(req, str) else req
        if not isinstance(request, Request):
            raise TypeError("only requests of yt-dlp's own kind are sent")
        request.url = sanitize_url(request.url)
        return self._director.send(request)


class Session:
    """`site`: the key of the extractor that knows the link. Raises SourceFailure where none does."""

    def __init__(self, url: str, policy: FetchPolicy) -> None:
        self._url = url
        self._wire = Wire(policy)
        kinds = known.extractors()
        found = next((kind for kind in kinds if kind.suitable(url)), None)
        if found is None:
            raise page_failure(url)
        self.site: str = found.ie_key()
        self._report: Report | None = None
        self._parts = (0, 1)
        parameters = {**_PARAMETERS, "logger": _Log(), "progress_hooks": [self._progress]}
        self._ydl = _Guarded(parameters, self._wire, kinds)

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ydl.close()
        self._wire.close()

    def info(self) -> dict[str, Any]:
        """The site's description of the one video, with the formats to fetch. Raises SourceFailure."""
        with self._told():
            info: dict[str, Any] | None = self._ydl.extract_info(self._url, download=False, ie_key=self.site)
        if info is None:
            raise download_failure(f"{self.site} did not describe the video.")
        if info.get("_type", "video") != "video":
            raise SourceFailure(
                f"This link of {self.site} is a list of videos. Send the link of one of them.",
                ExceptionReason.SOURCE_TYPE_NOT_SUPPORTED,
            )
        if info.get("is_live"):
            raise SourceFailure(
                "The link is a live stream. Set it up once it is over and its recording stands on the site.",
                ExceptionReason.SOURCE_TYPE_NOT_SUPPORTED,
            )
        return info

    def download(self, info: dict[str, Any], folder: Path, report: Report) -> tuple[Path, ...]:
        """The files of the chosen formats: one, or picture and sound. Raises SourceFailure, StorageFull."""
        formats = info.get("requested_formats") or [info]
        self._report = report
        paths = []
        for number, form in enumerate(formats):
            path = folder / f"part{number}"
            self._parts = (number, len(formats))
            whole = {name: value for name, value in info.items() if name != "requested_formats"} | form
            with self._told(), full_disk_told(path):
                done, _ = self._ydl.dl(str(path), whole)
            if not done or not path.exists():
                raise self._wire.failure or download_failure(
                    f"{self.site} sent the video only in part.", retryable=True
                )
            paths.append(path)
        return tuple(paths)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (StageFailure, Cancelled, OSError):
            raise
        except Exception as error:
            log.info("yt-dlp failed", exc_info=error)
            raise meaning_of(error, self.site, self._url, self._wire.failure) from None

    def _progress(self, state: dict[str, Any]) -> None:
        total = state.get("total_bytes") or state.get("total_bytes_estimate")
        if self._report is not None and total:
            part, parts = self._parts
            self._report((part + min(1.0, (state.get("downloaded_bytes") or 0) / total)) / parts)
