"""One guarded HTTP exchange: redirects followed one by one, each checked like the first; failures in our words."""

from __future__ import annotations

import base64
import re
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import unquote, urljoin

import httpcore

from soundstage import __version__
from soundstage.errors import ExceptionReason, SourceFailure
from soundstage.media.fetch_policy import AllowList, FetchPolicy
from soundstage.media.guard import GuardedBackend, Watch, download_failure
from soundstage.media.redact import redact_url
from soundstage.media.sites.known import INSTALL, installed
from soundstage.media.url_check import Target, check_url, parse_url
from soundstage.media.validators import Validators

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
NOT_MODIFIED = 304
_MAX_NAME_CHARACTERS = 150
_HTML_BEGINNINGS = (b"<!doctype html", b"<html", b"<head", b"<body")


@dataclass(frozen=True)
class Answer:
    """A successful answer whose body is still on the wire. `redirects`: the redacted URLs that led on, in order."""

    url: str
    redirects: tuple[str, ...]
    status: int
    headers: dict[str, str]
    stream: httpcore.Response

    @property
    def content_type(self) -> str | None:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower() or None

    @property
    def content_length(self) -> int | None:
        text = self.headers.get("content-length", "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None

    @property
    def is_page(self) -> bool:
        """Whether the headers call the body a web page."""
        return self.content_type in ("text/html", "application/xhtml+xml")

    @property
    def file_name(self) -> str:
        """What the server calls the file, else the last part of the URL's path, else `media`."""
        named = _disposition_name(self.headers.get("content-disposition", ""))
        return safe_name(
            named or unquote(redact_url(self.url).split("://", 1)[-1].partition("/")[2].rpartition("/")[2])
        )

    def blocks(self) -> Iterator[bytes]:
        """The body as it arrives, in pieces of at most 64 KiB or so."""
        with translated(self.url):
            yield from self.stream.iter_stream()


class Client:
    """Guarded exchanges under one policy and one clock."""

    def __init__(self, policy: FetchPolicy) -> None:
        self._policy = policy
        self._watch = Watch(policy)
        self._allow = AllowList(policy.allow)

    @contextmanager
    def get(
        self, url: str, byte_range: str | None = None, known: Validators | None = None, *, judged: bool = True
    ) -> Iterator[Answer]:
        """GET `url` after its redirects; `byte_range` such as `bytes=0-99`. Raises SourceFailure on all but 2xx.

        known: of the file that was at the end of the redirects before; where it is so still, the status is 304.
        judged: refuse pages and all statuses but 2xx; else an answer of any kind is given.
        """
        redirects: list[str] = []
        target = self._checked(url)
        credentials = target.credentials
        while True:
            conditions = {} if known is None else known.headers(url)
            wanted = {} if byte_range is None else {"Range": byte_range}
            with self._exchange(url, target, credentials, conditions | wanted) as response:
                headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in response.headers}
                answer = Answer(url, tuple(redirects), response.status, headers, response)
                if response.status == NOT_MODIFIED and conditions:
                    yield answer
                    return
                if response.status not in _REDIRECTS or "location" not in headers:
                    if judged:
                        refuse_status(response.status, url)
                        refuse_content(answer)
                    yield answer
                    return
            redirects.append(redact_url(url))
            if len(redirects) > self._policy.max_redirects:
                raise download_failure(f"The media URL is redirected more than {self._policy.max_redirects} times.")
            url = urljoin(url, headers["location"])
            onward = self._checked(url)
            if onward.origin != target.origin or onward.credentials is not None:
                credentials = onward.credentials
            target = onward

    def _checked(self, url: str) -> Target:
        problem = check_url(url, self._policy.allow)
        target = parse_url(url)
        if problem is not None or isinstance(target, str):
            raise download_failure(problem or str(target))
        return target

    @contextmanager
    def _exchange(
        self, url: str, target: Target, credentials: tuple[str, str] | None, asked: Mapping[str, str]
    ) -> Iterator[httpcore.Response]:
        headers = {"User-Agent": f"soundstage/{__version__}", "Accept": "*/*", "Accept-Encoding": "identity", **asked}
        if credentials is not None:
            headers["Authorization"] = "Basic " + base64.b64encode(":".join(credentials).encode()).decode()
        host = f"[{target.host}]" if ":" in target.host else target.host
        address = httpcore.URL(
            scheme=target.scheme.encode(), host=host.encode(), port=target.port, target=target.path.encode()
        )
        backend = GuardedBackend(self._allow, self._watch, self._policy.stall_seconds)
        with (
            translated(url),
            httpcore.ConnectionPool(network_backend=backend, retries=0) as pool,
            pool.stream("GET", address, headers=list(headers.items())) as response,
        ):
            yield response


