"""The example package as pip would have installed it, without installing it."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "engine_package"


@pytest.fixture
def tone_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The example's modules can be imported and its entry point is found, made out of its own pyproject.toml."""
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text())["project"]
    name, version = project["name"], project["version"]
    info = tmp_path / "site" / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    lines = [f"{point} = {value}" for point, value in project["entry-points"]["soundstage.engines"].items()]
    (info / "entry_points.txt").write_text("\n".join(["[soundstage.engines]", *lines, ""]))
    monkeypatch.syspath_prepend(str(info.parent))
    monkeypatch.syspath_prepend(str(EXAMPLE / "src"))
    yield info.parent
    for module in [module for module in sys.modules if module.startswith("soundstage_tone")]:
        del sys.modules[module]
