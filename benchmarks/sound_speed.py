"""How many seconds of sound does a CPU-second make: the engine alone, and the whole road with everything it does?"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.measure import cpu_seconds, served, tell, wait_ended

from soundstage.domain.request import AudioType
from soundstage.engines.progress import silent
from soundstage.engines.registry import Registry
from soundstage.engines.sound.contract import SoundOrder, Wish
from soundstage.engines.sound.synthesis.vocabulary import CLASSES
from soundstage.engines.spec import Capability
from soundstage.host.typed import find

SECONDS = 8
PROMPTS = (
    "heavy rain on a tin roof",
    "howling wind",
    "distant thunder",
    "a crackling fire",
    "a mountain stream",
    "ocean waves",
    "a church bell",
    "a ticking clock",
    "footsteps on gravel",
    "a creaking door slams",
    "breaking glass",
    "a car engine idling",
    "rain with distant thunder and a bell",
)
MUSIC = ("calm ambient pads", "upbeat pop", "jazz swing", "lo-fi hip hop", "techno", "cinematic strings")


def main() -> None:
    spec = Registry().get(Capability.SOUND, "synthesis")
    engine = find(spec.load)({})
    sound = {
        prompt: _speed(engine, prompt, AudioType.SOUND)
        for prompt in (*PROMPTS, *(one.example for one in CLASSES.values()))
    }
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    music = [_speed(engine, prompt, AudioType.MUSIC) for prompt in MUSIC]
    tell(
        "Seconds of audio per CPU-second",
        "sound at least 50 at the median (8 s); 600 MB; 3 s to the first sound of a new process",
        {
            "sound, engine alone, median of all classes": statistics.median(sound.values()),
            "sound, engine alone, slower than this: 5 %": statistics.quantiles(sound.values(), n=20)[0],
            "sound, engine alone, slowest": min(sound.values()),
            "which is": min(sound, key=lambda prompt: sound[prompt]),
            "sound, most memory of the process, MB": memory_mb,
            **_cold_starts(),
            "music, engine alone, median": statistics.median(music),
            "music, engine alone, slowest": min(music),
            "sound, whole road (server, worker, hosts)": _road(),
        },
    )


def _speed(engine: object, prompt: str, audio_type: AudioType) -> float:
    with tempfile.TemporaryDirectory() as folder:
        best = 0.0
        for seed in range(2):
            begun = time.process_time()
            plan = engine.understand(Wish(prompt=prompt, audio_type=audio_type))  # type: ignore[attr-defined]
            order = SoundOrder(prompt=prompt, plan=plan, audio_type=audio_type, frames=44_100 * SECONDS, seed=seed)
            engine.generate((order,), (Path(folder) / "out.wav",), silent)  # type: ignore[attr-defined]
            best = max(best, SECONDS / (time.process_time() - begun))
        return best


_FIRST = """
import sys
from pathlib import Path
from soundstage.domain.sound import AudioType
from soundstage.engines.progress import silent
from soundstage.engines.sound.contract import SoundOrder, Wish
from soundstage.engines.sound.synthesis.engine import load
prompt, folder = sys.argv[1:]
engine = load({"models_dir": folder})
plan = engine.understand(Wish(prompt=prompt, audio_type=AudioType.SOUND))
order = SoundOrder(prompt=prompt, plan=plan, audio_type=AudioType.SOUND, frames=44_100 * 8, seed=1)
engine.generate((order,), (Path(folder) / "a.wav",), silent)
"""


def _cold_starts() -> dict[str, float]:
    """A new process to its first 8 s of sound, in CPU-seconds and on the wall: where the lexicon knows the prompt, where
    the sentence encoder is asked for the first time ever, and again."""
    unusual = "palms struck together to get attention"
    cases = {"a usual prompt": "heavy rain", "an unusual one": unusual, "an unusual one, again": unusual}
    told = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, prompt in cases.items():
            cpu, wall = _cold(prompt, folder)
            told[f"first sound of a process, {name}, CPU-s"] = cpu
            told[f"first sound of a process, {name}, s on the wall"] = wall
    return told


def _cold(prompt: str, folder: str) -> tuple[float, float]:
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", _FIRST, prompt, folder], check=True)
    wall, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def _road() -> float:
    count = 20
    with tempfile.TemporaryDirectory() as folder, served(Path(folder) / "data") as server, server.client() as client:
        warm = client.post("/apis/text-to-sound", json={"prompt": "rain"}).json()["task_id"]
        wait_ended(client, warm)
        before = cpu_seconds(server.process, tree=True)
        made = [
            client.post("/apis/text-to-sound", json={"prompt": PROMPTS[n % len(PROMPTS)], "duration": SECONDS}).json()
            for n in range(count)
        ]
        for task in made:
            assert wait_ended(client, task["task_id"])["state"] == "succeeded"
        return SECONDS * count / (cpu_seconds(server.process, tree=True) - before)


if __name__ == "__main__":
    main()
