"""Limits on what may be sent: body size, request rate, host names."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from soundstage.api.errors import error_response
from soundstage.errors import LimitReached

_REMEMBERED_CALLERS = 10_000


class RateLimiter:
    """A token bucket per caller: `per_minute` requests at once, refilled evenly. Per process, in memory.

    refusal: what whoever is over the limit is told, with `{}` for `per_minute`.
    """

    def __init__(
        self,
        per_minute: int | None,
        clock: Callable[[], float] = time.monotonic,
        *,
        refusal: str = "This key may make {} requests a minute; wait for the seconds in Retry-After.",
    ) -> None:
        self._per_minute = per_minute
        self._refusal = refusal
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def check(self, caller: Hashable) -> None:
        """Count one request. Raises LimitReached with the seconds until the next one is let in."""
        if not self._per_minute:
            return
        most, rate = float(self._per_minute), self._per_minute / 60.0
        with self._lock:
            now = self._clock()
            tokens, at = self._buckets.pop(caller, (most, now))
            tokens = min(most, tokens + (now - at) * rate)
            allowed = tokens >= 1.0
            self._buckets[caller] = (tokens - 1.0 if allowed else tokens, now)
            if len(self._buckets) > _REMEMBERED_CALLERS:
                self._buckets.popitem(last=False)
        if not allowed:
            raise LimitReached(
                self._refusal.format(self._per_minute),
                retry_after=max(1, round((1.0 - tokens) / rate)),
            )


class BodyLimit:
    """Refuses bodies over the limit of their path with 413, announced or not."""

    def __init__(self, app: ASGIApp, limit_of: Callable[[str], int]) -> None:
        self._app = app
        self._limit_of = limit_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        limit = self._limit_of(scope["path"])
        announced = Headers(scope=scope).get("content-length", "0")
        if not announced.isdecimal() or int(announced[:20]) > limit:
            await error_response(413, _too_large(limit), {"Connection": "close"})(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise HTTPException(413, _too_large(limit), {"Connection": "close"})
            return message

        await self._app(scope, counted, send)


class TrustedHosts:
    """Answers only requests whose `Host` is listed."""

    def __init__(self, app: ASGIApp, hosts: tuple[str, ...]) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self._trusted(Headers(scope=scope).get("host", "")):
            await self._app(scope, receive, send)
            return
        await error_response(400, "This server does not answer to that host name.")(scope, receive, send)

    def _trusted(self, host: str) -> bool:
        name = host.rsplit(":", 1)[0] if host.rfind(":") > host.rfind("]") else host
        return any(name == known or (known.startswith("*.") and name.endswith(known[1:])) for known in self._hosts)


def _too_large(limit: int) -> str:
    size = f"{limit // 1024**2} MiB" if limit >= 1024**2 else f"{limit} bytes"
    return f"The body is larger than this server takes here ({size})."
