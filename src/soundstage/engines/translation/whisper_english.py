"""Translation into English by whisper's own translate task: from what is heard, not from the source text.

Lines that follow one another closely are heard together, up to 28 s at a time, because each hearing costs the same
whether its 30 s window is full or not; the English words are then dealt out to the lines by their times. A line that
gets nothing so is heard alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from soundstage.engines.analysis_track import AnalysisTrack
from soundstage.engines.progress import Report
from soundstage.engines.spec import Capability, EngineSpec
from soundstage.engines.transcription import whisper_model
from soundstage.engines.transcription.whisper_languages import CODES, model_code
from soundstage.engines.transcription.whisper_model import HeardWord, WhisperModel
from soundstage.engines.translation.contract import Translation, TranslationLine, TranslationOrder
from soundstage.errors import EngineFailure

_WINDOW_MS = 28_000
_GAP_MS = 2_000  # lines further apart are heard apart
_AROUND_MS = 200
_SNAP = 2  # words: a sentence that ends this close to where a line ends goes wholly to it
_SENTENCE_END = (".", "!", "?", "…")


def load(settings: dict[str, Any]) -> WhisperEnglish:
    return WhisperEnglish(whisper_model.load(settings))


def pairs(source: str, target: str) -> bool:
    """From any language whisper knows but English, into English (ISO codes or locale tags)."""
    return model_code(target) == "en" and model_code(source) not in (None, "en")


class WhisperEnglish:
    """Lines whose span holds nothing that whisper can put into English come back as they were written."""

    def __init__(self, model: WhisperModel) -> None:
        self._model = model

    def translate(self, order: TranslationOrder, audio: Path | None, report: Report) -> Translation:
        if not pairs(order.source, order.target):
            raise EngineFailure(f"whisper translates into English only, not {order.source} to {order.target}")
        if audio is None:
            raise EngineFailure("whisper translates from the audio, but there is no analysis track")
        if not self._model.multilingual:
            raise EngineFailure("this whisper model knows English only: set whisper_model_dir to a multilingual one")
        language = model_code(order.source) or "en"
        texts: list[str] = []
        with AnalysisTrack(audio) as track, ThreadPoolExecutor(self._model.threads) as threads:
            try:
                for found in threads.map(lambda window: self._window(track, window, language), _windows(order.lines)):
                    texts += found
                    report(len(texts) / len(order.lines))
            finally:
                threads.shutdown(wait=False, cancel_futures=True)  # where one broke, the rest is not begun
        report(1.0)
        return Translation(texts=tuple(texts))

    def _window(self, track: AnalysisTrack, lines: Sequence[TranslationLine], language: str) -> list[str]:
        texts = _deal_out(self._hear(track, lines, language), lines)
        for i, line in enumerate(lines):
            if not line.text.strip():
                texts[i] = line.text
            elif not texts[i]:
                alone = self._hear(track, [line], language) if len(lines) > 1 else ()
                texts[i] = "".join(word.text for word in alone).strip() or line.text
        return texts

    def _hear(self, track: AnalysisTrack, lines: Sequence[TranslationLine], language: str) -> tuple[HeardWord, ...]:
        """English words with times in seconds of the track."""
        start = max(0, lines[0].span.start_ms - _AROUND_MS)
        samples = track.read(start, max(line.span.end_ms for line in lines) + _AROUND_MS)
        heard = self._model.hear(samples, language, task="translate")
        return tuple(word for one in heard for word in one.later(start / 1000).words if word.text.strip())


def _windows(lines: Sequence[TranslationLine]) -> list[list[TranslationLine]]:
    """The lines, in order, in groups that are heard together."""
    groups: list[list[TranslationLine]] = []
    for line in lines:
        last = groups[-1] if groups else None
        if (
            last
            and not line.after_other
            and line.span.start_ms - last[-1].span.start_ms >= 0
            and line.span.start_ms - last[-1].span.end_ms <= _GAP_MS
            and line.span.end_ms - last[0].span.start_ms <= _WINDOW_MS
        ):
            last.append(line)
        else:
            groups.append([line])
    return groups


def _deal_out(words: Sequence[HeardWord], lines: Sequence[TranslationLine]) -> list[str]:
    """Each line's words; a cut lies where the next line begins, or at a sentence's end close by."""
    texts, first = [], 0
    for i in range(len(lines)):
        last = len(words)
        if i + 1 < len(lines):
            border = (lines[i].span.end_ms + lines[i + 1].span.start_ms) / 2000
            last = sum((word.start + word.end) / 2 < border for word in words)
            last = max(first, _snapped(words, last))
        texts.append("".join(word.text for word in words[first:last]).strip())
        first = last
    return texts


def _snapped(words: Sequence[HeardWord], cut: int) -> int:
    """The nearest cut that follows a sentence's end, if it is close enough."""
    for away in range(_SNAP + 1):
        for near in (cut - away, cut + away):
            if 0 < near <= len(words) and words[near - 1].text.rstrip("\"'”’) ").endswith(_SENTENCE_END):
                return near
    return cut


SPEC = EngineSpec(
    name="whisper-english",
    capability=Capability.TRANSLATION,
    version="faster-whisper-1.2/base-int8/1",
    title="Whisper base: into English, from the audio",
    load="soundstage.engines.translation.whisper_english:load",
    check=whisper_model.check,
    licence="MIT (code and weights)",
    languages=CODES - {"en"},
    pairs=pairs,
    devices=("cpu", "cuda"),
    memory_mb=600,
    rank=50,
    settings=whisper_model.SETTINGS,
    model=whisper_model.which,
    listens=True,
)
