"""Translation: lines of one language into another, order and number kept."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from soundstage.domain.timing import Span
from soundstage.domain.value import Value
from soundstage.engines.progress import Report


class TranslationLine(Value):
    """A segment's text with its place in the audio (some engines translate from the audio itself).

    after_other: between it and the line before something is said that is not to be translated.
    """

    segment_id: str
    text: str
    span: Span
    after_other: bool = False


class TermPair(Value):
    """A dictionary entry that applies to the pair: `source` is to become `target`."""

    source: str
    target: str


class TranslationOrder(Value):
    """`source` and `target` are locale tags (`en-us`). Every line comes back, in order, none empty unless it was."""

    source: str
    target: str
    lines: tuple[TranslationLine, ...]
    terms: tuple[TermPair, ...] = ()


class Translation(Value):
    """`texts[i]` translates `order.lines[i]`."""

    texts: tuple[str, ...]


class Translator(Protocol):
    def translate(self, order: TranslationOrder, audio: Path | None, report: Report) -> Translation:
        """`audio`: the 16 kHz mono analysis track for engines that listen. Raises EngineFailure, `retryable` or not."""
        ...
