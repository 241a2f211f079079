"""A warm process that runs functions for its parent, one call at a time, and can be killed at any moment."""

from __future__ import annotations

import json
import logging
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from soundstage.errors import Cancelled, HostDied, StageFailure, StageTimeout
from soundstage.host import failure
from soundstage.host.frames import Frame, Kind, pack
from soundstage.host.limits import MB, HostLimits, Resident
from soundstage.host.living import DYING_SECONDS, HungUpError, LivingProcess, TimeUpError, how_it_ended
from soundstage.host.spawner import spawner
from soundstage.host.typed import write_arguments

log = logging.getLogger("soundstage.host")

OnProgress = Callable[[float], None]


class Turn:
    """One call's place in the line for a process."""

    def __init__(self, caller: object | None) -> None:
        self.caller = caller
        self.cancelled = False


class HostProcess:
    """A child process with limits, and a resident object where one is given. Starts lazily, and again after it died.

    Safe to use from many threads: calls queue up in order. `preload` names modules that the child imports while idle.
    """

    def __init__(
        self,
        limits: HostLimits | None = None,
        resident: Resident | None = None,
        *,
        name: str = "host",
        preload: tuple[str, ...] = (),
    ) -> None:
        self.name = name
        self.starts = 0  # how often a child was started
        self.calls = 0  # how many calls the present child has run
        self._limits = limits or HostLimits()
        self._resident = resident
        self._preload = preload
        self._state = threading.Condition()  # guards all below
        self._line: deque[Turn] = deque()  # the first one is at work
        self._living: LivingProcess | None = None
        self._closed = False

    @property
    def alive(self) -> bool:
        with self._state:
            return self._living is not None

    @property
    def pid(self) -> int | None:
        with self._state:
            return None if self._living is None else self._living.pid

    @property
    def busy(self) -> bool:
        with self._state:
            return bool(self._line)

    def start(self) -> None:
        """Start the child without waiting until it is ready, so that a later call finds it warm."""
        with self._state:
            if self._living is None and not self._closed and not self._line:
                self._living = self._spawn()

    def call(
        self,
        function: str,
        arguments: Mapping[str, Any],
        *,
        timeout: float | None = None,
        on_progress: OnProgress | None = None,
        caller: object | None = None,
    ) -> Any:
        """Run `package.module:function` (or `.method` of the resident) and give its answer as plain JSON.

        arguments: by name; values, paths and plain JSON, read in the child by the function's type hints.
        timeout: seconds from when this call has its turn, a start of the child included; then the child is killed.
        on_progress: called in this thread with 0.0–1.0, at most ten times a second, if the function takes `report`.
        caller: names whose call this is, for `kill(caller)`.

        Raises the function's own SoundstageError; StageFailure (EngineFailure with a resident) for any other error
        of its and for the memory limit; StageTimeout; HostDied; Cancelled.
        """
        return json.loads(
            self.call_json(
                function, write_arguments(arguments), timeout=timeout, on_progress=on_progress, caller=caller
            )
        )

    def call_json(
        self,
        function: str,
        arguments: bytes,
        *,
        timeout: float | None = None,
        on_progress: OnProgress | None = None,
        caller: object | None = None,
        typed_as: str | None = None,
    ) -> bytes:
        """As `call`, with arguments and answer as JSON text.

        typed_as: `package.module:Protocol.method` whose type hints count instead of the function's own.
        """
        header = json.dumps({"function": function, "typed_as": typed_as}).encode()
        order = pack(Kind.CALL, header + b"\n" + arguments)
        turn = self._take_turn(caller, function)
        try:
            return self._converse(turn, function, order, timeout, on_progress)
        finally:
            with self._state:
                self._line.popleft()
                self._state.notify_all()

    def kill(self, caller: object | None = None) -> None:
        """Kill the child: the call at work raises Cancelled in its own thread, calls in line go on with a new child.

        With a `caller`, only that caller's calls end: a child at work for another lives on, and the caller's calls in
        line leave it with Cancelled. Returns at once; any thread may call it.
        """
        with self._state:
            for place, turn in enumerate(self._line):
                if (place == 0 and caller is None) or (caller is not None and turn.caller is caller):
                    turn.cancelled = True
            at_work = self._line[0] if self._line else None
            if self._living is not None and (at_work.cancelled if at_work else caller is None):
                self._living.kill()
                if at_work is None:
                    self._bury()
            self._state.notify_all()

    def close(self) -> None:
        """End the child for good; calls at work and in line raise Cancelled, and so does every later one."""
        with self._state:
            self._closed = True
            for turn in self._line:
                turn.cancelled = True
            if self._living is not None:
                self._living.kill()
                if not self._line:
                    self._bury()
            self._state.notify_all()

    def _take_turn(self, caller: object | None, function: str) -> Turn:
        turn = Turn(caller)
        with self._state:
            turn.cancelled = self._closed
            self._line.append(turn)
            try:
                self._state.wait_for(lambda: turn.cancelled or self._line[0] is turn)
                if turn.cancelled:
                    raise Cancelled(f"cancelled before {function} began")
            except BaseException:  # whatever ends the waiting, the place in line must not outlive it
                self._line.remove(turn)
                self._state.notify_all()
                raise
        return turn

    def _converse(
        self, turn: Turn, function: str, order: bytes, timeout: float | None, on_progress: OnProgress | None
    ) -> bytes:
        deadline = None if timeout is None else time.monotonic() + timeout
        living = self._living_for(turn, function)
        try:
            if not living.ready:
                self._expect(living, Kind.READY, deadline, None)
                living.ready = True
            living.send(order)
            self.calls += 1
            return self._expect(living, Kind.ANSWER, deadline, on_progress).payload
        except TimeUpError:
            self._end(living)
            error = StageTimeout(f"{function} ran past its limit of {timeout:g} s and was stopped")
            raise self._unless_cancelled(turn, function, error) from None
        except HungUpError:
            code = self._end(living, DYING_SECONDS)
            raise self._unless_cancelled(turn, function, self._why(living, function, code)) from None
        except _OutOfMemoryError:
            self._end(living)
            raise self._memory_failure(function) from None
        except BaseException as error:
            if not (living.ready and isinstance(error, _ToldError)):
                self._end(living)  # in the midst of a call, or not loaded: of no more use
            if isinstance(error, _ToldError):
                raise error.told from None
            raise

    def _living_for(self, turn: Turn, function: str) -> LivingProcess:
        with self._state:
            if self._living is not None and self._living.dead():
                self._bury()
            if self._living is None and not turn.cancelled:
                self._living = self._spawn()
            if turn.cancelled or self._living is None:
                raise Cancelled(f"cancelled before {function} began")
            return self._living

    def _expect(
        self, living: LivingProcess, kind: Kind, deadline: float | None, on_progress: OnProgress | None
    ) -> Frame:
        """Wait for a frame of this kind, handing progress on."""
        while True:
            frame = living.receive(deadline)
            if frame.kind is kind:
                return frame
            if frame.kind is Kind.PROGRESS:
                if on_progress is not None:
                    on_progress(_fraction(frame.payload))
                continue
            if frame.kind is not Kind.FAILED:
                raise HungUpError
            raise self._told(living, frame.payload)

    def _told(self, living: LivingProcess, payload: bytes) -> Exception:
        """The error that the child tells of. What came from foreign code is not trusted to be well formed."""
        try:
            body = json.loads(payload)
            if body["code"] == failure.MEMORY:
                return _OutOfMemoryError()
            if "traceback" in body:
                log.warning("%s (%d) failed:\n%s", self.name, living.pid, body["traceback"])
            return _ToldError(failure.from_json(body))
        except (ValueError, LookupError, TypeError):
            return HungUpError()

    def _spawn(self) -> LivingProcess:
        try:
            living = LivingProcess(spawner().spawn(self._limits), self.name)
        except OSError as error:
            raise HostDied(f"no process could be started for {self.name}: {error}") from error
        resident = self._resident
        setup = {
            "path": [entry for entry in sys.path if entry],
            "memory_bytes": self._limits.memory_bytes,
            "cpu_seconds": self._limits.cpu_seconds,
            "resident": None if resident is None else {"factory": resident.factory, "arguments": resident.arguments},
            "preload": self._preload,
        }
        living.send(pack(Kind.SETUP, write_arguments(setup)))
        living.flush()
        self.starts += 1
        self.calls = 0
        return living

    def _bury(self) -> None:
        """End the idle child and forget it; `_state` is held."""
        if self._living is not None:
            self._living.end()
            self._living = None

    def _end(self, living: LivingProcess, patience: float = 0.0) -> int:
        """End the child of the call at work, without making others wait for it to be gone."""
        code = living.end(patience)
        with self._state:
            self._living = None
        return code

    def _unless_cancelled(self, turn: Turn, function: str, error: StageFailure) -> StageFailure | Cancelled:
        with self._state:
            return Cancelled(f"cancelled while {function} ran") if turn.cancelled else error

    def _why(self, living: LivingProcess, function: str, code: int) -> StageFailure:
        """Why the child died during a call."""
        words = living.all_last_words()
        log.warning("%s (%d) died with %s; last lines:\n%s", self.name, living.pid, how_it_ended(code), words)
        if code == -signal.SIGXCPU:
            return StageTimeout(f"{function} used more than its limit of {self._limits.cpu_seconds} s of CPU time")
        if self._limits.memory_bytes is not None and failure.speaks_of_memory(words):
            return self._memory_failure(function)
        cause = how_it_ended(code)
        if code == -signal.SIGKILL:
            cause += ", perhaps because the machine ran out of memory"
        if last := living.last_words():
            cause += f"; its last words: {last}"
        return HostDied(f"the process that ran {function} died ({cause})")

    def _memory_failure(self, function: str) -> StageFailure:
        limit = (self._limits.memory_bytes or 0) // MB
        return StageFailure(f"{function} needed more memory than its limit of {limit} MB", retryable=False)


def _fraction(payload: bytes) -> float:
    try:
        return min(1.0, max(0.0, float(payload)))
    except ValueError as error:
        raise HungUpError from error


class _ToldError(Exception):
    """The child told of an error."""

    def __init__(self, told: Exception) -> None:
        super().__init__(str(told))
        self.told = told


class _OutOfMemoryError(Exception):
    """The child met its memory limit."""
