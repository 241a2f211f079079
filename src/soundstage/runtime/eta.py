"""When a task will end, told from how long its stages took here before.

For each stage still to do, the samples of the engine and device that did it last are scaled to the task's media
length (stages whose cost does not depend on it keep their seconds); their median is the estimate and their 10th
and 90th percentiles the range. Stages run side by side where neither waits for the other, so that the longest way
through them counts. A length that nobody has told yet is taken from history in the same way, which widens
the range. Without a sample for some stage there is no estimate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from soundstage.domain.task import Eta, StageStatus
from soundstage.storage.stage_history import Sample

LOW, MIDDLE, HIGH = 0.1, 0.5, 0.9


class Spread(NamedTuple):
    """A quantity, and what it was at least and at most 8 times in 10: 0 <= low <= middle <= high."""

    low: float
    middle: float
    high: float

    def eta(self) -> Eta:
        """As the status tells it, in hundredths of a second."""
        return Eta(seconds=round(self.middle, 2), low=round(self.low, 2), high=round(self.high, 2))

    def after(self, seconds: float) -> Spread:
        """What is left of it after a while; never below 0."""
        return Spread(*(max(0.0, value - max(0.0, seconds)) for value in self))


NOTHING = Spread(0.0, 0.0, 0.0)


class Left(NamedTuple):
    """A stage still to do, how much of it (0.0–1.0), and the stages that it waits for."""

    stage: str
    share: float
    waits: tuple[str, ...]


@dataclass(frozen=True)
class Pace:
    """How long a stage takes: seconds, or `by_length` seconds for each second of media."""

    spread: Spread
    by_length: bool


@dataclass(frozen=True)
class Paces:
    """What history tells of a kind of task. length: of its media in seconds; None where no stage told one."""

    stages: Mapping[str, Pace]
    length: Spread | None

    def work(self, left: Iterable[Left], media_seconds: float | None) -> Spread | None:
        """Seconds that the stages still to do, in their order, will take, their low and high ends added up (so they
        hold more often than 8 times in 10); None while any of them has no history."""
        length = self.length if media_seconds is None else Spread(media_seconds, media_seconds, media_seconds)
        ends: dict[str, Spread] = {}
        for name, share, waits in left:
            pace = self.stages.get(name)
            if pace is None or (pace.by_length and length is None):
                return None
            times = length if pace.by_length and length is not None else (1.0, 1.0, 1.0)
            begins = _latest(ends[wait] for wait in waits if wait in ends)
            ends[name] = Spread(*(b + share * p * m for b, p, m in zip(begins, pace.spread, times, strict=True)))
        return _latest(ends.values())


def learn(history: Iterable[Sample]) -> Paces:
    """The paces of a kind of task by its samples, which are together by stage and newest first within one."""
    samples = tuple(history)
    stages = {name: _pace(tuple(same)) for name, same in groupby(samples, key=attrgetter("stage"))}
    lengths = [sample.media_seconds for sample in samples if sample.media_seconds > 0]
    return Paces(stages, _spread(lengths) if lengths else None)


def estimate(
    stages: Sequence[StageStatus],
    waits: Mapping[str, tuple[str, ...]],
    history: Sequence[Sample],
    media_seconds: float | None,
) -> Eta | None:
    """Seconds from now to the end of a task that is being done; None while any stage to do has no history.

    waits: `Pipeline.waits`.
    """
    left = still_to_do(stages, waits)
    work = learn(history).work(left, media_seconds) if left else NOTHING
    return None if work is None else work.eta()


def still_to_do(stages: Iterable[StageStatus], waits: Mapping[str, tuple[str, ...]]) -> tuple[Left, ...]:
    return tuple(Left(stage.name, 1.0 - stage.progress, waits[stage.name]) for stage in stages if not stage.state.over)


def _latest(ends: Iterable[Spread]) -> Spread:
    return Spread(*map(max, zip(NOTHING, *ends, strict=True)))


def told_length(stages: Sequence[str], parameters: Mapping[str, Any], told: Mapping[str, float | None]) -> float | None:
    """Seconds of media of a task, by what its finished stages `told`, the last one first, else by its request."""
    for stage in reversed(stages):
        length = told.get(stage)
        if length is not None:
            return length
    return parameters.get("duration")


def _pace(samples: Sequence[Sample]) -> Pace:
    """By the latest engine and device alone (samples come newest first)."""
    latest = (samples[0].engine, samples[0].device)
    same = [s for s in samples if (s.engine, s.device) == latest]
    by_length = [s.seconds / s.media_seconds for s in same if s.media_seconds > 0]
    return Pace(_spread(by_length or [s.seconds for s in same]), by_length=bool(by_length))


def _spread(values: Sequence[float]) -> Spread:
    """`values` are at least one, none below 0."""
    ordered = sorted(values)
    middle = _quantile(ordered, MIDDLE)
    return Spread(min(_quantile(ordered, LOW), middle), middle, max(_quantile(ordered, HIGH), middle))


def _quantile(ordered: Sequence[float], share: float) -> float:
    """Linear interpolation between order statistics (Hyndman and Fan's type 7)."""
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
