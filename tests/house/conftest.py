"""What the house rules look at: the files that git tracks or would track."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    """The clone."""
    return ROOT


@pytest.fixture(scope="session")
def files(root: Path) -> tuple[Path, ...]:
    """Every file of the tree that is not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        check=True,
        text=True,
    ).stdout.split("\0")
    return tuple(path for name in sorted(filter(None, listed)) if (path := root / name).is_file())


@pytest.fixture(scope="session")
def modules(files: tuple[Path, ...]) -> dict[Path, ast.Module]:
    """Every Python file, parsed."""
    return {path: ast.parse(path.read_text()) for path in files if path.suffix == ".py"}


@pytest.fixture(scope="session")
def product(modules: dict[Path, ast.Module], root: Path) -> dict[Path, ast.Module]:
    """The Python files that are shipped."""
    return {path: tree for path, tree in modules.items() if path.is_relative_to(root / "src")}
