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
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil
from benchmarks.measure import cpu_seconds, served, set_up, stage_seconds, tell, wait_ended
from benchmarks.talk import write_talk

from soundstage.pipelines.project_setup import PIPELINE

SECONDS = 600


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


def road(audio: Path, folder: Path) -> tuple[float, float, dict[str, Any]]:
    """Wall and CPU seconds of the set-up, and its last status."""
    with served(folder / "data") as server, server.client() as client:
        # Loads the engines: neither side's figures hold the loading of the models.
        wait_ended(client, set_up(client, write_talk(folder / "short.flac", 10)))
        before, begun = cpu_seconds(server.process, tree=True), time.monotonic()
        status = wait_ended(client, set_up(client, audio))
        wall, cpu = time.monotonic() - begun, cpu_seconds(server.process, tree=True) - before
        assert status["state"] == "succeeded", status["message"]
        return wall, cpu, status


def critical_path(took: Mapping[str, float]) -> tuple[float, tuple[str, ...]]:
    """The longest way through the stages by the seconds that each took: no run is shorter, however many cores."""
    ways: dict[str, tuple[float, tuple[str, ...]]] = {}
    for stage, waits in PIPELINE.waits.items():
        seconds, way = max((ways[name] for name in waits), default=(0.0, ()))
        ways[stage] = seconds + took[stage], (*way, stage)
    return max(ways.values())


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        audio = folder / "talk.flac"
        write_talk(audio, SECONDS)
        wall, cpu, status = road(audio, folder)
        bare_wall, bare_cpu, words = bare(BARE, audio, folder / "data" / "models")
        others_wall, others_cpu, others = bare(OTHERS, audio, folder / "data" / "models")
    took = stage_seconds(status)
    longest, way = critical_path(took)
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
            "the longest way through its stages, wall seconds": longest,
            "which is": " ".join(way),
            "ratio of wall to that way (goal: at most 1.10)": wall / longest,
            "memory of this machine, GB": psutil.virtual_memory().total / 1e9,
            **{f"stage {name}, wall seconds": seconds for name, seconds in took.items()},
        },
    )


if __name__ == "__main__":
    main()
