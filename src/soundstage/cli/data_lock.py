"""One server a data folder: a lock, and a note of where that server is."""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from soundstage.cli.console import USAGE, CliError


@dataclass(frozen=True)
class RunningServer:
    pid: int
    url: str


class DataLock:
    """Held for the life of a server; the kernel lets go of it when the process dies, however it dies."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "serve.lock"
        self._file: IO[str] | None = None

    def take(self) -> None:
        """Raises CliError naming the server that has the folder."""
        file = self._path.open("a+")
        self._path.chmod(0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            other = _read(self._path)
            file.close()
            who = f" (process {other.pid}, {other.url})" if other else ""
            raise CliError(
                f"another server uses the data folder {self._path.parent}{who}; stop it or choose another with --data",
                USAGE,
            ) from None
        self._file = file

    def note(self, url: str) -> None:
        """Tell other commands on this machine where the server is."""
        assert self._file is not None
        self._file.seek(0)
        self._file.truncate()
        self._file.write(json.dumps({"pid": os.getpid(), "url": url}))
        self._file.flush()

    def release(self) -> None:
        if self._file is not None:
            self._file.truncate(0)
            self._file.close()
            self._file = None


def running_server(folder: Path) -> RunningServer | None:
    """The server that holds this data folder now, if one does and is ready."""
    path = folder / "serve.lock"
    try:
        with path.open("a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                return _read(path)
    except OSError:
        return None
    return None


def _read(path: Path) -> RunningServer | None:
    try:
        noted = json.loads(path.read_text())
        return RunningServer(noted["pid"], noted["url"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
