"""One started process as its parent sees it: sends frames, receives frames, keeps its last words, ends it."""

from __future__ import annotations

import contextlib
import logging
import os
import select
import signal
import threading
import time
from collections import deque

from soundstage.host.frames import Frame, Inbox
from soundstage.host.spawner import Spawned

log = logging.getLogger("soundstage.host")

LAST_LINES = 60  # of stdout and stderr that are kept for the error's sake
LINE_LIMIT = 500  # characters
LOGGED_PER_CALL = 200  # lines handed to the log in one call; the rest is only kept as last words
READ_SIZE = 1 << 18
DYING_SECONDS = 2.0  # how long a process that has hung up may take to end by itself


class HungUpError(Exception):
    """The process closed its end of the line or speaks nonsense: it is dead or as good as."""


class TimeUpError(Exception):
    """No frame came in time."""


class LivingProcess:
    """Used by one thread at a time, except `kill` and `dead`, which any thread may call."""

    def __init__(self, spawned: Spawned, name: str) -> None:
        self.name = name
        self.ready = False
        self._process = spawned.process
        self._socket = spawned.socket
        self._log = spawned.log
        self._inbox = Inbox()
        self._outbox = bytearray()
        self._last_words: deque[str] = deque(maxlen=LAST_LINES)
        self._half_line = b""
        self._logged = 0
        self._reaping = threading.Lock()
        self._poll = select.poll()
        self._poll.register(self._socket, select.POLLIN)
        self._poll.register(self._log, select.POLLIN)

    @property
    def pid(self) -> int:
        return self._process.pid

    def send(self, frame: bytes) -> None:
        """Queue a frame; it leaves while `receive` waits, so that neither side can block the other."""
        self._outbox += frame
        self._logged = 0

    def receive(self, deadline: float | None) -> Frame:
        """The next frame. `deadline` is of `time.monotonic()`. Raises HungUpError or TimeUpError."""
        while (frame := self._take()) is None:
            self._poll.modify(self._socket, select.POLLIN | (select.POLLOUT if self._outbox else 0))
            left = None if deadline is None else max(0.0, deadline - time.monotonic()) * 1000
            if left == 0:
                raise TimeUpError
            for descriptor, happened in self._poll.poll(left):
                if descriptor == self._log:
                    self._hear()
                elif happened & select.POLLOUT:
                    self.flush()
                else:
                    self._feed()
        return frame

    def kill(self) -> None:
        """SIGKILL to the whole group: the CPU is free at once. Harmless when it is dead already."""
        with self._reaping:
            if self._process.returncode is None:  # not reaped: the number is still its own
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(self.pid, signal.SIGKILL)

    def dead(self) -> bool:
        """Whether it has ended by itself, without reaping it."""
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def end(self, patience: float = 0.0) -> int:
        """Let it end, kill it and its group after `patience` seconds, and free what it held.

        Gives how it ended as subprocess does: the exit code, or minus the number of the signal.
        """
        until = time.monotonic() + patience
        pause = 0.0005
        while time.monotonic() < until and not self.dead():
            time.sleep(pause)
            pause = min(pause * 2, 0.05)
        self.kill()
        os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
        with self._reaping:
            code = self._process.wait()
        self._hear()
        self._socket.close()
        os.close(self._log)
        return code

    def last_words(self) -> str:
        """What it said last, for the error message: the interpreter's fatal error where there is one."""
        lines = [line for line in self._last_words if line.strip()]
        fatal = [line for line in lines if line.startswith("Fatal Python error")]
        return (fatal or lines or [""])[-1].strip()

    def all_last_words(self) -> str:
        return "\n".join(self._last_words)

    def _take(self) -> Frame | None:
        try:
            return self._inbox.take()
        except ValueError as error:
            log.warning("host process %s (%d) sent %s", self.name, self.pid, error)
            raise HungUpError from error

    def _feed(self) -> None:
        try:
            data = self._socket.recv(READ_SIZE)
        except BlockingIOError:
            return
        except OSError as error:
            raise HungUpError from error
        if not data:
            raise HungUpError
        self._inbox.feed(data)

    def flush(self) -> None:
        """Send what can be sent without waiting. Raises HungUpError."""
        try:
            sent = self._socket.send(self._outbox)
        except BlockingIOError:
            return
        except OSError as error:
            raise HungUpError from error
        del self._outbox[:sent]

    def _hear(self) -> None:
        """Read what was written to stdout and stderr."""
        while True:
            try:
                data = os.read(self._log, READ_SIZE)
            except BlockingIOError:
                return
            if not data:
                with contextlib.suppress(KeyError):
                    self._poll.unregister(self._log)
                if self._half_line:
                    self._keep(self._half_line)
                self._half_line = b""
                return
            *lines, rest = (self._half_line + data).split(b"\n")
            for line in lines:
                self._keep(line)
            self._half_line = rest[-LINE_LIMIT * 4 :]

    def _keep(self, line: bytes) -> None:
        text = line.decode("utf-8", "replace")[:LINE_LIMIT]
        self._last_words.append(text)
        if self._logged < LOGGED_PER_CALL:
            self._logged += 1
            log.info("%s (%d): %s", self.name, self.pid, text)


def how_it_ended(code: int) -> str:
    """`exit code 3` or `signal SIGSEGV`."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"
