"""Calls that wait for the same engine are done as one: an accelerator makes several in little more time than one.

Only of contracts whose method takes `orders` and `outputs` of one length and answers with as many: what belongs to
whom is then a matter of counting. While one batch is at work, what comes waits, and goes together next.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from soundstage.errors import Cancelled

log = logging.getLogger("soundstage.engines")

BATCHED = "generate"  # the method of such a contract

OnProgress = Callable[[float], None]


class Run(Protocol):
    """Does one call of the engine, in the thread of the line; `caller` names it for a kill."""

    def __call__(
        self,
        orders: tuple[Any, ...],
        outputs: tuple[Path, ...],
        *,
        timeout: float | None,
        on_progress: OnProgress,
        caller: object,
    ) -> tuple[Any, ...]: ...


class _Member:
    """One caller's orders, and what has become of them. Guarded by the line's lock."""

    def __init__(
        self, caller: object, orders: tuple[Any, ...], outputs: tuple[Path, ...], timeout: float | None
    ) -> None:
        self.caller = caller
        self.orders = orders
        self.outputs = outputs
        self.timeout = timeout
        self.fraction = 0.0
        self.answer: tuple[Any, ...] | None = None
        self.error: BaseException | None = None

    @property
    def ended(self) -> bool:
        return self.answer is not None or self.error is not None


class BatchLine:
    """The line before one engine. Safe to use from many threads.

    most: orders at once; a caller with more goes alone. run: does a call. kill: ends the call of a `caller`.
    """

    def __init__(self, most: int, run: Run, kill: Callable[[object], None]) -> None:
        self._most = most
        self._run = run
        self._kill = kill
        self._state = threading.Condition()  # guards all below
        self._waiting: deque[_Member] = deque()
        self._at_work: list[_Member] = []
        self._worker: threading.Thread | None = None

    def call(
        self,
        caller: object,
        orders: tuple[Any, ...],
        outputs: tuple[Path, ...],
        *,
        timeout: float | None,
        on_progress: OnProgress | None,
    ) -> tuple[Any, ...]:
        """The answers to these orders, whoever else's went with them.

        on_progress: called in this thread with the fraction of the batch. Raises what `run` raises, and Cancelled.
        """
        member = _Member(caller, orders, outputs, timeout)
        with self._state:
            self._waiting.append(member)
            if self._worker is None:
                self._worker = threading.Thread(target=self._work, name="soundstage-batches", daemon=True)
                self._worker.start()
        told = 0.0
        while True:
            with self._state:
                self._state.wait_for(lambda seen=told: member.ended or member.fraction > seen)  # type: ignore[misc]
                told = member.fraction
                if member.ended:
                    break
            if on_progress is not None:
                on_progress(told)
        if member.error is not None:
            raise member.error
        assert member.answer is not None
        return member.answer

    def kill(self, caller: object) -> None:
        """This caller's calls end at once with Cancelled. The batch goes on for others; with nobody left it ends."""
        with self._state:
            for member in (*self._waiting, *self._at_work):
                if member.caller is caller and not member.ended:
                    member.error = Cancelled("cancelled while it waited for, or was in, a batch")
            self._waiting = deque(member for member in self._waiting if not member.ended)
            nobody = bool(self._at_work) and all(member.ended for member in self._at_work)
            at_work = self._at_work
            self._state.notify_all()
        if nobody:
            self._kill(at_work)  # where it has ended meanwhile, this ends nothing

    def _work(self) -> None:
        while True:
            with self._state:
                batch = self._at_work = self._next()
                if not batch:
                    self._worker = None
                    return
            self._do(batch)
            with self._state:
                alone = [member for member in batch if not member.ended]
            for member in alone:  # a fault of one is nobody else's: each is tried by itself
                with self._state:
                    single = self._at_work = [member]
                self._do(single)

    def _next(self) -> list[_Member]:
        """Take those at the head of the line that fit together; the lock is held."""
        batch: list[_Member] = []
        while self._waiting and (not batch or sum(len(m.orders) for m in (*batch, self._waiting[0])) <= self._most):
            batch.append(self._waiting.popleft())
        return batch

    def _do(self, batch: list[_Member]) -> None:
        """One call for all of them. A failure is told to one who is alone; of several, none has ended then."""
        limits = [member.timeout for member in batch]
        with self._state:
            if all(member.ended for member in batch):
                return
        try:
            answers = self._run(
                tuple(order for member in batch for order in member.orders),
                tuple(output for member in batch for output in member.outputs),
                timeout=None if None in limits else sum(limit for limit in limits if limit is not None),
                on_progress=lambda fraction: self._tell(batch, fraction),
                caller=batch,
            )
        except BaseException as error:
            self._fail(batch, error)
            return
        with self._state:
            for member in batch:
                mine, answers = answers[: len(member.orders)], answers[len(member.orders) :]
                if not member.ended:
                    member.answer = mine
            self._state.notify_all()

    def _fail(self, batch: list[_Member], error: BaseException) -> None:
        if len(batch) > 1 and not isinstance(error, Cancelled):
            log.warning("a batch of %d tasks failed, each is tried by itself: %s", len(batch), error)
            return
        with self._state:
            for member in batch:
                if not member.ended:
                    member.error = error
            self._state.notify_all()

    def _tell(self, batch: list[_Member], fraction: float) -> None:
        with self._state:
            for member in batch:
                member.fraction = max(member.fraction, fraction)
            self._state.notify_all()
