"""When are the words of a brought text said? Spread evenly over their cue, or aligned with what an engine hears there.

Truth by construction: readings whose words are known are laid end to end, so that where the first word of each begins
is known (the moment its recording rises from silence); cues reach across the joints. From those joints comes the error
of the aligned times; for cues of a few words, as subtitles have them, spreading is then compared with the aligned times.
Needs the recordings of `../shared/clips` and whisper-base.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import soundfile
import soxr
from benchmarks.measure import tell

from soundstage.domain.timing import Span
from soundstage.domain.transcript import Word
from soundstage.engines.activity import omnivad
from soundstage.engines.progress import silent
from soundstage.engines.transcription import whisper
from soundstage.engines.transcription.contract import TranscriptionOptions
from soundstage.engines.transcription.passages import tighten
from soundstage.pipelines.word_times import timed_words
from soundstage.testing.engines import write_wav

CLIPS = Path(__file__).resolve().parents[2] / "shared" / "clips"
RATE = 16_000
GAP_MS = 400


def read(path: Path) -> np.ndarray:
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    return soxr.resample(samples.mean(axis=1), rate, RATE)


def onset_ms(samples: np.ndarray) -> int:
    """Where a recording first comes within 30 dB of its loudest 10 ms."""
    frames = samples[: len(samples) // 160 * 160].reshape(-1, 160)
    level = 10 * np.log10(np.mean(frames**2, axis=1) + 1e-12)
    return int(np.argmax(level > level.max() - 30)) * 10


def laid_out(names: Sequence[str]) -> tuple[np.ndarray, list[tuple[Span, list[str], int]]]:
    """The samples, and of each reading its span, its words and where the first one begins."""
    parts, readings, at = [], [], 0
    for name in names:
        samples = read(next(CLIPS.glob(f"{name}.*[!t]")))
        words = (CLIPS / f"{name}.txt").read_text().split()
        length = len(samples) * 1000 // RATE
        readings.append((Span(start_ms=at, end_ms=at + length), words, at + onset_ms(samples)))
        parts += [samples[: length * RATE // 1000], np.zeros(GAP_MS * RATE // 1000, np.float32)]
        at += length + GAP_MS
    return np.concatenate(parts), readings


def around(heard: Sequence[Word], span: Span) -> list[Word]:
    return [word for word in heard if word.span.end_ms > span.start_ms - 500 and word.span.start_ms < span.end_ms + 500]


def figures(errors: Sequence[float]) -> str:
    median, most = np.quantile(errors, (0.5, 0.9))
    return (
        f"{median:.0f} ms in the median, {most:.0f} ms at 9 in 10, {max(errors):.0f} ms at worst ({len(errors)} words)"
    )


def main() -> None:
    names = ("jfk", "LJ001-0001", "austen-0870", "LJ001-0002", "LJ001-0003", "austen-0880", "LJ001-0004", "austen-0890")
    samples, readings = laid_out((*names, "LJ001-0005"))
    with tempfile.TemporaryDirectory() as folder:
        audio = Path(folder) / "talk.wav"
        write_wav(audio, samples)
        engine = whisper.load({})
        begun = time.perf_counter()
        transcript = engine.transcribe(audio, TranscriptionOptions(language="en"), silent)
        hearing = time.perf_counter() - begun
        speech = omnivad.load({}).detect(audio, silent).speech
    loose = transcript.words
    heard = [word for passage in tighten(transcript.passages, speech) for word in passage.words]
    joints: dict[str, list[float]] = {"aligned": [], "as heard": [], "even": [], "even in speech": []}
    short: list[float] = []
    begun = time.perf_counter()
    for (first, words, _), (second, more, truth) in pairwise(readings):
        span = Span(start_ms=first.start_ms, end_ms=second.end_ms)
        ways = (
            ("aligned", around(heard, span), speech),
            ("as heard", around(loose, span), ()),
            ("even", (), ()),
            ("even in speech", (), speech),
        )
        for way, known, spoken in ways:
            times, _found = timed_words([*words, *more], span, known, spoken)
            joints[way].append(abs(times[len(words)].start_ms - truth))
    for span, words, _ in readings:
        aligned, _found = timed_words(words, span, around(heard, span))
        for start in range(0, len(words) - 8, 8):  # cues of eight words, as tight as a good subtitler makes them
            cue = Span(start_ms=aligned[start].start_ms, end_ms=aligned[start + 7].end_ms)
            even, _none = timed_words(words[start : start + 8], cue)
            short += [abs(one.start_ms - aligned[start + n].start_ms) for n, one in enumerate(even)][1:]
    spent = time.perf_counter() - begun
    tell(
        "When are the words of a brought text said",
        "aligned: half of the words within 100 ms, and nearer than spread evenly",
        {
            **{f"at joints, {way}": figures(errors) for way, errors in joints.items()},
            "spread evenly in cues of 8 words, from aligned": figures(short),
            "media_seconds": len(samples) / RATE,
            "hearing_seconds": hearing,
            "aligning_seconds": spent,
        },
    )


if __name__ == "__main__":
    main()
