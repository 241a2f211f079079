"""Functions that misbehave on purpose, run in a host process: what a stage, an engine or a decoder may do at worst."""

from __future__ import annotations

import builtins
import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from soundstage import errors
from soundstage.domain.timing import Span
from soundstage.engines.progress import Report

MB = 1024 * 1024


def echo(value: Any) -> Any:
    """Give back what was given."""
    return value


def shift(span: Span, by_ms: int = 0) -> Span:
    """A typed argument and a typed answer."""
    return Span(start_ms=span.start_ms + by_ms, end_ms=span.end_ms + by_ms)


def parent_of(path: Path) -> Path:
    return path.parent


def process_id() -> int:
    return os.getpid()


def environment(name: str) -> str | None:
    return os.environ.get(name)


def sleep(seconds: float, report: Report) -> str:
    """Sleep, reporting fifty times a second."""
    start = time.monotonic()
    while (gone := time.monotonic() - start) < seconds:
        report(gone / seconds)
        time.sleep(0.02)
    return "slept"


def wait_for(path: Path) -> str:
    """Do nothing until a file is there."""
    while not path.exists():
        time.sleep(0.02)
    return "came"


def spin(seconds: float, mark: Path | None = None) -> str:
    """Use a whole core; `mark` gets this process' number first."""
    if mark is not None:
        mark.write_text(str(os.getpid()))
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        pass
    return "spun"


def spin_family(seconds: float, mark: Path) -> str:
    """Use a core in this process and one in a program it runs; `mark` gets both numbers, a line each."""
    program = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    mark.write_text(f"{os.getpid()}\n{program.pid}\n")
    return spin(seconds)


def ignore_sigterm(seconds: float) -> str:
    """Ignore every polite request to stop, and spin."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    return spin(seconds)


def allocate(megabytes: int) -> int:
    """Fill that much memory; gives the number of bytes."""
    held = [bytearray(b"\1" * MB) for _ in range(megabytes)]
    return sum(map(len, held))


def crash() -> None:
    """Die of a segmentation fault."""
    print("about to touch what is not there", flush=True)
    ctypes.string_at(0)


def exit_with(code: int, words: str) -> None:
    """Leave without a word of the protocol, as a library that calls `exit()` does."""
    print(words, file=sys.stderr, flush=True)
    os._exit(code)


def chatter(lines: int) -> int:
    """Write that many lines to stdout and stderr."""
    for number in range(lines):
        print(f"line {number} " + "." * 200)
        print(f"fault {number} " + "." * 200, file=sys.stderr)
    return lines


def fail(kind: str, message: str) -> None:
    """Raise an error of `soundstage.errors`, or a built-in exception, by its name."""
    if kind == "Invalid":
        raise errors.Invalid.field("duration", message)
    if kind == "LimitReached":
        raise errors.LimitReached(message, retry_after=7)
    if kind == "SourceFailure":
        raise errors.SourceFailure(message, errors.ExceptionReason.SOURCE_TOO_LONG)
    if kind == "RetryableEngineFailure":
        raise errors.EngineFailure(message, retryable=True)
    raise (getattr(errors, kind, None) or getattr(builtins, kind))(message)


class Counter:
    """A resident that remembers: how often it was called since it was loaded."""

    def __init__(self, start: int) -> None:
        self._count = start

    def add(self, step: int = 1) -> int:
        self._count += step
        return self._count

    def span(self, start_ms: int) -> Span:
        return Span(start_ms=start_ms, end_ms=start_ms + 1)

    def fail(self) -> None:
        raise KeyError("nothing there")


def counter(start: int = 0, seconds: float = 0.0, mark: Path | None = None) -> Counter:
    """Load a Counter, taking `seconds`; `mark` gets a line for every time it is loaded."""
    if mark is not None:
        with mark.open("a") as file:
            file.write("loaded\n")
    time.sleep(seconds)
    return Counter(start)


def broken_counter() -> Counter:
    raise OSError("the weights are gone")


class Liar:
    """A sound engine that answers with something else than its contract says."""

    def understand(self, wish):  # type: ignore[no-untyped-def]  # noqa: ARG002
        return {"plan": "none"}


def liar(settings: dict[str, Any]) -> Liar:  # noqa: ARG001
    return Liar()