@contextmanager
def translated(url: str) -> Iterator[None]:
    """Network failures become SourceFailures: retryable unless the certificate is at fault."""
    shown = redact_url(url)
    try:
        yield
    except (httpcore.ConnectTimeout, httpcore.ReadTimeout, httpcore.WriteTimeout, httpcore.PoolTimeout):
        raise download_failure(f"The server of {shown} did not answer in time.", retryable=True) from None
    except httpcore.ConnectError as error:
        if isinstance(error.__cause__, ssl.SSLError):
            raise download_failure(
                f"The server of {shown} has no valid certificate: {error.__cause__.reason}."
            ) from None
        raise download_failure(f"The server of {shown} cannot be reached: {error}.", retryable=True) from None
    except (httpcore.NetworkError, httpcore.ProtocolError):
        raise download_failure(f"The connection to {shown} broke off before the end.", retryable=True) from None


def refuse_status(status: int, url: str) -> None:
    """Raises the SourceFailure that an HTTP status other than 2xx means."""
    shown = redact_url(url)
    if status in (200, 206):
        return
    if status in (404, 410):
        raise SourceFailure(f"There is no media at {shown} (HTTP {status}).", ExceptionReason.SOURCE_NOT_FOUND)
    if status in (401, 403, 407):
        raise download_failure(f"The server refuses access to {shown} (HTTP {status}). Use a link that needs no login.")
    if status == 451:
        raise SourceFailure(
            f"The media at {shown} is blocked for legal reasons (HTTP 451).", ExceptionReason.SOURCE_BLOCKED_IN_REGION
        )
    again = status >= 500 or status in (408, 425, 429)
    raise download_failure(f"The server of {shown} answered HTTP {status}.", retryable=again)


def refuse_content(answer: Answer) -> None:
    """Raises SourceFailure where the headers already show that this is not media: a page, or a compressed body."""
    if answer.is_page:
        raise page_failure(answer.url)
    encoding = answer.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("", "identity"):
        raise download_failure(
            f"The server of {redact_url(answer.url)} sends the media compressed ({encoding}) although asked not to."
        )


def looks_like_page(beginning: bytes) -> bool:
    """Whether a body begins as HTML, whatever its server calls it."""
    return beginning.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_HTML_BEGINNINGS)


def page_failure(url: str) -> SourceFailure:
    sites = "" if installed() else f" For videos of video sites this server needs an extra: {INSTALL}."
    return SourceFailure(
        f"{redact_url(url)} is a web page, not media. Use the direct link of the file itself.{sites}",
        ExceptionReason.SOURCE_TYPE_NOT_SUPPORTED,
    )


def _disposition_name(header: str) -> str | None:
    if match := re.search(r"filename\*\s*=\s*([\w-]+)'[^']*'([^;]+)", header, re.IGNORECASE):
        try:
            return unquote(match[2].strip(), encoding=match[1], errors="strict")
        except (LookupError, UnicodeDecodeError):
            pass
    match = re.search(r'filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]+))', header, re.IGNORECASE)
    return (match[1] or match[2] or "").strip() or None if match else None


def safe_name(name: str) -> str:
    """A file name without folders and control characters, at most 150 characters with its ending kept."""
    name = re.split(r"[/\\]", name)[-1]
    name = "".join(character for character in name if character.isprintable()).strip(" .")
    stem, dot, ending = name.rpartition(".")
    if len(name) > _MAX_NAME_CHARACTERS:
        name = f"{stem[: _MAX_NAME_CHARACTERS - 12]}.{ending[:10]}" if dot else name[:_MAX_NAME_CHARACTERS]
    return name or "media"
