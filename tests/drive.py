"""A server that speaks what Google Drive speaks to those without an account, with the pages it had in 2026."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

SMALL, LARGE, OLD, FULL, PRIVATE, DENIED, GONE, BANNED, STRANGE, LOOP, BUSY = (
    f"{name:_<20}"
    for name in (
        "1small",
        "1large",
        "1old",
        "1full",
        "1priv",
        "1denied",
        "1gone",
        "1banned",
        "1strange",
        "1loop",
        "1busy",
    )
)

_HEAD = (
    '<!DOCTYPE html><html><head><title>{title}</title><meta http-equiv="content-type" content="text/html; '
    'charset=utf-8"/><style nonce="0Yx4">@import "x"</style></head><body>'
)
WARNING = (
    _HEAD.format(title="Google Drive - Virus scan warning")
    + '<div class="uc-main"><div id="uc-text"><p class="uc-warning-caption">Google Drive can\'t scan this file for '
    'viruses.</p><p class="uc-warning-subcaption"><span class="uc-name-size"><a href="/open?id={id}">talk.mp4</a> '
    "(1.2G)</span> is too large for Google to scan for viruses. Would you still like to download this file?</p>"
    '<form id="download-form" action="{base}/download" method="get"><input type="submit" id="uc-download-link" '
    'class="goog-inline-block jfk-button jfk-button-action" value="Download anyway"/><input type="hidden" name="id" '
    'value="{id}"><input type="hidden" name="export" value="download"><input type="hidden" name="confirm" value="t">'
    '<input type="hidden" name="uuid" value="3b0c5e4e-9c3a-4f57-9d25-0b8f4ab4e1aa"></form></div></div></body></html>'
)
OLD_WARNING = (
    _HEAD.format(title="Google Drive - Virus scan warning")
    + '<a id="uc-download-link" class="goog-inline-block jfk-button" '
    'href="/uc?export=download&amp;confirm=Zx9_&amp;id={id}">Download anyway</a></body></html>'
)
QUOTA = (
    _HEAD.format(title="Google Drive - Quota exceeded")
    + '<div id="uc-text"><p class="uc-error-caption">Sorry, you can&#39;t view or download this file at this time.</p>'
    '<p class="uc-error-subcaption">Too many users have viewed or downloaded this file recently. Please try accessing '
    "the file again later. If the file you are trying to access is particularly large or is shared with many people, "
    "it may take up to 24 hours to be able to view or download the file.</p></div></body></html>"
)
SIGN_IN = (
    _HEAD.format(title="Google Drive: Sign-in") + "<h1>Sign in</h1><p>to continue to Google Drive</p></body></html>"
)
ACCESS = _HEAD.format(title="Google Drive - Access Denied") + "<p>You need access. Ask for access.</p></body></html>"
NOT_FOUND = (
    _HEAD.format(title="Google Drive - Page Not Found")
    + "<p>Sorry, the file you have requested does not exist.</p><p>Make sure that you have the correct URL and the "
    "file exists.</p></body></html>"
)
TERMS = (
    _HEAD.format(title="Google Drive - Infected file")
    + "<p>We&#39;re sorry. You can&#39;t access this item because it is in violation of our Terms of Service.</p>"
    "</body></html>"
)


class Drive(BaseHTTPRequestHandler):
    """`/uc` leads on to `/download`, as drive.google.com does to drive.usercontent.google.com."""

    server: DriveServer

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        given = query.get("id", "")
        if parts.path.startswith("/v3/signin"):
            self.page(200, SIGN_IN)
        elif given == PRIVATE:
            self.redirect(f"/v3/signin/identifier?continue={parts.path}")
        elif parts.path == "/uc" and given != OLD:
            self.redirect(f"/download?{parts.query}")
        elif given == SMALL or (given == LARGE and {"confirm", "uuid"} <= set(query)) or "Zx9_" in query.values():
            self.file()
        else:
            self.refuse(given)

    def refuse(self, given: str) -> None:
        filled = {"id": given, "base": self.server.url}
        pages = {
            LARGE: (200, WARNING.format(**filled)),
            LOOP: (200, WARNING.format(**filled)),
            OLD: (200, OLD_WARNING.format(**filled)),
            FULL: (200, QUOTA),
            DENIED: (403, ACCESS),
            BANNED: (200, TERMS),
            STRANGE: (200, _HEAD.format(title="Something new") + "</body></html>"),
            BUSY: (429, "<html><head><title>Sorry...</title></head></html>"),
        }
        self.page(*pages.get(given, (404, NOT_FOUND)))

    def page(self, status: int, text: str) -> None:
        self.answer(status, text.encode(), "text/html; charset=utf-8")

    def file(self) -> None:
        self.answer(200, self.server.content, "video/mp4", Content_Disposition='attachment; filename="my talk.mp4"')

    def redirect(self, to: str) -> None:
        self.answer(303, b"", "text/html", Location=to)

    def answer(self, status: int, body: bytes, kind: str, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


class DriveServer(ThreadingHTTPServer):
    """`asked`: the paths that were asked for, in order."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, content: bytes) -> None:
        super().__init__(("127.0.0.1", 0), Drive)
        self.content = content
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


@contextmanager
def drive_server(content: bytes) -> Iterator[DriveServer]:
    with DriveServer(content) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield server
        server.shutdown()
