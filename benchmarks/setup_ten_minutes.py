"""What does setting up ten minutes of talk cost, against calling its engines directly on the same audio?

Needs the recordings of `../shared/clips`. Both sides use the same models, threads and beam, and give word times. Engines
whose models are not there count on neither side; whisper's share is told apart.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

import httpx
import numpy as np
import psutil
import soundfile
import soxr
from benchmarks.measure import cpu_seconds, served, tell, wait_ended

CLIPS = Path(__file__).resolve().parents[2] / "shared" / "clips"
MINUTES = 10
RATE = 16_000


def talk(path: Path) -> None:
    """Ten minutes of different speakers with pauses, 16 kHz mono, as FLAC."""
    parts, length = [], 0
    sources = [*sorted(CLIPS.glob("LJ*.flac")), *sorted(CLIPS.glob("conv*.wav")), *sorted(CLIPS.glob("ls-*.flac"))]
    while length < MINUTES * 60 * RATE:
        for source in sources:
            samples, rate = soundfile.read(source, dtype="float32", always_2d=True)
            mono = soxr.resample(samples.mean(axis=1), rate, RATE)
            parts += [mono, np.zeros(RATE // 2, np.float32)]
            length += len(mono) + RATE // 2
    soundfile.write(path, np.concatenate(parts)[: MINUTES * 60 * RATE], RATE)


BARE = """
import sys, time, json
from pathlib import Path
from soundstage.engines.weights import WHISPER_BASE, unpack
from faster_whisper import WhisperModel
model = WhisperModel(str(unpack(WHISPER_BASE, Path(sys.argv[2]))), device="cpu", compute_type="int8")
begun, cpu = time.monotonic(), time.process_time()
segments, info = model.transcribe(sys.argv[1], word_timestamps=True, beam_size=5)
words = sum(len(segment.words) for segment in segments)
print(json.dumps([time.monotonic() - begun, time.process_time() - cpu, words]))
"""


OTHERS = """
import sys, time, json
from pathlib import Path
from soundstage.engines.activity import omnivad
from soundstage.engines.diarization import campplus
from soundstage.engines.diarization.contract import DiarizationOptions
from soundstage.engines.progress import silent
from soundstage.engines.separation import spleeter
from soundstage.media.decode import decode
audio, settings = Path(sys.argv[1]), {"models_dir": sys.argv[2]}
source, analysis = audio.with_name("source.flac"), audio.with_name("analysis.wav")
decode(audio, (0,), source, analysis)
calls = [lambda engine=omnivad.load(settings): engine.detect(analysis, silent)]
if campplus.check(settings).ready:
    calls.append(lambda engine=campplus.load(settings): engine.diarize(analysis, DiarizationOptions(), silent))
if spleeter.check(settings).ready:
    stems = [audio.with_name("speech.flac"), audio.with_name("background.flac")]
    calls.append(lambda engine=spleeter.load(settings): engine.separate(source, *stems, silent))
begun, cpu = time.monotonic(), time.process_time()
for call in calls:
    call()
print(json.dumps([time.monotonic() - begun, time.process_time() - cpu, len(calls)]))
"""


def bare(script: str, audio: Path, models: Path) -> list[float]:
    done = subprocess.run(
        [sys.executable, "-c", script, str(audio), str(models)], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    result: list[float] = json.loads(done.stdout.splitlines()[-1])
    return result


def road(audio: Path, folder: Path) -> tuple[float, float, dict[str, float]]:
    with served(folder / "data") as server, server.client() as client:
        with audio.open("rb") as file:
            media_url = client.post("/apis/uploads", files={"file": ("talk.flac", file)}).json()["media_url"]
        _warm(client, folder)
        body = {"media_url": media_url, "source_language": "auto", "target_languages": ["es-es"]}
        before, begun = cpu_seconds(server.process, tree=True), time.monotonic()
        task_id = client.post("/apis/project-setup", json=body).json()["task_id"]
        status = wait_ended(client, task_id)
        wall, cpu = time.monotonic() - begun, cpu_seconds(server.process, tree=True) - before
        assert status["state"] == "succeeded", status["message"]
        took = {s["name"]: _seconds(s) for s in status["stages"]}
        return wall, cpu, took


def _warm(client: httpx.Client, folder: Path) -> None:
    """Load the engines with ten seconds of talk: neither side's figures hold the loading of the model."""
    short = folder / "short.flac"
    samples, rate = soundfile.read(folder / "talk.flac", frames=10 * RATE, dtype="float32")
    soundfile.write(short, samples, rate)
    with short.open("rb") as file:
        media_url = client.post("/apis/uploads", files={"file": ("short.flac", file)}).json()["media_url"]
    body = {"media_url": media_url, "source_language": "auto", "target_languages": ["es-es"]}
    wait_ended(client, client.post("/apis/project-setup", json=body).json()["task_id"])


def _seconds(stage: dict[str, str]) -> float:
    return (datetime.fromisoformat(stage["finished_at"]) - datetime.fromisoformat(stage["started_at"])).total_seconds()


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        audio = folder / "talk.flac"
        talk(audio)
        wall, cpu, took = road(audio, folder)
        bare_wall, bare_cpu, words = bare(BARE, audio, folder / "data" / "models")
        others_wall, others_cpu, others = bare(OTHERS, audio, folder / "data" / "models")
    tell(
        "Set-up of ten minutes",
        "at most 1.05 x the CPU of its engines called directly, one after the other",
        {
            "set-up, CPU seconds": cpu,
            "whisper alone, CPU seconds": bare_cpu,
            f"the {others:.0f} other engines alone, CPU seconds": others_cpu,
            "ratio of CPU": cpu / (bare_cpu + others_cpu),
            "set-up, wall seconds": wall,
            "whisper alone, wall seconds": bare_wall,
            f"the {others:.0f} other engines alone, wall seconds": others_wall,
            "ratio of wall": wall / (bare_wall + others_wall),
            "words (whisper alone)": words,
            "memory of this machine, GB": psutil.virtual_memory().total / 1e9,
            **{f"stage {name}, wall seconds": seconds for name, seconds in took.items()},
        },
    )


if __name__ == "__main__":
    main()
