"""Real processes for the host's tests, all ended when the test ends."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from soundstage.host.limits import HostLimits, Resident
from soundstage.host.process import HostProcess

MakeHost = Callable[..., HostProcess]
FAULTS = "soundstage.testing.faults:"


@pytest.fixture
def make_host() -> Iterator[MakeHost]:
    made: list[HostProcess] = []

    def make(
        limits: HostLimits | None = None, resident: Resident | None = None, preload: tuple[str, ...] = ()
    ) -> HostProcess:
        made.append(HostProcess(limits, resident, preload=preload))
        return made[-1]

    yield make
    for process in made:
        process.close()


@pytest.fixture
def host(make_host: MakeHost) -> HostProcess:
    return make_host()


@pytest.fixture
def gone() -> Callable[[int], bool]:
    """Whether a process is no more (or a zombie, which uses nothing) within half a minute."""

    def check(pid: int) -> bool:
        until = time.monotonic() + 30.0
        while time.monotonic() < until:
            stat = ""
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                stat = Path(f"/proc/{pid}/stat").read_text()
            if not stat or stat.rpartition(")")[2].split()[0] in "ZX":
                return True
            time.sleep(0.01)
        return False

    return check


@pytest.fixture
def appears() -> Callable[[Path], str]:
    """The text of a file as soon as it has any."""

    def wait(path: Path) -> str:
        until = time.monotonic() + 60.0
        while time.monotonic() < until:
            if path.exists() and (text := path.read_text()):
                return text
            time.sleep(0.01)
        raise AssertionError(f"{os.fspath(path)} did not appear")

    return wait
