"""One word for one thing: no synonyms in what we name (shared vocabulary, CONTRIBUTING.md)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

FORBIDDEN = {"job", "chunk", "utterance", "asset", "manager", "helper"}
FORBIDDEN_FILES = {"common", "misc", "util", "utils"}
FORBIDDEN_PAIRS = ("file_id",)
# A name that a standard or a library gives, and where from.
ALLOWED = {
    ("chunk", "src/soundstage/media"): "RIFF calls the parts of a WAV chunks",
}
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and name of all that a module names itself: classes, functions, arguments, variables, attributes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id if isinstance(node, ast.Name) else node.attr


def is_forbidden(name: str, folder: str) -> bool:
    words = {word.lower().removesuffix("s") for word in _WORDS.findall(name)} | {
        w.lower() for w in _WORDS.findall(name)
    }
    found = {word for word in words & FORBIDDEN if not any(word == w and folder.startswith(f) for w, f in ALLOWED)}
    return bool(found) or any(pair in name.lower() for pair in FORBIDDEN_PAIRS)


def test_names_in_the_code(product: dict[Path, ast.Module], root: Path) -> None:
    wrong = [
        f"{path.relative_to(root)}:{line} {name}"
        for path, tree in product.items()
        for line, name in names(tree)
        if is_forbidden(name, str(path.parent.relative_to(root)))
    ]
    assert wrong == []


def test_names_of_files(files: tuple[Path, ...], root: Path) -> None:
    wrong = [
        str(path.relative_to(root)) for path in files if path.stem in FORBIDDEN_FILES or is_forbidden(path.stem, "")
    ]
    assert wrong == []


def test_the_rule_sees_words_inside_names() -> None:
    assert is_forbidden("read_chunks", "src/soundstage/host")
    assert is_forbidden("TaskManager", "src/soundstage/runtime")
    assert is_forbidden("file_id", "src")
    assert not is_forbidden("chunk", "src/soundstage/media")
    assert not is_forbidden("jobless", "src")
