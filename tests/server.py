"""A real server for tests: `soundstage serve` as a process of its own, spoken to over TCP."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from soundstage import config
from soundstage.domain.account import Scope
from soundstage.services.keys import KeysService
from soundstage.services.sessions import SessionsService
from soundstage.storage.database import Database

STOP_SECONDS = 120  # tasks may take `drain_seconds` to end, on a machine that is slow


def environment(settings: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's environment with these settings and none that the machine happens to have."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SOUNDSTAGE_")}
    return kept | {f"SOUNDSTAGE_{name.upper()}": value for name, value in (settings or {}).items()}


@dataclass(frozen=True)
class Server:
    """url: without a trailing slash. key: of the default team, all scopes. log: what the server wrote to stderr.

    login_url: opens the pages of the default team in a browser, once, within ten minutes of the start.
    """

    url: str
    key: str
    data: Path
    log: Path
    database_url: str
    process: subprocess.Popen[str]
    login_url: str = ""

    def new_key(self, team: str | None = None, scopes: frozenset[Scope] = frozenset(Scope)) -> str:
        """A key of this team (made if new; None: the default team)."""
        database = Database(self.database_url)
        try:
            return KeysService(database).create(name="test", team=team, scopes=scopes)[1]
        finally:
            database.close()

    def new_login_url(self) -> str:
        """As `login_url`, made now: a test cannot know how long ago the server was started."""
        database = Database(self.database_url)
        try:
            team = KeysService(database).default_team()
            sessions = SessionsService(database, config.signing_secret(self.data).encode())
            return f"{self.url}/studio/login?token={sessions.issue(team.team_id)}"
        finally:
            database.close()

    def client(self, key: str | None = None, *, timeout: float = 60.0) -> httpx.Client:
        """A plain HTTP client with a key; the caller closes it."""
        return httpx.Client(base_url=self.url, headers={"x-api-key": key or self.key}, timeout=timeout, trust_env=False)


@contextmanager
def running_server(
    data: Path,
    *arguments: str,
    settings: Mapping[str, str] | None = None,
    database_url: str | None = None,
    within: Sequence[str] = (),
) -> Iterator[Server]:
    """`soundstage serve` on a free port with this data folder; drained and ended when the block is left.

    settings: by name, as in docs/reference/settings.md, such as `{"fetch_allow": "127.0.0.1"}`.
    within: a command that becomes the server's (by exec), such as one that mounts something for it alone.
    """
    data.mkdir(parents=True, exist_ok=True)
    log = data.parent / f"{data.name}.log"
    url = database_url or f"sqlite:///{data / 'soundstage.db'}"
    serve = [sys.executable, "-m", "soundstage", "serve", "--port", "0", "--data", str(data), "--json"]
    command = [*within, *serve, *arguments]
    with log.open("a") as errors:
        process = subprocess.Popen(
            command,
            env=environment({**(settings or {}), "database_url": url}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line, f"the server did not start:\n{log.read_text()}"
        told = json.loads(line)
        yield Server(told["url"], told["key"], data, log, url, process, told["login_url"])
    finally:
        stop(process)
        process.stdout.close()


def stop(process: subprocess.Popen[str]) -> int:
    """SIGTERM, and SIGKILL to what does not end; gives the exit code."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        return process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()
