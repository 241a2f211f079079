"""The demo as a person runs it: everything made, set up and checked through HTTP by real processes."""

from __future__ import annotations

import subprocess
import sys
import wave
from pathlib import Path

import pytest
from tests.server import environment

from soundstage.cli.data_lock import running_server

DEMO_SECONDS = 500


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_demo_passes_and_leaves_nothing_running(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "soundstage.cli.demo", "--data", str(tmp_path / "demo")],
        cwd=tmp_path,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=DEMO_SECONDS,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "✗" not in ran.stdout
    assert "no engine translates English" in ran.stdout  # said before the work, with its cure
    results = tmp_path / "demo" / "results"
    with wave.open(str(results / "rain.wav")) as rain:
        assert rain.getnframes() == 6 * 44_100
    # whisper spells it both ways
    assert "welcome to the theat" in (results / "source.srt").read_text().replace("\n", " ").lower()
    assert running_server(tmp_path / "demo" / "data") is None
