"""How long work tells how far it is."""

from __future__ import annotations

from typing import Protocol


class Report(Protocol):
    """Call with the fraction done, 0.0–1.0, as often as convenient: the host coalesces."""

    def __call__(self, fraction: float) -> None: ...


def silent(fraction: float) -> None:
    """A report that nobody hears."""


def portion(report: Report, start: float, end: float) -> Report:
    """For a part of the work: its 0.0–1.0 is `start`–`end` of the whole."""

    def tell(fraction: float) -> None:
        report(start + (end - start) * fraction)

    return tell
