"""A file holds one subject, a function fits a screen."""

from __future__ import annotations

import ast
from pathlib import Path

FILE_LINES = 400
FUNCTION_LINES = 60


def test_no_file_is_longer_than_one_subject(modules: dict[Path, ast.Module], root: Path) -> None:
    lengths = {path.relative_to(root): len(path.read_text().splitlines()) for path in modules}
    assert {str(path): lines for path, lines in lengths.items() if lines > FILE_LINES} == {}


def test_every_function_fits_a_screen(modules: dict[Path, ast.Module], root: Path) -> None:
    long = {
        f"{path.relative_to(root)}:{node.lineno} {node.name}": lines
        for path, tree in modules.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES
    }
    assert long == {}


def test_the_shell_scripts_are_short(root: Path) -> None:
    for script in (root / "scripts").iterdir():
        if script.suffix == "":
            assert len(script.read_text().splitlines()) <= 40, script.name
