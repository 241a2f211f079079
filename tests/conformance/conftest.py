"""Official clients on a real server, and finished work for them to read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from camb.client import AsyncCambAI, CambAI
from tests import asking
from tests.server import Server, running_server

from soundstage.testing.media import make_clip, make_text

Use = Callable[[Any], Any]


class Camb:
    """`camb-sdk`: `camb(lambda sdk: sdk.folders.list_folders())` calls it and, where it is async, waits."""

    def __init__(self, sdk: CambAI | AsyncCambAI, runner: asyncio.Runner | None) -> None:
        self.sdk = sdk
        self._runner = runner

    def __call__(self, use: Use) -> Any:
        if self._runner is None:
            return use(self.sdk)
        return self._runner.run(_awaited(use, self.sdk))

    def bytes_of(self, use: Use) -> bytes:
        """The joined pieces of a streamed answer."""
        answer = self(use)
        return answer if isinstance(answer, bytes) else b"".join(answer)


async def _awaited(use: Use, sdk: Any) -> Any:
    answer = use(sdk)
    return b"".join([piece async for piece in answer]) if hasattr(answer, "__aiter__") else await answer


@pytest.fixture
def team_key(server: Server, request: pytest.FixtureRequest) -> str:
    """A key of a team of this test's own."""
    return server.new_key(team=request.node.name)


@pytest.fixture(params=["sync", "async"])
def make_camb(request: pytest.FixtureRequest) -> Iterator[Callable[[str, str], Camb]]:
    """`make_camb(url, key)`: the synchronous client, then the asynchronous one."""
    if request.param == "sync":
        with httpx.Client(timeout=60, trust_env=False) as transport:
            yield lambda url, key: Camb(CambAI(api_key=key, base_url=f"{url}/apis", httpx_client=transport), None)
        return
    with asyncio.Runner() as runner:
        async_transport = httpx.AsyncClient(timeout=60, trust_env=False)
        yield lambda url, key: Camb(
            AsyncCambAI(api_key=key, base_url=f"{url}/apis", httpx_client=async_transport), runner
        )
        runner.run(async_transport.aclose())


@pytest.fixture
def camb(make_camb: Callable[[str, str], Camb], server: Server, team_key: str) -> Camb:
    """Of a team of this test's own."""
    return make_camb(server.url, team_key)


@dataclass(frozen=True)
class Made:
    """Finished work of one team; each pair is `(task_id, run_id)`."""

    key: str
    sounds: tuple[tuple[str, int], ...]
    projects: tuple[tuple[str, int], ...]
    failed_project: str
    parked_project: tuple[str, int]
    cancelled_sound: str


@pytest.fixture(scope="session")
def made(server: Server, idle_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Two sounds, two projects of a tone, a set-up that failed, and one that waits halfway."""
    folder = tmp_path_factory.mktemp("media")
    key = server.new_key(team="conformance")
    with server.client(key) as client:
        media = asking.upload(client, make_clip(folder / "tone.mp4", seconds=1))
        text = asking.upload(client, make_text(folder / "text.mp4"))
        projects = [
            asking.set_up(client, media, project_name="Tone", project_description="A tone of one second"),
            asking.set_up(client, media),
        ]
        failed = asking.set_up(client, text)
        halfway = asking.set_up(client, media, stop_after=["decode"], project_name="Halfway")
        sounds = [asking.sound(client), asking.sound(client, audio_type="music", prompt="slow piano", duration=1)]
        runs = [[(task, asking.succeeded(client, task)["run_id"]) for task in tasks] for tasks in (sounds, projects)]
        asking.failed(client, failed, "CONTENT_DOES_NOT_MATCH_EXTENSION")
        parked = (halfway, asking.parked(client, halfway)["run_id"])
    with idle_server.client() as client:
        cancelled = asking.sound(client)
        client.post(f"/apis/tasks/{cancelled}/cancel").raise_for_status()
    return Made(key, tuple(runs[0]), tuple(runs[1]), failed, parked, cancelled)


@pytest.fixture(scope="session")
def idle_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose tasks stay in line: it has no worker. Its quirks for clients are turned off."""
    data: Path = tmp_path_factory.mktemp("idle") / "data"
    with running_server(data, "--no-worker", settings={"fern_list_replies": "false"}) as running:
        yield running
