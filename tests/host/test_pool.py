"""Borrowed processes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from soundstage import errors
from soundstage.domain.timing import Span
from soundstage.host.pool import HostPool

FAULTS = "soundstage.testing.faults:"


@pytest.fixture
def pool() -> Iterator[HostPool]:
    pool = HostPool(2, recycle_after=10)
    yield pool
    pool.close()


def test_a_call_gives_json_or_what_the_hint_says(pool: HostPool) -> None:
    arguments = {"span": Span(start_ms=0, end_ms=1)}
    assert pool.run(FAULTS + "shift", arguments) == {"start_ms": 0, "end_ms": 1}
    assert pool.run_typed(FAULTS + "shift", arguments) == Span(start_ms=0, end_ms=1)
    assert pool.run_typed(FAULTS + "parent_of", {"path": Path("/a/b")}) == Path("/a")


def test_a_hundred_concurrent_calls_share_two_processes(pool: HostPool) -> None:
    with ThreadPoolExecutor(50) as threads:
        pids = list(threads.map(lambda _: pool.run(FAULTS + "process_id", {}), range(100)))
    assert len(pids) == 100
    assert 10 <= len(set(pids)) <= 12, "each process is replaced after ten calls"


def test_warm_processes_are_started_ahead(pool: HostPool) -> None:
    pool.start()
    warm = {process.pid for process in pool._idle}
    assert len(warm) == 2
    assert pool.run(FAULTS + "process_id", {}) in warm


def test_a_burst_is_served_and_ends_afterwards() -> None:
    pool = HostPool(1, burst=2)
    try:
        with pool.lease() as first, pool.lease() as second, pool.lease() as third:
            pids = {lease.call(FAULTS + "process_id", {}) for lease in (first, second, third)}
        assert len(pids) == 3
        assert {pool.run(FAULTS + "process_id", {}) for _ in range(3)} < pids
    finally:
        pool.close()


def test_a_killed_lease_takes_no_more_calls_and_the_pool_lives_on(
    pool: HostPool, tmp_path: Path, appears: Callable[[Path], str]
) -> None:
    mark = tmp_path / "mark"
    with pool.lease() as lease:
        threading.Thread(target=lambda: (appears(mark), lease.kill())).start()
        with pytest.raises(errors.Cancelled):
            lease.call(FAULTS + "spin", {"seconds": 60, "mark": mark})
        with pytest.raises(errors.Cancelled):
            lease.call_typed(FAULTS + "echo", {"value": 1})
    assert pool.run(FAULTS + "echo", {"value": 1}) == 1
    pid = pool.run(FAULTS + "process_id", {})
    lease.kill()
    assert pool.run(FAULTS + "process_id", {}) == pid, "a lease given back harms nobody"


def test_a_caller_waits_while_all_are_lent_and_is_told_of_the_end() -> None:
    pool = HostPool(1)
    errors_seen: list[BaseException] = []

    def wait() -> None:
        try:
            pool.run(FAULTS + "echo", {"value": 1})
        except errors.Cancelled as error:
            errors_seen.append(error)

    with pool.lease():
        thread = threading.Thread(target=wait)
        thread.start()
        until = time.monotonic() + 60
        while not pool._waiting:
            assert time.monotonic() < until, "the caller never came"
            time.sleep(0.01)
        pool.close()
        thread.join(60)
    assert len(errors_seen) == 1
