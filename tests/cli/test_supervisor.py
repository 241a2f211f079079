"""The supervisor goes on, whatever becomes of its worker."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Any

import pytest

from soundstage.cli import supervisor as supervisor_module
from soundstage.cli.supervisor import WorkerSupervisor


def test_a_worker_that_cannot_be_started_now_is_started_later(monkeypatch: pytest.MonkeyPatch) -> None:
    supervisor = WorkerSupervisor([], patience_seconds=5.0)
    monkeypatch.setattr(supervisor, "_command", [sys.executable, "-c", "import time; time.sleep(60)"])
    real, refused = subprocess.Popen, []

    def start(*arguments: Any, **options: Any) -> Any:
        if not refused:
            refused.append(True)
            raise BlockingIOError("Resource temporarily unavailable")
        return real(*arguments, **{**options, "stdout": subprocess.DEVNULL})

    monkeypatch.setattr(supervisor_module.subprocess, "Popen", start)
    supervisor.start()
    end = time.monotonic() + 60
    while supervisor.pid is None:
        assert time.monotonic() < end, "after one refusal no worker is started any more"
        time.sleep(0.05)
    supervisor.stop()
