"""Which translation models in CTranslate2's form are here, for which languages, and how to get another.

A model is looked for in the setting `translation_models`, then among the pulled ones of the catalogue, then in the
folder `translation` of the models folders (the data folder's and the installation's). There a folder of one pair says
which by its name's end (`opus-mt-en-es`); a multilingual model says it by its vocabulary.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from soundstage.engines.model_catalogue import OWN_ENTRIES, Model, models
from soundstage.engines.model_store import installed, pull_command, shared_models
from soundstage.engines.spec import Capability
from soundstage.engines.translation.ct2_folder import WEIGHTS, ModelFolder
from soundstage.engines.weights import models_dir
from soundstage.errors import Misconfigured

DROPPED_IN = "translation"  # in a models folder
ANY = "*"
_PAIR = re.compile(r"([a-z]{2,3}|\*)-([a-z]{2,3}|\*)")
_NAMED = re.compile(
    r"(?:^|[-_.])([a-z]{2,3})[-_]([a-z]{2,3})(?:[-_.](?:ct2|ctranslate2|int8|float16|float32|big|tiny))*$"
)


@dataclass(frozen=True)
class Placed:
    """A model's folder and the languages that it is there for (ISO 639-1, `*` for any that it knows)."""

    folder: ModelFolder
    source: str
    target: str

    def takes(self, source: str, target: str) -> bool:
        if self.source not in (ANY, source) or self.target not in (ANY, target):
            return False
        if self.folder.style is not None:
            return self.folder.speaks(source, target)
        return self.target != ANY


def find(settings: dict[str, Any], source: str, target: str) -> ModelFolder | None:
    """The model for a pair: of one pair before a multilingual one, else the first in the order of places."""
    fitting = [one for one in _placed(settings) if not one.folder.lacking and one.takes(source, target)]
    fitting.sort(key=lambda one: (one.source == ANY) + (one.target == ANY))
    return fitting[0].folder if fitting else None


def there(settings: dict[str, Any]) -> tuple[ModelFolder, ...]:
    """Every model that can be loaded."""
    return tuple(one.folder for one in _placed(settings) if not one.folder.lacking)


def fault(settings: dict[str, Any]) -> str | None:
    """What is wrong with the setting or with a folder that it names, or that was dropped in; None where nothing is."""
    for pair, path in (settings.get("translation_models") or {}).items():
        if not _PAIR.fullmatch(pair):
            return f"translation_models has {pair!r}, which is no pair such as en-es, *-es or *-*"
        if lacking := ModelFolder(Path(path)).lacking:
            return f"the folder that translation_models has for {pair} lacks {', '.join(lacking)}"
    for one in _dropped_in(settings):
        if lacking := one.folder.lacking:
            return f"the folder {one.folder.path.name} of {DROPPED_IN} in the models folder lacks {', '.join(lacking)}"
    return None


def cure(settings: dict[str, Any], source: str, target: str) -> str:
    """How to get a model for a pair: the catalogue's where it has one, else anybody's."""
    known = next((entry.name for entry in _catalogued(settings) if _is_for(entry, source, target)), None)
    if known is not None:
        return pull_command(known)
    place = f"models/{DROPPED_IN}/{source}-{target}"  # who reads this may not be who knows where the data folder is
    return f"put a CTranslate2 model into the folder {place} of the data folder (docs/how-to/translate.md)"


def fingerprint(settings: dict[str, Any]) -> list[list[Any]]:
    """JSON that changes with the models: of each its place's name, size and time."""
    facts = [(one, (one.folder.path / WEIGHTS).stat()) for one in _placed(settings) if not one.folder.lacking]
    return [[f"{one.source}-{one.target}", fact.st_size, fact.st_mtime_ns] for one, fact in facts]


def _placed(settings: dict[str, Any]) -> Iterator[Placed]:
    for pair, path in (settings.get("translation_models") or {}).items():
        if match := _PAIR.fullmatch(pair):
            yield Placed(ModelFolder(Path(path)), *match.groups())
    for entry in _catalogued(settings):
        if folder := installed(entry, models_dir(settings)):
            for pair in entry.pairs or (f"{ANY}-{ANY}",):
                source, _, target = pair.partition("-")
                yield Placed(ModelFolder(folder), source, target)
    yield from _dropped_in(settings)


def _dropped_in(settings: dict[str, Any]) -> Iterator[Placed]:
    for place in (models_dir(settings), shared_models()):
        try:
            folders = sorted(path for path in (place / DROPPED_IN).iterdir() if path.is_dir())
        except OSError:
            continue
        for path in folders:
            named = _NAMED.search(path.name.lower())
            source, target = named.groups() if named else (ANY, ANY)
            yield Placed(ModelFolder(path), source, target)


def _catalogued(settings: dict[str, Any]) -> tuple[Model, ...]:
    """The catalogue's translation models; a spoilt file of own entries is told by the commands that read it."""
    try:
        entries = models(models_dir(settings).parent / OWN_ENTRIES)
    except Misconfigured:
        entries = models()
    return tuple(entry for entry in entries if entry.capability is Capability.TRANSLATION)


def _is_for(entry: Model, source: str, target: str) -> bool:
    if entry.pairs:
        return f"{source}-{target}" in entry.pairs
    return not entry.languages or {source, target} <= set(entry.languages)
