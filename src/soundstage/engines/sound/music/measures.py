"""Metres: how long a bar is, where its accents fall, and how patterns made for four-four are played in it."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Measure:
    """A bar of `beats` quarter notes; `pulse` quarters make one beat of the tempo (1.5 in six-eight).

    `takes`: which quarters of a four-four pattern a bar is made of, and how many sixteenths of each. `half`: quarters
    after which a second chord falls.
    """

    name: str
    beats: float
    pulse: float
    takes: tuple[tuple[int, int], ...]
    half: float

    @property
    def steps(self) -> int:
        """Sixteenths in a bar."""
        return round(self.beats * 4)

    def cut(self, pattern: str) -> str:
        """A bar of 16 sixteenths, cut or drawn out to this metre; what is held is not held into nothing."""
        cut = "".join(pattern[4 * beat : 4 * beat + count] for beat, count in self.takes)
        return cut if cut[0] != "-" else "." + cut[1:]


MEASURES = MappingProxyType({
    measure.name: measure
    for measure in (
        Measure("4/4", 4, 1, ((0, 4), (1, 4), (2, 4), (3, 4)), 2),
        Measure("3/4", 3, 1, ((0, 4), (1, 4), (3, 4)), 2),
        Measure("6/8", 3, 1.5, ((0, 4), (1, 4), (3, 4)), 1.5),
        Measure("5/4", 5, 1, ((0, 4), (1, 4), (2, 4), (2, 4), (3, 4)), 3),  # three and two
        Measure("7/8", 3.5, 1, ((0, 4), (1, 4), (2, 4), (3, 2)), 2),  # two, two and three eighths
    )
})  # fmt: skip

# What is played in six-eight by a style that is at home in another metre: a lilt of two times three eighths.
LILTING_CELLS = ("x--x--", "x-xx--", "x--xxx", "x-xxxx")
LILTING_COMP = ("x--x--", "x-xx-x", "xxxxxx")
LILTING_BASS = ("r--5--", "r--r-a", "r-rr-a")


def sixteenths(cell: str, beats: float) -> str:
    """A rhythm cell of any number of equal steps over `beats` quarters, written out in sixteenths.

    Steps of a quarter or an eighth are held on; cells that do not fit into sixteenths stay as they are.
    """
    wide, rest = divmod(round(beats * 4), len(cell))
    if rest or wide < 1:
        return cell
    return "".join(mark + ("." if mark == "." else "-") * (wide - 1) for mark in cell)
