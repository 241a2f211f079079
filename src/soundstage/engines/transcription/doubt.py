"""Guards against text that nobody said: loops, and words over silence, noise or music."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from soundstage.engines.analysis_track import SAMPLE_RATE
from soundstage.engines.transcription.whisper_model import Heard, WhisperModel

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Samples = npt.NDArray[np.float32]

# Whisper's own limits (openai/whisper, transcribe.py): text that gzips by more is a loop, text less likely is a guess.
MAX_COMPRESSION = 2.4
MIN_LOG_PROBABILITY = -1.0
# From here on a second opinion is asked: on the shared recordings every true window lies at −0.5 and 0.2 or better.
_SUSPECT_LOG_PROBABILITY = -0.7
_SUSPECT_NO_SPEECH = 0.5
_AROUND_SECONDS = 0.3
_SILENT_PEAK = 1e-3  # −60 dBFS


def believed(model: WhisperModel, heard: Iterable[Heard], samples: Samples, language: str) -> Iterator[Heard]:
    """Of what was heard in `samples`, what can be believed, in order.

    Whisper judges 30 s windows as a whole, so the segments of a window share its figures and are judged together:
    a loop or a guess is heard once more under strict rules, and what stays in doubt must hold speech by another
    detector's opinion.
    """
    for _, group in groupby(heard, key=lambda one: (one.log_probability, one.no_speech, one.compression)):
        window = tuple(group)
        if _fails(window[0]):
            window = _again(model, window, samples, language)
        for one in window:
            part = _part(samples, one.start, one.end, around=_AROUND_SECONDS)
            if _loud(part) and (not _suspect(one) or model.speaks(part)):
                yield one


def trustworthy(heard: Heard) -> bool:
    """No doubt at all about it."""
    return not (_fails(heard) or _suspect(heard))


def _again(model: WhisperModel, window: tuple[Heard, ...], samples: Samples, language: str) -> tuple[Heard, ...]:
    """The window heard under strict rules, else as it was if it was merely unlikely; nothing where nobody speaks."""
    start, end = window[0].start, window[-1].end
    if not model.speaks(_part(samples, start, end, around=_AROUND_SECONDS)):
        return ()
    strict = tuple(model.hear(_part(samples, start, end), language, strict=True))
    if strict and not any(_fails(one) for one in strict):
        return tuple(one.later(start) for one in strict)
    return window if window[0].compression <= MAX_COMPRESSION else ()


def _fails(heard: Heard) -> bool:
    return heard.compression > MAX_COMPRESSION or heard.log_probability < MIN_LOG_PROBABILITY


def _suspect(heard: Heard) -> bool:
    return heard.no_speech > _SUSPECT_NO_SPEECH or heard.log_probability < _SUSPECT_LOG_PROBABILITY


def _part(samples: Samples, start: float, end: float, *, around: float = 0.0) -> Samples:
    return samples[max(0, round((start - around) * SAMPLE_RATE)) : round((end + around) * SAMPLE_RATE)]


def _loud(samples: Samples) -> bool:
    return bool(len(samples)) and float(abs(samples).max()) >= _SILENT_PEAK
