"""Is a sound exactly what was ordered: its length to the sample, its bytes again, a loop without a seam?

Through the engine and the mastering that every sound goes through, with 200 random durations of 0.5 to 3 s; one in eight
is music, one in three a loop. One in `--again` is made once more by another process, and with another seed. A seam is measured as the findings
tell it (`media/seam.py`): the step over it against the largest of the 10 ms on either side, 0 dB and less is unheard.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import soundfile
from benchmarks.measure import Row, tell_table

from soundstage.domain.sound import AudioType
from soundstage.engines.progress import silent
from soundstage.engines.registry import Registry
from soundstage.engines.sound.contract import SAMPLE_RATE, SoundEngine, SoundOrder, Wish
from soundstage.engines.sound.synthesis.vocabulary import CLASSES
from soundstage.engines.spec import Capability
from soundstage.host.typed import find
from soundstage.media.mastering import master

SHORTEST, LONGEST = 0.5, 3.0
MUSIC = ("calm ambient pads", "upbeat pop", "jazz swing", "lo-fi hip hop", "techno", "cinematic strings")


@dataclass(frozen=True)
class Case:
    prompt: str
    audio_type: str
    frames: int
    seed: int
    loop: bool

    @property
    def kind(self) -> str:
        return f"{self.audio_type}, {'loop' if self.loop else 'once'}"


@dataclass(frozen=True)
class Made:
    """`frames` of the finished file; SHA-256 of the raw sound and of the finished one; the seam of a loop in dB."""

    frames: int
    raw: str
    finished: str
    seam_db: float | None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--durations", type=int, default=200)
    parser.add_argument("--again", type=int, default=4, help="one in so many is made once more")
    parser.add_argument("--seed", type=int, default=20_260, help="of the draw")
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)  # what the other process does: cases in, made out
    told = parser.parse_args()
    if told.make is not None:
        cases = [Case(**one) for one in json.loads(told.make.read_text())]
        told.make.write_text(json.dumps([asdict(one) for one in _made(cases)]))
        return
    chance = random.Random(told.seed)
    cases = _drawn(told.durations, chance)
    made = _made(cases)
    some = sorted(chance.sample(range(len(cases)), -(-len(cases) // told.again)))
    again = _elsewhere([cases[at] for at in some])
    others = _made([Case(**(asdict(cases[at]) | {"seed": cases[at].seed + 1})) for at in some])
    picked, first = [cases[at] for at in some], [made[at] for at in some]
    rows = [
        _row("length to the sample", cases, [one.frames == case.frames for case, one in zip(cases, made, strict=True)]),
        _row("same bytes in another process", picked, _pairs(lambda one, two: one == two, first, again)),
        _row("another seed, another sound", picked, _pairs(lambda one, two: one.raw != two.raw, first, others)),
        *_seams(cases, made),
    ]
    tell_table(f"Exactness of sounds, {len(cases)} random durations of {SHORTEST:g} to {LONGEST:g} s", rows)


def _drawn(count: int, chance: random.Random) -> list[Case]:
    """Classes in their order of chance, so that each comes before one comes twice."""
    prompts = chance.sample([sound.example for sound in CLASSES.values()], len(CLASSES))
    cases = []
    for number in range(count):
        music = number % 8 == 7
        cases.append(
            Case(
                prompt=MUSIC[number // 8 % len(MUSIC)] if music else prompts[number % len(prompts)],
                audio_type=(AudioType.MUSIC if music else AudioType.SOUND).value,
                frames=round(chance.uniform(SHORTEST, LONGEST) * SAMPLE_RATE),
                seed=chance.randrange(1 << 31),
                loop=number % 3 == 2,
            )
        )
    return cases


def _made(cases: Sequence[Case]) -> list[Made]:
    engine: SoundEngine = find(Registry().get(Capability.SOUND, "synthesis").load)({})
    with tempfile.TemporaryDirectory() as folder:
        return [_one(engine, case, Path(folder)) for case in cases]


def _one(engine: SoundEngine, case: Case, folder: Path) -> Made:
    kind, raw, finished = AudioType(case.audio_type), folder / "raw.wav", folder / "finished.wav"
    plan = engine.understand(Wish(prompt=case.prompt, audio_type=kind, frames=case.frames, loop=case.loop))
    order = SoundOrder(
        prompt=case.prompt, plan=plan, audio_type=kind, frames=case.frames, seed=case.seed, loop=case.loop
    )
    engine.generate((order,), (raw,), silent)
    mastered = master(raw, finished, -20.0, silent, loop=case.loop)
    return Made(
        frames=soundfile.info(finished).frames,
        raw=hashlib.sha256(raw.read_bytes()).hexdigest(),
        finished=hashlib.sha256(finished.read_bytes()).hexdigest(),
        seam_db=None if mastered.seam is None else mastered.seam.step_db,
    )


def _elsewhere(cases: Sequence[Case]) -> list[Made]:
    """The same cases, made by a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        task = Path(folder) / "cases.json"
        task.write_text(json.dumps([asdict(case) for case in cases]))
        subprocess.run([sys.executable, "-m", "benchmarks.sound_exactness", "--make", str(task)], check=True)
        return [Made(**one) for one in json.loads(task.read_text())]


def _row(measure: str, cases: Sequence[Case], kept: Sequence[bool]) -> Row:
    """The share that keeps the promise; beside it that of each kind. Who does not is named."""
    for case, good in zip(cases, kept, strict=True):
        if not good:
            print(f"not kept: {measure}: {case}")
    kinds = {
        kind: [good for case, good in zip(cases, kept, strict=True) if case.kind == kind] for kind in _kinds(cases)
    }
    shares = {kind: sum(good) / len(good) for kind, good in kinds.items()}
    return Row(measure, f"{len(kept)} sounds", sum(kept) / len(kept), "1", all(kept), shares)


def _kinds(cases: Sequence[Case]) -> list[str]:
    return sorted({case.kind for case in cases})


def _pairs(test: Callable[[Made, Made], bool], one: Sequence[Made], other: Sequence[Made]) -> list[bool]:
    return [test(first, second) for first, second in zip(one, other, strict=True)]


def _seams(cases: Sequence[Case], made: Sequence[Made]) -> list[Row]:
    loops = [(case, one.seam_db) for case, one in zip(cases, made, strict=True) if one.seam_db is not None]
    unheard = [seam <= 0 for _, seam in loops]
    worst = max(seam for _, seam in loops)
    return [
        _row("seam no larger than what is beside it", [case for case, _ in loops], unheard),
        Row("largest seam, dB", f"{len(loops)} loops", worst, "≤ 0", worst <= 0),
    ]


if __name__ == "__main__":
    main()
