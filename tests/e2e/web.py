"""A web server of media that misbehaves in every way a set-up's `media_url` can meet."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MB = 1_000_000
PAGE = b"<!DOCTYPE html>\n<html><body>Please log in</body></html>\n"


class Web:
    """`media`: bytes by path. `asked`: how often each path was asked for."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.media: dict[str, bytes] = {}
        self.asked: Counter[str] = Counter()
        self.over = threading.Event()


@contextmanager
def running_web() -> Iterator[Web]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as listening:
        listening.daemon_threads = True
        web = Web(listening.server_address[1])
        listening.web = web  # type: ignore[attr-defined]
        thread = threading.Thread(target=listening.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield web
        finally:
            web.over.set()
            listening.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        web: Web = self.server.web  # type: ignore[attr-defined]
        path = self.path.partition("?")[0]
        web.asked[path] += 1
        with suppress(ConnectionError, TimeoutError):
            if path in web.media:
                self._send(web.media[path])
            elif answer := _ANSWERS.get(path):
                answer(self, web)
            else:
                self._send(b"nothing here", 404, "text/plain")
        self.close_connection = True

    def _send(self, body: bytes, status: int = 200, kind: str = "application/octet-stream", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", headers.pop("length", str(len(body))))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


def _page(handler: _Handler, _: Web) -> None:
    handler._send(PAGE, kind="text/html; charset=utf-8")


def _hidden_page(handler: _Handler, _: Web) -> None:
    handler._send(PAGE, kind="video/mp4")


def _text(handler: _Handler, _: Web) -> None:
    handler._send(b"This is no video at all.\n" * 100, kind="video/mp4")


def _endless(handler: _Handler, web: Web) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "video/mp4")
    handler.end_headers()
    while not web.over.is_set():
        handler.wfile.write(bytes(100_000))


def _dripping(handler: _Handler, web: Web) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(1_000_000))
    handler.end_headers()
    while not web.over.is_set():
        handler.wfile.write(bytes(200))
        time.sleep(0.1)


def _announced(handler: _Handler, _: Web) -> None:
    handler._send(bytes(1000), length=str(10**12))


def _broken_off(handler: _Handler, _: Web) -> None:
    handler._send(bytes(1000), length="5000")


def _flaky(handler: _Handler, web: Web) -> None:
    if web.asked["/flaky.wav"] < 3:
        handler._send(b"later", 503, "text/plain")
    else:
        handler._send(web.media["/tone.wav"])


def _kept(handler: _Handler, web: Web) -> None:
    """The tone, with a tag by which a client can ask whether it has changed."""
    if handler.headers["If-None-Match"] == '"the-tone"':
        handler._send(b"", 304, ETag='"the-tone"')
    else:
        handler._send(web.media["/tone.wav"], ETag='"the-tone"')


def _redirect(location: str) -> Callable[[_Handler, Web], None]:
    def answer(handler: _Handler, _: Web) -> None:
        handler._send(b"", 302, Location=location)

    return answer


_ANSWERS: dict[str, Callable[[_Handler, Web], None]] = {
    "/page.html": _page,
    "/page.mp4": _hidden_page,
    "/text.mp4": _text,
    "/endless.mp4": _endless,
    "/dripping.mp4": _dripping,
    "/announced.mp4": _announced,
    "/broken-off.mp4": _broken_off,
    "/flaky.wav": _flaky,
    "/kept.wav": _kept,
    "/moved.wav": _redirect("/tone.wav?token=moved-s3cret"),
    "/loop.mp4": _redirect("/loop.mp4"),
    "/to-private": _redirect("http://10.1.2.3/talk.mp4"),
    "/to-loopback": _redirect("http://127.0.0.1:1/talk.mp4"),
    "/to-localhost": _redirect("http://localhost:1/tone.wav"),
    "/to-metadata": _redirect("http://169.254.169.254/latest/meta-data/?token=s3cret"),
    "/to-file": _redirect("file:///etc/passwd"),
    "/to-missing": _redirect("/missing.mp4?token=s3cret"),
}
