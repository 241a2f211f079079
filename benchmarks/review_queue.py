"""Does the review queue name the lines that hold words heard wrong, and leave the others alone?

Readings whose text is known, clean and under noise, music and other voices, heard by the default engines. Needs the
recordings of `../shared/clips` and the model `campplus`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import soxr
from benchmarks.measure import tell

from soundstage.domain.request import AudioType
from soundstage.domain.segment import Segment
from soundstage.domain.timing import merge
from soundstage.engines.activity import omnivad
from soundstage.engines.diarization import campplus
from soundstage.engines.diarization.contract import DiarizationOptions
from soundstage.engines.progress import silent
from soundstage.engines.transcription import whisper
from soundstage.engines.transcription.contract import TranscriptionOptions
from soundstage.pipelines import segmentation
from soundstage.pipelines.review import Heard, review
from soundstage.testing.engines import write_wav
from soundstage.testing.mixtures import RATE, Samples, joined, made, noise, over_music, read
from soundstage.testing.word_error import same_words, words_of

CLIPS = Path(__file__).resolve().parents[2] / "shared" / "clips"
READINGS = ("LJ001-0001", "LJ001-0002", "LJ001-0003", "LJ001-0004", "LJ001-0005",
            "austen-0870", "austen-0880", "austen-0890", "jfk")  # fmt: skip


def readings(order: Sequence[str]) -> tuple[Samples, str]:
    """All of them in this order, and what is said."""
    files = [next(file for file in CLIPS.glob(f"{name}.*") if file.suffix != ".txt") for name in order]
    said = " ".join((CLIPS / f"{name}.txt").read_text().strip() for name in order)
    return joined([read(file) for file in files], 0.8)[0], said


def sounds() -> Iterator[tuple[str, Samples, str]]:
    shuffled = [str(name) for name in np.random.default_rng(3).permutation(READINGS)]
    (first, said), (second, also) = readings(READINGS), readings(shuffled)
    seconds = max(len(first), len(second)) / RATE + 1
    music = np.concatenate([made(text, 40, AudioType.MUSIC) for text in ("loud rock music", "an upbeat pop song")])
    others = np.concatenate([read(file) for file in sorted(CLIPS.glob("ls-*.flac"))])
    babble = sum(np.roll(np.tile(others, (2, 1)), -shift * RATE, axis=0) for shift in (0, 7, 13))
    yield "clean", first, said
    for name, under, decibels in (
        ("noise", noise(seconds, 1.0), (10, 5, 0, -3)),
        ("music", np.tile(music, (2, 1)), (5, 0)),
        ("voices", babble, (10, 3)),
    ):
        for number, level in enumerate(decibels):
            speech, text = (first, said) if number % 2 == 0 else (second, also)
            yield f"{name} at {level} dB", over_music(speech, under, level)[0], text


class Ears:
    def __init__(self) -> None:
        self.activity, self.transcriber, self.diarizer = omnivad.load({}), whisper.load({}), campplus.load({})

    def lines(self, samples: Samples, folder: Path) -> tuple[tuple[Segment, ...], set[str]]:
        """The segments, and the ids of those to review."""
        mono = soxr.resample(samples.mean(axis=1), RATE, 16_000).astype(np.float32)
        path = write_wav(folder / "sound.wav", mono)
        found = self.activity.detect(path, silent)
        options = TranscriptionOptions(speech=merge(found.speech + found.singing, gap_ms=5_000))
        heard = self.transcriber.transcribe(path, options, silent)
        turns = self.diarizer.diarize(path, DiarizationOptions(), silent).turns
        segments = segmentation.segment(heard, turns)
        return segments, {line.segment_id for line in review(Heard(segments, turns, heard.language))}


def wrong_words(said: str, segments: Sequence[Segment]) -> list[int]:
    """For each segment how many of its words are wrong, with those that are missing beside it."""
    truth = words_of(said)
    heard = [(word, number) for number, one in enumerate(segments) for word in words_of(one.text)]
    pairs = same_words(truth, [word for word, _ in heard])
    right = {place for _, place in pairs}
    wrong = [0] * len(segments)
    for place, (_, number) in enumerate(heard):
        wrong[number] += place not in right
    before = (-1, -1)
    for pair in [*pairs, (len(truth), len(heard))]:
        missing = (pair[0] - before[0]) - (pair[1] - before[1])
        if missing > 0 and heard:
            wrong[heard[min(max(before[1], 0), len(heard) - 1)][1]] += missing
        before = pair
    return wrong


def main() -> None:
    ears, rows = Ears(), dict[str, Any]()
    lines: list[tuple[int, bool]] = []  # wrong words, whether it is to be reviewed
    with tempfile.TemporaryDirectory() as folder:
        for name, samples, said in sounds():
            segments, doubtful = ears.lines(samples, Path(folder))
            here = [
                (wrong, one.segment_id in doubtful)
                for one, wrong in zip(segments, wrong_words(said, segments), strict=True)
            ]
            rows[f"{name}: lines, to review, with a wrong word"] = (
                f"{len(here)}, {sum(named for _, named in here)}, {sum(wrong > 0 for wrong, _ in here)}"
            )
            lines += here
    named = [wrong for wrong, to_review in lines if to_review]
    wrong_lines = [to_review for wrong, to_review in lines if wrong]
    rows["of the lines to review, with a wrong word"] = sum(wrong > 0 for wrong in named) / max(1, len(named))
    rows["of the lines with a wrong word, to review"] = sum(wrong_lines) / max(1, len(wrong_lines))
    rows["of the wrong words, in lines to review"] = sum(named) / max(1, sum(wrong for wrong, _ in lines))
    tell(
        "Does the review queue name the lines with words heard wrong", "none of the clean lines; most of the rest", rows
    )


if __name__ == "__main__":
    main()
