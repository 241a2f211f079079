"""kill -9 of everything (server, worker, host processes) while real sounds are made."""

from __future__ import annotations

import hashlib
import random
import signal
import time
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from tests.runtime.road_kit import lives
from tests.server import Server, running_server

PROMPTS = ("heavy rain", "a church bell", "footsteps on gravel", "calm ambient music", "thunder", "ocean waves")


def _post(client: httpx.Client, n: int) -> str:
    music = "music" in PROMPTS[n % len(PROMPTS)]
    body = {
        "prompt": PROMPTS[n % len(PROMPTS)],
        "duration": 1,
        "seed": n,
        "audio_type": "music" if music else "sound",
    }
    answer = client.post("/apis/text-to-sound", json=body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["task_id"])


def _products(server: Server, task_ids: list[str], seconds: float = 150.0) -> list[str]:
    """SHA-256 of each task's WAV, once all have ended well."""
    end = time.monotonic() + seconds
    with server.client() as client:
        while True:
            tasks: list[dict[str, Any]] = [client.get(f"/apis/text-to-sound/{task}").json() for task in task_ids]
            if all(task["status"] != "PENDING" for task in tasks):
                break
            assert time.monotonic() < end, [task["state"] for task in tasks]
            time.sleep(0.2)
        assert [task["status"] for task in tasks] == ["SUCCESS"] * len(tasks), [task["message"] for task in tasks]
        runs = [task["run_id"] for task in tasks]
        assert len(set(runs)) == len(runs)
        return [hashlib.sha256(client.get(f"/apis/text-to-sound-result/{run}").content).hexdigest() for run in runs]


def _kill_everything(server: Server) -> None:
    """The server alone is killed; worker and host processes must not outlive it."""
    tree = psutil.Process(server.process.pid).children(recursive=True)
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    end = time.monotonic() + 60
    while alive := [process for process in tree if lives(process)]:
        assert time.monotonic() < end, f"these outlived their server: {alive}"
        time.sleep(0.05)


def _wait_begun(client: httpx.Client, task_id: str) -> None:
    end = time.monotonic() + 150
    while (state := client.get(f"/apis/tasks/{task_id}").json()["state"]) == "queued":
        assert time.monotonic() < end, state
        time.sleep(0.02)


@pytest.mark.timeout(600)
def test_the_server_killed_at_random_moments(database_url: str, tmp_path: Path) -> None:
    """At any moment of the first tasks of each round, which an earlier round may have left half done."""
    luck = random.Random(4)
    data = tmp_path / "data"
    settings = {"setup_tasks": "0", "import_tasks": "0"}  # the fewer host processes are made, the quicker
    task_ids: list[str] = []
    for _ in range(2):
        with running_server(data, settings=settings, database_url=database_url) as server:
            with server.client(server.new_key()) as client:
                task_ids += [_post(client, len(task_ids) + n) for n in range(4)]
                _wait_begun(client, task_ids[-4])
            time.sleep(luck.uniform(0.0, 1.0))
            _kill_everything(server)
    with running_server(data, settings=settings, database_url=database_url) as server:
        disturbed = _products(_with_key(server), task_ids)
        with server.client(server.new_key()) as client:
            undisturbed = [_post(client, n) for n in range(len(task_ids))]
        assert _products(_with_key(server), undisturbed) == disturbed


def _with_key(server: Server) -> Server:
    return Server(server.url, server.new_key(), server.data, server.log, server.database_url, server.process)
