"""What must never be committed: addresses of registries, paths of a machine, weights, recordings."""

from __future__ import annotations

import re
from pathlib import Path

# Written in parts, so that this file does not hold what it looks for.
REGISTRIES = re.compile(
    "|".join((r"pypi\." + "org", r"files\.python" + "hosted", r"registry\.npm" + "js", "--(extra-)?index" + "-url"))
)
MACHINE_PATHS = re.compile(
    "|".join((r"/(?:root|home|Users)" + r"/\w+", "/work" + "/(?:main|shared)", "/opt" + "/(?:pypi|wheels)"))
)
HEAVY_SUFFIXES = {".onnx", ".safetensors", ".bin", ".pt", ".gguf", ".wav", ".flac", ".mp3", ".mp4", ".db"}
LARGEST_BYTES = 512 * 1024
PROSE = {".md", ".txt", ".html", ".css", ".js", ".svg", ".py", ".toml", ".yaml", ".yml", ".json", ".sh", ""}


def texts(files: tuple[Path, ...]) -> dict[Path, str]:
    return {path: path.read_text(errors="replace") for path in files if path.suffix in PROSE}


def test_no_registry_is_named(files: tuple[Path, ...], root: Path) -> None:
    found = [f"{p.relative_to(root)}: {m[0]}" for p, text in texts(files).items() if (m := REGISTRIES.search(text))]
    assert found == []


def test_no_path_of_a_machine(files: tuple[Path, ...], root: Path) -> None:
    found = [f"{p.relative_to(root)}: {m[0]}" for p, text in texts(files).items() if (m := MACHINE_PATHS.search(text))]
    assert found == []


def test_constraints_pin_versions_only(root: Path) -> None:
    for line in (root / "constraints.txt").read_text().splitlines():
        assert line.startswith("#") or re.fullmatch(r"[a-z0-9-]+==[\w.]+( ; .+)?", line), line


def test_no_weights_recordings_or_large_files(files: tuple[Path, ...], root: Path) -> None:
    wrong = [
        str(path.relative_to(root))
        for path in files
        if path.suffix in HEAVY_SUFFIXES or path.stat().st_size > LARGEST_BYTES
    ]
    assert wrong == []
