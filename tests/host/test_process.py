"""Calls, errors and residents in a real child."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from soundstage import errors
from soundstage.domain.timing import Span
from soundstage.host.limits import HostLimits, Resident
from soundstage.host.process import HostProcess

FAULTS = "soundstage.testing.faults:"


def test_an_answer_comes_back_as_it_was_given(host: HostProcess) -> None:
    value = {"text": "naïve 音", "number": 2**53, "list": [1.5, None, True], "deep": {"a": {}}}
    assert host.call(FAULTS + "echo", {"value": value}) == value


def test_typed_arguments_are_read_by_the_functions_hints(host: HostProcess) -> None:
    assert host.call(FAULTS + "shift", {"span": Span(start_ms=1, end_ms=5), "by_ms": 10}) == {
        "start_ms": 11,
        "end_ms": 15,
    }
    assert host.call(FAULTS + "parent_of", {"path": Path("/a/b")}) == "/a"


def test_a_megabyte_goes_both_ways(host: HostProcess) -> None:
    value = "x" * 3_000_000
    assert host.call(FAULTS + "echo", {"value": value}) == value


def test_arguments_that_do_not_fit_are_named(host: HostProcess) -> None:
    with pytest.raises(errors.StageFailure, match=r"span.*Field required.*spam"):
        host.call(FAULTS + "shift", {"spam": 1})


def test_arguments_that_cannot_travel_are_refused_before_they_leave(host: HostProcess) -> None:
    with pytest.raises(TypeError, match="travel"):
        host.call(FAULTS + "echo", {"value": threading.Lock()})
    assert not host.alive


def test_a_function_that_is_not_there_is_told(host: HostProcess) -> None:
    with pytest.raises(errors.StageFailure, match="no attribute 'nothing'"):
        host.call(FAULTS + "nothing", {})
    with pytest.raises(errors.StageFailure, match="No module named"):
        host.call("soundstage.nowhere:nothing", {})


@pytest.mark.parametrize("kind", ["SourceFailure", "NotFound", "Misconfigured", "StorageFull", "Cancelled", "HostDied"])
def test_our_errors_come_back_as_themselves(host: HostProcess, kind: str) -> None:
    with pytest.raises(errors.SoundstageError, match=r"^told so$") as caught:
        host.call(FAULTS + "fail", {"kind": kind, "message": "told so"})
    assert type(caught.value) is getattr(errors, kind)


def test_reason_faults_and_retryable_travel_too(host: HostProcess) -> None:
    def error_of(kind: str) -> Any:
        with pytest.raises(errors.SoundstageError) as caught:
            host.call(FAULTS + "fail", {"kind": kind, "message": "why"})
        return caught.value

    assert error_of("SourceFailure").reason is errors.ExceptionReason.SOURCE_TOO_LONG
    assert error_of("RetryableEngineFailure").retryable
    assert not error_of("EngineFailure").retryable
    assert error_of("Invalid").faults == (errors.Fault(("body", "duration"), "why"),)
    assert error_of("LimitReached").retry_after == 7


def test_a_foreign_error_is_a_failure_with_its_type_and_its_traceback_in_the_log(
    host: HostProcess, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(errors.StageFailure) as caught:
        host.call(FAULTS + "fail", {"kind": "ValueError", "message": "seven"})
    assert caught.value.message == "ValueError: seven"
    assert "Traceback" in caplog.text
    assert host.starts == 1, "an error is no reason to start again"


def test_progress_arrives_in_order_and_not_too_often(host: HostProcess) -> None:
    seen: list[float] = []
    start = time.monotonic()
    assert host.call(FAULTS + "sleep", {"seconds": 3.0}, on_progress=seen.append) == "slept"
    assert seen == sorted(seen)
    assert 2 <= len(seen) <= 1 + 10 * (time.monotonic() - start), "fifty reports a second become at most ten"
    assert all(0 <= fraction <= 1 for fraction in seen)


def test_an_error_in_the_listener_ends_the_child(host: HostProcess) -> None:
    def refuse(fraction: float) -> None:
        raise errors.Superseded("another has it")

    with pytest.raises(errors.Superseded):
        host.call(FAULTS + "sleep", {"seconds": 30}, on_progress=refuse)
    assert not host.alive
    assert host.call(FAULTS + "echo", {"value": 1}) == 1


def test_a_resident_is_loaded_once_and_remembers(make_host: Any, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    host = make_host(resident=Resident(FAULTS + "counter", {"start": 10, "mark": str(mark)}))
    assert [host.call(".add", {"step": 2}) for _ in range(20)] == list(range(12, 52, 2))
    assert mark.read_text() == "loaded\n"
    host.kill()
    assert host.call(".add", {}) == 11, "a new child loads it again"
    assert host.starts == 2


def test_a_residents_faults_are_engine_failures(make_host: Any) -> None:
    host = make_host(resident=Resident(FAULTS + "counter", [3]))
    with pytest.raises(errors.EngineFailure, match="KeyError: 'nothing there'"):
        host.call(".fail", {})
    assert host.call(".add", {}) == 4


def test_a_resident_that_cannot_be_loaded_is_told_by_every_call(make_host: Any) -> None:
    host = make_host(resident=Resident(FAULTS + "broken_counter"))
    for _ in range(2):
        with pytest.raises(errors.EngineFailure, match="the weights are gone"):
            host.call(".add", {})
    assert not host.alive


def test_a_hundred_calls_at_once_take_turns(host: HostProcess) -> None:
    with ThreadPoolExecutor(32) as threads:
        answers = list(threads.map(lambda n: host.call(FAULTS + "echo", {"value": n}), range(100)))
    assert answers == list(range(100))
    assert host.starts == 1


def test_a_warm_call_is_quick(host: HostProcess) -> None:
    start = time.perf_counter()
    host.call(FAULTS + "echo", {"value": 0})
    cold = time.perf_counter() - start
    times = []
    for _ in range(50):
        start = time.perf_counter()
        host.call(FAULTS + "echo", {"value": 0})
        times.append(time.perf_counter() - start)
    assert sorted(times)[25] < cold / 10, "a hundredth where the machine has nothing else to do"


def test_what_the_child_writes_neither_blocks_nor_breaks_the_line(host: HostProcess) -> None:
    assert host.call(FAULTS + "chatter", {"lines": 5_000}, timeout=30) == 5_000
    assert host.call(FAULTS + "echo", {"value": 1}) == 1


def test_the_environment_of_the_child(make_host: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOUNDSTAGE_DATABASE_URL", "postgresql://me:secret@there/")
    host = make_host(HostLimits(threads=1))
    assert host.call(FAULTS + "environment", {"name": "SOUNDSTAGE_DATABASE_URL"}) is None
    assert host.call(FAULTS + "environment", {"name": "OMP_NUM_THREADS"}) == "1"
    assert host.call(FAULTS + "environment", {"name": "HF_HUB_OFFLINE"}) == "1"


def test_a_started_child_preloads_modules_and_survives_one_that_is_missing(make_host: Any) -> None:
    host = make_host(preload=("soundstage.testing.faults", "not_there_at_all"))
    host.start()
    assert host.alive
    assert host.call(FAULTS + "echo", {"value": 1}) == 1
    assert host.starts == 1


def test_a_closed_process_takes_no_calls(host: HostProcess) -> None:
    host.call(FAULTS + "echo", {"value": 1})
    host.close()
    with pytest.raises(errors.Cancelled):
        host.call(FAULTS + "echo", {"value": 1})
    assert not host.alive
