"""A real HTTP server on loopback that behaves in every way a fetch must survive."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

BODY = bytes(range(256)) * 400  # 102,400 bytes that begin like no known file


@dataclass
class Site:
    """Where the server listens and what it was asked: `(path, headers)` in order."""

    port: int
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def allow(self) -> tuple[str, ...]:
        return (f"127.0.0.1:{self.port}",)


class Handler(BaseHTTPRequestHandler):
    server: SiteServer

    def do_GET(self) -> None:
        self.server.site.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
        name, _, rest = self.path.partition("?")[0].lstrip("/").partition("/")
        try:
            getattr(self, f"on_{name.replace('-', '_')}")(rest)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass

    def answer(self, status: int = 200, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        headers.setdefault("Content_Length", str(len(body)))
        for name, value in headers.items():
            if value:
                self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def on_media(self, rest: str) -> None:
        self.answer(body=BODY, Content_Type="video/mp4; charset=binary")

    def on_named(self, rest: str) -> None:
        name = "filename*=UTF-8''%E2%82%AC%20talk.mp4" if rest == "star" else 'filename="..\\\\/etc/talk.mp4"'
        self.answer(body=BODY, Content_Disposition=f"attachment; {name}")

    def on_ranged(self, rest: str) -> None:
        size, wanted = int(rest or len(BODY)), self.headers.get("Range", "")
        first, _, last = wanted.removeprefix("bytes=").partition("-")
        start, end = int(first), min(int(last), size - 1)
        body = bytes((start + offset) % 251 for offset in range(end - start + 1))
        self.answer(206, body, Content_Range=f"bytes {start}-{end}/{size}", Content_Type="audio/wav")

    def on_status(self, rest: str) -> None:
        self.answer(int(rest), b"no")

    def on_page(self, rest: str) -> None:
        kind = "" if rest == "untold" else "text/html; charset=utf-8"
        self.answer(body=b"\n<!DOCTYPE html><html>Sign in</html>", Content_Type=kind)

    def on_zipped(self, rest: str) -> None:
        self.answer(body=b"\x1f\x8b" + bytes(20), Content_Encoding="gzip")

    def on_redirect(self, rest: str) -> None:
        self.answer(302, Location=self.server.destination or f"/{rest}")

    def on_loop(self, rest: str) -> None:
        self.answer(302, Location=f"/loop/{int(rest or 0) + 1}?secret=1")

    def on_large(self, rest: str) -> None:
        self.answer(body=b"x", Content_Length=str(10**12))

    def on_endless(self, rest: str) -> None:
        self.send_response(200)
        self.end_headers()
        self.close_connection = True
        while True:
            self.wfile.write(BODY)

    def on_drip(self, rest: str) -> None:
        self.send_response(200)
        self.end_headers()
        self.close_connection = True
        while not self.server.stopping.is_set():
            self.wfile.write(b"\x01")
            time.sleep(0.02)

    def on_drip_headers(self, rest: str) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while not self.server.stopping.is_set():
            self.wfile.write(b"X-A: b\r\n")
            time.sleep(0.05)

    def on_silence(self, rest: str) -> None:
        self.server.stopping.wait(60)

    def on_short(self, rest: str) -> None:
        self.answer(body=b"\x01" * 100, Content_Length="5000")
        self.close_connection = True

    def on_reset(self, rest: str) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def on_nonsense(self, rest: str) -> None:
        self.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n")
        self.close_connection = True


class SiteServer(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.site = Site(self.server_address[1])
        self.destination: str | None = None
        self.stopping = threading.Event()

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # clients hang up on purpose


@pytest.fixture
def server() -> Iterator[SiteServer]:
    with SiteServer() as running:
        threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield running
        running.stopping.set()
        running.shutdown()


@pytest.fixture
def site(server: SiteServer) -> Site:
    return server.site


@pytest.fixture
def other_server() -> Iterator[SiteServer]:
    with SiteServer() as running:
        threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield running
        running.stopping.set()
        running.shutdown()
