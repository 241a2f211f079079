"""Servers with limits that a test can reach, and media by URL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from tests.e2e.web import MB, Web, running_web
from tests.server import Server, running_server

from soundstage.testing.media import make_clip


@pytest.fixture
def client(server: Server, request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    """Of a team of this test's own."""
    with server.client(server.new_key(team=request.node.name)) as client:
        yield client


@pytest.fixture(scope="session")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with running_web() as web:
        tone = make_clip(tmp_path_factory.mktemp("web") / "tone.wav", seconds=1)
        web.media["/tone.wav"] = tone.read_bytes()
        yield web


@pytest.fixture(scope="session")
def open_server(web: Web, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that may fetch from `web` by its address, takes up to 3 MB and 20 s of media, and waits for 8 s."""
    settings = {
        "fetch_allow": f"127.0.0.1:{web.port}",
        "max_media_bytes": str(3 * MB),
        "max_media_seconds": "20",
        "fetch_timeout_seconds": "8",
        "setup_tasks": "2",
        "sound_tasks": "0",
    }
    with running_server(tmp_path_factory.mktemp("open") / "data", settings=settings) as running:
        yield running


@pytest.fixture(scope="session")
def limited_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server without a worker whose teams may have 3 tasks and keep 1 MB, and whose keys 60 requests a minute."""
    settings = {
        "team_concurrent_tasks": "3",
        "team_disk_quota_bytes": str(MB),
        "max_upload_bytes": str(2 * MB),
        "rate_limit_per_minute": "60",
        "failure_word": "FAILED",
    }
    with running_server(tmp_path_factory.mktemp("limited") / "data", "--no-worker", settings=settings) as running:
        yield running


@pytest.fixture(scope="session")
def refused() -> Callable[[httpx.Response, int], Any]:
    """Checks the one body of every refusal, and gives its `detail`."""

    def check(answer: httpx.Response, status: int) -> Any:
        assert answer.status_code == status, answer.text
        body = answer.json()
        assert set(body) == {"detail", "error", "status"}
        assert body["status"] == status
        assert isinstance(body["error"], str)
        assert len(body["error"]) > 10
        if status == 422:
            assert all(set(fault) == {"loc", "msg", "type"} for fault in body["detail"])
        else:
            assert body["detail"] == body["error"]
        return body["detail"]

    return check
