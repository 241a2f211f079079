"""Small translation models in CTranslate2's form whose translations are known: letter by letter, by a cipher (ROT13).

Weights are written down, not trained. Each place of the translation looks at the same place of the source, by codes of
the positions; the token there goes through a permutation of the vocabulary, and the strongest output is taken. Hence a
translation of any text within the model's positions is its cipher, and what is lost, cut off or mixed up shows.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Sequence
from pathlib import Path

import ctranslate2
import numpy as np
import sentencepiece

POSITIONS = 512
_CODE = 64  # dimensions that tell a position
_STRENGTH, _SURE = 8.0, 80.0  # of a token, of the attention to a position
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,;:!?'-ñ。、你好世界"
_SPECIAL = ["<unk>", "<s>", "</s>"]


def cipher(text: str) -> str:
    return codecs.encode(text, "rot13")


def make(
    folder: Path,
    *,
    languages: Sequence[str] = (),
    shifted: bool = False,
    positions: int = POSITIONS,
    endless: bool = False,
    silent_on: str = "",
    names: tuple[str, str] = ("source.spm", "target.spm"),
) -> Path:
    """A model's folder. languages: tokens of a multilingual one; shifted: of those that take only the target's, before
    the text. endless: no translation ever ends. silent_on: a text that begins with this sign has none.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pieces = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([f"{_LETTERS} {letter}" for letter in _LETTERS]),
        model_writer=pieces,
        model_type="char",
        vocab_size=len(_LETTERS) + 4,
        character_coverage=1.0,
        hard_vocab_limit=False,
        normalization_rule_name="identity",
        minloglevel=2,
    )
    for name in dict.fromkeys(names):
        (folder / name).write_bytes(pieces.getvalue())
    vocabulary = [*_SPECIAL, "▁", *dict.fromkeys(_LETTERS), *languages]
    becomes = {token: cipher(token) if len(token) == 1 else token for token in vocabulary}
    if endless:
        becomes |= {"</s>": "a"}
    if silent_on:
        becomes |= {silent_on: "</s>"}
    spec = _spec(vocabulary, becomes, positions, shift=int(shifted))
    spec.register_source_vocabulary(vocabulary)
    spec.register_target_vocabulary(vocabulary)
    spec.config.decoder_start_token = "</s>"
    spec.validate()
    spec.optimize()
    spec.save(str(folder))
    return folder


def _spec(vocabulary: list[str], becomes: dict[str, str], positions: int, shift: int) -> ctranslate2.specs.ModelSpec:
    """Dimensions: the token (one-hot), the translation's token, the code of the position."""
    words = len(vocabulary)
    size = 2 * words + _CODE
    codes = _codes(positions + shift)
    spec = ctranslate2.specs.TransformerSpec.from_config(1, 1, pre_norm=True)
    embedding = np.zeros((words, size), np.float32)
    embedding[:, :words] = _STRENGTH * np.eye(words)
    for side, first in ((spec.encoder, 0), (spec.decoder, shift)):
        table = side.embeddings[0] if isinstance(side.embeddings, list) else side.embeddings
        table.weight = embedding
        side.scale_embeddings = False
        side.position_encodings.encodings = np.zeros((positions, size), np.float32)
        side.position_encodings.encodings[:, 2 * words :] = codes[first : first + positions]
        _identity(side.layer_norm, size)
        layer = side.layer[0]
        _identity(layer.self_attention.layer_norm, size)
        _linear(layer.self_attention.linear[0], np.zeros((3 * size, size)))
        _linear(layer.self_attention.linear[1], np.zeros((size, size)))
        _identity(layer.ffn.layer_norm, size)
        _linear(layer.ffn.linear_0, np.zeros((4, size)))
        _linear(layer.ffn.linear_1, np.zeros((size, 4)))
    _attend(spec.decoder.layer[0].attention, words, [vocabulary.index(becomes[token]) for token in vocabulary])
    output = np.zeros((words, size), np.float32)
    output[:, words : 2 * words] = np.eye(words)
    _linear(spec.decoder.projection, output)
    spec.decoder.projection.bias[vocabulary.index("</s>")] = -4.0  # of all that is not right the end comes last
    return spec


def _codes(positions: int) -> np.ndarray:
    """For each position as many +1 as -1, at random: two of them have little in common. (positions, _CODE)"""
    chance = np.random.default_rng(1)
    return np.stack([chance.permutation(np.repeat([1.0, -1.0], _CODE // 2)) for _ in range(positions)])


def _attend(attention: object, words: int, becomes: list[int]) -> None:
    """Query: the code of where the decoder is. Key: that of where the token is. Value: what becomes of the token."""
    size = 2 * words + _CODE
    own = slice(2 * words, size)
    query, key, value = (np.zeros((size, size), np.float32) for _ in range(3))
    query[own, own] = np.eye(_CODE) * _SURE * size**0.5 / _CODE
    key[own, own] = np.eye(_CODE)
    for token, target in enumerate(becomes):
        value[words + target, token] = 20.0
    _identity(attention.layer_norm, size)
    _linear(attention.linear[0], query)
    _linear(attention.linear[1], np.concatenate([key, value]))
    _linear(attention.linear[2], np.eye(size))


def _linear(spec: object, weight: np.ndarray) -> None:
    spec.weight = weight.astype(np.float32)
    spec.bias = np.zeros(weight.shape[0], np.float32)


def _identity(norm: object, size: int) -> None:
    """Every input has one token of the same strength and a code: so the same mean and deviation, which this undoes."""
    mean = _STRENGTH / size
    deviation = ((_STRENGTH**2 + _CODE) / size - mean**2) ** 0.5
    norm.gamma = np.full(size, deviation, np.float32)
    norm.beta = np.full(size, mean, np.float32)
