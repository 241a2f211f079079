"""When a task will end, told from how long its stages took here before.

For each stage still to do, the samples of the engine and device that did it last are scaled to the task's media
length (stages whose cost does not depend on it keep their seconds); their median is the estimate and their 10th
and 90th percentiles the range. Without a sample for some stage there is no estimate.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from soundstage.domain.task import Eta, StageState, StageStatus
from soundstage.storage.stage_history import Sample

LOW, HIGH = 0.1, 0.9
_OVER = (StageState.DONE, StageState.SKIPPED)


def estimate(stages: Sequence[StageStatus], history: Sequence[Sample], media_seconds: float | None) -> Eta | None:
    """Seconds from now to the end; None while any stage to do has no history, or needs a length not yet known."""
    seconds = low = high = 0.0
    for stage in stages:
        if stage.state in _OVER:
            continue
        durations = _durations([s for s in history if s.stage == stage.name], media_seconds)
        if not durations:
            return None
        left = 1.0 - stage.progress
        seconds += left * median(durations)
        low += left * _quantile(durations, LOW)
        high += left * _quantile(durations, HIGH)
    return Eta(seconds=round(seconds, 2), low=round(low, 2), high=round(high, 2))


def _durations(samples: Sequence[Sample], media_seconds: float | None) -> list[float]:
    """Expected seconds by each sample of the latest engine and device (samples come newest first)."""
    if not samples:
        return []
    latest = (samples[0].engine, samples[0].device)
    same = [s for s in samples if (s.engine, s.device) == latest]
    if all(s.media_seconds <= 0 for s in same):
        return [s.seconds for s in same]
    if media_seconds is None:
        return []
    return [s.seconds * media_seconds / s.media_seconds for s in same if s.media_seconds > 0]


def _quantile(values: Sequence[float], share: float) -> float:
    """Linear interpolation between order statistics (Hyndman and Fan's type 7)."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
