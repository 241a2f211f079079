"""The word error rate: how many words must be changed, left out or put in to make what was heard what was said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce

# Two spellings of the same word are no error: what is said can be written in either way.
_SPELLINGS = {"mister": "mr", "doctor": "dr", "missus": "mrs", "fifteenth": "15th", "wood cutters": "woodcutters"}


@dataclass(frozen=True)
class WordError:
    """`wrong`: words changed, left out or put in. `said`: words of the truth. Sums over recordings are plain sums."""

    wrong: int
    said: int

    @property
    def rate(self) -> float:
        """0.0 is perfect; above 1.0 where more was put in than said; without any truth, the words put in."""
        return self.wrong / (self.said or 1)

    def __add__(self, other: WordError) -> WordError:
        return WordError(self.wrong + other.wrong, self.said + other.said)


def words_of(text: str) -> list[str]:
    """English text as plain words: no capitals, no punctuation, one spelling each."""
    plain = re.sub(r"[^a-z0-9 ]", "", re.sub(r"[-–—\s]+", " ", text.lower()))
    whole = reduce(lambda rest, spelling: re.sub(rf"\b{spelling[0]}\b", spelling[1], rest), _SPELLINGS.items(), plain)
    return whole.split()


def word_error(said: str, heard: str) -> WordError:
    """The fewest changes (Levenshtein's distance over words)."""
    truth, guess = words_of(said), words_of(heard)
    return WordError(_distances(truth, guess)[-1][-1], len(truth))


def total(errors: Iterable[WordError]) -> WordError:
    """Of all recordings together: each word counts the same."""
    return sum(errors, start=WordError(0, 0))


def same_words(said: Sequence[str], heard: Sequence[str]) -> list[tuple[int, int]]:
    """Which words were heard as they were said: pairs of places in `said` and `heard`, by the fewest changes."""
    rows = _distances(said, heard)
    pairs, i, j = [], len(said), len(heard)
    while i and j:
        if said[i - 1] == heard[j - 1] and rows[i][j] == rows[i - 1][j - 1]:
            pairs.append((i - 1, j - 1))
            i, j = i - 1, j - 1
        elif rows[i][j] == rows[i - 1][j - 1] + 1:
            i, j = i - 1, j - 1
        elif rows[i][j] == rows[i - 1][j] + 1:
            i -= 1
        else:
            j -= 1
    return pairs[::-1]


def _distances(truth: Sequence[str], guess: Sequence[str]) -> list[list[int]]:
    """`[i][j]`: changes between the first i and the first j words."""
    rows = [list(range(len(guess) + 1))]
    for i, word in enumerate(truth, start=1):
        row = [i]
        for j, other in enumerate(guess, start=1):
            row.append(min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (word != other)))
        rows.append(row)
    return rows
