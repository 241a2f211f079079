"""`@camb-ai/sdk` 1.0.1 for Node: the calls whose answers the generated clients read in their own way."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from tests import asking

from soundstage.testing.media import make_clip

PACKAGE = "@camb-ai/sdk@1.0.1"
SCRIPT = Path(__file__).with_name("node_client.mjs")


@pytest.fixture(scope="session")
def node_folder(tmp_path_factory) -> Path:
    """A folder with the package installed."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        pytest.skip("npm and node are needed to try the Node client")
    folder = tmp_path_factory.mktemp("node")
    command = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder), PACKAGE]
    try:
        done = subprocess.run(
            command, check=False, capture_output=True, text=True, timeout=90, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired:
        pytest.skip("npm could not fetch the Node client within 90 s")
    if done.returncode:
        pytest.skip(f"npm could not fetch the Node client: {done.stderr[-300:]}")
    shutil.copy(SCRIPT, folder / "client.mjs")
    return folder


def test_the_node_client(node_folder, server, made, tmp_path):
    with server.client(made.key) as client:
        media_url = asking.upload(client, make_clip(tmp_path / "tone.wav", seconds=1))
    told = {
        "baseUrl": f"{server.url}/apis",
        "apiKey": made.key,
        "mediaUrl": media_url,
        "failedProject": made.failed_project,
        "parkedProject": made.parked_project[0],
        "sounds": [run_id for _, run_id in made.sounds],
        "projects": [run_id for _, run_id in made.projects],
    }
    done = subprocess.run(
        ["node", "client.mjs", json.dumps(told)],
        check=False,
        cwd=node_folder,
        capture_output=True,
        text=True,
        timeout=240,
        env={**os.environ, "NO_PROXY": "127.0.0.1"},
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {"ok": True}
