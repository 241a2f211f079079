"""`soundstage serve`: one server a folder, a free port, a quiet end."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from tests.cli.conftest import run, start
from tests.server import Server, running_server, stop

from soundstage.cli.console import USAGE


@pytest.fixture(scope="module")
def fresh_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One that nobody has used; its links are young."""
    with running_server(tmp_path_factory.mktemp("fresh") / "data", "--no-worker") as running:
        yield running


def children_of(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """The worker, which a server starts while it tells where it listens, and what the worker has started by then."""
    until = time.monotonic() + 60
    while not (children := psutil.Process(process.pid).children(recursive=True)):
        assert time.monotonic() < until, "the server starts no worker"
        time.sleep(0.05)
    return children


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that have not ended; where nobody collects them, the ended ones stay as zombies."""

    def lives(process: psutil.Process) -> bool:
        try:
            return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    return [process for process in processes if lives(process)]


def test_a_second_server_on_the_folder_is_refused_and_told_of_the_first(server: Server) -> None:
    second = run("serve", "--port", "0", "--data", server.data, "--json")
    assert (second.code, second.out) == (USAGE, "")
    assert server.url in second.err
    with server.client() as client:
        assert client.get("/healthz").status_code == 200


def test_a_taken_port_is_said_with_what_to_do(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = run("serve", "--port", str(port), "--data", tmp_path / "data", "--json")
    assert (refused.code, refused.out) == (USAGE, "")
    assert str(port) in refused.err
    assert "--port" in refused.err


def test_the_data_folder_and_its_secrets_are_private(fresh_server: Server) -> None:
    assert fresh_server.data.stat().st_mode & 0o777 == 0o700
    assert (fresh_server.data / "signing-secret").stat().st_mode & 0o777 == 0o600


def test_the_link_that_a_start_tells_opens_the_pages_once(fresh_server: Server) -> None:
    with fresh_server.client() as browser:
        assert browser.get(fresh_server.login_url).status_code == 303
        assert browser.get(fresh_server.login_url).status_code == 401


def test_sigterm_ends_server_and_worker_and_loses_no_task(tmp_path: Path) -> None:
    with running_server(tmp_path / "data") as server:
        children = children_of(server.process)
        with server.client() as client:
            made = client.post("/apis/text-to-sound", json={"prompt": "rain", "duration": 10.0}).json()
        assert stop(server.process) == 0
        assert alive(children) == []
    settings = {"data": str(server.data)}
    watched = run("tasks", "watch", made["task_id"], "--json", settings=settings)  # starts a server for itself
    assert (watched.code, watched.json["state"]) == (0, "succeeded"), watched.err


def test_a_server_killed_outright_takes_its_worker_along(tmp_path: Path) -> None:
    process = start("serve", "--port", "0", "--data", tmp_path / "data", "--json")
    assert process.stdout is not None
    assert process.stderr is not None
    json.loads(process.stdout.readline())
    children = children_of(process)
    process.kill()
    process.wait()
    process.stdout.close()
    process.stderr.close()
    until = time.monotonic() + 60
    while left := alive(children):
        assert time.monotonic() < until, left
        time.sleep(0.1)
    again = run("doctor", "--data", tmp_path / "data", "--json")
    assert again.code == 0, again.out


def test_a_wrong_setting_stops_the_start_with_its_name(tmp_path: Path) -> None:
    wrong = run("serve", "--data", tmp_path, settings={"max_sound_seconds": "-1"})
    assert wrong.code != 0
    assert "max_sound_seconds" in wrong.err
    assert "Traceback" not in wrong.err
