"""How many words get the wrong speaker? The default engines on talk of known speakers, much of it at once.

Talks are mixed from the recordings of `../shared/clips`, each reader on a track of their own: turns that overlap, and a
few words of another's within a turn. What is heard on a reader's track alone tells who says a word of the mix. The real
conversations are judged by their turns. Each is cut into lines by the diarizer's turns, and by the true ones.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.diarization_quality import CLIPS, RATE, READERS, read
from benchmarks.measure import tell
from scipy.optimize import linear_sum_assignment

from soundstage.domain.speaker import Turn
from soundstage.domain.timing import Span
from soundstage.domain.transcript import Transcript, Word
from soundstage.engines.diarization import campplus
from soundstage.engines.diarization.contract import DiarizationOptions
from soundstage.engines.progress import silent
from soundstage.engines.transcription import whisper
from soundstage.engines.transcription.contract import TranscriptionOptions
from soundstage.pipelines.segmentation import segment
from soundstage.testing.diarization_error import Talk, read_rttm
from soundstage.testing.engines import write_wav

SAME_WORD_SECONDS = 0.5
Speakers = Sequence[frozenset[str]]  # of each word: who may have said it; nobody where it is not known


@dataclass(frozen=True)
class Plan:
    """A talk of some of the readers. overlaps: share of turns that begin before the last one ends; inside: of those that
    hold a few words of another's."""

    readers: slice
    seconds: float
    overlaps: float
    inside: float
    seed: int


PLANS = {
    "2 readers, overlaps": Plan(slice(3, 5), 90, 0.5, 0.0, 4),
    "4 readers, overlaps and words inside": Plan(slice(0, 4), 150, 0.7, 0.3, 8),
    "6 readers, overlaps": Plan(slice(0, 6), 150, 0.4, 0.0, 5),
    "3 readers, words inside": Plan(slice(0, 3), 120, 0.1, 0.7, 6),
}


@dataclass(frozen=True)
class Mixed:
    """tracks: (readers, n) at 16 kHz. talks: who speaks when, by the number of the track."""

    tracks: np.ndarray
    talks: tuple[Talk, ...]


def mix(voices: Sequence[np.ndarray], plan: Plan) -> Mixed:
    rng = np.random.default_rng(plan.seed)
    tracks = np.zeros((len(voices), round((plan.seconds + 20) * RATE)), np.float32)
    talks: list[Talk] = []

    def put(voice: int, first: int, length: int, softer_db: float) -> None:
        begun = int(rng.integers(0, len(voices[voice]) - length))
        piece = voices[voice][begun : begun + length].copy()
        fade = min(400, length // 4)
        piece[:fade] *= np.linspace(0, 1, fade)
        piece[-fade:] *= np.linspace(1, 0, fade)
        gain = 0.06 * 10 ** ((rng.uniform(-3, 3) - softer_db) / 20)
        tracks[voice, first : first + length] += piece * (gain / np.sqrt(np.mean(piece**2)))
        talks.append(Talk(first / RATE, (first + length) / RATE, str(voice)))

    def other_than(voice: int) -> int:
        return int(rng.choice([one for one in range(len(voices)) if one != voice]))

    at, last = 0.3, -1
    while at < plan.seconds:
        last, length = other_than(last), round(rng.uniform(2, 6) * RATE)
        put(last, round(at * RATE), length, 0.0)
        if rng.random() < plan.inside and length > 3 * RATE:
            few = round(rng.uniform(0.4, 0.9) * RATE)
            put(other_than(last), round(at * RATE) + int(rng.integers(RATE, length - RATE - few)), few, 3.0)
        at += length / RATE + (-rng.uniform(0.4, 1.4) if rng.random() < plan.overlaps else rng.uniform(0.1, 0.8))
    end = round((max(talk.end for talk in talks) + 0.5) * RATE)
    noise = 1e-4 * rng.standard_normal((len(voices), end)).astype(np.float32) / len(voices)
    return Mixed(tracks[:, :end] + noise, tuple(talks))


def said_on(tracks: Sequence[Transcript], word: Word) -> frozenset[str]:
    """The track on which the same word is heard at the same time."""
    found = [
        (abs(_middle(one) - _middle(word)), number)
        for number, track in enumerate(tracks)
        for one in track.words
        if _bare(one.text) == _bare(word.text) != ""
    ]
    distance, number = min(found, default=(SAME_WORD_SECONDS, 0))
    return frozenset({str(number)} if distance < SAME_WORD_SECONDS else ())


def said_by(talks: Sequence[Talk], word: Word) -> frozenset[str]:
    """Who speaks for more than half of the word."""
    start, end = word.span.start_ms / 1000, word.span.end_ms / 1000
    shared: dict[str, float] = {}
    for talk in talks:
        shared[talk.who] = shared.get(talk.who, 0.0) + max(0.0, min(end, talk.end) - max(start, talk.start))
    return frozenset(who for who, seconds in shared.items() if seconds > (end - start) / 2)


def wrong_words(transcript: Transcript, turns: Sequence[Turn], truth: Speakers) -> tuple[int, int]:
    """Words with the wrong speaker, with the best of all one-to-one mappings of speakers; and words that are known."""
    found = [one.speaker_id or "" for one in segment(transcript, turns) for _ in one.words]
    ids, people = sorted(set(found)), sorted({who for one in truth for who in one})
    shared = np.array(
        [[sum(f == i and p in t for f, t in zip(found, truth, strict=True)) for p in people] for i in ids]
    )
    names = {ids[row]: people[column] for row, column in zip(*linear_sum_assignment(-shared), strict=True)}
    known = [(names.get(who), one) for who, one in zip(found, truth, strict=True) if one]
    return sum(who not in one for who, one in known), len(known)


def main() -> None:
    transcriber, diarizer = whisper.load({}), campplus.load({})
    rows: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sound.wav"

        def hear(samples: np.ndarray) -> Transcript:
            return transcriber.transcribe(write_wav(path, samples), TranscriptionOptions(language="en"), silent)

        def judge(name: str, samples: np.ndarray, talks: Sequence[Talk], who: Callable[[Word], frozenset[str]]) -> None:
            heard = hear(samples)
            truth = [who(word) for word in heard.words]
            found = diarizer.diarize(path, DiarizationOptions(), silent).turns
            for kind, turns in (("found", found), ("true", _turns(talks))):
                wrong, known = wrong_words(heard, turns, truth)
                rows[f"{name}: wrong by {kind} turns"] = f"{wrong} of {known}"

        for name in ("conv2", "conv3", "ami-dev00"):
            talks = read_rttm(CLIPS / f"{name}.rttm")
            judge(name, read(CLIPS / f"{name}.wav"), talks, partial(said_by, talks))
        for name, plan in PLANS.items():
            voices = [
                np.concatenate([read(one) for one in sorted(CLIPS.glob(reader))]) for reader in READERS[plan.readers]
            ]
            mixed = mix(voices, plan)
            alone = [hear(track) for track in mixed.tracks]
            judge(name, mixed.tracks.sum(axis=0), mixed.talks, partial(said_on, alone))
    tell("How many words get the wrong speaker", "less than 3 in 100, none where one speaks at a time", rows)


def _turns(talks: Sequence[Talk]) -> list[Turn]:
    return [
        Turn(speaker_id=talk.who, span=Span(start_ms=round(talk.start * 1000), end_ms=round(talk.end * 1000)))
        for talk in talks
    ]


def _middle(word: Word) -> float:
    return (word.span.start_ms + word.span.end_ms) / 2000


def _bare(text: str) -> str:
    return re.sub(r"\W", "", text.lower())


if __name__ == "__main__":
    main()
