"""How well are speakers told apart, and what does it cost? The default engine on the recordings and on talk made of them.

Needs the recordings of `../shared/clips` and the model `campplus` (`soundstage models pull campplus`).
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr
from benchmarks.measure import tell

from soundstage.engines.diarization import campplus
from soundstage.engines.diarization.contract import DiarizationOptions
from soundstage.engines.progress import silent
from soundstage.testing.diarization_error import Talk, diarization_error, read_rttm
from soundstage.testing.engines import write_wav

CLIPS = Path(__file__).resolve().parents[2] / "shared" / "clips"
RATE = 16_000
READERS = ("LJ*.flac", "austen-*.wav", "jfk.flac", "ls-1688-*.flac", "ls-1998-*.flac", "ls-2033-*.flac")

Sound = tuple[np.ndarray, tuple[Talk, ...]]


def read(path: Path) -> np.ndarray:
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    return soxr.resample(samples.mean(axis=1), rate, RATE)


def conversation(readers: Sequence[str], seconds: float, overlaps: float, seed: int) -> Sound:
    """Readers in turns of 1.5–6 s at levels 8 dB apart; `overlaps`: share of turns that begin before the last one ends."""
    rng = np.random.default_rng(seed)
    voices = [np.concatenate([read(path) for path in sorted(CLIPS.glob(reader))]) for reader in readers]
    mixed, talks, at, last = np.zeros(round((seconds + 20) * RATE), np.float32), [], 0.3, -1
    while at < seconds:
        last = int(rng.choice([one for one in range(len(voices)) if one != last]))
        length = round(rng.uniform(1.5, 6) * RATE)
        begun = int(rng.integers(0, len(voices[last]) - length))
        piece = voices[last][begun : begun + length]
        first = round(at * RATE)
        mixed[first : first + length] += piece * (0.06 * 10 ** (rng.uniform(-4, 4) / 20) / np.sqrt(np.mean(piece**2)))
        talks.append(Talk(at, at + length / RATE, readers[last]))
        at += length / RATE + (-rng.uniform(0.5, 1.4) if rng.random() < overlaps else rng.uniform(0.1, 0.8))
    end = round((max(talk.end for talk in talks) + 0.5) * RATE)
    return mixed[:end] + 1e-4 * rng.standard_normal(end).astype(np.float32), tuple(talks)


def sounds() -> dict[str, Sound]:
    names = ("conv2", "conv3", "ami-dev00")
    files = {name: (read(CLIPS / f"{name}.wav"), read_rttm(CLIPS / f"{name}.rttm")) for name in names}
    made = {
        "4 readers": conversation(READERS[:4], 90, 0.0, 1),
        "6 readers": conversation(READERS, 180, 0.0, 2),
        "6 readers, 15 min": conversation(READERS, 900, 0.0, 3),
        "2 readers, overlaps": conversation(READERS[3:5], 60, 0.5, 4),
        "6 readers, overlaps": conversation(READERS, 180, 0.3, 5),
    }
    noise = np.random.default_rng(1).standard_normal(30 * RATE).astype(np.float32) * 0.05
    return files | made | {"noise": (noise, ()), "silence": (np.zeros(30 * RATE, np.float32), ())}


def main() -> None:
    begun = time.process_time()
    engine = campplus.load({})
    print(f"loaded in {time.process_time() - begun:.1f} CPU-s")
    rows: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, (samples, truth) in sounds().items():
            path = write_wav(Path(folder) / "sound.wav", samples)
            begun = time.process_time()
            found = engine.diarize(path, DiarizationOptions(), silent)
            cost = (time.process_time() - begun) / (len(samples) / RATE)
            talks = [Talk(one.span.start_ms / 1000, one.span.end_ms / 1000, one.speaker_id) for one in found.turns]
            people = len({talk.who for talk in truth})
            rows[f"{name}: DER"] = diarization_error(truth, talks).rate
            rows[f"{name}: speakers heard, there"] = f"{len(found.speakers)}, {people}"
            rows[f"{name}: CPU-s per second"] = cost
    tell(
        "How well are speakers told apart",
        "DER .08 on conv2 and conv3, .10 on ami-dev00; right number of speakers",
        rows,
    )


if __name__ == "__main__":
    main()
