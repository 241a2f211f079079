"""Composition: a music plan, a length and a seed become a finished piece."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from soundstage.domain.sound import MusicPlan
from soundstage.engines.progress import Report
from soundstage.engines.sound.music.accompaniment import bass, comp, pad
from soundstage.engines.sound.music.form import Form, fit
from soundstage.engines.sound.music.grooves import drums
from soundstage.engines.sound.music.harmony import harmonise, voicings
from soundstage.engines.sound.music.instruments import INSTRUMENTS
from soundstage.engines.sound.music.melody import lead
from soundstage.engines.sound.music.mix import render
from soundstage.engines.sound.music.oscillators import RATE
from soundstage.engines.sound.music.score import Hit, Note, Part, Score
from soundstage.engines.sound.music.styles import STYLES, Style
from soundstage.engines.sound.music.tonality import parse


def compose(plan: MusicPlan, frames: int, seed: int, report: Report) -> NDArray[np.float32]:
    """The piece as float32 `(frames, 2)` at 44.1 kHz: exactly `frames`, peak at most 0.85, its end silent.

    The same plan, frames and seed give the same samples in any process. Raises ValueError for a style or tonality
    that does not exist.
    """
    score = write(plan, frames / RATE, seed)
    sound = render(score, frames, _random(seed, 9), report)
    return np.ascontiguousarray(sound.T)


def write(plan: MusicPlan, seconds: float, seed: int) -> Score:
    """The score alone, without a sound: what `compose` plays."""
    if plan.style not in STYLES:
        raise ValueError(f"there is no style {plan.style!r}; the styles are {', '.join(STYLES)}")
    style, tonality = STYLES[plan.style], parse(plan.tonality)
    form = fit(seconds, plan.tempo, style.beats)
    choices = _choices(style, tonality.mode, _random(seed, 1))
    chords = harmonise(form, style, tonality, choices)
    voiced = voicings(chords, 60)
    tune = lead(form, style, tonality, chords, plan.energy, _random(seed, 2))
    who = _instruments(style, plan, _random(seed, 3))
    hits = drums(form, style.groove, style.beats, plan.energy, _random(seed, 4)) if plan.drums else ()
    parts = [
        Part(who["lead"], tune, 0.42, pan=0.08, send=0.35),
        Part(
            who["comp"],
            comp(form, style, chords, voiced, plan.energy, _random(seed, 5)),
            0.22,
            pan=-0.22,
            ducked=style.ducked,
        ),
        Part(
            who["bass"],
            bass(form, style, tonality, chords, plan.energy, _random(seed, 6)),
            0.47,
            send=0.04,
            ducked=style.ducked,
        ),
    ]
    if style.pad:
        parts.append(Part(who["pad"], pad(chords, voiced), 0.11, pan=0.15, send=0.5, ducked=style.ducked))
    if octave := _doubling(form, tune):
        parts.append(Part(who["double"], octave, 0.16, pan=0.3, send=0.5))
    return Score(
        tuple(parts), hits, plan.tempo, form.last_beat, style.swing, style.loose, style.room, _drum_gain(hits, plan)
    )


def _choices(style: Style, mode: str, random: np.random.Generator) -> dict[str, str]:
    """A progression for each section; verse and chorus differ where the style has more than one."""
    order = [str(p) for p in random.permutation(np.array(style.progressions(mode), dtype=object))]
    return {"intro": order[0], "A": order[0], "B": order[1 % len(order)], "C": order[-1]}


def _instruments(style: Style, plan: MusicPlan, random: np.random.Generator) -> dict[str, str]:
    """Who plays what: instruments asked for first take the tune, then the chords."""
    low = ("upright", "finger", "pick", "sub", "acid", "cello")
    wanted = [name for name in plan.instruments if name in INSTRUMENTS]
    tuneful = [name for name in wanted if name not in low]
    leads = list(style.leads)
    chosen = tuneful[0] if tuneful else leads[int(random.integers(len(leads)))]
    comper = tuneful[1] if len(tuneful) > 1 else style.comp
    if tuneful and tuneful[0] in ("piano", "guitar", "harp", "organ", "epiano"):
        comper = tuneful[1] if len(tuneful) > 1 else tuneful[0]
    return {
        "lead": chosen,
        "comp": comper,
        "bass": next((name for name in wanted if name in low), style.bass),
        "pad": tuneful[2] if len(tuneful) > 2 else style.pad or "pad",
        "double": "bell" if chosen != "bell" else "flute",
    }


def _doubling(form: Form, tune: tuple[Note, ...]) -> tuple[Note, ...]:
    """In the chorus the tune is doubled softly, an octave up."""
    spans = [(bar.start, bar.start + bar.beats) for bar in form.bars if bar.section == "B"]
    return tuple(
        Note(note.start, note.length, note.pitch + 12, note.velocity * 0.8)
        for note in tune
        if note.length > 0 and any(start <= note.start < end for start, end in spans)
    )


def _drum_gain(hits: tuple[Hit, ...], plan: MusicPlan) -> float:
    return 0.45 + 0.35 * plan.energy if hits else 0.0


def _random(seed: int, stream: int) -> np.random.Generator:
    """An own stream of chance for each decision, so that one does not disturb the others."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence((seed, stream))))
