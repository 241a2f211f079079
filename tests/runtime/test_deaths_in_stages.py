"""kill -9 in every stage of a real set-up: host processes and the worker die, others go on, the project is the same."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
import soundfile
from tests import asking
from tests.e2e.kept import assert_nothing_half_made, rows
from tests.engines.translation.conftest import ChatServer, chat  # noqa: F401 - a fixture
from tests.runtime.road_kit import kill, lives
from tests.server import Server, environment, running_server

from soundstage.media.test_card import write_test_card
from soundstage.pipelines.project_setup import PIPELINE

SCRIPT = Path(__file__).with_name("holding_worker.py")
# Stages that run side by side die together.
DEATHS = (
    ("ingest",), ("probe",), ("decode",), ("separate", "detect_activity", "diarize"), ("transcribe",), ("segment",),
    ("translate",), ("prepare",),
)  # fmt: skip
ENGINES = {stage.name for stage in PIPELINE.stages if stage.capability is not None}
PATIENCE_SECONDS = 120.0


@dataclass
class Setup:
    """A server without a worker, and workers that stop where `orders` say; all are killed in the end."""

    server: Server
    orders: Path
    settings: dict[str, str]
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start_worker(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, str(SCRIPT), str(self.server.data), str(self.orders)]
        with self.server.log.open("ab") as log:
            self.workers.append(subprocess.Popen(command, env=environment(self.settings), stderr=log))
        return self.workers[-1]

    def order(self, stages: tuple[str, ...], number: int) -> list[Path]:
        orders = [self.orders / f"{stage}-{number}" for stage in stages]
        for order in orders:
            order.touch()
        return orders

    def wait_held(self, orders: list[Path]) -> psutil.Process:
        """The worker that holds all these stages."""
        held = [order.with_suffix(".held") for order in orders]
        self.wait(lambda: all(one.exists() for one in held))
        (pid,) = {int(one.read_text()) for one in held}
        return psutil.Process(pid)

    def wait(self, until: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while not until():
            assert time.monotonic() < end, "waited too long; " + self.server.log.read_text()[-3000:]
            time.sleep(0.03)


@contextmanager
def set_up_without_worker(folder: Path, chat_url: str) -> Iterator[Setup]:
    endpoint = json.dumps({"url": chat_url, "model": "capitals"})
    settings = {"translation_endpoint": endpoint, "heartbeat_seconds": "0.3", "log_level": "warning"}
    (folder / "orders").mkdir()
    with running_server(folder / "data", "--no-worker", settings=settings) as server:
        made = Setup(server, folder / "orders", settings | {"database_url": server.database_url})
        try:
            yield made
        finally:
            for worker in made.workers:
                kill(worker)  # type: ignore[arg-type]


def host_processes(worker: psutil.Process) -> list[psutil.Process]:
    found = []
    for one in worker.children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # a zombie has no command line
            found += [one] if "soundstage.host.child" in one.cmdline() else []
    return found


@pytest.fixture(scope="module")
def film(clips: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds of speech with a picture."""
    folder = tmp_path_factory.mktemp("film")
    samples, rate = soundfile.read(clips / "jfk.flac")
    soundfile.write(folder / "speech.wav", samples[: 4 * rate], rate)
    write_test_card(folder / "speech.wav", folder / "film.mp4")
    return folder / "film.mp4"


@dataclass
class Project:
    """A set-up of the film for a team of its own."""

    server: Server
    client: httpx.Client
    task_id: str

    @classmethod
    def begun(cls, server: Server, client: httpx.Client, film: Path) -> Project:
        return cls(server, client, asking.set_up(client, asking.upload(client, film)))

    def document(self) -> dict[str, Any]:
        """The project document once the task has succeeded, without the time it was made at."""
        run_id = asking.succeeded(self.client, self.task_id)["run_id"]
        document: dict[str, Any] = self.client.get(f"/apis/projects/{run_id}").json()
        del document["created_at"]
        return document

    def kept(self) -> set[tuple[object, ...]]:
        """Stage, name and bytes of every file but the document, which holds a time."""
        query = "SELECT stage, name, sha256 FROM artifact_references WHERE task_id = '{}' AND name != 'project.json'"
        return set(rows(self.server.data, query.format(self.task_id)))

    def events(self) -> list[tuple[str, str]]:
        """Type and stage or state of each event, sorted: stages side by side end in any order."""
        query = f"SELECT type, data FROM events WHERE task_id = '{self.task_id}'"
        told = [(str(kind), json.loads(str(data))) for kind, data in rows(self.server.data, query)]
        return sorted((kind, str(data.get("stage") or data.get("name") or data["state"])) for kind, data in told)


@pytest.mark.timeout(600)
def test_every_stage_survives_the_death_of_its_host_and_of_its_worker(
    film: Path,
    chat: ChatServer,  # noqa: F811
    tmp_path: Path,
) -> None:
    with (
        set_up_without_worker(tmp_path, chat.url) as setup,
        setup.server.client(setup.server.new_key("one team")) as one_team,
        setup.server.client(setup.server.new_key("another team")) as another_team,
    ):
        setup.start_worker()
        undisturbed = Project.begun(setup.server, one_team, film)
        expected = undisturbed.document()
        deaths = [(stages, number) for stages in DEATHS for number in ((1, 2) if ENGINES.issuperset(stages) else (2,))]
        orders = [setup.order(*death) for death in deaths]
        disturbed = Project.begun(setup.server, another_team, film)
        for (_, number), order in zip(deaths, orders, strict=True):
            worker = setup.wait_held(order)
            hosts = host_processes(worker)
            if number == 1:
                assert len(hosts) >= len(order)
                for host in hosts:
                    host.kill()
                for one in order:
                    one.with_suffix(".go").touch()
            else:
                setup.start_worker()
                worker.kill()
                setup.wait(lambda dead=(worker, *hosts): not any(map(lives, dead)))
        assert disturbed.document() == expected
        assert disturbed.kept() == undisturbed.kept()
        taken_over = [("status", stages[0]) for stages, number in deaths if number == 2]
        assert disturbed.events() == sorted(undisturbed.events() + taken_over)
        runs = rows(setup.server.data, "SELECT task_id FROM runs")
        assert sorted(runs) == sorted([(undisturbed.task_id,), (disturbed.task_id,)])
        assert_nothing_half_made(setup.server.data)
