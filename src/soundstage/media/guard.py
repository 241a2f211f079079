"""The network under a fetch: dials only addresses that were checked, and watches the clock on every byte."""

from __future__ import annotations

import queue
import socket
import ssl
import threading
import time
from collections.abc import Iterable
from ipaddress import ip_address

import httpcore

from soundstage.errors import ExceptionReason, SourceFailure
from soundstage.media.addresses import Address
from soundstage.media.fetch_policy import AllowList, FetchPolicy
from soundstage.media.url_check import refused

CONNECT_SECONDS = 10.0


def download_failure(message: str, *, retryable: bool = False) -> SourceFailure:
    return SourceFailure(message, ExceptionReason.ERROR_DOWNLOADING_SOURCE, retryable=retryable)


class Watch:
    """The clock of one fetch: a limit on all of it, and a least rate within each stretch of `stall_seconds`."""

    def __init__(self, policy: FetchPolicy) -> None:
        self._policy = policy
        self._ends = time.monotonic() + policy.timeout_seconds
        self.restart()

    def restart(self) -> None:
        """Begin a new stretch: what came before (a redirect, a connection) says nothing about the rate."""
        self._stretch_began = time.monotonic()
        self._stretch_bytes = 0

    def allowance(self, at_most: float) -> float:
        """Seconds that the next wait may take. Raises SourceFailure when the time is used up."""
        left = self._ends - time.monotonic()
        if left <= 0.01:
            raise download_failure(
                f"Downloading took longer than {self._policy.timeout_seconds:g} seconds (fetch_timeout_seconds)."
            )
        return min(left, at_most)

    def received(self, count: int) -> None:
        """Count bytes that arrived. Raises SourceFailure when too few came in a whole stretch."""
        self._stretch_bytes += count
        seconds = time.monotonic() - self._stretch_began
        if seconds < self._policy.stall_seconds:
            return
        if self._stretch_bytes < self._policy.min_bytes_per_second * seconds:
            raise download_failure(
                f"The server sends the media too slowly ({self._stretch_bytes} bytes in {seconds:.0f} seconds)."
            )
        self.restart()


class GuardedBackend(httpcore.NetworkBackend):
    """An httpcore back end that resolves a name once, refuses it when *any* of its addresses is not allowed, and dials
    the very addresses that it checked: a second answer of the name server is never asked for."""

    def __init__(self, allow: AllowList, watch: Watch, stall_seconds: float) -> None:
        self._allow = allow
        self._watch = watch
        self._stall_seconds = stall_seconds
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 (the watch sets the times)
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = resolve(host, port, self._watch.allowance(CONNECT_SECONDS))
        for address in addresses:
            refusal = self._allow.refusal(host, address, port)
            if refusal is not None:
                raise download_failure(refused(refusal))
        failure: Exception | None = None
        for address in addresses:
            try:
                stream = self._plain.connect_tcp(
                    str(address), port, self._watch.allowance(CONNECT_SECONDS), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                self._watch.restart()
                return WatchedStream(stream, self._watch, self._stall_seconds)
        raise failure or httpcore.ConnectError(f"{host} has no address")


class WatchedStream(httpcore.NetworkStream):
    """A connection whose every read and write counts against the watch; headers too, so that they cannot drip."""

    def __init__(self, inner: httpcore.NetworkStream, watch: Watch, stall_seconds: float) -> None:
        self._inner = inner
        self._watch = watch
        self._stall_seconds = stall_seconds

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        try:
            data = self._inner.read(max_bytes, self._watch.allowance(self._stall_seconds))
        except httpcore.ReadTimeout:
            self._watch.allowance(0)  # says so when it was the limit on all of it that ended the wait
            raise
        self._watch.received(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._inner.write(buffer, self._watch.allowance(self._stall_seconds))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        inner = self._inner.start_tls(ssl_context, server_hostname, self._watch.allowance(CONNECT_SECONDS))
        return WatchedStream(inner, self._watch, self._stall_seconds)

    def get_extra_info(self, info: str) -> object:
        return self._inner.get_extra_info(info)


def resolve(host: str, port: int, seconds: float) -> tuple[Address, ...]:
    """Every address of `host`, asked once. Raises SourceFailure when there is none within `seconds`."""
    answers: queue.SimpleQueue[list[str] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.put([str(sockaddr[0]) for *_, sockaddr in found])
        except OSError as error:
            answers.put(error)

    # getaddrinfo knows no time limit; a daemon thread that still waits does not keep the process alive.
    threading.Thread(target=ask, daemon=True, name="resolve").start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise download_failure(f"The name {host} could not be resolved in time.", retryable=True) from None
    if isinstance(answer, OSError):
        again = isinstance(answer, socket.gaierror) and answer.errno == socket.EAI_AGAIN
        raise download_failure(f"The name {host} cannot be resolved. Check the media URL.", retryable=again)
    return tuple(dict.fromkeys(ip_address(text.partition("%")[0]) for text in answer))
