"""How long media work tells how far it is (the equal of `engines.progress`, which lies above this room)."""

from __future__ import annotations

from typing import Protocol


class Report(Protocol):
    """Call with the fraction done, 0.0–1.0, as often as convenient: the host coalesces."""

    def __call__(self, fraction: float) -> None: ...


def silent(fraction: float) -> None:
    """A report that nobody hears."""
