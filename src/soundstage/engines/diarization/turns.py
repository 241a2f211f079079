"""Frames to turns: the answer of the engine, in milliseconds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from soundstage.domain.speaker import Speaker, Turn
from soundstage.domain.timing import Span, merge, total_ms
from soundstage.engines.diarization.contract import Diarization
from soundstage.engines.diarization.frames import frames, start_ms, stretches

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Talking = npt.NDArray[np.bool_]
    Floats = npt.NDArray[np.float32]

_BREATH = 0.3  # seconds of silence inside a turn, even while somebody else speaks
_PAUSE = 1.5  # and while nobody does
_SHORTEST = 0.25  # seconds of a turn
_UNDER_ANOTHER = 0.5  # of a speaker's sureness is left to a turn in which they are never heard alone
_SAMPLE_MS = 6_000  # of speech to listen to; less where there is no such stretch


def diarization(talking: Talking, sureness: Floats, alone: Floats, duration_ms: int) -> Diarization:
    """Turns and speakers out of `talking`, (frames, speakers).

    sureness: (speakers,), 0–1. alone: (frames,), 0–1, how sure it is who talks there alone.
    Speakers who never talk for a quarter of a second are left out; the others are numbered as they come.
    """
    spoken = [_spoken(talking, one, float(sureness[one]), alone, duration_ms) for one in range(talking.shape[1])]
    spans = [tuple(span for span, _ in mine) for mine in spoken]
    order = sorted((speaker for speaker in range(len(spans)) if spans[speaker]), key=lambda one: spans[one][0].start_ms)
    ids = {speaker: f"speaker-{number}" for number, speaker in enumerate(order, start=1)}
    speakers = tuple(
        Speaker(
            speaker_id=ids[speaker],
            name=f"Speaker {number}",
            airtime_ms=total_ms(spans[speaker]),
            confidence=_share(float(sureness[speaker])),
            sample=_sample(spans[speaker], (span for other in order if other != speaker for span in spans[other])),
        )
        for number, speaker in enumerate(order, start=1)
    )
    turns = [Turn(speaker_id=ids[one], span=span, confidence=sure) for one in order for span, sure in spoken[one]]
    turns.sort(key=lambda turn: (turn.span.start_ms, turn.span.end_ms, turn.speaker_id))
    return Diarization(speakers=speakers, turns=tuple(turns))


def _spoken(
    talking: Talking, speaker: int, sureness: float, alone: Floats, duration_ms: int
) -> tuple[tuple[Span, float], ...]:
    """The speaker's turns, and how sure each is; silences in them are bridged."""
    others = _others(talking, speaker)
    joined: list[tuple[int, int]] = []
    for first, end in stretches(talking[:, speaker]):
        if joined:
            begun, before = joined[-1]
            silence = first - before
            if silence <= frames(_BREATH) or (silence <= frames(_PAUSE) and not others[before:first].any()):
                joined[-1] = (begun, end)
                continue
        joined.append((first, end))
    found = []
    for first, end in joined:
        span = _span(first, end, duration_ms) if end - first >= frames(_SHORTEST) else None
        if span is not None:
            heard = alone[first:end][talking[first:end, speaker] & ~others[first:end]]
            found.append((span, _share(float(heard.mean()) if len(heard) else _UNDER_ANOTHER * sureness)))
    return tuple(found)


def _share(value: float) -> float:
    return round(min(1.0, max(0.0, value)), 4)


def _span(first: int, end: int, duration_ms: int) -> Span | None:
    start = min(start_ms(first) if first else 0, duration_ms)
    stop = min(start_ms(end), duration_ms)
    return Span(start_ms=start, end_ms=stop) if stop > start else None


def _sample(mine: Sequence[Span], others: Iterable[Span]) -> Span | None:
    """The longest stretch of these turns in which nobody else has one; six seconds from its start at most."""
    best: tuple[int, int] = (0, 0)
    taken = merge(list(others))
    for span in mine:
        start = span.start_ms
        for other in [one for one in taken if one.overlaps(span)]:
            best = max(best, (start, other.start_ms), key=_length)
            start = other.end_ms
        best = max(best, (start, span.end_ms), key=_length)
    if _length(best) <= 0:
        return None
    return Span(start_ms=best[0], end_ms=min(best[1], best[0] + _SAMPLE_MS))


def _length(stretch: tuple[int, int]) -> int:
    return stretch[1] - stretch[0]


def _others(talking: Talking, speaker: int) -> Talking:
    """(frames,): whether anybody but this speaker talks."""
    import numpy as np  # noqa: PLC0415 - specs stay light

    return np.asarray(np.delete(talking, speaker, axis=1).any(axis=1), np.bool_)
