"""Turns: a few at once, teams in turn, once for all who ask for the same."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from functools import partial

import pytest

from soundstage.errors import Cancelled, LimitReached
from soundstage.services.turns import TurnLimits, Turns

LIMITS = TurnLimits(at_once=2, team_at_once=1, in_line=6, team_in_line=4)
SECONDS = 60


class Work:
    """Tells when each piece of work begins, and ends each when it is let go."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self._changed = threading.Condition()
        self._free: set[str] = set()

    def __call__(self, name: str) -> str:
        with self._changed:
            self.begun.append(name)
            self._changed.notify_all()
            assert self._changed.wait_for(lambda: name in self._free, SECONDS)
        return name

    def let_go(self, *names: str) -> None:
        with self._changed:
            self._free.update(names)
            self._changed.notify_all()

    def until_begun(self, *names: str) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: set(names) <= set(self.begun), SECONDS), self.begun


def ask(turns: Turns[str], work: Work, team_id: int, *names: str) -> list[Future[str]]:
    return [turns.ask(team_id, name, partial(work, name)) for name in names]


def test_a_team_leaves_a_place_for_another() -> None:
    turns, work = Turns[str](LIMITS, "tests"), Work()
    ours = ask(turns, work, 1, "a", "b", "c")
    work.until_begun("a")
    theirs = ask(turns, work, 2, "x", "y")
    work.until_begun("x")
    work.let_go("x")
    work.until_begun("y")
    assert sorted(work.begun) == ["a", "x", "y"], "ours wait although they were asked for first"
    work.let_go("a", "b", "c", "y")
    assert [one.result(SECONDS) for one in ours + theirs] == ["a", "b", "c", "x", "y"]
    assert [name for name in work.begun if name in "abc"] == ["a", "b", "c"]


def test_the_team_with_the_fewest_at_work_is_next() -> None:
    turns, work = Turns[str](TurnLimits(at_once=2, team_at_once=2), "tests"), Work()
    ask(turns, work, 1, "a", "b", "c")
    work.until_begun("a", "b")
    ask(turns, work, 2, "x")
    work.let_go("a")
    work.until_begun("x")
    assert "c" not in work.begun
    work.let_go("b")
    work.until_begun("c")
    work.let_go("c", "x")


def test_the_same_is_done_once_and_again_when_it_failed() -> None:
    turns = Turns[str](LIMITS, "tests")
    begun, gate = threading.Event(), threading.Event()

    def fail() -> str:
        begun.set()
        assert gate.wait(SECONDS)
        raise ValueError("no")

    first = turns.ask(1, "key", fail)
    assert begun.wait(SECONDS)
    assert turns.ask(1, "key", lambda: "never") is first
    assert not first.cancel(), "who goes away does not end it for the others"
    gate.set()
    with pytest.raises(ValueError, match="no"):
        first.result(SECONDS)
    assert turns.ask(1, "key", lambda: "yes").result(SECONDS) == "yes"


def test_too_many_are_refused() -> None:
    turns, work = Turns[str](LIMITS, "tests"), Work()
    ask(turns, work, 1, "a", "b", "c", "d")
    with pytest.raises(LimitReached) as told:
        ask(turns, work, 1, "e")
    assert told.value.retry_after > 0
    ask(turns, work, 1, "a")  # is under way
    ask(turns, work, 2, "x", "y")
    with pytest.raises(LimitReached):
        ask(turns, work, 3, "z")
    turns.close()
    work.let_go("a", "x")


def test_closing_ends_what_waits() -> None:
    turns, work = Turns[str](LIMITS, "tests"), Work()
    first, second = ask(turns, work, 1, "a", "b")
    work.until_begun("a")
    turns.close()
    with pytest.raises(Cancelled):
        second.result(SECONDS)
    with pytest.raises(Cancelled):
        ask(turns, work, 1, "c")
    work.let_go("a")
    assert first.result(SECONDS) == "a"
    assert work.begun == ["a"]
