"""A video site on loopback, and the extractor that knows it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from yt_dlp.extractor.common import InfoExtractor
from yt_dlp.utils import ExtractorError

from soundstage.media.fetch_policy import FetchPolicy
from soundstage.media.sites import known


class LoopbackIE(InfoExtractor):
    """`http://127.0.0.1:PORT/watch/WHAT`; the page tells what the site has to say."""

    IE_NAME = "loopback"
    _VALID_URL = r"(?P<base>http://127\.0\.0\.1:\d+)/(?P<kind>watch|list)/(?P<id>[\w-]+)"

    def _real_extract(self, url: str) -> dict:
        base, kind, video = self._match_valid_url(url).group("base", "kind", "id")
        if kind == "list":
            return self.playlist_result([self.url_result(f"{base}/watch/{n}") for n in "ab"], video, "Several")
        told = self._download_json(f"{base}/about/{video}", video)
        if error := told.get("error"):
            raise ExtractorError(error, expected=True)
        if countries := told.get("countries"):
            self.raise_geo_restricted(countries=countries)
        formats = []
        for form in told["formats"]:
            if form.pop("hls", False):
                formats += self._extract_m3u8_formats(form["url"], video, "mp4", m3u8_id="hls")
            else:
                formats.append(form)
        return {"id": video, "title": "A talk: part/1", "formats": formats} | told.get("more", {})


def about(*formats: dict[str, Any], **more: Any) -> bytes:
    """What `/about/WHAT` tells: the formats of a video, and more of its description."""
    return json.dumps({"formats": formats, "more": more}).encode()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: VideoSite

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.server.headers.append({name.lower(): value for name, value in self.headers.items()})
        answer = self.server.answers.get(self.path)
        if callable(answer):
            answer = answer()
        if answer is None:
            self.reply(404, b"{}")
        elif isinstance(answer, str):
            self.reply(302, b"", Location=answer)
        else:
            self.reply(200, answer)

    def reply(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Set-Cookie", "seen=1; Path=/")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@dataclass
class Clips:
    """A second of a picture with sound, and each alone."""

    whole: bytes
    picture: bytes
    sound: bytes
    fragment: bytes  # MPEG-TS


class VideoSite(ThreadingHTTPServer):
    """`answers`: bytes to send, or an address to redirect to, by path. `asked`: paths in order."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, bytes | str | Callable[[], bytes]] = {}
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def policy(self) -> FetchPolicy:
        return FetchPolicy(allow=(self.url.removeprefix("http://"),), timeout_seconds=60.0)


@contextmanager
def running_site() -> Iterator[VideoSite]:
    with VideoSite() as site:
        threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield site
        site.shutdown()


@contextmanager
def known_site(monkeypatch: pytest.MonkeyPatch) -> Iterator[VideoSite]:
    """A site that yt-dlp knows, among all others, in this process."""
    others = known.extractors()
    monkeypatch.setattr(known, "extractors", lambda: (LoopbackIE, *others))
    with running_site() as site:
        yield site


def write_clips(folder: Path) -> Clips:
    return Clips(
        whole=_written(folder / "whole.mp4", picture=True, sound=True),
        picture=_written(folder / "picture.mp4", picture=True, sound=False),
        sound=_written(folder / "sound.m4a", picture=False, sound=True, form="mp4"),
        fragment=_written(folder / "whole.ts", picture=True, sound=True, form="mpegts"),
    )


def _written(path: Path, *, picture: bool, sound: bool, form: str | None = None) -> bytes:
    with av.open(str(path), "w", format=form) as container:
        video = container.add_stream("mpeg2video" if form == "mpegts" else "libx264", rate=25) if picture else None
        audio = container.add_stream("aac", rate=48_000, layout="stereo") if sound else None
        if video is not None:
            video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
            for number in range(25):
                grey = np.full((48, 64, 3), number * 8, np.uint8)
                container.mux(video.encode(av.VideoFrame.from_ndarray(grey, format="rgb24")))
            container.mux(video.encode(None))
        if audio is not None:
            for start in range(0, 48_000, 1024):
                frame = av.AudioFrame.from_ndarray(np.zeros((2, 1024), np.float32), format="fltp", layout="stereo")
                frame.sample_rate, frame.pts = 48_000, start
                container.mux(audio.encode(frame))
            container.mux(audio.encode(None))
    return path.read_bytes()
