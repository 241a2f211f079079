"""Is the music what was asked for: tempo, key, chords, loudness, no drums, exact length, the same again; and how fast?

Every style is asked for in words, at tempos and in keys that a generator draws afresh (its seed is told, and it is none
that tuning used), and goes the way of a task: understood, composed, mastered. What a listener hears in the mastered sound
is then compared with what was asked for. `--seconds` of each piece, `--seeds` how many of each style, `--draw` the draw.
"""

from __future__ import annotations

import argparse
import hashlib
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from benchmarks.measure import Row, tell_table
from benchmarks.music_listening import KRUMHANSL, TEMPERLEY, key_heard, kin, librosa, off_tempo, tempo_heard
from benchmarks.music_tags import Taggers, Tags, tag_rows

from soundstage.domain.sound import AudioType, MusicPlan
from soundstage.engines.progress import silent
from soundstage.engines.sound.contract import SAMPLE_RATE, Generated, SoundOrder, Wish
from soundstage.engines.sound.float_wav import read_float_wav
from soundstage.engines.sound.music.compose import write
from soundstage.engines.sound.music.styles import STYLES
from soundstage.engines.sound.music.tonality import NAMES, parse
from soundstage.engines.sound.synthesis.engine import load
from soundstage.engines.sound.synthesis.making import SynthesisEngine
from soundstage.media.mastering import MasteredSound, master

LOUDNESS = -16.0
SPEED_SECONDS = 8
_RUBATO = frozenset(("ambient", "suspense", "eastern"))  # no beat to hear: told apart


@dataclass
class Heard:
    """One piece: what was asked, and what came of it."""

    style: str
    tempo: float
    key: str
    understood: bool
    off_tempo: float
    kin: str
    by_corpus: bool
    in_key: float
    loudness: float
    true_peak: float
    exact: bool
    drums: bool
    drums_asked: bool
    speed: float
    tags: Tags


@dataclass
class Session:
    engine: SynthesisEngine
    folder: Path
    tracker: object = None
    taggers: Taggers | None = None
    made: list[Heard] = field(default_factory=list)

    def generate(self, prompt: str, frames: int, seed: int, **more: bool) -> tuple[MusicPlan, Generated, Path, float]:
        """Plan, what was written, where, and CPU-seconds."""
        output = self.folder / "piece.wav"
        begun = time.process_time()
        plan = self.engine.understand(Wish(prompt=prompt, audio_type=AudioType.MUSIC))
        order = SoundOrder(prompt=prompt, plan=plan, audio_type=AudioType.MUSIC, frames=frames, seed=seed, **more)
        (made,) = self.engine.generate((order,), (output,), silent)
        assert plan.music is not None
        return plan.music, made, output, time.process_time() - begun


def main() -> None:
    options = _options()
    tracker = librosa()
    print(
        f"tempo by {'librosa ' + tracker.__version__ if tracker else 'our own autocorrelation: librosa is not to be had'}"
    )
    random = np.random.default_rng(options.draw)
    with tempfile.TemporaryDirectory() as folder:
        session = Session(load({}), Path(folder), tracker, Taggers())
        for seed in range(options.seeds):
            for name in STYLES:
                heard = _listen(session, name, random, options.seconds, 7000 + 13 * seed)
                session.made.append(heard)
                print(f"{name:14} {heard.tempo:4.0f} bpm off {heard.off_tempo:5.1%}  {heard.key:9} {heard.kin:9} "
                      f"{'' if heard.understood else 'NOT understood ':>1}{heard.loudness:6.1f} LUFS {heard.speed:5.1f}x  {' | '.join(', '.join(one[:3]) for one in heard.tags)}", flush=True)  # fmt: skip
        rows = [*_rows(session.made), *_loops(session, random), *_again(session)]
    tell_table("music quality", rows)


def _listen(session: Session, name: str, random: np.random.Generator, seconds: float, seed: int) -> Heard:
    style = STYLES[name]
    tempo = int(random.integers(style.tempo[0], style.tempo[1] + 1))
    key = f"{NAMES[int(random.integers(12))]} {('major', 'minor')[int(random.integers(2))]}"
    drums = bool(random.integers(2))
    prompt = f"{style.title}, {tempo} bpm, in {key}" + ("" if drums else ", without drums")
    frames = round(seconds * SAMPLE_RATE)
    plan, made, output, cpu = session.generate(prompt, frames, seed, stems=True)
    mastered = _mastered(output)
    sound, _ = read_float_wav(output.with_suffix(".master.wav"))
    return Heard(
        style=name,
        tempo=tempo,
        key=key,
        understood=plan.style == name and plan.tempo == tempo and plan.tonality == key,
        off_tempo=off_tempo(tempo_heard(np.asarray(sound), session.tracker), plan.tempo),
        kin=kin(key_heard(np.asarray(sound), KRUMHANSL), plan.tonality),
        by_corpus=key_heard(np.asarray(sound), TEMPERLEY) == plan.tonality,
        in_key=_in_key(plan, seconds, seed),
        loudness=mastered.loudness_after or -99.0,
        true_peak=mastered.true_peak_after or -99.0,
        exact=len(sound) == frames,
        drums=any(stem.name == "drums" for stem in made.stems),
        drums_asked=plan.drums,
        speed=seconds / cpu,
        tags=session.taggers.heard(np.asarray(sound), SAMPLE_RATE) if session.taggers else (),
    )


