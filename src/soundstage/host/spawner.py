"""One thread that starts every host process and lives as long as this process.

Children ask the kernel to be killed with their parent (PR_SET_PDEATHSIG), and the kernel means the *thread* that
started them: were they started from a worker's thread, they would die when that thread ends.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from concurrent.futures import Future
from dataclasses import dataclass
from functools import lru_cache
from queue import SimpleQueue

from soundstage.host.limits import HostLimits, child_environment


@dataclass(frozen=True)
class Spawned:
    """A started process, our end of the socket and the reading end of its stdout and stderr (not blocking)."""

    process: subprocess.Popen[bytes]
    socket: socket.socket
    log: int


class Spawner:
    def __init__(self) -> None:
        self._orders: SimpleQueue[tuple[HostLimits, Future[Spawned]]] = SimpleQueue()
        threading.Thread(target=self._serve, name="soundstage-spawner", daemon=True).start()

    def spawn(self, limits: HostLimits) -> Spawned:
        """Start a host process; returns as soon as it runs. Raises OSError."""
        order: Future[Spawned] = Future()
        self._orders.put((limits, order))
        return order.result()

    def _serve(self) -> None:
        while True:
            limits, order = self._orders.get()
            try:
                order.set_result(_start(limits))
            except BaseException as error:
                order.set_exception(error)
            del order  # it holds the process until the next one is asked for


def spawner() -> Spawner:
    """The spawner of this process (a forked copy of it has its own)."""
    return _spawner_of(os.getpid())


@lru_cache(maxsize=1)
def _spawner_of(_pid: int) -> Spawner:
    return Spawner()


def _start(limits: HostLimits) -> Spawned:
    ours, theirs = socket.socketpair()
    log, log_end = os.pipe()
    try:
        process = subprocess.Popen(
            # -P: the working folder is no place to import from
            [sys.executable, "-P", "-m", "soundstage.host.child", str(theirs.fileno()), str(os.getpid())],
            stdin=subprocess.DEVNULL,
            stdout=log_end,
            stderr=log_end,
            pass_fds=(theirs.fileno(),),
            start_new_session=True,
            env=child_environment(limits),
        )
    except BaseException:
        ours.close()
        os.close(log)
        raise
    finally:
        theirs.close()
        os.close(log_end)
    ours.setblocking(False)
    os.set_blocking(log, False)
    return Spawned(process, ours, log)
