"""What is in the folder of a neural sound model: its family, whether it can be loaded, under which licence it is.

Nothing here imports torch: an engine's check asks it. Weights are taken as safetensors only: a pickled file can run
code when it is loaded (the Python manual, `pickle`), and so can code of the model's own.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

INDEX, CONFIG, CARD = "model_index.json", "config.json", "README.md"
UNTOLD = "not told by the model's folder: see where it comes from"
_PICKLED = ("*.bin", "*.pt", "*.pth", "*.ckpt")


class Family(StrEnum):
    """Kinds of models, each by what its files call it: a pipeline's class, or `model_type`."""

    STABLE_AUDIO = "StableAudioPipeline"
    STABLE_AUDIO_3 = "StableAudio3Pipeline"
    AUDIOLDM2 = "AudioLDM2Pipeline"
    ACE_STEP = "AceStepPipeline"
    MUSICGEN = "musicgen"


PIPELINES = frozenset({Family.STABLE_AUDIO, Family.STABLE_AUDIO_3, Family.AUDIOLDM2, Family.ACE_STEP})
MUSICGEN_FORM = frozenset({Family.MUSICGEN})


@dataclass(frozen=True)
class ModelFolder:
    """A model's folder; `name` is the hub's (`owner/name`) or the folder's. Nothing is read before it is asked for."""

    path: Path
    name: str

    @cached_property
    def called(self) -> str | None:
        """What kind of model the files say it is, known to us or not; None where they say nothing."""
        index = _json(self.path / INDEX)
        said = index.get("_class_name") if index else _json(self.path / CONFIG).get("model_type")
        return said if isinstance(said, str) else None

    @property
    def family(self) -> Family | None:
        return next((family for family in Family if family == self.called), None)

    @cached_property
    def fault(self) -> str | None:
        """Why it cannot be loaded, as the end of a sentence that begins with its name; None where it can."""
        if not self.path.is_dir():
            return "is not there"
        if self.called is None:
            return f"has neither {INDEX} nor {CONFIG} of a model"
        if self.family is None:
            return f"is of a kind that is not known ({self.called}); known are {', '.join(Family)}"
        for part in self._parts:
            if not part.is_dir():
                return f"lacks the folder {part.name}"
            if (part / CONFIG).is_file() and not any(part.glob("*.safetensors")):
                pickled = next((path.name for kind in _PICKLED for path in part.glob(kind)), None)
                where = part.relative_to(self.path)
                return (
                    f"lacks safetensors in {where}"
                    if pickled is None
                    else f"holds only pickled weights ({where / pickled}), which could run code and are not loaded"
                )
        return None

    @property
    def weights(self) -> tuple[Path, ...]:
        return tuple(sorted(path for part in self._parts for path in part.glob("*.safetensors")))

    @cached_property
    def licence(self) -> str:
        """What the model card says: `license_name` where `license` is `other`, with the link beside it."""
        said = _card(self.path / CARD)
        licence = said.get("license")
        if licence in (None, "other", "unknown"):
            licence = said.get("license_name", licence)
        if licence is None or licence in ("other", "unknown"):
            return said.get("license_link", UNTOLD)
        return licence

    @property
    def _parts(self) -> tuple[Path, ...]:
        """Folders with a part of the model each; a pipeline's index names them."""
        index = _json(self.path / INDEX)
        named = [name for name, part in index.items() if isinstance(part, list) and len(part) == 2 and all(part)]
        return tuple(self.path / name for name in named) or (self.path,)


def _json(path: Path) -> dict[str, Any]:
    try:
        read = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def _card(path: Path) -> dict[str, str]:
    """The plain fields of a model card's head (YAML between two lines of dashes)."""
    try:
        text = path.read_text("utf-8", errors="replace")
    except OSError:
        return {}
    head = re.match(r"\s*---\s*\n(.*?)\n---", text, re.DOTALL)
    lines = head.group(1).splitlines() if head else []
    fields = (re.fullmatch(r"(\w+):\s*[\"']?([^\"'\n]+?)[\"']?\s*", line) for line in lines)
    return {field.group(1): field.group(2) for field in fields if field}
