"""What an engine says about itself before anything is loaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from soundstage.domain.options import Quality


class Capability(StrEnum):
    """What a stage needs. The folder of the same name holds its `contract.py`."""

    ACTIVITY = "activity"
    SEPARATION = "separation"
    DIARIZATION = "diarization"
    TRANSCRIPTION = "transcription"
    TRANSLATION = "translation"
    SPEECH = "speech"
    SOUND = "sound"


@dataclass(frozen=True)
class Readiness:
    """Whether an engine can work here and now; `cure` is the command or setting that helps when it cannot."""

    ready: bool
    problem: str | None = None
    cure: str | None = None

    @classmethod
    def yes(cls) -> Readiness:
        return cls(ready=True)

    @classmethod
    def no(cls, problem: str, cure: str) -> Readiness:
        return cls(ready=False, problem=problem, cure=cure)


@dataclass(frozen=True)
class EngineSpec:
    """An adapter that provides a capability.

    name: what requests and settings call it (`whisper-base`), unique within its capability.
    version: changes whenever the same input may give another output.
    load: dotted name (`package.module:function`) of a function `(settings: dict) -> engine`; called once in a
        host process, the only place where heavy libraries are imported.
    check: cheap, without loading: `(settings: dict) -> Readiness`.
    languages: ISO 639-1 codes it can take (`None`: any or not language-bound).
    pairs: for translation, `(source, target) -> bool` by ISO codes: could it ever; None where not language-bound.
    check_pair: for translation, `(settings, source, target) -> Readiness` by ISO codes: can it here and now, as
        cheap as `check` and instead of it; None where `check` says it all. A cure of None: nothing here would help.
    memory_mb: resident memory of the loaded engine, as measured.
    licence: of engine and weights, as shown with results.
    qualities: ways to work that it knows, where its capability's contract has a `quality`.
    rank: where nothing else decides, the ready engine with the lowest number is used.
    settings: which settings section it reads (`settings["translation_endpoint"]` …), by key.
    listens: of a translator: it translates what it hears, whatever the lines say.
    batch: how many orders done at once are faster than one after the other (sound engines on an accelerator).
    together: `(settings: dict) -> int`, as cheap as `check`: how many orders of waiting tasks may be put into one call
        here; None: a call holds those of one task. Of contracts that take `orders` and `outputs`.
    model: `(settings: dict) -> JSON` of which model it loads, where its settings or the catalogue decide that and its
        answers with it; cheap. Left out: what it reads of the settings, but for folders and threads.
    """

    name: str
    capability: Capability
    version: str
    title: str
    load: str
    check: Callable[[dict[str, Any]], Readiness]
    licence: str
    languages: frozenset[str] | None = None
    pairs: Callable[[str, str], bool] | None = None
    check_pair: Callable[[dict[str, Any], str, str], Readiness] | None = None
    devices: tuple[str, ...] = ("cpu",)
    memory_mb: int = 200
    qualities: tuple[Quality, ...] = (Quality.FAST,)
    rank: int = 100
    settings: tuple[str, ...] = field(default=())
    listens: bool = False
    batch: int = 1
    together: Callable[[dict[str, Any]], int] | None = None
    model: Callable[[dict[str, Any]], Any] | None = None
