"""Which neural sound models are here, and how to get one.

A model is looked for in the setting `sound_models` (a folder, or the name of a hub's model that was pulled with the
hub's own command), then among the pulled ones of the catalogue, then in the folder `sound` of the models folders (the
data folder's and the installation's). Nothing is ever downloaded.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from soundstage.domain.sound import AudioType
from soundstage.engines.known_models import in_hub_cache, known_model
from soundstage.engines.model_catalogue import OWN_ENTRIES, Model, models
from soundstage.engines.model_store import installed, shared_models
from soundstage.engines.sound.neural.model_folder import CARD, Family, ModelFolder
from soundstage.engines.spec import Capability, Readiness
from soundstage.engines.weights import models_dir
from soundstage.errors import Misconfigured

DROPPED_IN = "sound"  # in a models folder
ANY = "any"
SETTINGS = ("models_dir", "sound_models", "sound_steps", "sound_batch", "cpu_threads")
MUSIC_ONLY = frozenset({Family.ACE_STEP})  # the others make both, or their folders do not tell
ON_GPU = 8  # sounds at once
_GPUS = ("/dev/nvidiactl", "/dev/kfd")  # what the drivers of NVIDIA and AMD make
_PAGE = "docs/how-to/use-a-neural-engine.md"


@dataclass(frozen=True)
class Placed:
    """A model's folder and what it is there for: `sound`, `music` or `any`."""

    folder: ModelFolder
    use: str


def find(settings: dict[str, Any], families: frozenset[Family], wanted: AudioType) -> ModelFolder | None:
    """The model for sounds or for music: one put there for just that first, one that is made for other things last."""
    fitting = [one for one in there(settings, families) if one.use in (ANY, wanted)] or there(settings, families)
    made_for_other = wanted != AudioType.MUSIC

    def lateness(one: Placed) -> tuple[bool, bool]:
        return one.use != wanted, made_for_other and one.folder.family in MUSIC_ONLY

    return min(fitting, key=lateness).folder if fitting else None  # of equals the first


def there(settings: dict[str, Any], families: frozenset[Family]) -> tuple[Placed, ...]:
    """Every model of these families that can be loaded."""
    return tuple(one for one in _placed(settings) if one.folder.family in families and one.folder.fault is None)


def check(settings: dict[str, Any], families: frozenset[Family], packages: Sequence[str], example: str) -> Readiness:
    """Whether the packages and a model are there, with the command that cures it where they are not."""
    missing = [name for name in packages if importlib.util.find_spec(name) is None]
    if missing:
        return Readiness.no(f"the package {missing[0]} is not installed", 'pip install "soundstage[neural]"')
    if there(settings, families):
        return Readiness.yes()
    told = fault(settings, families) or "no model for it is there"
    return Readiness.no(told, cure(settings, example))


def fault(settings: dict[str, Any], families: frozenset[Family]) -> str | None:
    """What is wrong with what the setting names or was dropped in, unless it is another engine's; None: nothing is."""
    for use in settings.get("sound_models") or {}:
        if use not in (ANY, *AudioType):
            return f"sound_models has {use!r}, which is not {ANY}, {' or '.join(AudioType)}"
    for one in _placed(settings):
        if one.folder.fault and (one.folder.family is None or one.folder.family in families):
            return f"the model {one.folder.name} {one.folder.fault}"
    return None


def cure(settings: dict[str, Any], example: str) -> str:
    """How to get a model; where a hub's name is set, the command that pulls that one."""
    for one in (settings.get("sound_models") or {}).values():
        if _is_hub_name(one) and in_hub_cache(one) is None:
            return f"hf download {one}"
    return (
        f"hf download {example} (`soundstage models list` knows others), then name it in the setting sound_models "
        f"({_PAGE})"
    )


def licence_of(folder: ModelFolder) -> str:
    """What its card says; else what is known of a model of this name."""
    known = known_model(folder.name)
    told = None if known is None else known.licence
    return folder.licence if told is None or (folder.path / CARD).is_file() else told


def together(settings: dict[str, Any]) -> int:
    """How many sounds of waiting tasks may be made at once: on the CPU, where it is no faster, each is made alone."""
    gpu = any(Path(device).exists() for device in _GPUS)
    return int(settings.get("sound_batch") or (ON_GPU if gpu else 1))


def fingerprint(settings: dict[str, Any], families: frozenset[Family]) -> list[list[Any]]:
    """JSON that changes with the models and with how they are run."""
    found: list[list[Any]] = [[settings.get("sound_steps"), settings.get("sound_batch")]]
    for one in there(settings, families):
        facts = [path.stat() for path in one.folder.weights]
        found.append([one.use, one.folder.name, sum(f.st_size for f in facts), max(f.st_mtime_ns for f in facts)])
    return found


def _placed(settings: dict[str, Any]) -> Iterator[Placed]:
    for use, named in (settings.get("sound_models") or {}).items():
        if _is_hub_name(named):
            yield Placed(ModelFolder(in_hub_cache(named) or Path(named), named), use)
        else:
            yield Placed(ModelFolder(Path(named), Path(named).name), use)
    for entry in _catalogued(settings):
        if folder := installed(entry, models_dir(settings)):
            yield Placed(ModelFolder(folder, entry.hub or entry.name), ANY)
    for place in (models_dir(settings), shared_models()):
        try:
            folders = sorted(path for path in (place / DROPPED_IN).iterdir() if path.is_dir())
        except OSError:
            continue
        yield from (Placed(ModelFolder(path, path.name), ANY) for path in folders)


def _is_hub_name(named: str) -> bool:
    """`owner/name`, unless there is such a folder."""
    return named.count("/") == 1 and not named.startswith((".", "/", "~")) and not Path(named).is_dir()


def _catalogued(settings: dict[str, Any]) -> tuple[Model, ...]:
    """The catalogue's sound models; a spoilt file of own entries is told by the commands that read it."""
    try:
        entries = models(models_dir(settings).parent / OWN_ENTRIES)
    except Misconfigured:
        entries = models()
    return tuple(entry for entry in entries if entry.capability is Capability.SOUND)
