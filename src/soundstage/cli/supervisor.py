"""Keeps one worker process running beside a server."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence

import structlog

log = structlog.get_logger(__name__)

LONG_ENOUGH = 30.0  # a worker that lived so long (seconds) was healthy: restart it at once
LONGEST_PAUSE = 30.0


class WorkerSupervisor:
    """Starts `soundstage worker` as a child, and again whenever it ends before `stop`.

    The child asks the kernel to be killed when the *thread* that started it ends, so one thread of ours does all of it.
    """

    def __init__(self, arguments: Sequence[str], *, patience_seconds: float) -> None:
        self._command = [sys.executable, "-m", "soundstage", "worker", *arguments, "--parent", str(os.getpid())]
        self._patience = patience_seconds
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._supervise, name="worker-supervisor", daemon=True)

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Let the worker drain, then end it."""
        self._stopping.set()
        self._thread.join()

    def _supervise(self) -> None:
        pause = 0.5
        while not self._stopping.is_set():
            begun = time.monotonic()
            status: int | str | None
            try:
                self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stdout=sys.stderr)
                self._wait(self._process)
                status = self._process.returncode
            except OSError as error:  # too many processes, or too little memory, for now
                status = str(error)
            if self._stopping.is_set():
                break
            pause = 0.5 if time.monotonic() - begun > LONG_ENOUGH else min(2 * pause, LONGEST_PAUSE)
            log.warning("worker ended; starting another", status=status, pause_seconds=pause)
            self._stopping.wait(pause)
        self._end()

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        while process.poll() is None and not self._stopping.wait(0.1):
            pass

    def _end(self) -> None:
        process = self._process
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(self._patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
