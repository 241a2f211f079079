"""Which engine lives in which host process: loaded once, shared, let go when idle or when memory is short."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from soundstage.engines.batching import BATCHED, BatchLine
from soundstage.engines.registry import own_settings
from soundstage.engines.spec import Capability, EngineSpec
from soundstage.engines.typed_call import check_call, decode, dotted, encode
from soundstage.errors import Cancelled, EngineFailure
from soundstage.host.limits import HostLimits, Resident
from soundstage.host.process import HostProcess, OnProgress

log = logging.getLogger("soundstage.engines")


@dataclass(frozen=True)
class WarmEngine:
    """An engine in memory. `idle_seconds` is 0 while it is lent."""

    capability: Capability
    name: str
    memory_mb: int
    leases: int
    idle_seconds: float


@dataclass(frozen=True)
class RoomStats:
    """loads: engines loaded since the start, again after a kill included. evictions: let go for idleness or memory."""

    loads: int
    evictions: int
    memory_mb: int
    warm: tuple[WarmEngine, ...]


class _Tenant:
    """An engine that lives here. Guarded by the room's lock, but for its process and its line, which guard themselves.

    line: where several tasks' orders may go into one call.
    """

    def __init__(self, spec: EngineSpec, process: HostProcess, most_together: int) -> None:
        self.spec = spec
        self.process = process
        self.line = BatchLine(most_together, self._batch, process.kill) if most_together > 1 else None
        self.leases = 0
        self.idle_since = time.monotonic()

    def call(
        self,
        method: str,
        arguments: Mapping[str, Any],
        *,
        timeout: float | None,
        on_progress: OnProgress | None,
        caller: object,
    ) -> Any:
        capability = self.spec.capability
        answer = self.process.call_json(
            f".{method}",
            encode(capability, method, arguments),
            timeout=timeout,
            on_progress=on_progress,
            caller=caller,
            typed_as=dotted(capability, method),
        )
        try:
            return decode(capability, method, answer)
        except TypeError as error:
            raise EngineFailure(f"the engine {self.spec.name} does not keep to its contract: {error}") from error

    def _batch(self, orders: tuple[Any, ...], outputs: tuple[Path, ...], **named: Any) -> tuple[Any, ...]:
        answers: tuple[Any, ...] = self.call(BATCHED, {"orders": orders, "outputs": outputs}, **named)
        return answers


class EngineLease:
    """The use of a shared engine by one caller, until `release` (or the end of the `with` block)."""

    def __init__(self, room: EngineRoom, tenant: _Tenant) -> None:
        self._room = room
        self._tenant = tenant
        self._killed = threading.Event()
        self._released = False

    @property
    def spec(self) -> EngineSpec:
        return self._tenant.spec

    def call(
        self,
        method: str,
        /,
        *,
        timeout: float | None = None,
        on_progress: OnProgress | None = None,
        **arguments: Any,
    ) -> Any:
        """Call a method of the contract with typed arguments; gives its typed answer.

        timeout: seconds from when the engine is free for this call, loading it included.
        Raises TypeError or AttributeError for a call the contract does not know, EngineFailure for the engine's
        faults (an answer that is not the contract's included), StageTimeout, HostDied, Cancelled.
        """
        check_call(self.spec.capability, method, arguments)
        if self._killed.is_set() or self._released:
            raise Cancelled(f"cancelled before {method} of {self.spec.name} began")
        line = self._tenant.line
        if line is not None and method == BATCHED:
            orders, outputs = arguments["orders"], arguments["outputs"]
            return line.call(self, orders, outputs, timeout=timeout, on_progress=on_progress)
        return self._tenant.call(method, arguments, timeout=timeout, on_progress=on_progress, caller=self)

    def kill(self) -> None:
        """End this lease's call at once, from any thread: it raises Cancelled, and so does every later one.

        A call of another lease at work in the same engine goes on; one waiting behind this one loads the engine again.
        """
        self._killed.set()
        self._tenant.process.kill(self)
        if self._tenant.line is not None:
            self._tenant.line.kill(self)

    def release(self) -> None:
        if not self._released:
            self._released = True
            self._room._released(self._tenant)

    def __enter__(self) -> EngineLease:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


class EngineRoom:
    """Loaded engines, one host process each, shared by every caller with the same engine and settings.

    memory_budget_mb: by what the specs say. When a new engine does not fit, the one idle longest goes first. Engines
        in use are never evicted, so the budget may be passed for a while: waiting for one another could last for ever.
    idle_seconds: how long an engine that nobody uses stays loaded.
    threads: what each engine's numeric libraries may start.
    """

    def __init__(self, memory_budget_mb: int, idle_seconds: float, threads: int | None = None) -> None:
        self._budget_mb = memory_budget_mb
        self._idle_seconds = idle_seconds
        self._limits = HostLimits(threads=threads)
        self._state = threading.Condition()  # guards all below
        self._tenants: dict[str, _Tenant] = {}
        self._past_loads = 0
        self._evictions = 0
        self._sweeper: threading.Thread | None = None
        self._closed = False

    def acquire(self, spec: EngineSpec, settings: Mapping[str, Any]) -> EngineLease:
        """Borrow the engine; it is loaded by its first call. Give it back with `release` or a `with` block."""
        return EngineLease(self, self._admit(spec, settings))

    def warm(self, spec: EngineSpec, settings: Mapping[str, Any]) -> None:
        """Load the engine now, without waiting for it."""
        with self.acquire(spec, settings) as lease:
            lease._tenant.process.start()

    def kill(self, lease: EngineLease) -> None:
        lease.kill()

    def stats(self) -> RoomStats:
        now = time.monotonic()
        with self._state:
            tenants = list(self._tenants.values())
            warm = [
                WarmEngine(
                    capability=tenant.spec.capability,
                    name=tenant.spec.name,
                    memory_mb=tenant.spec.memory_mb,
                    leases=tenant.leases,
                    idle_seconds=0.0 if tenant.leases else now - tenant.idle_since,
                )
                for tenant in tenants
                if tenant.process.alive
            ]
            loads = self._past_loads + sum(tenant.process.starts for tenant in tenants)
            return RoomStats(loads, self._evictions, sum(engine.memory_mb for engine in warm), tuple(warm))

    def close(self) -> None:
        """End every engine; calls at work raise Cancelled."""
        with self._state:
            self._closed = True
            leaving = [self._remove(key) for key in list(self._tenants)]
            sweeper = self._sweeper
            self._state.notify_all()
        _end(leaving)
        if sweeper is not None:
            sweeper.join()

    def _admit(self, spec: EngineSpec, settings: Mapping[str, Any]) -> _Tenant:
        own = own_settings(spec, settings)
        key = json.dumps([spec.capability, spec.name, spec.version, spec.load, own], sort_keys=True, default=str)
        with self._state:
            if self._closed:
                raise Cancelled("the engine room is closed")
            tenant = self._tenants.get(key)
            leaving = []
            if tenant is None:
                leaving = self._make_room(spec.memory_mb)
                process = HostProcess(self._limits, Resident(spec.load, [own]), name=f"{spec.capability}/{spec.name}")
                together = 1 if spec.together is None else spec.together(own)
                tenant = self._tenants[key] = _Tenant(spec, process, together)
            tenant.leases += 1
            self._watch_idleness()
        _end(leaving)
        return tenant

    def _released(self, tenant: _Tenant) -> None:
        with self._state:
            tenant.leases -= 1
            tenant.idle_since = time.monotonic()
            leaving = self._make_room(0)
            self._state.notify_all()
        _end(leaving)

    def _make_room(self, needed_mb: int) -> list[_Tenant]:
        """Take out idle engines, longest idle first, until `needed_mb` fit; the lock is held."""
        used = sum(tenant.spec.memory_mb for tenant in self._tenants.values())
        idle = sorted((t.idle_since, key) for key, t in self._tenants.items() if not t.leases)
        leaving = []
        for _, key in idle:
            if used + needed_mb <= self._budget_mb:
                break
            used -= self._tenants[key].spec.memory_mb
            leaving.append(self._evict(key, "memory is short"))
        if used + needed_mb > self._budget_mb:
            log.warning("engines in use need %d MB, the budget is %d MB", used + needed_mb, self._budget_mb)
        return leaving

    def _evict(self, key: str, why: str) -> _Tenant:
        self._evictions += 1
        tenant = self._remove(key)
        log.info("engine %s is let go: %s", tenant.spec.name, why)
        return tenant

    def _remove(self, key: str) -> _Tenant:
        tenant = self._tenants.pop(key)
        self._past_loads += tenant.process.starts
        return tenant

    def _watch_idleness(self) -> None:
        """Start the thread that lets idle engines go; the lock is held."""
        if self._sweeper is None:
            self._sweeper = threading.Thread(target=self._sweep, name="soundstage-engine-room", daemon=True)
            self._sweeper.start()

    def _sweep(self) -> None:
        while True:
            with self._state:
                if self._closed:
                    return
                now = time.monotonic()
                ends = {key: t.idle_since + self._idle_seconds for key, t in self._tenants.items() if not t.leases}
                leaving = [self._evict(key, "nobody used it") for key, end in ends.items() if end <= now]
                if not leaving:
                    self._state.wait(min(ends.values()) - now if ends else None)
            _end(leaving)


def _end(leaving: list[_Tenant]) -> None:
    for tenant in leaving:
        tenant.process.close()
