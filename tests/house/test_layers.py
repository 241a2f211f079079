"""Imports go downwards only; the contracts stand in pyproject.toml."""

from __future__ import annotations

import subprocess
import sysconfig
from pathlib import Path


def test_the_import_contracts_are_kept(root: Path) -> None:
    program = Path(sysconfig.get_path("scripts")) / "lint-imports"
    run = subprocess.run([program, "--no-cache"], check=False, cwd=root, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    assert " 0 broken" in run.stdout
