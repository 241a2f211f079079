"""Engines in their processes, shown on the example package."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from soundstage.domain.request import AudioType
from soundstage.domain.sound import Plan
from soundstage.engines.registry import Registry
from soundstage.engines.resident import EngineRoom
from soundstage.engines.sound.contract import Generated, SoundOrder, Wish
from soundstage.engines.spec import Capability, EngineSpec
from soundstage.errors import Cancelled, EngineFailure

MakeRoom = Callable[..., EngineRoom]


@pytest.fixture
def make_room() -> Iterator[MakeRoom]:
    rooms: list[EngineRoom] = []

    def make(memory_budget_mb: int = 1000, idle_seconds: float = 60.0) -> EngineRoom:
        rooms.append(EngineRoom(memory_budget_mb, idle_seconds, threads=1))
        return rooms[-1]

    yield make
    for room in rooms:
        room.close()


@pytest.fixture
def tone(tone_installed: Path) -> EngineSpec:
    return Registry().get(Capability.SOUND, "tone")


def wish(prompt: str) -> Wish:
    return Wish(prompt=prompt, audio_type=AudioType.SOUND)


def order(prompt: str = "440 Hz", seconds: float = 0.1) -> SoundOrder:
    plan = Plan(audio_type=AudioType.SOUND, confidence=1.0)
    return SoundOrder(prompt=prompt, plan=plan, audio_type=AudioType.SOUND, frames=round(seconds * 44100), seed=1)


def test_typed_arguments_and_answers(make_room: MakeRoom, tone: EngineSpec, tmp_path: Path) -> None:
    output = tmp_path / "tone.wav"
    seen: list[float] = []
    with make_room().acquire(tone, {"tone": {"level_dbfs": -6.0}, "secret": 1}) as lease:
        plan = lease.call("understand", wish=wish("a 440 Hz tone"))
        assert plan.layers[0].words == "440 Hz"
        made = lease.call("generate", on_progress=seen.append, timeout=120, orders=(order(),), outputs=(output,))
    (made,) = made
    assert isinstance(made, Generated)
    assert made.frames == 4410
    assert made.peak_dbfs == pytest.approx(-6.0, abs=0.1)
    assert output.stat().st_size > 4410 * 8
    assert seen


def test_loaded_once_for_twenty_calls_of_many_threads(make_room: MakeRoom, tone: EngineSpec) -> None:
    room = make_room()

    def understand(number: int) -> Any:
        with room.acquire(tone, {}) as lease:
            return lease.call("understand", wish=wish(f"{number} Hz")).layers[0].words

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(understand, range(20))) == [f"{n} Hz" for n in range(20)]
    stats = room.stats()
    assert stats.loads == 1
    assert [(engine.name, engine.leases) for engine in stats.warm] == [("tone", 0)]
    assert stats.memory_mb == tone.memory_mb


def test_calls_the_contract_does_not_know_never_leave(make_room: MakeRoom, tone: EngineSpec) -> None:
    room = make_room()
    with room.acquire(tone, {}) as lease:
        with pytest.raises(AttributeError, match="understand, vocabulary, generate"):
            lease.call("sing")
        with pytest.raises(TypeError, match="wish"):
            lease.call("understand", prompt="x")
    assert room.stats().loads == 0


def test_the_engines_own_faults_come_through(make_room: MakeRoom, tone: EngineSpec, tmp_path: Path) -> None:
    with make_room().acquire(tone, {}) as lease, pytest.raises(EngineFailure, match="5 Hz cannot be heard"):
        lease.call("generate", orders=(order("5 Hz"),), outputs=(tmp_path / "x.wav",))


def test_an_engine_that_breaks_its_contract_is_told(make_room: MakeRoom, tone: EngineSpec) -> None:
    wrong = replace(tone, load="tests_wrong_engine:load")
    with make_room().acquire(wrong, {}) as lease, pytest.raises(EngineFailure, match="No module named"):
        lease.call("understand", wish=wish("x"))
    counter = replace(tone, load="soundstage.testing.faults:liar")
    with make_room().acquire(counter, {}) as lease, pytest.raises(EngineFailure, match="wrong thing"):
        lease.call("understand", wish=wish("x"))


def test_other_settings_are_another_engine(make_room: MakeRoom, tone: EngineSpec) -> None:
    room = make_room()
    for level in (-6, -20, -6):
        with room.acquire(tone, {"tone": {"level_dbfs": level}}) as lease:
            lease.call("understand", wish=wish("x"))
    assert room.stats().loads == 2


def test_the_longest_idle_leaves_when_memory_is_short(make_room: MakeRoom, tone: EngineSpec) -> None:
    room = make_room(memory_budget_mb=2 * tone.memory_mb)
    for name in ("a", "b", "a", "c"):
        with room.acquire(replace(tone, name=name), {}) as lease:
            lease.call("understand", wish=wish("x"))
    stats = room.stats()
    assert {engine.name for engine in stats.warm} == {"a", "c"}
    assert (stats.loads, stats.evictions) == (3, 1)


def test_engines_in_use_are_never_evicted(make_room: MakeRoom, tone: EngineSpec) -> None:
    room = make_room(memory_budget_mb=tone.memory_mb)
    with room.acquire(replace(tone, name="a"), {}) as first, room.acquire(replace(tone, name="b"), {}) as second:
        for lease in (first, second, first):
            lease.call("understand", wish=wish("x"))
        assert room.stats().loads == 2
        assert room.stats().evictions == 0
    assert len(room.stats().warm) == 1, "the budget holds again once they are given back"


def test_an_idle_engine_is_let_go(make_room: MakeRoom, tone: EngineSpec) -> None:
    room = make_room(idle_seconds=0.3)
    with room.acquire(tone, {}) as lease:
        lease.call("understand", wish=wish("x"))
        time.sleep(0.6)
        assert room.stats().warm, "not while it is lent"
    until = time.monotonic() + 60
    while room.stats().warm and time.monotonic() < until:
        time.sleep(0.05)
    assert room.stats().evictions == 1


def test_killing_a_lease_frees_the_cpu_and_the_engine_comes_back(
    make_room: MakeRoom, tone: EngineSpec, tmp_path: Path
) -> None:
    room = make_room()
    with room.acquire(tone, {}) as lease, room.acquire(tone, {}) as other:
        started = threading.Event()
        threading.Thread(target=lambda: (started.wait(120), room.kill(lease))).start()
        with pytest.raises(Cancelled):
            lease.call(
                "generate",
                orders=(order(seconds=3600),),
                outputs=(tmp_path / "long.wav",),
                on_progress=lambda fraction: started.set(),
            )
        with pytest.raises(Cancelled):
            lease.call("understand", wish=wish("x"))
        assert other.call("understand", wish=wish("7 Hz")).layers
    assert room.stats().loads == 2


def test_warming_loads_ahead(make_room: MakeRoom, tone: EngineSpec) -> None:
    room = make_room()
    room.warm(tone, {})
    assert [engine.name for engine in room.stats().warm] == ["tone"]
    with room.acquire(tone, {}) as lease:
        lease.call("understand", wish=wish("x"))
    assert room.stats().loads == 1
