"""When the tasks that wait in a lane will end: arithmetic on what runs before them.

A lane is a counter with several clerks: whoever is first in line goes to the clerk who is free first. That is done
three times over, for the estimates, the low and the high ends of the range. Each only ever adds up what it was given
in the order of the line, so all three stay in order (low <= middle <= high), and nobody is served before somebody
further ahead.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapreplace

from soundstage.runtime.pace import Spread

Figures = tuple[float, float, float]  # low, middle, high
NOTICED_SECONDS = 1.0
NOTICED_SHARE = 0.1


def ends_in_line(slots: int, running: Sequence[Spread | None], waiting: Sequence[Spread | None]) -> list[Spread | None]:
    """Seconds from now until each waiting task of a lane ends, in the order of the line.

    slots: how many tasks the lane's living workers do at once. running: what is left of the tasks that are being done
    (more than `slots` of them where a worker has died: they are taken up again before anybody else). waiting: the
    own work of each task in line. All in seconds; None is unknown, and so is then the end of everybody behind it, or
    of everybody where it runs. None for all where nobody serves the lane.
    """
    ends: list[Spread | None] = [None] * len(waiting)
    if slots < 1:
        return ends
    free = ([0.0] * slots, [0.0] * slots, [0.0] * slots)  # heaps: when each slot is free
    for work in running:
        if work is None:
            return ends
        _serve(free, work)
    for place, work in enumerate(waiting):
        if work is None:
            break
        ends[place] = _serve(free, work)
    return ends


def noticeably_other(new: Spread | None, old: Figures | None) -> bool:
    """Whether a watcher should be told: some figure moved by more than a second and a tenth of what it is now."""
    if new is None or old is None:
        return new is not old
    return _moved(new[1], old[1]) or _moved(new[0], old[0]) or _moved(new[2], old[2])


def _moved(now: float, before: float) -> bool:
    return abs(now - before) > max(NOTICED_SECONDS, NOTICED_SHARE * now)


def _serve(free: tuple[list[float], list[float], list[float]], work: Spread) -> Spread:
    """Give each slot that is free first its next task; tells when that ends."""
    lows, middles, highs = free
    end = Spread(lows[0] + work.low, middles[0] + work.middle, highs[0] + work.high)
    heapreplace(lows, end.low)
    heapreplace(middles, end.middle)
    heapreplace(highs, end.high)
    return end
