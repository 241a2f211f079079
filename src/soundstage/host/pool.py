"""Warm processes for isolated functions: each call is alone in its process, and none waits for an interpreter."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from soundstage.errors import Cancelled
from soundstage.host.limits import HostLimits
from soundstage.host.process import HostProcess, OnProgress
from soundstage.host.typed import signature, write_arguments

log = logging.getLogger("soundstage.host")


class HostLease:
    """A host process lent to one caller. Once killed it refuses every further call."""

    def __init__(self, process: HostProcess) -> None:
        self._process = process
        self._killed = threading.Event()

    @property
    def pid(self) -> int | None:
        return self._process.pid

    def call(
        self,
        function: str,
        arguments: Mapping[str, Any],
        *,
        timeout: float | None = None,
        on_progress: OnProgress | None = None,
    ) -> Any:
        """As `HostProcess.call`; gives plain JSON."""
        self._check(function)
        return self._process.call(function, arguments, timeout=timeout, on_progress=on_progress, caller=self)

    def call_typed(
        self,
        function: str,
        arguments: Mapping[str, Any],
        *,
        timeout: float | None = None,
        on_progress: OnProgress | None = None,
    ) -> Any:
        """As `call`; gives what the function's return hint says. Imports the function's module in this process too."""
        self._check(function)
        payload = self._process.call_json(
            function, write_arguments(arguments), timeout=timeout, on_progress=on_progress, caller=self
        )
        return signature(function).read_answer(payload)

    def kill(self) -> None:
        """End this lease's call at once, from any thread: it raises Cancelled, and so does every later one."""
        self._killed.set()
        self._process.kill(self)

    def _check(self, function: str) -> None:
        if self._killed.is_set():
            raise Cancelled(f"cancelled before {function} began")


class HostPool:
    """Lends host processes without residents.

    size: how many are kept warm.
    burst: how many more may be at work at once; they end when they are given back. A caller beyond waits its turn.
    recycle_after: calls after which a process is replaced, so that leaks of foreign code stay small.
    preload: modules that every process imports while idle, for quick first calls.
    """

    def __init__(
        self,
        size: int,
        limits: HostLimits | None = None,
        *,
        burst: int = 0,
        recycle_after: int = 200,
        preload: tuple[str, ...] = (),
        name: str = "isolated",
    ) -> None:
        self._size = size
        self._most = size + burst
        self._limits = limits
        self._recycle_after = recycle_after
        self._preload = preload
        self._name = name
        self._state = threading.Condition()  # guards all below
        self._idle: list[HostProcess] = []
        self._lent: set[HostProcess] = set()
        self._waiting: deque[object] = deque()
        self._closed = False

    def start(self) -> None:
        """Start the warm processes now, without waiting for them."""
        with self._state:
            while len(self._idle) + len(self._lent) < self._size:
                self._idle.append(self._fresh())
            for process in self._idle:
                process.start()

    @contextmanager
    def lease(self) -> Iterator[HostLease]:
        """Borrow a process; waits, first come first served, while all are lent. Raises Cancelled once closed."""
        process = self._take()
        try:
            yield HostLease(process)
        finally:
            self._give_back(process)

    def run(
        self,
        function: str,
        arguments: Mapping[str, Any],
        timeout: float | None = None,
        on_progress: OnProgress | None = None,
    ) -> Any:
        """Run one function in a borrowed process; gives plain JSON. Raises as `HostProcess.call`."""
        with self.lease() as lease:
            return lease.call(function, arguments, timeout=timeout, on_progress=on_progress)

    def run_typed(
        self,
        function: str,
        arguments: Mapping[str, Any],
        timeout: float | None = None,
        on_progress: OnProgress | None = None,
    ) -> Any:
        """As `run`; gives what the function's return hint says."""
        with self.lease() as lease:
            return lease.call_typed(function, arguments, timeout=timeout, on_progress=on_progress)

    def close(self) -> None:
        """Kill every process; calls at work raise Cancelled."""
        with self._state:
            self._closed = True
            processes = [*self._idle, *self._lent]
            self._idle.clear()
            self._state.notify_all()
        for process in processes:
            process.close()

    def _fresh(self) -> HostProcess:
        return HostProcess(self._limits, name=self._name, preload=self._preload)

    def _take(self) -> HostProcess:
        ticket = object()
        with self._state:
            self._waiting.append(ticket)
            try:
                self._state.wait_for(
                    lambda: self._closed or (self._waiting[0] is ticket and len(self._lent) < self._most)
                )
                if self._closed:
                    raise Cancelled("the host is shutting down")
            finally:
                self._waiting.remove(ticket)
                self._state.notify_all()
            # the one that was used last has the warmest caches
            process = self._idle.pop() if self._idle else self._fresh()
            self._lent.add(process)
            return process

    def _give_back(self, process: HostProcess) -> None:
        with self._state:
            self._lent.discard(process)
            worn = process.calls >= self._recycle_after
            keep = not self._closed and len(self._idle) + len(self._lent) < self._size
            if keep:
                successor = self._fresh() if worn else process
                successor.start()
                self._idle.append(successor)
            self._state.notify_all()
        if worn or not keep:
            process.close()
