"""Who is taken for dead, and what is cleared away after the dead."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable

import psutil
import pytest
from tests.runtime.road_kit import Road, kill

from soundstage.runtime import recovery as recovery_module
from soundstage.runtime.machine import machine
from soundstage.runtime.recovery import Recovery
from soundstage.runtime.scratch import clear_abandoned
from soundstage.storage import workers
from soundstage.storage.database import Database

NOBODY = 2**22 + 1  # above the largest number Linux gives a process


class Queue:
    """Stands in for `DurableWorker`; `meanwhile` happens while the attempts under way are listed."""

    def __init__(self, meanwhile: Callable[[], None] = lambda: None) -> None:
        self.meanwhile = meanwhile
        self.living: set[str] = set()

    def recover(self, living: Callable[[], Iterable[str]]) -> tuple[str, ...]:
        self.meanwhile()
        self.living = set(living())
        return ()

    def given_up(self) -> tuple[tuple[str, int], ...]:
        return ()


class Clock:
    """Stands before `recovery` in place of the module `time`; the rest of this process keeps its own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr(recovery_module, "time", self)

    def monotonic(self) -> float:
        return self.now


def enlist(database: Database, worker_id: str, *, host: str | None = None, pid: int | None = None) -> None:
    with database.unit() as connection:
        workers.insert(
            connection,
            worker_id=worker_id,
            host=host or machine(),
            pid=pid or os.getpid(),
            pid_started=psutil.Process().create_time(),
            lanes={"sound": 1},
        )


def living(database: Database) -> set[str]:
    with database.read() as connection:
        return {row.worker_id for row in workers.living(connection)}


def looker(database: Database, queue: Queue | None = None) -> Recovery:
    enlist(database, "me")
    return Recovery(database, queue or Queue(), "me", dead_after_seconds=15.0)  # type: ignore[arg-type]


def test_silence_is_death(road_on: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    recovery = looker(road_on.database)
    enlist(road_on.database, "silent", host="elsewhere")
    for _ in range(7):
        recovery.look()
        clock.now += 2.0
    assert "silent" in living(road_on.database)
    clock.now += 2.0
    recovery.look()
    clock.now += 2.0
    recovery.look()
    assert living(road_on.database) == {"me"}


def test_nobody_dies_while_nobody_could_be_heard(road_on: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database was away, or the whole machine was frozen: others need a moment to beat again, too."""
    clock = Clock(monkeypatch)
    recovery = looker(road_on.database)
    enlist(road_on.database, "as mute as all", host="elsewhere")
    recovery.look()
    clock.now += 600.0
    recovery.look()
    assert "as mute as all" in living(road_on.database)


def test_a_process_that_is_gone_from_this_machine_is_dead_at_once(road_on: Road) -> None:
    recovery = looker(road_on.database)
    enlist(road_on.database, "gone", pid=NOBODY)
    recovery.look()
    assert living(road_on.database) == {"me"}


def test_numbers_of_another_container_or_machine_say_nothing(road_on: Road) -> None:
    """Two containers (or machines) may share a host name; each would declare the other's workers dead for ever."""
    recovery = looker(road_on.database)
    enlist(road_on.database, "in a container of the same name", host=machine().split()[0], pid=NOBODY)
    recovery.look()
    assert "in a container of the same name" in living(road_on.database)


def test_a_worker_that_comes_during_a_look_keeps_its_task(road_on: Road) -> None:
    queue = Queue(lambda: enlist(road_on.database, "new"))
    looker(road_on.database, queue).look()
    assert "new" in queue.living


def test_scratch_of_the_dead_goes_and_that_of_the_living_stays(road_on: Road) -> None:
    scratch = road_on.folder / "scratch"
    enlist(road_on.database, "alive")
    enlist(road_on.database, "stopped")
    with road_on.database.unit() as connection:
        workers.set_state(connection, "stopped", "stopped", only_from=("alive",))
    for name in ("alive", "stopped", "unheard of"):
        (scratch / name / "decode-1").mkdir(parents=True)
    clear_abandoned(road_on.database, scratch)
    assert [folder.name for folder in scratch.iterdir()] == ["alive"]


def test_what_a_killed_worker_left_is_cleared_by_the_next(road_on: Road) -> None:
    scratch = road_on.folder / "scratch"
    killed = road_on.start_worker()
    task = road_on.create(road_on.actor(), {"generate": {"hold": True}})
    road_on.wait_begun(task, "generate")
    road_on.wait(lambda: any(scratch.iterdir()))
    (folder,) = scratch.iterdir()
    (folder / "decode-1").mkdir()
    kill(killed)
    road_on.release(task)
    road_on.start_worker()
    road_on.wait_ended(task)
    road_on.wait(lambda: not folder.exists())
    shutil.rmtree(scratch)
