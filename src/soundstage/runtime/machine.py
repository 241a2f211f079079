"""On which machine, and among which processes of it, this one runs."""

from __future__ import annotations

import socket
from contextlib import suppress
from functools import cache
from pathlib import Path

BOOT = Path("/proc/sys/kernel/random/boot_id")
PROCESSES = Path("/proc/self/ns/pid")


@cache
def machine() -> str:
    """The same for two processes only if each can see the other's number.

    A host name alone does not say so: containers may share one, and so may machines. Linux names the boot and the
    namespace of process numbers; elsewhere the host name must do.
    """
    parts = [socket.gethostname()]
    with suppress(OSError):
        parts.append(BOOT.read_text().strip())
        parts.append(str(PROCESSES.readlink()))
    return " ".join(parts)
