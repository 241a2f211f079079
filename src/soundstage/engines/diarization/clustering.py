"""How many people there are, and which voice is whose: agglomerative clustering of voice embeddings.

Two groups of pieces are merged while their means are alike enough. The mean of little speech is less sure of itself
than that of much: how alike two groups of one person look grows with what is known of them, and so does what is asked.
Long files are clustered in blocks first, so that time and memory stay in proportion to their length.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Voices = npt.NDArray[np.float32]
    Seconds = npt.NDArray[np.float32]

# Cosine between the means of two groups of one person, were both long, and the variance of one piece: the middle of the
# range in which the number of speakers was right on every recording tried (docs/decisions/0017).
_ALIKE = 0.65
_SCATTER = 1.6  # variance of a two-second piece around its person's mean, which has length 1
_UNIT = 2.0  # seconds
_BLOCK = 400  # groups compared with one another at once
_IN_BLOCKS = (0.8, 0.75, 0.7)  # asked instead of `_ALIKE` before all groups have been seen
_MOST = 1_600  # groups in the last step; smaller ones join whom they sound like afterwards
_ROUNDS = 2
# In more than a minute of speech, one piece alone is more often two people at once than somebody who says no more.
_STRAY, _MUCH = 2.5, 60.0  # seconds


@dataclass(frozen=True)
class _Group:
    """Pieces by number, the sum of their voices weighted by seconds, and the seconds."""

    members: tuple[int, ...]
    sum: Voices
    seconds: float


def speakers(voices: Voices, lengths: Seconds, fewest: int = 1, most: int | None = None) -> Voices:
    """The mean voice of each speaker found, (speakers, 192) of length 1.

    voices: (pieces, 192) of length 1; lengths: seconds of speech in each. fewest, most: bounds on the number of
    speakers, as far as there are pieces.
    """
    import numpy as np  # noqa: PLC0415 - specs stay light

    groups = [_Group((i,), voices[i] * lengths[i], float(lengths[i])) for i in range(len(voices))]
    for alike in _IN_BLOCKS:
        if len(groups) > _BLOCK:
            blocks = [groups[first : first + _BLOCK] for first in range(0, len(groups), _BLOCK)]
            groups = [group for block in blocks for group in _merged(block, alike, 1, None)]
    groups = sorted(groups, key=lambda group: -group.seconds)[:_MOST]
    found = _without_strays(_merged(groups, _ALIKE, fewest, most), fewest)
    means = np.stack([group.sum for group in found])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    return _settled(voices, lengths, means)


def _merged(groups: Sequence[_Group], alike: float, fewest: int, most: int | None) -> list[_Group]:
    """Merge the most alike pair that is alike enough, until there is none; on below it while there are too many."""
    import numpy as np  # noqa: PLC0415

    left: list[_Group | None] = list(groups)
    count = len(left)
    sums = np.stack([group.sum for group in groups])
    known = np.array([group.seconds for group in groups]) / _UNIT
    same = _cosines(sums, sums)
    np.fill_diagonal(same, -2.0)
    over = same - _asked(alike, known[:, None], known[None, :])
    while count > fewest:
        enough = np.where(over >= 0, same, -2.0)
        one, two = sorted(divmod(int(enough.argmax()), len(left)))
        if enough[one, two] <= -2.0:
            if most is None or count <= most:
                break
            one, two = sorted(divmod(int(over.argmax()), len(left)))
        first, second = left[one], left[two]
        assert first and second
        left[one] = _Group(first.members + second.members, first.sum + second.sum, first.seconds + second.seconds)
        left[two] = None
        count -= 1
        sums[one] += sums[two]
        known[one] += known[two]
        row = _cosines(sums[one : one + 1], sums)[0]
        row[[i for i, group in enumerate(left) if group is None] + [one]] = -2.0
        margin = np.where(row > -2.0, row - _asked(alike, known[one], known), -9.0)
        for table, values, gone in ((same, row, -2.0), (over, margin, -9.0)):
            table[one, :] = table[:, one] = values
            table[two, :] = table[:, two] = gone
    return [group for group in left if group is not None]


def _without_strays(groups: Sequence[_Group], fewest: int) -> list[_Group]:
    kept = [group for group in groups if group.seconds >= _STRAY]
    much = sum(group.seconds for group in groups) > _MUCH
    return kept if much and len(kept) >= fewest else list(groups)


def _cosines(one: Voices, two: Voices) -> npt.NDArray[np.float64]:
    import numpy as np  # noqa: PLC0415

    lengths = np.linalg.norm(one, axis=1)[:, None] * np.linalg.norm(two, axis=1)[None, :]
    cosines: npt.NDArray[np.float64] = (one @ two.T).astype(np.float64) / np.maximum(lengths, 1e-9)
    return cosines


def _asked(alike: float, one: npt.NDArray[np.float64], two: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The cosine asked of two groups that hold so many units of speech."""
    import numpy as np  # noqa: PLC0415

    asked: npt.NDArray[np.float64] = alike / np.sqrt((1 + _SCATTER / one) * (1 + _SCATTER / two))
    return asked


def _settled(voices: Voices, lengths: Seconds, means: Voices) -> Voices:
    """The means after every piece has gone, twice, to the speaker it sounds most like."""
    import numpy as np  # noqa: PLC0415

    for _ in range(_ROUNDS):
        nearest = (voices @ means.T).argmax(axis=1)
        for speaker in range(len(means)):
            mine = nearest == speaker
            if mine.any():
                means[speaker] = (voices[mine] * lengths[mine, None]).sum(axis=0)
        means /= np.linalg.norm(means, axis=1, keepdims=True)
    return means
