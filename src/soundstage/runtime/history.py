"""This worker's view of how long stages took here: read now and then, and added to by its own commits."""

from __future__ import annotations

import threading
import time

from soundstage.domain.task import TaskKind
from soundstage.storage import stage_history
from soundstage.storage.database import Connection
from soundstage.storage.stage_history import KEPT, Sample

FRESH_SECONDS = 30.0  # other workers' samples are seen this late at most


class StageHistory:
    """Thread-safe. Samples are newest first within a stage."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._samples: dict[TaskKind, tuple[Sample, ...]] = {}
        self._read_at: dict[TaskKind, float] = {}

    def recent(self, connection: Connection, kind: TaskKind, stages: tuple[str, ...]) -> tuple[Sample, ...]:
        with self._lock:  # while reading, too: what is added meanwhile would be lost
            if time.monotonic() - self._read_at.get(kind, -FRESH_SECONDS) >= FRESH_SECONDS:
                self._samples[kind] = stage_history.recent(connection, kind, stages)
                self._read_at[kind] = time.monotonic()
            return self._samples[kind]

    def add(self, kind: TaskKind, sample: Sample) -> None:
        """What this worker has just committed."""
        with self._lock:
            known = self._samples.get(kind, ())
            same = (sample, *(other for other in known if other.stage == sample.stage))[:KEPT]
            self._samples[kind] = (*same, *(other for other in known if other.stage != sample.stage))
