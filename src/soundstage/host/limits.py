"""What a host process may use, and what it keeps loaded."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MB = 1024 * 1024

# Read when a numeric library is first loaded, hence set before the process starts.
THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "RAYON_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


@dataclass(frozen=True)
class HostLimits:
    """What one host process may use. None: no limit.

    memory_bytes: private memory of the whole process, the interpreter's own ~60 MB included. Where the limit is met
        the call ends in a StageFailure that says so, and is not tried again.
    cpu_seconds: CPU time of one call over all its threads, in whole seconds; past it the call ends in StageTimeout.
    threads: how many threads numeric libraries start.
    """

    memory_bytes: int | None = None
    cpu_seconds: int | None = None
    threads: int | None = None


@dataclass(frozen=True)
class Resident:
    """An object that a host process loads once and keeps.

    factory: `package.module:function`, called in the child.
    arguments: JSON-able; a mapping gives keywords, a sequence positions.
    """

    factory: str
    arguments: Mapping[str, Any] | Sequence[Any] = ()


def child_environment(limits: HostLimits) -> dict[str, str]:
    """The environment a host process starts with.

    Soundstage's own variables stay out, for they may hold secrets and work on foreign bytes is done in there.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SOUNDSTAGE_")}
    environment.update(
        PYTHONUNBUFFERED="1",
        PYTHONFAULTHANDLER="1",
        HF_HUB_OFFLINE="1",
        TRANSFORMERS_OFFLINE="1",
        TOKENIZERS_PARALLELISM="false",
    )
    if limits.threads is not None:
        environment.update(dict.fromkeys(THREAD_VARIABLES, str(limits.threads)))
    return environment
