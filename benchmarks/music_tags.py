"""Are the genres that a listener of another kind would give plausible? Tags by musicnn, against a table made by hand.

Both sets of tags are asked; moods, decades and instruments do not count as genres. Ten styles have no genre among the
100 tags (tango, reggae …) and are not judged. The floor is how often the tags of *other* styles' pieces would pass.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence

import numpy as np
from benchmarks.judges.musicnn import Musicnn
from benchmarks.measure import Row
from numpy.typing import NDArray

_CLUB = frozenset(["electronic", "electronica", "electro", "House", "techno", "dance"])
_CONCERT = frozenset(["classical", "classic"])
_ROCK = frozenset(["rock", "hard rock", "alternative rock", "classic rock", "indie rock"])
PLAUSIBLE: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("house", "techno", "trance", "drum_and_bass", "dubstep", "electronic"), _CLUB),
    **dict.fromkeys(("synthwave", "chiptune"), _CLUB - {"House"}),
    **dict.fromkeys(("classical", "baroque", "waltz", "orchestral"), _CONCERT),
    "cinematic": _CONCERT | {"new age", "ambient"},
    "rock": _ROCK,
    "punk": _ROCK | {"punk"},
    "metal": frozenset(["metal", "heavy metal", "hard rock", "rock"]),
    "pop": frozenset(["pop", "indie pop"]),
    "ballad": frozenset(["pop", "easy listening", "classical"]),
    "disco": frozenset(["dance", "funk", "electronic"]),
    "funk": frozenset(["funk", "soul", "rnb"]),
    "soul": frozenset(["soul", "rnb", "funk"]),
    "gospel": frozenset(["soul", "choral"]),
    "blues": frozenset(["blues", "classic rock"]),
    "folk": frozenset(["folk", "acoustic", "country"]),
    "celtic": frozenset(["folk"]),
    "country": frozenset(["country", "folk"]),
    "jazz": frozenset(["jazz"]),
    "swing": frozenset(["jazz"]),
    "ragtime": frozenset(["jazz", "blues"]),
    "bossa_nova": frozenset(["jazz", "easy listening"]),
    "ambient": frozenset(["ambient", "chillout", "new age"]),
    "lofi": frozenset(["chillout", "Hip-Hop", "electronic"]),
    **dict.fromkeys(("hiphop", "trap"), frozenset(["Hip-Hop", "rnb"])),
}
_KEPT = 5
Tags = tuple[tuple[str, ...], ...]  # for each tagger its five likeliest, the likeliest first


class Taggers:
    """Both networks, or none where their wheel cannot be had."""

    def __init__(self) -> None:
        try:
            self._networks = tuple(Musicnn(tags) for tags in ("MSD", "MTT"))
        except subprocess.CalledProcessError:
            self._networks = ()
            print("no tags: the wheel of musicnn is not to be had")

    def heard(self, sound: NDArray[np.float32], rate: int) -> Tags:
        return tuple(network.top(sound, rate, _KEPT) for network in self._networks)


def tag_rows(pieces: Sequence[tuple[str, Tags]]) -> list[Row]:
    """`pieces`: style and tags of each. The shares of plausible ones, with the floor."""
    judged = [(style, tags) for style, tags in pieces if style in PLAUSIBLE and tags]
    if not judged:
        return []
    rows = []
    for count in (3, _KEPT):
        right = [_plausible(style, tags, count) for style, tags in judged]
        others = [
            _plausible(style, tags, count) for style, _ in judged for other, tags in judged if PLAUSIBLE[other].isdisjoint(PLAUSIBLE[style])
        ]  # fmt: skip
        of = f"{len(judged)} pieces, by musicnn"
        rows.append(Row(f"plausible genre in the top {count} of 50", of, float(np.mean(right))))
        rows.append(Row(f"… of other styles' pieces, top {count}", "the floor", float(np.mean(others or [0]))))
    return rows


def _plausible(style: str, tags: Tags, count: int) -> bool:
    return any(tag in PLAUSIBLE[style] for likeliest in tags for tag in likeliest[:count])
