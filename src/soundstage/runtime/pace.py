"""How long a stage takes here, learnt from how long it took.

A stage costs something fixed (a model to wake, a window of half a minute to fill) and something for each second of
media. Both are fitted to the samples of the engine and device that did it last, by least squares of the relative
errors, late samples counting more. Two samples cannot tell the two costs apart: a usual stage, of whose time
`_USUAL_FIXED` is fixed, counts as one sample more. What the fit leaves over, as ratios, is the uncertainty.

Measured by `scripts/bench eta_accuracy` on two cores with a load of 6 to 8: with proportional costs and without a clock
the median error of set-ups was 47 %, and the range held the truth in 47 of 100 moments; replayed over the same moments,
so 13 % and 97. docs/decisions/0026 tells more.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from soundstage.domain.task import Eta
from soundstage.storage.stage_history import Sample

LOW, MIDDLE, HIGH = 0.1, 0.5, 0.9
_FADES = 0.9  # the weight of a sample, to that of the one after it
_USUAL_FIXED = 0.2
_LEAST_SECONDS = 1e-3
# Samples are few and a machine has moods: the range is wider than they say, in natural logarithms for each side.
_WIDER, _WIDER_BY_ONE = 0.3, 0.5  # always, and by a single sample; by n of them an nth of it


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


@dataclass(frozen=True)
class Pace:
    """A stage takes `fixed` seconds and `by_length` for each second of media, times what `ratio` spreads around 1."""

    fixed: float
    by_length: float
    ratio: Spread

    def seconds(self, length: Spread) -> Spread:
        """For media of so many seconds."""
        pairs = zip(length, self.ratio, strict=True)
        return Spread(*((self.fixed + self.by_length * seconds) * ratio for seconds, ratio in pairs))


def pace(samples: Sequence[Sample]) -> Pace:
    """Of one stage, its samples newest first, at least one; by the latest engine and device alone."""
    latest = (samples[0].engine, samples[0].device)
    same = [sample for sample in samples if (sample.engine, sample.device) == latest]
    same = [sample for sample in same if sample.media_seconds > 0] or same
    weights = [_FADES**age for age in range(len(same))]
    took = [max(sample.seconds, _LEAST_SECONDS) for sample in same]
    lengths = [sample.media_seconds for sample in same]
    fixed, by_length = _costs(lengths, took, weights) if lengths[0] > 0 else (1.0, 0.0)
    ratios = [one / (fixed + by_length * length) for one, length in zip(took, lengths, strict=True)]
    return Pace(fixed, by_length, wider(spread(ratios, weights), len(ratios)))


def spread(values: Sequence[float], weights: Sequence[float]) -> Spread:
    """`values` are at least one, all above 0."""
    ordered = sorted(zip(values, weights, strict=True))
    low, middle, high = (_quantile(ordered, share) for share in (LOW, MIDDLE, HIGH))
    return Spread(min(low, middle), middle, max(high, middle))


def wider(known: Spread, count: int) -> Spread:
    """As far as the quantiles of so few samples can be trusted."""
    factor = math.exp(_WIDER + _WIDER_BY_ONE / count)
    return Spread(known.low / factor, known.middle, known.high * factor)


def _costs(lengths: Sequence[float], took: Sequence[float], weights: Sequence[float]) -> tuple[float, float]:
    """Fixed seconds and seconds by length, neither below 0, that make the relative errors least."""
    total = sum(weights)
    length = sum(w * one for w, one in zip(weights, lengths, strict=True)) / total
    usual = math.exp(sum(w * math.log(t) for w, t in zip(weights, took, strict=True)) / total)
    # Rows of (1, length) / seconds that each should come to 1; and what is usual, a row for each cost.
    rows = [(1 / t, one / t, 1.0, w) for one, t, w in zip(lengths, took, weights, strict=True)]
    rows += [(1 / usual, 0.0, _USUAL_FIXED, 1.0), (0.0, length / usual, 1 - _USUAL_FIXED, 1.0)]
    xx = sum(w * x * x for x, _, _, w in rows)
    xy = sum(w * x * y for x, y, _, w in rows)
    yy = sum(w * y * y for _, y, _, w in rows)
    x_one = sum(w * x * one for x, _, one, w in rows)
    y_one = sum(w * y * one for _, y, one, w in rows)
    determinant = xx * yy - xy * xy
    fixed, by_length = (x_one * yy - y_one * xy) / determinant, (y_one * xx - x_one * xy) / determinant
    if fixed < 0:
        return 0.0, y_one / yy
    if by_length < 0:
        return x_one / xx, 0.0
    return fixed, by_length


def _quantile(ordered: Sequence[tuple[float, float]], share: float) -> float:
    """Of (value, weight): between values by their logarithms, for times are spread by factors, not by differences."""
    if len(ordered) == 1:
        return ordered[0][0]
    places, before = [], 0.0
    for _, weight in ordered:
        places.append(before + weight / 2)
        before += weight
    place = places[0] + share * (places[-1] - places[0])
    above = next(i for i in range(1, len(places)) if places[i] >= place or i == len(places) - 1)
    part = (place - places[above - 1]) / (places[above] - places[above - 1])
    low, high = ordered[above - 1][0], ordered[above][0]
    return float(low * (high / low) ** part)
