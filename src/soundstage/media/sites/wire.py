"""All HTTP that yt-dlp speaks here: every address is checked before it is dialled, every byte and second counted.

Pages, playlists, keys and fragments take this one way, and each redirect is a new request that is checked like the
first. Nothing is asked through proxies, no cookies or passwords of the machine's user are read.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from email.message import Message
from typing import Any
from urllib.parse import urljoin
from urllib.request import Request as Asked

import httpcore
from yt_dlp.networking.common import Request, RequestHandler, Response
from yt_dlp.networking.exceptions import HTTPError, RequestError, TransportError

from soundstage.errors import ExceptionReason, SourceFailure
from soundstage.media.fetch_http import translated
from soundstage.media.fetch_policy import AllowList, FetchPolicy
from soundstage.media.guard import GuardedBackend, Watch, download_failure
from soundstage.media.url_check import check_url, parse_url

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PAGE_BYTES = 64 * 1024**2  # beside the media: pages, player code, playlists
_MOST_REQUESTS = 50_000  # fragments of some seconds each; a site that leads on and on ends here
_NOT_SENT_ON = frozenset({"authorization", "cookie"})


class Wire:
    """Guarded exchanges under one policy and one clock. `failure`: the refusal that the last one met, if any."""

    def __init__(self, policy: FetchPolicy) -> None:
        self.policy = policy
        self.failure: SourceFailure | None = None
        self._watch = Watch(policy)
        backend = GuardedBackend(AllowList(policy.allow), self._watch, policy.stall_seconds)
        # A connection that is kept goes to an address that was checked when it was dialled.
        self._pool = httpcore.ConnectionPool(network_backend=backend, retries=0, max_keepalive_connections=4)
        self._left = policy.max_bytes + _PAGE_BYTES
        self._requests = 0

    def close(self) -> None:
        self._pool.close()

    def exchange(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, held: ExitStack
    ) -> httpcore.Response:
        """One request, no redirects; its answer lives as long as `held`. Raises SourceFailure."""
        problem = check_url(url, self.policy.allow)
        target = parse_url(url)
        if problem is not None or isinstance(target, str):
            raise download_failure(problem or str(target))
        self.failure = None
        self._requests += 1
        if self._requests > _MOST_REQUESTS:
            raise download_failure(f"The site led on to more than {_MOST_REQUESTS} addresses.")
        host = f"[{target.host}]" if ":" in target.host else target.host
        address = httpcore.URL(
            scheme=target.scheme.encode(), host=host.encode(), port=target.port, target=target.path.encode()
        )
        self._watch.restart()
        sent = [
            (name.encode("latin-1", "replace"), value.encode("latin-1", "replace")) for name, value in headers.items()
        ]
        with translated(url):
            return held.enter_context(self._pool.stream(method, address, headers=sent, content=body))

    def received(self, count: int) -> None:
        """Count bytes of bodies. Raises SourceFailure (SOURCE_TOO_LARGE) when there are too many in all."""
        self._left -= count
        if self._left < 0:
            raise SourceFailure(
                f"The video is larger than the {self.policy.max_bytes / 1e6:,.0f} MB that this server takes "
                "(max_media_bytes).",
                ExceptionReason.SOURCE_TOO_LARGE,
            )


class GuardedRH(RequestHandler):  # type: ignore[misc]
    """The only handler of requests that yt-dlp is given."""

    _SUPPORTED_URL_SCHEMES = ("http", "https")

    def __init__(self, *, wire: Wire, **keywords: Any) -> None:
        super().__init__(**keywords)
        self._wire = wire

    def _check_extensions(self, extensions: dict[str, Any]) -> None:
        super()._check_extensions(extensions)
        for known in ("cookiejar", "timeout", "legacy_ssl", "keep_header_casing"):
            extensions.pop(known, None)

    def _send(self, request: Request) -> Response:
        held = ExitStack()
        try:
            answer = self._answer(request, held)
        except SourceFailure as failure:
            held.close()
            self._wire.failure = failure
            raise TransportError(str(failure), cause=failure) from failure
        except BaseException:
            held.close()
            raise
        if not 200 <= answer.status < 300:
            raise HTTPError(answer)  # its body may tell an extractor why
        return answer

    def _answer(self, request: Request, held: ExitStack) -> Response:
        url, method, body = request.url, request.method, _bytes(request.data)
        headers = {
            name: value for name, value in self._get_headers(request).items() if not name.lower().startswith("ytdl-")
        }
        jar = self._get_cookiejar(request)
        for _ in range(self._wire.policy.max_redirects + 1):
            exchange = ExitStack()
            held.push(exchange)
            response = self._wire.exchange(method, url, self._sent(headers, url, jar, body), body, exchange)
            told = Message()
            for name, value in response.headers:
                told.add_header(name.decode("latin-1"), value.decode("latin-1"))
            jar.extract_cookies(_Told(told), Asked(url))  # noqa: S310 - only the name of an address
            if response.status not in _REDIRECTS or "location" not in told:
                return Response(_Body(response, told, self._wire, held), url, dict(told.items()), response.status)
            exchange.close()
            onward = urljoin(url, told["location"])
            if _origin(onward) != _origin(url):
                headers = {name: value for name, value in headers.items() if name.lower() not in _NOT_SENT_ON}
            if response.status == 303 or (response.status in (301, 302) and method == "POST"):
                method, body = ("HEAD" if method == "HEAD" else "GET"), None
            url = onward
        raise download_failure(f"The site redirects more than {self._wire.policy.max_redirects} times.")

    @staticmethod
    def _sent(headers: Mapping[str, str], url: str, jar: Any, body: bytes | None) -> dict[str, str]:
        skipped = ("accept-encoding", "content-length", "host", "connection", "transfer-encoding")
        sent = {name: value for name, value in headers.items() if name.lower() not in skipped}
        sent["Accept-Encoding"] = "identity"
        cookies = jar.get_cookie_header(url)
        if cookies and "cookie" not in map(str.lower, sent):
            sent["Cookie"] = cookies
        if body is None:
            return {name: value for name, value in sent.items() if name.lower() != "content-type"}
        sent.setdefault("Content-Type", "application/x-www-form-urlencoded")
        return sent | {"Content-Length": str(len(body))}


class _Told:
    """What a cookie jar asks of an answer."""

    def __init__(self, headers: Message) -> None:
        self._headers = headers

    def info(self) -> Message:
        return self._headers


class _Body(io.RawIOBase):
    """The body as yt-dlp reads it: unpacked where a server packs in spite of being asked not to."""

    def __init__(self, response: httpcore.Response, headers: Message, wire: Wire, held: ExitStack) -> None:
        super().__init__()
        self._blocks: Iterator[bytes] = response.iter_stream()
        self._wire, self._held = wire, held
        self._rest = b""
        packed = headers.get("content-encoding", "").strip().lower() in ("gzip", "deflate")
        self._unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32) if packed else None

    def readable(self) -> bool:
        return True

    def read(self, amount: int | None = None) -> bytes:
        """Exactly `amount` bytes unless the body ends; all of it for None. Raises TransportError."""
        everything = amount is None or amount < 0
        parts, count = [self._rest], len(self._rest)
        try:
            while everything or count < (amount or 0):
                block = next(self._blocks, None)
                if block is None:
                    break
                block = self._unpacked(block)
                self._wire.received(len(block))
                parts.append(block)
                count += len(block)
        except SourceFailure as failure:
            self._wire.failure = failure
            raise TransportError(str(failure), cause=failure) from failure
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, zlib.error) as error:
            raise TransportError(cause=error) from error
        joined = b"".join(parts)
        cut = len(joined) if everything else amount or 0
        self._rest = joined[cut:]
        if not joined[:cut]:
            self.close()
        return joined[:cut]

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._held.close()

    def _unpacked(self, block: bytes) -> bytes:
        if self._unpacker is None:
            return block
        unpacked = self._unpacker.decompress(block, _PAGE_BYTES)
        if self._unpacker.unconsumed_tail:
            raise download_failure("The site sends a packed page that is too large unpacked.")
        return unpacked


def _bytes(data: Any) -> bytes | None:
    if data is None or isinstance(data, bytes):
        return data
    if isinstance(data, Iterable):
        return b"".join(data)
    raise RequestError("the request's data is neither bytes nor a series of bytes")


def _origin(url: str) -> tuple[str, str, int] | None:
    target = parse_url(url)
    return None if isinstance(target, str) else target.origin
