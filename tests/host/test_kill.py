"""Children that die, that must die, and whose parent dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from soundstage import errors
from soundstage.host.limits import MB, HostLimits, Resident
from soundstage.host.process import HostProcess

FAULTS = "soundstage.testing.faults:"
Gone = Callable[[int], bool]
Appears = Callable[[Path], str]


class Background:
    """A call in another thread; `error` is how it ended."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self.error: BaseException | None = None
        self.answer: Any = None
        self._thread = threading.Thread(target=self._run, args=(work,))
        self._thread.start()

    def _run(self, work: Callable[[], Any]) -> None:
        try:
            self.answer = work()
        except BaseException as error:
            self.error = error

    def join(self) -> BaseException | None:
        self._thread.join(60)
        assert not self._thread.is_alive(), "the call never ended"
        return self.error


def test_a_call_past_its_time_is_killed(host: HostProcess, tmp_path: Path, gone: Gone) -> None:
    mark = tmp_path / "mark"
    host.call(FAULTS + "echo", {"value": 0})
    start = time.monotonic()
    with pytest.raises(errors.StageTimeout, match=r"limit of 3 s"):
        host.call(FAULTS + "spin", {"seconds": 120, "mark": mark}, timeout=3)
    assert time.monotonic() - start < 60
    assert gone(int(mark.read_text()))
    assert host.call(FAULTS + "echo", {"value": 1}) == 1


def test_loading_counts_as_time(make_host: Any) -> None:
    host = make_host(resident=Resident(FAULTS + "counter", {"seconds": 60}))
    with pytest.raises(errors.StageTimeout):
        host.call(".add", {}, timeout=0.5)


def test_a_function_that_ignores_sigterm_dies_all_the_same(host: HostProcess) -> None:
    host.call(FAULTS + "echo", {"value": 0})
    start = time.monotonic()
    with pytest.raises(errors.StageTimeout):
        host.call(FAULTS + "ignore_sigterm", {"seconds": 120}, timeout=2)
    assert time.monotonic() - start < 60


def test_cancelling_frees_the_cpu_of_the_whole_family(
    host: HostProcess, tmp_path: Path, appears: Appears, gone: Gone
) -> None:
    mark = tmp_path / "mark"
    call = Background(lambda: host.call(FAULTS + "spin_family", {"seconds": 120, "mark": mark}))
    family = [int(line) for line in appears(mark).split()]
    host.kill()
    assert isinstance(call.join(), errors.Cancelled)
    assert all(map(gone, family)), "they would use the CPU for two minutes"


def test_killing_an_idle_process_is_harmless(host: HostProcess, gone: Gone) -> None:
    host.kill()
    pid = host.call(FAULTS + "process_id", {})
    host.kill()
    host.kill()
    assert gone(pid)
    assert host.call(FAULTS + "echo", {"value": 1}) == 1


def in_line(host: HostProcess, calls: int) -> None:
    """Wait until so many calls are at work or wait for their turn."""
    until = time.monotonic() + 60
    while len(host._line) != calls:
        assert time.monotonic() < until, host._line
        time.sleep(0.01)


def test_killing_for_one_caller_leaves_the_others(host: HostProcess, tmp_path: Path) -> None:
    first, second, third = object(), object(), object()
    done = tmp_path / "done"
    slow = Background(lambda: host.call(FAULTS + "wait_for", {"path": done}, caller=first))
    waiting = Background(lambda: host.call(FAULTS + "echo", {"value": 2}, caller=second))
    patient = Background(lambda: host.call(FAULTS + "echo", {"value": 3}, caller=third))
    in_line(host, 3)
    host.kill(second)
    assert isinstance(waiting.join(), errors.Cancelled), "it need not wait for its turn to leave the line"
    done.touch()
    assert slow.join() is None
    assert patient.join() is None
    assert patient.answer == 3
    assert host.starts == 1


def test_those_in_line_go_on_in_a_new_child(host: HostProcess, tmp_path: Path, appears: Appears) -> None:
    caller, mark = object(), tmp_path / "mark"
    slow = Background(lambda: host.call(FAULTS + "spin", {"seconds": 120, "mark": mark}, caller=caller))
    appears(mark)
    waiting = Background(lambda: host.call(FAULTS + "echo", {"value": 2}))
    in_line(host, 2)
    host.kill(caller)
    assert isinstance(slow.join(), errors.Cancelled)
    assert waiting.join() is None
    assert waiting.answer == 2


def test_a_crash_tells_the_signal_and_the_next_call_works(host: HostProcess) -> None:
    with pytest.raises(errors.HostDied, match=r"SIGSEGV.*Segmentation fault") as caught:
        host.call(FAULTS + "crash", {})
    assert caught.value.retryable
    assert host.call(FAULTS + "echo", {"value": 1}) == 1


def test_an_exit_tells_its_code_and_last_words(host: HostProcess) -> None:
    with pytest.raises(errors.HostDied, match=r"exit code 3.*cannot go on"):
        host.call(FAULTS + "exit_with", {"code": 3, "words": "cannot go on"})


def test_a_child_that_died_while_idle_is_replaced(host: HostProcess, gone: Gone) -> None:
    pid = host.call(FAULTS + "process_id", {})
    os.kill(pid, signal.SIGKILL)
    assert gone(pid)
    assert host.call(FAULTS + "process_id", {}) != pid


def test_the_memory_limit_is_told_and_not_worth_another_try(make_host: Any) -> None:
    host = make_host(HostLimits(memory_bytes=300 * MB))
    assert host.call(FAULTS + "allocate", {"megabytes": 50}) == 50 * MB
    with pytest.raises(errors.StageFailure, match=r"more memory than its limit of 300 MB") as caught:
        host.call(FAULTS + "allocate", {"megabytes": 2000})
    assert not caught.value.retryable
    assert not isinstance(caught.value, errors.HostDied)
    assert host.call(FAULTS + "allocate", {"megabytes": 50}) == 50 * MB


def test_the_cpu_limit_counts_for_each_call(make_host: Any) -> None:
    host = make_host(HostLimits(cpu_seconds=1))
    for _ in range(3):
        assert host.call(FAULTS + "spin", {"seconds": 0.7}) == "spun"
    with pytest.raises(errors.StageTimeout, match="CPU"):
        host.call(FAULTS + "spin", {"seconds": 200}, timeout=120)


PARENT = """
import sys, threading
from soundstage.host.process import HostProcess
host = HostProcess()
def work():
    host.call("soundstage.testing.faults:spin", {"seconds": 60, "mark": sys.argv[1]})
threading.Thread(target=work).start()
idle = HostProcess()
# asked for by a thread that ends: its child must live on
asking = threading.Thread(target=idle.call, args=("soundstage.testing.faults:echo", {"value": 1}))
asking.start()
asking.join()
import time; time.sleep(0.3)
print(idle.call("soundstage.testing.faults:process_id", {}), idle.starts, flush=True)
"""


def test_kill_9_of_the_parent_takes_the_children(tmp_path: Path, appears: Appears, gone: Gone) -> None:
    mark = tmp_path / "mark"
    with subprocess.Popen([sys.executable, "-c", PARENT, str(mark)], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        idle, starts = map(int, parent.stdout.readline().split())
        busy = int(appears(mark))
        assert starts == 1, "the end of the thread that asked did not end the child"
        parent.kill()
        assert gone(busy)
        assert gone(idle)