def _mastered(output: Path) -> MasteredSound:
    return master(output, output.with_suffix(".master.wav"), LOUDNESS, silent)


def _in_key(plan: MusicPlan, seconds: float, seed: int) -> float:
    """Share of the notes of chords and melody, by their length, in the key (minor: with raised sixth and seventh)."""
    tonality = parse(plan.tonality)
    scale = {
        *tonality.scale,
        *(((tonality.tonic + step) % 12) for step in ((9, 11) if tonality.mode == "minor" else ())),
    }
    notes = [note for part in write(plan, seconds, seed).parts for note in part.notes if note.length > 0]
    total = sum(note.length for note in notes)
    return sum(note.length for note in notes if note.pitch % 12 in scale) / max(total, 1e-9)


def _rows(made: list[Heard]) -> list[Row]:
    beaten = [one for one in made if one.style not in _RUBATO]
    kins = Counter(one.kin for one in made)
    speeds = sorted(one.speed for one in made)

    def share(which: list[bool]) -> float:
        return sum(which) / max(1, len(which))

    def row(measure: str, of: str, figure: float, goal: str = "", met: bool | None = None) -> Row:
        return Row(measure, of, figure, goal=goal, met=met)

    tempo, same = share([one.off_tempo <= 0.04 for one in beaten]), share([one.kin == "same" for one in made])
    loud = share([abs(one.loudness - LOUDNESS) <= 1 for one in made])
    chords = float(np.mean([one.in_key for one in made]))
    quiet = share([not one.drums for one in made if not one.drums_asked])
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    return [
        row("styles", "the engine", len(STYLES), "≥ 20", len(STYLES) >= 20),
        row("understood whole", "prompts", share([one.understood for one in made])),
        row("tempo within 4 %", f"{len(beaten)} pieces with a beat", tempo, "≥ 0.9", tempo >= 0.9),
        row("key right by Krumhansl's profiles", f"{len(made)} pieces", same, "≥ 0.8", same >= 0.8),
        *(row(f"key heard as its {name}", "pieces", kins[name] / len(made)) for name in ("relative", "fifth", "parallel", "other")),
        row("key right by Temperley's profiles", "pieces", share([one.by_corpus for one in made])),
        *tag_rows([(one.style, one.tags) for one in made]),
        row("notes in key", "chords and melody", chords, "≥ 0.9", chords >= 0.9),
        row("loudness −16 ± 1 LUFS", "pieces", loud, "1", loud == 1),
        row("true peak, highest", "pieces, dBTP", max(one.true_peak for one in made), "≤ −1",
            max(one.true_peak for one in made) <= -1),
        row("no drums when asked", "pieces", quiet, "1", quiet == 1),
        row("length exact to the sample", "pieces", share([one.exact for one in made]), "1", all(one.exact for one in made)),
        row("seconds a CPU-second, median", "pieces, first of their style", float(np.median(speeds)), "≥ 20",
            float(np.median(speeds)) >= 20),
        row("seconds a CPU-second, slowest 5 %", "pieces", speeds[len(speeds) // 20]),
        row("memory, highest, with the listener's", "this process, MB", memory),
    ]  # fmt: skip


def _loops(session: Session, random: np.random.Generator) -> list[Row]:
    """The step at the seam against the largest of the 2,000 around it, and whole bars."""
    unheard = []
    for name in ("pop", "house", "ambient", "celtic", "jazz", "trap"):
        frames = round(float(random.uniform(4, 9)) * SAMPLE_RATE)
        session.generate(f"{STYLES[name].title} loop", frames, 7, loop=True)
        sound, _ = read_float_wav(session.folder / "piece.wav")
        steps = np.abs(np.diff(np.concatenate((sound[-1000:], sound[:1000])), axis=0)).max(axis=1)
        unheard.append(bool(steps[999] <= np.delete(steps, 999).max()))
    share = sum(unheard) / len(unheard)
    return [Row("seam unheard", f"{len(unheard)} loops", share, goal="1", met=share == 1)]


_PROGRAM = """
import hashlib, pathlib, sys, tempfile
from benchmarks.music_quality import Session
from soundstage.engines.sound.synthesis.engine import load
folder = pathlib.Path(tempfile.mkdtemp())
Session(load({}), folder).generate(sys.argv[1], 5 * 44100, 3)
print(hashlib.sha256((folder / "piece.wav").read_bytes()).hexdigest())
"""


def _again(session: Session) -> list[Row]:
    """The same recipe in this process, which has played much, and in a fresh one; and what that one cost in all."""
    same, cold = [], []
    for prompt in ("funk, 104 bpm", "symphonic orchestra in D minor", "trap"):
        session.generate(prompt, 5 * SAMPLE_RATE, 3)
        here = hashlib.sha256((session.folder / "piece.wav").read_bytes()).hexdigest()
        before = _children()
        there = subprocess.run([sys.executable, "-c", _PROGRAM, prompt], capture_output=True, text=True, check=True)
        cold.append(_children() - before)
        same.append(there.stdout.strip() == here)
    return [
        Row("same bytes in another process", f"{len(same)} recipes", sum(same) / len(same), goal="1", met=all(same)),
        Row("from nothing to 5 s of music", "a fresh process, CPU-seconds", min(cold), goal="≤ 3", met=min(cold) <= 3),
    ]


def _children() -> float:
    """CPU-seconds of the processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=16.0)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--draw", type=int, default=20_261_122)
    return parser.parse_args()


if __name__ == "__main__":
    main()
