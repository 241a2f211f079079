"""What is in the folder of a translation model in CTranslate2's form: its files, the languages they tell of."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from soundstage.engines.translation.language_tokens import Style, language_token, style_of

WEIGHTS = "model.bin"
_VOCABULARIES = ("shared_vocabulary", "target_vocabulary")
_BOTH_SIDES = ("sentencepiece.bpe.model", "sentencepiece.model", "spiece.model", "spm.model")
_TOKEN = re.compile(r"__[a-z]{2,3}__|<2[A-Za-z_]{2,12}>|>>[A-Za-z_]{2,12}<<|(?<![\w])[a-z]{3}_[A-Z][a-z]{3}(?!\w)")


@dataclass(frozen=True)
class ModelFolder:
    """A model's folder; nothing of it is read before it is asked for."""

    path: Path

    @property
    def lacking(self) -> tuple[str, ...]:
        """What is missing of it: () where the model can be loaded."""
        lacking = [] if (self.path / WEIGHTS).is_file() else [WEIGHTS]
        if self.vocabulary is None:
            lacking.append("shared_vocabulary.json")
        if not self.pieces:
            lacking.append("source.spm and target.spm (or sentencepiece.bpe.model)")
        return tuple(lacking)

    @property
    def vocabulary(self) -> Path | None:
        """The file of the target's tokens."""
        places = (self.path / f"{name}.{ending}" for name in _VOCABULARIES for ending in ("json", "txt"))
        return next((place for place in places if place.is_file()), None)

    @property
    def pieces(self) -> tuple[Path, Path] | None:
        """The SentencePiece models of source and target."""
        own = self.path / "source.spm", self.path / "target.spm"
        if all(path.is_file() for path in own):
            return own
        shared = next((self.path / name for name in _BOTH_SIDES if (self.path / name).is_file()), None)
        return None if shared is None else (shared, shared)

    @cached_property
    def language_tokens(self) -> frozenset[str]:
        """Tokens of the vocabulary that look like those of languages; cheap even of a vocabulary of megabytes."""
        return frozenset() if self.vocabulary is None else frozenset(_TOKEN.findall(self.vocabulary.read_text("utf-8")))

    @cached_property
    def style(self) -> Style | None:
        """How a multilingual model writes its languages; None for a model of one pair."""
        return style_of(self.language_tokens)

    def token(self, tag: str) -> str | None:
        """The token of a language in a multilingual model."""
        return None if self.style is None else language_token(self.language_tokens, self.style, tag)

    def speaks(self, source: str, target: str) -> bool:
        """Whether a multilingual model has tokens for the languages that it needs one for."""
        if self.style is None or self.token(target) is None:
            return False
        return self.style in (Style.MADLAD, Style.OPUS) or self.token(source) is not None

    @cached_property
    def adds_end(self) -> bool:
        """Whether CTranslate2 puts the end token behind each source text by itself."""
        return bool(self._config.get("add_source_eos"))

    @property
    def end_token(self) -> str:
        return str(self._config.get("eos_token", "</s>"))

    @cached_property
    def _config(self) -> dict[str, object]:
        try:
            config = json.loads((self.path / "config.json").read_bytes())
        except (OSError, ValueError):
            return {}
        return config if isinstance(config, dict) else {}
