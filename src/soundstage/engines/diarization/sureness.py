"""How sure it is that a voice is a speaker's."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]

_CERTAIN = 0.8  # cosine of a piece to its speaker's mean that leaves no doubt
_SHARPNESS = 10.0  # of the choice between speakers whose cosines differ


def sureness(likeness: Floats) -> Floats:
    """(pieces, speakers), 0–1: how well each piece fits each speaker, and how little it fits anybody else.

    likeness: (pieces, speakers), cosines.
    """
    import numpy as np  # noqa: PLC0415 - specs stay light

    share = np.exp(_SHARPNESS * (likeness - likeness.max(axis=1, keepdims=True)))
    share /= share.sum(axis=1, keepdims=True)
    sure: Floats = np.clip(likeness / _CERTAIN, 0.0, 1.0) * share
    return sure
