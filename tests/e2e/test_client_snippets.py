"""The snippets of examples/client_snippets work as they stand."""

from __future__ import annotations

import os
import subprocess
import sys
import wave
from pathlib import Path

import pytest
from tests import asking
from tests.server import Server

from soundstage.testing.media import make_clip

SNIPPETS = Path(__file__).resolve().parents[2] / "examples" / "client_snippets"
SECONDS = 150


def run(server: Server, name: str, *arguments: str | Path) -> str:
    program = ["bash"] if name.endswith(".sh") else [sys.executable]
    done = subprocess.run(
        [*program, SNIPPETS / name, *map(str, arguments)],
        env={**os.environ, "SOUNDSTAGE_URL": server.url, "SOUNDSTAGE_KEY": server.key},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("name", ["sound.sh", "sound_official_client.py"])
def test_a_sound(server: Server, tmp_path: Path, name: str) -> None:
    run(server, name, "rain on a tin roof", tmp_path / "rain.wav")
    with wave.open(str(tmp_path / "rain.wav")) as sound:
        assert sound.getnframes() == 2 * 44_100


def test_a_project(server: Server, tmp_path: Path) -> None:
    film = make_clip(tmp_path / "tone.mp4", seconds=2.0)
    told = run(server, "project.py", film)
    assert "done  Prepare the project" in told


def test_events(server: Server) -> None:
    with server.client() as client:
        task_id = asking.sound(client)
    assert '"succeeded"' in run(server, "events.py", task_id)
