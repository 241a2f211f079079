"""Long work for those who wait for a file: a few at once, in turn between teams, once for all who ask for the same."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from soundstage.errors import Cancelled, LimitReached

T = TypeVar("T")
RETRY_SECONDS = 15


@dataclass(frozen=True)
class TurnLimits:
    """at_once: how many are at work, of all teams; team_at_once: of one team, so that a place is left for another.

    in_line: how many of all teams are at work or wait; team_in_line: of one team. More are refused.
    """

    at_once: int = 3
    team_at_once: int = 2
    in_line: int = 64
    team_in_line: int = 16


@dataclass
class _Turn(Generic[T]):
    team_id: int
    work: Callable[[], T]
    future: Future[T] = field(default_factory=Future)
    begun: bool = False


class Turns(Generic[T]):
    """Does what it is asked in threads of its own; whoever waits holds only a future, and none can cancel it.

    What nobody waits for any more is done to its end: the next who asks then has it at once.
    """

    def __init__(self, limits: TurnLimits, name: str) -> None:
        self._limits = limits
        self._name = name
        self._lock = threading.Lock()  # guards all below
        self._line: dict[Hashable, _Turn[T]] = {}  # in the order of asking
        self._closed = False

    def ask(self, team_id: int, key: Hashable, work: Callable[[], T]) -> Future[T]:
        """The coming result of `work`, or of the work under way for the same key. Raises LimitReached, Cancelled."""
        with self._lock:
            if self._closed:
                raise Cancelled("the server is shutting down")
            turn = self._line.get(key)
            if turn is None:
                self._refuse_too_many(team_id)
                turn = self._line[key] = _Turn(team_id, work)
                turn.future.set_running_or_notify_cancel()  # from here on it cannot be cancelled
                self._begin_next()
            return turn.future

    def close(self) -> None:
        """Refuse all from now on; what waits ends with Cancelled, what is at work is left to whoever runs it."""
        with self._lock:
            self._closed = True
            waiting = {key: turn for key, turn in self._line.items() if not turn.begun}
            for key in waiting:
                del self._line[key]
        for turn in waiting.values():
            turn.future.set_exception(Cancelled("the server is shutting down"))

    def _refuse_too_many(self, team_id: int) -> None:
        of_team = sum(turn.team_id == team_id for turn in self._line.values())
        if of_team >= self._limits.team_in_line or len(self._line) >= self._limits.in_line:
            raise LimitReached(f"too many {self._name} wait already; ask again in a moment", retry_after=RETRY_SECONDS)

    def _begin_next(self) -> None:
        """Begin what may begin: of the team with the fewest at work, the one that was asked for first."""
        while True:
            at_work: dict[int, int] = {}
            for turn in self._line.values():
                at_work[turn.team_id] = at_work.get(turn.team_id, 0) + turn.begun
            free = [
                (key, turn)
                for key, turn in self._line.items()
                if not turn.begun and at_work[turn.team_id] < self._limits.team_at_once
            ]
            if not free or sum(at_work.values()) >= self._limits.at_once:
                return
            key, turn = min(free, key=lambda one: at_work[one[1].team_id])
            turn.begun = True
            threading.Thread(target=self._do, args=(key, turn), daemon=True, name=self._name).start()

    def _do(self, key: Hashable, turn: _Turn[T]) -> None:
        failure, result = None, None
        try:
            result = turn.work()
        except BaseException as error:  # whatever it is, it is the waiters' to hear
            failure = error
        with self._lock:
            del self._line[key]
            if not self._closed:
                self._begin_next()
        if failure is not None:
            turn.future.set_exception(failure)
        else:
            turn.future.set_result(result)  # type: ignore[arg-type]
