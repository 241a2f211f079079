"""What a family of sounds provides: named classes that know their words and how to make themselves heard.

Two kinds are enough. A *texture* goes on (rain, an engine); an *event* happens (a bark, a tick) and is repeated by a
schedule. A class is one entry in its family's file: words, level, usual space and a function.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from soundstage.engines.sound.contract import SAMPLE_RATE

Signal = NDArray[np.float32]  # (frames,) one channel
Stereo = NDArray[np.float32]  # (frames, 2)


def frames_of(seconds: float) -> int:
    """Whole frames in `seconds`, at least one."""
    return max(1, round(seconds * SAMPLE_RATE))


@dataclass(frozen=True)
class Character:
    """How a layer was asked for. Shares 0…1; `material` is one of the class's own or None; `words` are the prompt's."""

    intensity: float = 0.5
    distance: float = 0.0
    pace: float = 0.5
    material: str | None = None
    words: str = ""

    def between(self, low: float, high: float) -> float:
        """`low` at intensity 0, `high` at intensity 1."""
        return low + (high - low) * self.intensity

    def paced(self, slow: float, fast: float) -> float:
        """`slow` at pace 0, `fast` at pace 1, by equal ratios."""
        return float(slow * (fast / slow) ** self.pace)


@dataclass(frozen=True)
class Texture:
    """A sound that goes on.

    render(rng, frames, character) gives (frames, 2) of any level; the mixer brings it to `level` dBFS RMS.
    words: base forms, a phrase has spaces. also: whole phrases that mean it without naming it, for likeness of meaning.
    materials: word → the class's name for it. space: where it is usually heard. tone: decibels, see `tone.POINTS_HZ`.
    """

    name: str
    words: tuple[str, ...]
    render: Callable[[Generator, int, Character], Stereo]
    level: float = -20.0
    space: str | None = None
    materials: Mapping[str, str] = field(default_factory=dict)
    refines: str | None = None
    also: tuple[str, ...] = ()
    example: str = ""
    tone: tuple[float, ...] = ()


@dataclass(frozen=True)
class Event:
    """A sound that happens, again and again unless counted.

    render(rng, index, character) gives one happening, (frames, 2), peak at most 1; `index` counts from 0.
    gap(rng, index, character): seconds from the start of happening `index` to the next.
    level: dBFS of the peak. refines: the vaguer class that this one replaces in a clause ("door" by "door_slam").
    """

    name: str
    words: tuple[str, ...]
    render: Callable[[Generator, int, Character], Stereo]
    gap: Callable[[Generator, int, Character], float]
    level: float = -3.0
    space: str | None = None
    materials: Mapping[str, str] = field(default_factory=dict)
    refines: str | None = None
    also: tuple[str, ...] = ()
    example: str = ""
    tone: tuple[float, ...] = ()


SoundClass = Texture | Event
