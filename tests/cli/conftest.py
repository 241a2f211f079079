"""Running the real command and reading what it says."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.server import Server, environment

COMMAND_SECONDS = 240


@dataclass(frozen=True)
class Ran:
    """One command that has ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What stdout holds, which must be one line of JSON and nothing else."""
        assert self.out.count("\n") == 1, self.out
        return json.loads(self.out)


Run = Callable[..., Ran]


def start(*arguments: str | Path, settings: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "soundstage", *map(str, arguments)],
        env=environment(settings),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(*arguments: str | Path, settings: Mapping[str, str] | None = None) -> Ran:
    """Run `soundstage` to its end."""
    with start(*arguments, settings=settings) as process:
        try:
            out, err = process.communicate(timeout=COMMAND_SECONDS)
        except BaseException:
            process.kill()
            raise
    return Ran(process.returncode, out, err)


@pytest.fixture(scope="module")
def ask(server: Server) -> Run:
    """Run a client command against the session's server, as the team whose key it makes."""
    settings = {"url": server.url, "key": server.new_key(team="command line tests")}

    def asking(*arguments: str | Path) -> Ran:
        return run(*arguments, settings=settings)

    return asking
