"""What the benchmarks share: a server to measure, CPU of a process tree, a table, a JSON file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import psutil
from rich.console import Console
from rich.table import Table

ENDED = ("succeeded", "failed", "cancelled")
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
        if status["state"] in ENDED:
            return status
        time.sleep(0.05)


def upload(client: httpx.Client, path: Path) -> str:
    with path.open("rb") as file:
        media_url: str = client.post("/apis/uploads", files={"file": (path.name, file)}).json()["media_url"]
    return media_url


def set_up(client: httpx.Client, media: Path) -> str:
    """Begin to set this file up; gives the task's id."""
    body = {"media_url": upload(client, media), "source_language": "auto", "target_languages": ["es-es"]}
    task_id: str = client.post("/apis/project-setup", json=body).json()["task_id"]
    return task_id


def stage_seconds(status: dict[str, Any]) -> dict[str, float]:
    """Wall seconds of each stage of an ended task."""
    stages = status["stages"]
    times = {one["name"]: [datetime.fromisoformat(one[at]) for at in ("started_at", "finished_at")] for one in stages}
    return {name: (finished - started).total_seconds() for name, (started, finished) in times.items()}


@dataclass(frozen=True)
class Row:
    """A figure of a table. goal: in words; met: whether it is, None where there is none. others: figures to compare."""

    measure: str
    what: str
    figure: float
    goal: str = ""
    met: bool | None = None
    others: dict[str, float] = field(default_factory=dict)


def tell_table(question: str, rows: list[Row]) -> None:
    """Print the rows as one table and keep them as `results/<question>.json`."""
    columns = list(dict.fromkeys(name for row in rows for name in row.others))
    table = Table("measure", "of", "figure", *columns, "goal", "met", title=question)
    for row in rows:
        others = [f"{row.others[name]:.4g}" if name in row.others else "" for name in columns]
        met = {True: "yes", False: "NO", None: ""}[row.met]
        table.add_row(row.measure, row.what, f"{row.figure:.4g}", *others, row.goal, met)
    Console(width=160).print(table)
    missed = [f"{row.measure} of {row.what}" for row in rows if row.met is False]
    print(f"missed goals: {'; '.join(missed) if missed else 'none'}")
    _keep(question, {"rows": [asdict(row) for row in rows]})


def tell(question: str, goal: str, rows: dict[str, Any]) -> None:
    """Print the figures and keep them as `results/<question>.json`."""
    print(f"\n{question}\n  goal: {goal}")
    for name, value in rows.items():
        print(f"  {name:<44} {value:.4g}" if isinstance(value, float) else f"  {name:<44} {value}")
    _keep(question, {"goal": goal, **rows})


def _keep(question: str, figures: dict[str, Any]) -> None:
    RESULTS.mkdir(exist_ok=True)
    name = "".join(c if c.isalnum() else "-" for c in question.lower()).strip("-")
    (RESULTS / f"{name}.json").write_text(json.dumps({"question": question, **figures}, indent=2))
