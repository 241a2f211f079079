"""The child: `python -m soundstage.host.child SOCKET PARENT`. Started by `spawner`, never by hand.

It dies with its parent, lowers its own limits, loads its resident, then runs one call after another. Nothing of the
protocol goes over stdin, stdout or stderr: those belong to the code that runs here.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import math
import os
import resource
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from soundstage.host import failure
from soundstage.host.frames import Frame, Inbox, Kind, pack
from soundstage.host.typed import Signature, find, signature

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
REPORT_EVERY = 0.1  # seconds between two progress frames
NICE = 5
MAPPED_ALLOWANCE = 4 * 1024**3  # bytes of address space beyond the memory limit, for libraries and read-only files


def die_with(parent: int) -> None:
    """Be killed when the parent dies; end at once where it has died before we could ask for that."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(0)


def limit_memory(memory_bytes: int | None) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if memory_bytes is None:
        return
    resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
    mapped = memory_bytes + MAPPED_ALLOWANCE
    resource.setrlimit(resource.RLIMIT_AS, (mapped, mapped))


def limit_cpu(seconds: int | None) -> None:
    """Let this call use so many seconds more: the process' limit counts from its start, hence what it has used."""
    if seconds is None:
        return
    used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used) + seconds + 1, hard))


class Parent:
    """The line to the parent."""

    def __init__(self, descriptor: int) -> None:
        os.set_inheritable(descriptor, False)  # programs that are run from here must not keep the line open
        self._socket = socket.socket(fileno=descriptor)
        self._inbox = Inbox()
        self._sending = threading.Lock()

    def receive(self) -> Frame:
        """The next frame; ends the process when the parent has hung up."""
        while (frame := self._inbox.take()) is None:
            data = self._socket.recv(1 << 18)
            if not data:
                os._exit(0)
            self._inbox.feed(data)
        return frame

    def send(self, kind: Kind, payload: bytes) -> None:
        with self._sending:
            self._socket.sendall(pack(kind, payload))


class Progress:
    """The `report` that a function is given: at most ten frames a second, none after the call has ended."""

    def __init__(self, parent: Parent) -> None:
        self._parent = parent
        self._last = 0.0
        self._open = True
        self._lock = threading.Lock()

    def __call__(self, fraction: float) -> None:
        now = time.monotonic()
        with self._lock:
            if not self._open or now - self._last < REPORT_EVERY:
                return
            self._last = now
            if not math.isnan(fraction):
                self._parent.send(Kind.PROGRESS, json.dumps(min(1.0, max(0.0, float(fraction)))).encode())

    def close(self) -> None:
        with self._lock:
            self._open = False


class Child:
    def __init__(self, parent: Parent, setup: dict[str, Any]) -> None:
        self._parent = parent
        self._setup = setup
        self._resident: Any = None
        self._methods: dict[str, Signature] = {}

    def load(self) -> bytes:
        """Make the resident, where there is one."""
        resident = self._setup["resident"]
        if resident is not None:
            factory = find(resident["factory"])
            arguments = resident["arguments"]
            types = Signature(factory)
            if isinstance(arguments, list):
                arguments = dict(zip(types.names, arguments, strict=False))
            self._resident = factory(**types.read_arguments(json.dumps(arguments).encode()))
        return b"null"

    def preload(self) -> None:
        """Import what calls will need, while nobody waits. The call that needs it tells what cannot be imported."""
        for module in self._setup["preload"]:
            try:
                importlib.import_module(module)
            except Exception as error:
                print(f"cannot import {module}: {error}", file=sys.stderr)

    def run(self, payload: bytes) -> bytes:
        """Run one call and give its answer as JSON."""
        header, _, arguments = payload.partition(b"\n")
        call = json.loads(header)
        name: str = call["function"]
        if name.startswith("."):
            function: Callable[..., Any] = getattr(self._resident, name[1:])
            types = (
                signature(call["typed_as"]) if call["typed_as"] else self._methods.setdefault(name, Signature(function))
            )
        else:
            function = find(name)
            types = signature(call["typed_as"] or name)
        keywords = types.read_arguments(arguments)
        progress = Progress(self._parent)
        if types.reports:
            keywords["report"] = progress
        limit_cpu(self._setup["cpu_seconds"])
        try:
            return types.write_answer(function(**keywords))
        finally:
            progress.close()

    def attempt(self, kind: Kind, work: Callable[[], bytes]) -> bool:
        """Do the work and send its answer, or its error. False when memory ran out: the process is no good any more."""
        resident = self._setup["resident"] is not None
        try:
            self._parent.send(kind, work())
            return True
        except BaseException as error:
            no_memory = self._setup["memory_bytes"] is not None and failure.out_of_memory(error)
            try:
                body = failure.to_json(error, resident=resident)
            except MemoryError:
                no_memory, body = True, b""
        self._parent.send(Kind.FAILED, b'{"code": "memory", "message": ""}' if no_memory else body)
        return not no_memory

    def serve(self) -> None:
        healthy = self.attempt(Kind.READY, self.load)
        if healthy:
            self.preload()
        while healthy:
            frame = self._parent.receive()
            healthy = self.attempt(Kind.ANSWER, lambda payload=frame.payload: self.run(payload))  # type: ignore[misc]


def main() -> None:
    descriptor, parent_id = map(int, sys.argv[1:3])
    die_with(parent_id)
    parent = Parent(descriptor)
    setup = json.loads(parent.receive().payload)
    sys.argv[1:] = []
    sys.path[:] = setup["path"]
    os.nice(NICE)
    limit_memory(setup["memory_bytes"])
    Child(parent, setup).serve()


if __name__ == "__main__":
    main()
