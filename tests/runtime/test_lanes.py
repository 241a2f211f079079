"""Server and worker apart, and lanes: a short sound never waits behind a long set-up."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import soundfile
from tests.server import Server, environment, running_server, stop


def _ended(client: httpx.Client, task_id: str, seconds: float = 90.0) -> dict[str, Any]:
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


def _sound(client: httpx.Client) -> str:
    return str(client.post("/apis/text-to-sound", json={"prompt": "a bell", "duration": 1}).json()["task_id"])


def test_a_server_without_worker_and_a_worker_of_one_lane(database_url: str, tmp_path: Path) -> None:
    with (
        running_server(tmp_path / "data", "--no-worker", database_url=database_url) as server,
        server.client() as client,
    ):
        task_id = _sound(client)
        time.sleep(1.0)
        assert client.get(f"/apis/tasks/{task_id}").json()["state"] == "queued"
        worker = _worker(server, "--queues", "sound")
        try:
            assert _ended(client, task_id)["state"] == "succeeded"
            setup = _long_set_up(client, tmp_path)
            time.sleep(1.5)
            assert client.get(f"/apis/tasks/{setup}").json()["state"] == "queued", "this worker serves sounds only"
        finally:
            assert stop(worker) == 0


def test_a_short_sound_does_not_wait_for_a_long_set_up(server: Server, tmp_path: Path) -> None:
    with server.client(server.new_key(team="lanes")) as client:
        setups = [_long_set_up(client, tmp_path) for _ in range(2)]
        assert _ended(client, _sound(client))["state"] == "succeeded"
        assert any(client.get(f"/apis/tasks/{setup}").json()["status"] == "PENDING" for setup in setups)
        for setup in setups:
            client.post(f"/apis/tasks/{setup}/cancel")


def _long_set_up(client: httpx.Client, folder: Path) -> str:
    """Twenty minutes of noise bursts: more than a worker gets done while a sound is made."""
    path = folder / "long.flac"
    if not path.exists():
        noise = np.random.default_rng(1).uniform(-0.3, 0.3, 16_000 * 60).astype(np.float32)
        soundfile.write(path, np.tile(noise, 20), 16_000)
    with path.open("rb") as file:
        media_url = client.post("/apis/uploads", files={"file": (path.name, file)}).json()["media_url"]
    body = {"media_url": media_url, "source_language": "en-us", "target_languages": ["fr-fr"]}
    return str(client.post("/apis/project-setup", json=body).json()["task_id"])
