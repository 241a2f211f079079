"""The models that are known to be good: data (`models.toml`), read into frozen values."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from soundstage.engines.spec import Capability
from soundstage.errors import Misconfigured, NotFound

OWN_ENTRIES = "models.toml"  # in the data folder


@dataclass(frozen=True)
class ModelFile:
    """A file of the source: `path` inside the hub's repository, or from where packages lie, so that its first part is
    the package's folder."""

    path: str
    bytes: int
    sha256: str

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]


@dataclass(frozen=True)
class Model:
    """Weights for one engine.

    package, version: what the Python index calls the package that holds them. Out of a hub, package is None and the
        version is the beginning of the commit.
    files: all that is taken out of it, each by another name.
    convert: dotted name (`package.module:function`) of `(source: Path, target: Path) -> None`, which makes what is
        kept (in the empty folder `target`) out of the files (in `source`, by their names alone); None: they are kept as
        they are.
    revision: goes up whenever `convert` makes something else.
    languages: ISO 639-1 codes; empty where the model is not bound to any.
    pairs: of a translation model, which way (`en-es`); empty for one of many languages.
    default: whether it is part of the default product, which scripts/install puts there.
    hub, commit: the repository (`owner/name`) of a model hub that holds them, instead of a package, and which state of
        it (40 hexadecimal digits).
    download_mb, disk_mb, memory_mb, cpu_seconds_per_second (of audio, one core): what it costs, as measured.
    """

    name: str
    title: str
    capability: Capability
    licence: str
    package: str | None
    version: str
    revision: int
    files: tuple[ModelFile, ...]
    convert: str | None
    languages: tuple[str, ...]
    download_mb: int
    disk_mb: int
    memory_mb: int
    cpu_seconds_per_second: float
    default: bool = False
    pairs: tuple[str, ...] = ()
    hub: str | None = None
    commit: str | None = None

    @property
    def source(self) -> str:
        """Where it comes from, for a person: `package==version` or `owner/name@commit`."""
        return f"{self.package}=={self.version}" if self.hub is None else f"{self.hub}@{self.commit}"


def models(own: Path | None = None) -> tuple[Model, ...]:
    """All of the catalogue, in its order; then the entries of the file `own`, where it is there.

    Raises Misconfigured where something is wrong in that file.
    """
    text = files("soundstage.engines").joinpath("models.toml").read_text(encoding="utf-8")
    known = tuple(_model(entry) for entry in tomllib.loads(text)["model"])
    if own is None or not own.is_file():
        return known
    try:
        added = tuple(_model(entry) for entry in tomllib.loads(own.read_text(encoding="utf-8"))["model"])
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise Misconfigured(f"{own} is not as docs/how-to/add-a-model.md says: {error}") from error
    names = [entry.name for entry in known + added]
    for name in names:
        if names.count(name) > 1:
            raise Misconfigured(f"{own} has a model {name!r}, but there is one of that name: give it another")
    return known + added


def model(name: str, own: Path | None = None) -> Model:
    """The model of this name. Raises NotFound with the names there are."""
    there = models(own)
    for known in there:
        if known.name == name:
            return known
    raise NotFound(f"the catalogue has no model {name!r}; it has {', '.join(known.name for known in there)}")


def identity(name: str) -> str:
    """Which state of a model of the catalogue is loaded, for `EngineSpec.model`."""
    known = model(name)
    return f"{known.source}/{known.revision}"


def _model(entry: dict[str, Any]) -> Model:
    """Raises TypeError, ValueError or KeyError where the data is not what `Model` says."""
    optional: dict[str, Any] = {"package": None, "convert": None, "revision": 1}
    if "hub" in entry:
        optional["version"] = str(entry["commit"])[:12]
    found = Model(
        **{
            **optional,
            **entry,
            "capability": Capability(entry["capability"]),
            "languages": tuple(entry.get("languages", ())),
            "pairs": tuple(entry.get("pairs", ())),
            "files": tuple(ModelFile(**file) for file in entry["files"]),
        }
    )
    _check(found)
    return found


def _check(entry: Model) -> None:
    """What becomes a path or an address, and what would be doubted too late. Raises ValueError."""
    rules = {
        "name: small letters, digits, dots and dashes": re.fullmatch(r"[a-z0-9][a-z0-9.-]*", entry.name),
        "either package and version, or hub and commit": (entry.package is None) == (entry.hub is not None),
        "version: digits, letters and dots": re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.+!_]*", entry.version),
        "hub: owner/name": re.fullmatch(r"[\w.-]+/[\w.-]+", entry.hub or "owner/name"),
        "commit: 40 hexadecimal digits": entry.hub is None or re.fullmatch(r"[0-9a-f]{40}", entry.commit or ""),
        "files: one at least, each by another name": entry.files
        and len({file.name for file in entry.files}) == len(entry.files),
        "pairs: such as en-es": all(re.fullmatch(r"[a-z]{2,3}-[a-z]{2,3}", pair) for pair in entry.pairs),
        "path: inside its source": all(_is_inside(file.path) for file in entry.files),
        "sha256: 64 hexadecimal digits": all(re.fullmatch(r"[0-9a-f]{64}", file.sha256) for file in entry.files),
    }
    for rule, kept in rules.items():
        if not kept:
            raise ValueError(f"{entry.name!r} needs {rule}")


def _is_inside(path: str) -> bool:
    parts = path.split("/")
    return not {"", ".", ".."} & set(parts) and parts[-1] != "manifest.json"
