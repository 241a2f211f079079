"""Waiting calls that are done as one: who gets what, how far it is, and whose fault or cancellation is whose."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from soundstage.domain.request import AudioType
from soundstage.domain.sound import Plan
from soundstage.engines.batching import BatchLine
from soundstage.engines.registry import Registry
from soundstage.engines.resident import EngineRoom
from soundstage.engines.sound.contract import SoundOrder
from soundstage.engines.spec import Capability
from soundstage.errors import Cancelled, EngineFailure

WAIT = 60  # seconds for what happens at once, on a machine that is slow


class Engine:
    """Answers an order with its double; an order below 0 is a fault. Call `n` tells that it has `begun`, and waits for
    its gate: the first one's is closed."""

    def __init__(self) -> None:
        self.batches: list[tuple[int, ...]] = []
        self.limits: list[float | None] = []
        self.killed: list[object] = []
        self.begun = [threading.Event() for _ in range(9)]
        self.gates = [threading.Event() for _ in range(9)]
        for gate in self.gates[1:]:
            gate.set()

    def run(
        self,
        orders: tuple[int, ...],
        outputs: tuple[Path, ...],
        *,
        timeout: float | None,
        on_progress: Callable[[float], None],
        caller: object,
    ) -> tuple[int, ...]:
        number = len(self.batches)
        self.batches.append(orders)
        self.limits.append(timeout)
        self.begun[number].set()
        assert self.gates[number].wait(WAIT)
        if caller in self.killed:
            raise Cancelled("killed")
        if any(order < 0 for order in orders):
            raise EngineFailure(f"one of {orders} is below 0")
        on_progress(0.5)
        return tuple(2 * order for order in orders)

    def kill(self, caller: object) -> None:
        self.killed.append(caller)
        self.gates[0].set()


class Bench:
    """A line of four before an engine that is held at its first call, and threads that call."""

    def __init__(self) -> None:
        self.engine = Engine()
        self.line = BatchLine(4, self.engine.run, self.engine.kill)
        self.pool = ThreadPoolExecutor(8)
        self.told: dict[str, list[float]] = {}

    def call(self, caller: str, *orders: int, timeout: float | None = None) -> Future[tuple[Any, ...]]:
        first = not self.told
        told = self.told[caller] = []
        outputs = tuple(Path(str(order)) for order in orders)
        waiting = self.pool.submit(self.line.call, caller, orders, outputs, timeout=timeout, on_progress=told.append)
        if first:
            assert self.engine.begun[0].wait(WAIT)
        else:
            self.in_line(caller)
        return waiting

    def in_line(self, caller: str) -> None:
        def there() -> bool:
            return any(member.caller == caller for member in self.line._waiting)

        until = threading.Event()
        for _ in range(WAIT * 100):
            if there():
                return
            until.wait(0.01)
        raise AssertionError(f"{caller} is not in the line")


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_what_waits_goes_together_and_everybody_gets_his_own(bench: Bench) -> None:
    first = bench.call("a", 1)
    b, c, d, e = bench.call("b", 2, 3), bench.call("c", 4), bench.call("d", 5, 6), bench.call("e", 7)
    bench.engine.gates[0].set()
    assert [one.result(WAIT) for one in (first, b, c, d, e)] == [(2,), (4, 6), (8,), (10, 12), (14,)]
    assert bench.engine.batches == [(1,), (2, 3, 4), (5, 6, 7)], "in order, never more than four"
    assert all(told in ([], [0.5]) for told in bench.told.values()), "the fraction of the batch, where it was in time"


def test_who_has_more_than_fit_goes_alone(bench: Bench) -> None:
    first, many = bench.call("a", 1), bench.call("b", 1, 2, 3, 4, 5, 6)
    bench.engine.gates[0].set()
    assert (first.result(WAIT), many.result(WAIT)) == ((2,), (2, 4, 6, 8, 10, 12))


def test_the_limit_of_a_batch_is_that_of_all_its_tasks(bench: Bench) -> None:
    calls = [bench.call("a", 1, timeout=3), bench.call("b", 2, timeout=10), bench.call("c", 3, timeout=20)]
    bench.engine.gates[0].set()
    assert [one.result(WAIT) for one in calls] == [(2,), (4,), (6,)]
    assert bench.engine.limits == [3, 30]


def test_a_fault_is_nobody_elses(bench: Bench) -> None:
    calls = [bench.call("a", 1), bench.call("good", 2), bench.call("bad", -1), bench.call("fine", 3)]
    bench.engine.gates[0].set()
    assert [calls[i].result(WAIT) for i in (0, 1, 3)] == [(2,), (4,), (6,)]
    with pytest.raises(EngineFailure, match=r"one of \(-1,\)"):
        calls[2].result(WAIT)
    assert bench.engine.batches == [(1,), (2, -1, 3), (2,), (-1,), (3,)]


def test_who_is_cancelled_leaves_and_the_others_go_on(bench: Bench) -> None:
    at_work, gone, stays = bench.call("a", 1), bench.call("gone", 2), bench.call("stays", 3)
    bench.line.kill("gone")
    with pytest.raises(Cancelled):
        gone.result(WAIT)
    assert not at_work.done(), "it did not wait for the engine"
    bench.engine.gates[0].set()
    assert (at_work.result(WAIT), stays.result(WAIT)) == ((2,), (6,))
    assert bench.engine.batches == [(1,), (3,)]
    assert not bench.engine.killed


def test_the_engine_is_killed_when_nobody_is_left_in_the_batch(bench: Bench) -> None:
    first = bench.call("a", 1)
    bench.line.kill("a")
    with pytest.raises(Cancelled):
        first.result(WAIT)
    assert len(bench.engine.killed) == 1
    assert bench.pool.submit(bench.line.call, "b", (5,), (Path("5"),), timeout=None, on_progress=None).result(WAIT) == (
        10,
    )


def test_who_leaves_a_batch_at_work_is_not_missed_by_the_others(bench: Bench) -> None:
    before, gone, stays = bench.call("a", 1), bench.call("gone", 2), bench.call("stays", 3)
    bench.engine.gates[1].clear()
    bench.engine.gates[0].set()
    assert before.result(WAIT) == (2,)
    assert bench.engine.begun[1].wait(WAIT)
    bench.line.kill("gone")
    with pytest.raises(Cancelled):
        gone.result(WAIT)
    bench.engine.gates[1].set()
    assert stays.result(WAIT) == (6,)
    assert bench.engine.batches == [(1,), (2, 3)]
    assert not bench.engine.killed


def test_through_an_engines_process(tone_installed: Path, tmp_path: Path) -> None:
    spec = replace(Registry().get(Capability.SOUND, "tone"), together=lambda _: 8)
    room = EngineRoom(1000, 60.0, threads=1)

    def make(hertz: int) -> int:
        plan = Plan(audio_type=AudioType.SOUND, confidence=1.0)
        order = SoundOrder(prompt=f"{hertz} Hz", plan=plan, audio_type=AudioType.SOUND, frames=hertz, seed=1)
        output = tmp_path / f"{hertz}.wav"
        with room.acquire(spec, {}) as lease:
            (made,) = lease.call("generate", timeout=120, orders=(order,), outputs=(output,))
        assert output.stat().st_size > hertz * 8
        frames: int = made.frames
        return frames

    try:
        wanted = list(range(300, 320))
        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(make, wanted)) == wanted
        assert room.stats().loads == 1
    finally:
        room.close()
