"""Server and worker apart, and lanes: a short sound never waits behind a long set-up."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.asking import PATIENCE_SECONDS, set_up, sound
from tests.e2e.web import Web, running_web
from tests.server import Server, environment, running_server, stop


def _ended(client: httpx.Client, task_id: str, seconds: float = PATIENCE_SECONDS) -> dict[str, Any]:
    end = time.monotonic() + seconds
    while True:
        status: dict[str, Any] = client.get(f"/apis/tasks/{task_id}").json()
        if status["state"] in ("succeeded", "failed", "cancelled"):
            return status
        assert time.monotonic() < end, status
        time.sleep(0.1)


def _worker(server: Server, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "soundstage", "worker", "--data", str(server.data), *arguments]
    with server.log.open("a") as log:
        settings = {"database_url": server.database_url}
        return subprocess.Popen(command, env=environment(settings), stdout=log, stderr=log, text=True)


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with running_web() as web:
        yield web


def allowing(web: Web) -> dict[str, str]:
    return {"fetch_allow": f"127.0.0.1:{web.port}"}


def test_a_server_without_worker_and_a_worker_of_one_lane(database_url: str, tmp_path: Path, web: Web) -> None:
    with (
        running_server(tmp_path / "data", "--no-worker", settings=allowing(web), database_url=database_url) as server,
        server.client() as client,
    ):
        task_id = sound(client)
        time.sleep(1.0)
        assert client.get(f"/apis/tasks/{task_id}").json()["state"] == "queued"
        worker = _worker(server, "--queues", "sound")
        try:
            assert _ended(client, task_id)["state"] == "succeeded"
            setup = set_up(client, f"{web.url}/dripping.mp4")
            assert _ended(client, sound(client))["state"] == "succeeded"
            assert client.get(f"/apis/tasks/{setup}").json()["state"] == "queued", "this worker serves sounds only"
        finally:
            assert stop(worker) == 0


def test_a_short_sound_does_not_wait_for_a_long_set_up(web: Web, tmp_path: Path) -> None:
    """The set-ups download what never comes to an end."""
    with running_server(tmp_path / "data", settings=allowing(web)) as server, server.client() as client:
        setups = [set_up(client, f"{web.url}/dripping.mp4") for _ in range(3)]
        end = time.monotonic() + PATIENCE_SECONDS
        while web.asked["/dripping.mp4"] < 1:
            assert time.monotonic() < end, "no set-up was begun"
            time.sleep(0.1)
        assert _ended(client, sound(client))["state"] == "succeeded"
        assert [client.get(f"/apis/tasks/{setup}").json()["status"] for setup in setups] == ["PENDING"] * 3
        for setup in setups:
            client.post(f"/apis/tasks/{setup}/cancel")
