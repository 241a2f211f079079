"""Which server a command talks to: the one named, the one running here, or one started for the command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from soundstage import config
from soundstage.cli.client import Client
from soundstage.cli.console import UNREACHABLE, USAGE, CliError, Output
from soundstage.cli.data_lock import running_server
from soundstage.errors import Unauthenticated

STOP_SECONDS = 60


@contextmanager
def client_for(url: str | None, key: str | None, data: Path | None, output: Output) -> Iterator[Client]:
    """A client of `--url`/`SOUNDSTAGE_URL`, else of the data folder's own server, or one started for this."""
    url = url or os.environ.get("SOUNDSTAGE_URL")
    key = key or os.environ.get("SOUNDSTAGE_KEY")
    if url:
        if not key:
            raise CliError("the server wants a key: give --key or set SOUNDSTAGE_KEY", USAGE)
        yield from _closing(Client(url, key))
        return
    settings = config.load(data=data)
    config.prepare_data_folder(settings.data)
    running = running_server(settings.data)
    if running is not None:
        yield from _closing(Client(running.url, key or local_key(settings)))
        return
    with _embedded(settings, output) as address:
        yield from _closing(Client(address, key or local_key(settings)))


def local_key(settings: config.Config) -> str:
    """The command line's own key, kept in the private data folder (mode 0600); made when missing or revoked."""
    from soundstage.services.keys import KeysService  # noqa: PLC0415 - a client of another server needs no database
    from soundstage.storage.database import Database  # noqa: PLC0415

    path = settings.data / "command-line-key"
    database = Database(settings.resolved_database_url)
    try:
        database.migrate()
        keys = KeysService(database)
        if path.exists():
            secret = path.read_text().strip()
            with suppress(Unauthenticated):  # revoked meanwhile: make another
                keys.authenticate(secret)
                return secret
        _, secret = keys.create(name="command line")
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secret)
        return secret
    finally:
        database.close()


def _closing(client: Client) -> Iterator[Client]:
    try:
        yield client
    finally:
        client.close()


@contextmanager
def _embedded(settings: config.Config, output: Output) -> Iterator[str]:
    """A server of our own on a free port, for as long as the command runs."""
    output.err.print("starting a server for this command …", style="dim")
    log = settings.data / "embedded-server.log"
    command = [sys.executable, "-m", "soundstage", "serve", "--port", "0", "--data", str(settings.data), "--json"]
    with log.open("ab") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, stdin=subprocess.DEVNULL)
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        if not line:
            process.wait()
            raise CliError(f"the server did not start; its log is {log}", UNREACHABLE)
        yield json.loads(line)["url"]
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
