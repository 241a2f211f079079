"""How many threads an engine may use."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any


def threads(settings: Mapping[str, Any], most: int) -> int:
    """What the setting `cpu_threads` says, else the cores that this process may use, at most `most`.

    A container may have fewer cores than the machine.
    """
    if wanted := int(settings.get("cpu_threads") or 0):
        return wanted
    there = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(most, there)
