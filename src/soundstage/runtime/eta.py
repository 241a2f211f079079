"""When a task will end, told from how long its stages took here before.

What each stage still to do takes is known from history (`pace.py`). Of one that runs, the time gone counts, and what
was done in it, the more the more is done. Stages run side by side where neither waits for the other, so that the
longest way through them counts. A length that nobody has told yet is taken from history too, which widens the range.
Without a sample for some stage there is no estimate.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from soundstage.domain.task import Eta, StageState, StageStatus
from soundstage.runtime.line import noticeably_other
from soundstage.runtime.pace import Pace, Spread, pace, spread
from soundstage.storage.stage_history import Sample

NOTHING = Spread(0.0, 0.0, 0.0)
_NEVER_LESS = 0.2  # of what would be left by its progress: a stage that is late is not over


class Left(NamedTuple):
    """A stage still to do, how much of it (0.0–1.0), and the stages that it waits for.

    gone: seconds that it has been running. told: after how many of them it told how much is left. alone: no other
    stage runs beside it.
    """

    stage: str
    share: float
    waits: tuple[str, ...]
    gone: float = 0.0
    told: float = 0.0
    alone: bool = True

    def seconds(self, whole: Spread) -> Spread:
        """What is left of it, of the seconds that the whole takes by history.

        By the clock, that less the time gone, or its share where that is less; by its own pace, what the rest takes
        if it goes on as it went. The latter counts by what is done, for first steps tell little; beside another stage
        by the square of that, for it will go faster when that one has ended.
        """
        done = 1.0 - self.share
        shares = [self.share * seconds for seconds in whole]
        by_clock = [
            max(min(seconds - self.gone, share), _NEVER_LESS * share)
            for seconds, share in zip(whole, shares, strict=True)
        ]
        if done <= 0.0 or self.told <= 0.0:
            return Spread(*by_clock)
        rest = self.told / done * self.share
        by_pace = max(rest - (self.gone - self.told), _NEVER_LESS * rest)
        sure = [by_pace * seconds / (whole.middle or 1.0) for seconds in whole]
        weight = done if self.alone else done * done
        return Spread(*((1 - weight) * clock + weight * own for clock, own in zip(by_clock, sure, strict=True)))


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
        for one in left:
            pace = self.stages.get(one.stage)
            if pace is None or (pace.by_length and length is None):
                return None
            seconds = one.seconds(pace.seconds(length or NOTHING))
            begins = _latest(ends[wait] for wait in one.waits if wait in ends)
            ends[one.stage] = Spread(*(b + s for b, s in zip(begins, seconds, strict=True)))
        return _latest(ends.values())


def learn(history: Iterable[Sample]) -> Paces:
    """The paces of a kind of task by its samples, which are together by stage and newest first within one."""
    samples = tuple(history)
    stages = {name: pace(tuple(same)) for name, same in groupby(samples, key=attrgetter("stage"))}
    lengths = [sample.media_seconds for sample in samples if sample.media_seconds > 0]
    return Paces(stages, spread(lengths, [1.0] * len(lengths)) if lengths else None)


def estimate(
    stages: Sequence[StageStatus],
    waits: Mapping[str, tuple[str, ...]],
    history: Sequence[Sample],
    media_seconds: float | None,
) -> Eta | None:
    """Seconds that a task takes whose stages to do have not begun; None while any of them has no history.

    waits: `Pipeline.waits`.
    """
    work = learn(history).work(still_to_do(stages, waits), media_seconds)
    return None if work is None else work.eta()


class Outlook:
    """The ETA of one attempt while it runs. Not thread-safe.

    held: stages that are not done in it. clock: seconds that never go back.
    """

    def __init__(
        self,
        waits: Mapping[str, tuple[str, ...]],
        history: Sequence[Sample],
        held: Collection[str] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._waits = waits
        self._paces = learn(history)
        self._held = held
        self._clock = clock
        self._running: dict[str, _Running] = {}
        self._last: Eta | None = None

    def tell(self, stages: Iterable[StageStatus], media_seconds: float | None) -> Eta | None:
        """Seconds from now to the end, for the status; None while any stage to do has no history."""
        self._last = self._estimate(tuple(stages), media_seconds)
        return self._last

    def moved(self, stages: Iterable[StageStatus], media_seconds: float | None) -> bool:
        """Whether time has made what was told last noticeably untrue."""
        now, last = self._estimate(tuple(stages), media_seconds), self._last
        if now is None or last is None:
            return now is not last
        return noticeably_other(Spread(now.low, now.seconds, now.high), (last.low, last.seconds, last.high))

    def _estimate(self, stages: tuple[StageStatus, ...], media_seconds: float | None) -> Eta | None:
        now = self._clock()
        for status in stages:
            if status.state is StageState.RUNNING:
                known = self._running.setdefault(status.name, _Running(now))
                if status.progress > known.progress:
                    self._running[status.name] = _Running(known.begun, status.progress, now)
        alone = sum(status.state is StageState.RUNNING for status in stages) == 1
        to_do = (one for one in still_to_do(stages, self._waits) if one.stage not in self._held)
        left = tuple(self._clocked(one, now, alone=alone) for one in to_do)
        work = self._paces.work(left, media_seconds)
        return None if work is None else work.eta()

    def _clocked(self, left: Left, now: float, *, alone: bool) -> Left:
        running = self._running.get(left.stage)
        if running is None:
            return left
        return left._replace(gone=now - running.begun, told=max(0.0, running.told - running.begun), alone=alone)


class _Running(NamedTuple):
    """When a stage began, how far it was when it last told, and when that was; moments of the clock."""

    begun: float
    progress: float = 0.0
    told: float = 0.0


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
