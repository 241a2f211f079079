"""A look at the media of a set-up, or at a project file, before there is a task: what it is, and what disk it takes."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from soundstage.domain.language import BY_ID
from soundstage.domain.media import MediaInfo
from soundstage.domain.options import SeparationQuality
from soundstage.domain.request import ProjectSetupRequest
from soundstage.errors import SoundstageError
from soundstage.media.choose import choose_streams
from soundstage.media.playable import plan_proxy
from soundstage.media.portable.manifest import Manifest
from soundstage.media.sites.known import may_be_site
from soundstage.pipelines.picture import proxy_bytes
from soundstage.services.actor import Actor
from soundstage.storage import uploads
from soundstage.storage.blobs.store import BlobStore
from soundstage.storage.database import Database

UPLOAD = "upload://"
LOOK_SECONDS = 30.0
# A second of media: FLAC source (about 100 kB), analysis WAV (32 kB), peaks and documents.
TRACK_BYTES = 100_000 + 32_000 + 8_000
STEM_BYTES = 2 * 100_000 + 32_000  # a second: speech and background as FLAC, and the speech as engines hear it

RunIsolated = Callable[[str, dict[str, Any], float], Any]


@dataclass(frozen=True)
class ProxyLimits:
    """The settings of the same names, which decide whether a video gets a proxy."""

    video_proxy: bool = True
    proxy_transcode_seconds: float = 300.0


@dataclass(frozen=True)
class Look:
    """`seconds` and `bytes` are told where they are known, also when the media cannot be looked into before it is
    fetched; `problem`: why it could not be set up, as a sentence."""

    media: MediaInfo | None = None
    seconds: float | None = None
    bytes: int | None = None
    problem: str | None = None


class MediaLook:
    """`run_isolated(function, arguments, timeout)` runs a function in a host process and gives plain JSON."""

    def __init__(
        self,
        database: Database,
        blobs: BlobStore,
        fetch_policy: Mapping[str, Any],
        limits: ProxyLimits,
        run_isolated: RunIsolated,
    ) -> None:
        self._database = database
        self._blobs = blobs
        self._policy = dict(fetch_policy)
        self._limits = limits
        self._run_isolated = run_isolated

    def look(self, actor: Actor, request: ProjectSetupRequest) -> Look:
        """Reads at most 16 MB of the media within 20 s; of a video site, what it says of the video."""
        url = request.media_url
        try:
            if url.startswith(UPLOAD):
                return _look(self._upload(actor, url.removeprefix(UPLOAD)))
            if may_be_site(url) and self._run("soundstage.media.sites.known:site_of", url=url):
                told = self._run("soundstage.media.sites.download:look", url=url, policy=self._policy)
                return Look(seconds=told["seconds"], bytes=told["bytes"])
            return _look(self._web(url))
        except SoundstageError as error:
            return Look(problem=error.message)

    def project_file(self, actor: Actor, media_url: str) -> Manifest:
        """What an uploaded project file says of itself. Raises SoundstageError where it is none."""
        path, _ = self._uploaded(actor, media_url.removeprefix(UPLOAD))
        return Manifest.model_validate(self._run("soundstage.media.portable.reading:look", path=path))

    def disk_bytes(self, look: Look, request: ProjectSetupRequest, *, stems: bool) -> int | None:
        """What the set-up would keep: the media, its tracks, `stems` and a video for browsers. None where unknown."""
        if look.seconds is None or look.bytes is None:
            return None
        parted = stems and request.options.separate.quality is not SeparationQuality.NONE
        kept = look.bytes + round(look.seconds * (TRACK_BYTES + (STEM_BYTES if parted else 0)))
        return kept if look.media is None else kept + self._proxy(look.media, request)

    def _proxy(self, media: MediaInfo, request: ProjectSetupRequest) -> int:
        language = BY_ID[request.source_language].code if request.source_language else None
        try:
            chosen = choose_streams(media, request.selected_audio_tracks, language).streams
        except SoundstageError:
            return 0
        plan = plan_proxy(media, chosen)
        return 0 if plan is None else proxy_bytes(self._limits, plan, media)

    def _upload(self, actor: Actor, upload_id: str) -> MediaInfo | None:
        return self._probe(*self._uploaded(actor, upload_id))

    def _uploaded(self, actor: Actor, upload_id: str) -> tuple[Path, str]:
        with self._database.read() as connection:
            upload = uploads.get(connection, actor.team_id, upload_id)
        if upload is None:
            raise SoundstageError("there is no such upload; post the file to /apis/uploads again")
        return self._blobs.path(upload.sha256), upload.file_name

    def _web(self, url: str) -> MediaInfo | None:
        with tempfile.TemporaryDirectory(prefix="soundstage-look-") as folder:
            path = Path(folder) / "media"
            peeked = self._run("soundstage.media.fetch:peek", url=url, output=path, policy=self._policy)
            return self._probe(path, peeked["file_name"], partial=not peeked["complete"])

    def _probe(self, path: Path, file_name: str, *, partial: bool = False) -> MediaInfo | None:
        try:
            info = self._run("soundstage.media.probe:probe", path=path, file_name=file_name)
        except SoundstageError:
            if partial:  # what was read of the media does not suffice to tell
                return None
            raise
        return MediaInfo.model_validate(info)

    def _run(self, function: str, **arguments: Any) -> Any:
        return self._run_isolated(function, arguments, LOOK_SECONDS)


def _look(media: MediaInfo | None) -> Look:
    return Look() if media is None else Look(media, media.duration_ms / 1000, media.bytes)
