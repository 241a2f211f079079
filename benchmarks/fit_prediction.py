"""How well is it predicted how long a line takes to say? On the source lines of the clips, whose true times are known.

    python -m benchmarks.fit_prediction [--clips FOLDER]

Each line is predicted at the usual pace, and at the speaker's as measured on their other lines. Times are whisper's.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import soundfile
import soxr

from soundstage.domain.segment import Segment
from soundstage.domain.speaker import Turn
from soundstage.domain.timing import Span
from soundstage.engines.progress import silent
from soundstage.engines.transcription import whisper
from soundstage.engines.transcription.contract import TranscriptionOptions
from soundstage.pipelines.fit import paces, spoken_ms
from soundstage.pipelines.segmentation import segment

CLIPS = Path(__file__).resolve().parents[2] / "shared" / "clips"
SHORTEST_MS = 1_000


def lines(clips: Path, folder: Path) -> Iterator[Segment]:
    """Every line of the clips, its speaker named over all of them."""
    engine = whisper.load({"models_dir": str(folder / "models")})
    for clip in sorted(path for path in clips.iterdir() if path.suffix in (".wav", ".flac")):
        samples, rate = soundfile.read(clip, dtype="float32", always_2d=True)
        audio = folder / "audio.wav"
        soundfile.write(audio, soxr.resample(samples.mean(axis=1), rate, 16_000), 16_000, subtype="PCM_16")
        heard = engine.transcribe(audio, TranscriptionOptions(language="en"), silent)
        one = clip.stem.rpartition("-")[0] or clip.stem  # `ls-1688-0` and `ls-1688-3` are the same speaker's
        for line in segment(heard, list(turns(clip.with_suffix(".rttm")))):
            yield line.model_copy(update={"speaker_id": f"{clip.stem}:{line.speaker_id}" if line.speaker_id else one})


def turns(rttm: Path) -> Iterator[Turn]:
    for row in rttm.read_text().split("\n") if rttm.exists() else ():
        if fields := row.split():
            start, length = round(float(fields[3]) * 1000), max(1, round(float(fields[4]) * 1000))
            yield Turn(speaker_id=fields[7], span=Span(start_ms=start, end_ms=start + length))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clips", type=Path, default=CLIPS)
    clips = parser.parse_args().clips
    with tempfile.TemporaryDirectory() as folder:
        every = list(lines(clips, Path(folder)))
    usual, paced, shares = [], [], []
    for line in every:
        true = line.span.duration_ms
        if true < SHORTEST_MS:
            continue
        others = [other for other in every if other.speaker_id == line.speaker_id and other is not line]
        pace = paces(others, "en").get(line.speaker_id, 1.0)
        usual.append(abs(spoken_ms(line.text, "en") - true) / true)
        paced.append(abs(spoken_ms(line.text, "en", pace) - true) / true)
        shares.append(spoken_ms(line.text, "en") / true)
    for name, errors in (("at the usual pace", usual), ("at the speaker's", paced)):
        print(
            f"{name:18} median error {median(errors):.1%}, nine in ten below {sorted(errors)[len(errors) * 9 // 10]:.0%}"
        )
    found = {"lines": len(usual), "median_usual": median(usual), "median_paced": median(paced), "bias": median(shares)}
    print(json.dumps({name: round(value, 4) for name, value in found.items()}))


if __name__ == "__main__":
    main()
