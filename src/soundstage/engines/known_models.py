"""Models that are known by name alone: data (`[[known]]` in `models.toml`). Nobody here has held their files.

So there is no size, no memory and no checksum of them here, and `soundstage models pull` does not get them: who wants
one reads its licence on the hub and gets it with the hub's own command. What stands here is what its makers publish.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from soundstage.engines.spec import Capability


@dataclass(frozen=True)
class KnownModel:
    """A model of a hub.

    hub: `owner/name` there. engine: which can load it. licence: None where only its card tells. parameters: how many,
    in the makers' words, None where they are not told. gated: its terms are accepted on the hub before it is given.
    first: what must be done before an engine here loads it, None where nothing.
    """

    hub: str
    title: str
    capability: Capability
    engine: str
    extra: str
    licence: str | None = None
    parameters: str | None = None
    gated: bool = False
    first: str | None = None

    @property
    def name(self) -> str:
        return self.hub.rpartition("/")[2].lower()

    @property
    def command(self) -> str:
        """What gets it, into the hub library's own cache."""
        return f"hf download {self.hub}"


def known_models() -> tuple[KnownModel, ...]:
    """All of them, in the catalogue's order."""
    text = files("soundstage.engines").joinpath("models.toml").read_text(encoding="utf-8")
    return tuple(
        KnownModel(**{**entry, "capability": Capability(entry["capability"])}) for entry in tomllib.loads(text)["known"]
    )


def known_model(name: str) -> KnownModel | None:
    """By its name, or by the hub's."""
    return next((one for one in known_models() if name in (one.name, one.hub)), None)


def in_hub_cache(hub: str) -> Path | None:
    """Where the hub's library keeps a model that it has pulled (HF_HOME); None where it has not."""
    from huggingface_hub import snapshot_download  # noqa: PLC0415
    from huggingface_hub.errors import LocalEntryNotFoundError  # noqa: PLC0415

    try:
        return Path(snapshot_download(hub, local_files_only=True))
    except (LocalEntryNotFoundError, ValueError):
        return None
