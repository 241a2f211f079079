"""What the benchmarks share: a server to measure, CPU of a process tree, a table, a JSON file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil

RESULTS = Path(__file__).with_name("results")


@dataclass(frozen=True)
class Served:
    url: str
    key: str
    process: psutil.Process
    data: Path

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, headers={"x-api-key": self.key}, timeout=60.0, trust_env=False)


@contextmanager
def served(data: Path, *options: str, **settings: str) -> Iterator[Served]:
    """A real `soundstage serve` on a free port and an empty data folder."""
    environment = os.environ | {f"SOUNDSTAGE_{name.upper()}": value for name, value in settings.items()}
    command = [sys.executable, "-m", "soundstage", "serve", "--port", "0", "--data", str(data), "--json", *options]
    with (data.parent / "server.log").open("ab") as log:
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, env=environment)
    assert server.stdout is not None
    try:
        ready = json.loads(server.stdout.readline())
        yield Served(ready["url"], ready["key"], psutil.Process(server.pid), data)
    finally:
        server.terminate()
        server.wait(90)
        server.stdout.close()


def cpu_seconds(process: psutil.Process, *, tree: bool = False) -> float:
    """User and system seconds a process has used, with its children where `tree` (those alive, and those waited for)."""
    total = 0.0
    for one in [process, *(process.children(recursive=True) if tree else [])]:
        try:
            times = one.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
        if tree:
            total += times.children_user + times.children_system
    return total


def wait_ended(client: httpx.Client, task_id: str) -> dict[str, Any]:
    while True:
        status: dict[str, Any] = client.get(f"/apis/tasks/{task_id}").json()
        if status["state"] in ("succeeded", "failed", "cancelled"):
            return status
        time.sleep(0.05)


def tell(question: str, goal: str, rows: dict[str, Any]) -> None:
    """Print the figures and keep them as `results/<question>.json`."""
    print(f"\n{question}\n  goal: {goal}")
    for name, value in rows.items():
        print(f"  {name:<44} {value:.4g}" if isinstance(value, float) else f"  {name:<44} {value}")
    RESULTS.mkdir(exist_ok=True)
    name = "".join(c if c.isalnum() else "-" for c in question.lower()).strip("-")
    (RESULTS / f"{name}.json").write_text(json.dumps({"question": question, "goal": goal, **rows}, indent=2))
