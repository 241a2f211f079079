"""A model hub on this machine: `resolve` with its headers, redirects and errors; large files from another origin."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COMMIT = "0123456789abcdef0123456789abcdef01234567"
TOKEN = "hf_of_the_test"
LARGE = 10_000  # bytes from which a file is kept elsewhere


@dataclass
class Hub:
    """files: `owner/name` → path → content. gated, private: repositories that want TOKEN.

    breaks: of the next answers with content, after how many bytes each ends. stall_at: hold the next longer one
    there, until `go_on`. busy: how many of the next requests are answered by 503. commit: what it says it gives.
    asked: method, path, Range and Authorization of every request.
    """

    files: dict[str, dict[str, bytes]]
    gated: set[str] = field(default_factory=set)
    private: set[str] = field(default_factory=set)
    breaks: list[int] = field(default_factory=list)
    stall_at: int | None = None
    stalled: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    busy: int = 0
    commit: str = COMMIT
    asked: list[tuple[str, str, str | None, str | None]] = field(default_factory=list)
    url: str = ""

    @property
    def ranges(self) -> list[str | None]:
        """What was asked of the files' content, in order."""
        return [wanted for method, path, wanted, _ in self.asked if method == "GET" and path.startswith("/elsewhere/")]

    def large(self) -> dict[str, bytes]:
        return {hashlib.sha256(data).hexdigest(): data for files in self.files.values() for data in files.values()}


@contextmanager
def running_hub(files: dict[str, dict[str, bytes]]) -> Iterator[Hub]:
    hub = Hub(files)

    class Answers(_Answers):
        kept = hub

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.daemon_threads = True
    hub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield hub
    finally:
        hub.go_on.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Answers(BaseHTTPRequestHandler):
    kept: Hub
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the standard library
        """The tests read `asked`."""

    def _answer(self) -> None:
        hub = self.kept
        token = self.headers.get("Authorization")
        hub.asked.append((self.command, self.path, self.headers.get("Range"), token))
        if hub.busy:
            hub.busy -= 1
            self._say(503)
            return
        if self.path.startswith("/elsewhere/"):
            self._content(hub.large()[self.path.rpartition("/")[2]])
            return
        found = re.fullmatch(r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", self.path)
        repository, commit, path = found.groups() if found else ("", "", "")
        allowed = token == f"Bearer {TOKEN}"
        if repository not in hub.files or (repository in hub.private and not allowed):
            self._say(401, {"X-Error-Code": "RepoNotFound", "X-Error-Message": "Repository not found"})
        elif repository in hub.gated and not allowed:
            self._say(401, {"X-Error-Code": "GatedRepo", "X-Error-Message": "Access to this model is restricted"})
        elif commit != COMMIT:
            self._say(404, {"X-Error-Code": "RevisionNotFound", "X-Error-Message": f"Invalid rev id: {commit}"})
        elif path not in hub.files[repository]:
            self._say(404, {"X-Error-Code": "EntryNotFound", "X-Error-Message": "Entry not found"})
        else:
            self._file(hub.files[repository][path])

    def _file(self, data: bytes) -> None:
        if len(data) < LARGE:
            self._content(data)
            return
        sha256 = hashlib.sha256(data).hexdigest()
        port = self.kept.url.rpartition(":")[2]
        headers = {"X-Repo-Commit": self.kept.commit, "X-Linked-Size": str(len(data)), "X-Linked-ETag": f'"{sha256}"'}
        self._say(302, headers | {"Location": f"http://localhost:{port}/elsewhere/{sha256}"})

    def _content(self, data: bytes) -> None:
        start = int((self.headers.get("Range") or "bytes=0-").removeprefix("bytes=").removesuffix("-"))
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        self.send_header("X-Repo-Commit", self.kept.commit)
        self.send_header("ETag", f'"{hashlib.sha1(data).hexdigest()}"')
        self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        if self.command == "GET":
            self._send(data[start:])

    def _send(self, data: bytes) -> None:
        hub = self.kept
        if hub.breaks:
            self.wfile.write(data[: hub.breaks.pop(0)])
            self.close_connection = True
            return
        if hub.stall_at is not None and len(data) > hub.stall_at:
            self.wfile.write(data[: hub.stall_at])
            self.wfile.flush()
            data, hub.stall_at = data[hub.stall_at :], None
            hub.stalled.set()
            hub.go_on.wait()
        try:
            self.wfile.write(data)
        except OSError:  # the client has gone
            self.close_connection = True

    def _say(self, status: int, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": "0"} | (headers or {})).items():
            self.send_header(name, value)
        self.end_headers()
