"""Composition: a music plan, a length and a seed become a finished piece."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from soundstage.domain.sound import Ingredient, Metre, MusicPlan
from soundstage.engines.progress import Report
from soundstage.engines.sound.contract import SAMPLE_RATE
from soundstage.engines.sound.music.accompaniment import bass, comp, pad
from soundstage.engines.sound.music.band import WITHOUT_SOUNDFONT, Band
from soundstage.engines.sound.music.form import Form, circle, fit
from soundstage.engines.sound.music.grooves import drums
from soundstage.engines.sound.music.harmony import harmonise, voicings
from soundstage.engines.sound.music.melody import lead
from soundstage.engines.sound.music.midi import midi
from soundstage.engines.sound.music.mix import mixed
from soundstage.engines.sound.music.orchestra import BASSES, PLAYERS
from soundstage.engines.sound.music.performance import perform
from soundstage.engines.sound.music.score import Note, Part, Score
from soundstage.engines.sound.music.styles import STYLES, Style
from soundstage.engines.sound.music.tonality import parse
from soundstage.engines.sound.reel import Reels

Samples = NDArray[np.float32]  # (frames, 2)
_DRUM_WORDS = frozenset(("drums", "drum", "percussion", "beat", "beats"))
_CHORDAL = frozenset(("piano", "bright", "honkytonk", "guitar", "nylon", "clean", "jazzguitar", "harp", "organ",
                      "rockorgan", "pipeorgan", "epiano", "harpsichord", "clavinet", "accordion", "ukulele", "banjo",
                      "koto", "twelve", "mandolin", "strings", "choir"))  # fmt: skip
_BENT = 4.0  # per cent of the tempo from which on a person is told


@dataclass(frozen=True)
class Piece:
    """`samples`: exactly as many frames as were asked for; `stems`, where asked for, add up to them. `midi`: a file."""

    samples: Samples
    stems: dict[str, Samples]
    midi: bytes
    notes: tuple[str, ...]
    ingredients: tuple[Ingredient, ...]


def compose(plan: MusicPlan, frames: int, seed: int, report: Report, band: Band, *, loop: bool = False,
            stems: bool = False, folder: Path | None = None) -> Piece:  # fmt: skip
    """The piece at 44.1 kHz, stereo, peak at most 0.85: ended by a chord that rings out, or circular (`loop`).

    The same plan, frames, seed and loop give the same samples in any process. `folder`: where the samples lie, in files
    that go with them; None: in memory. Raises ValueError for a style or tonality that does not exist, StorageFull.
    """
    score = write(plan, frames / SAMPLE_RATE, seed, loop=loop)
    performance = perform(score, frames / SAMPLE_RATE, _random(seed, 9))
    sound = mixed(performance, frames, band, report, Reels(folder), stems=stems)
    names = tuple(part.instrument for part in score.parts)
    return Piece(
        samples=sound.whole.T,
        stems={name: stem.T for name, stem in sound.stems.items()},
        midi=midi(performance),
        notes=(*_notes(plan, score), *(() if band.sampled else (WITHOUT_SOUNDFONT,))),
        ingredients=band.ingredients(names, score.kit if score.hits else None),
    )


def write(plan: MusicPlan, seconds: float, seed: int, *, loop: bool = False) -> Score:
    """The score alone, without a sound: what `compose` plays."""
    if plan.style not in STYLES:
        raise ValueError(f"there is no style {plan.style!r}; the styles are {', '.join(STYLES)}")
    native = STYLES[plan.style]
    style = native.in_metre(native.metre if plan.metre == Metre.FOUR_FOUR else plan.metre.value)
    tonality = parse(plan.tonality)
    tempo = plan.tempo * style.measure.pulse
    if loop:
        form, tempo = circle(seconds, tempo, style.beats, plan.sections)
    else:
        form = fit(seconds, tempo, style.beats, plan.sections)
    chords = harmonise(form, style, tonality, _choices(style, tonality.mode, _random(seed, 1)))
    voiced = voicings(chords, 60)
    tune = lead(form, style, tonality, chords, plan.energy, _random(seed, 2))
    banned = frozenset(plan.without)
    who = _instruments(style, plan, banned, _random(seed, 3))
    drummed = plan.drums and not banned & _DRUM_WORDS
    hits = drums(form, style.groove, style.metre, plan.energy, _random(seed, 4)) if drummed else ()
    chordal = comp(form, style, chords, voiced, plan.energy, _random(seed, 5))
    low = bass(form, style, tonality, chords, plan.energy, _random(seed, 6))
    parts = [
        _part(who, "melody", tune, pan=0.08, send=0.35, late=style.late),
        _part(who, "harmony", chordal, pan=-0.22, ducked=style.ducked),
        _part(who, "bass", low, send=0.04, ducked=style.ducked),
        _part(who, "pad", pad(chords, voiced), pan=0.15, send=0.5, ducked=style.ducked),
        _part(who, "double", _doubling(form, tune), pan=0.3, send=0.5),
    ]
    return Score(
        parts=tuple(part for part in parts if part is not None and part.notes),
        hits=hits,
        kit=style.kit,
        tempo=tempo,
        last_beat=form.last_beat,
        swing=style.swing if plan.swing is None else 0.5 + 0.25 * plan.swing,
        loose=style.loose,
        room_seconds=style.room,
        drum_level=style.drum_level + 3.0 * (plan.energy - 0.5),
        swung=style.swung,
        circular=form.circular,
        metre=style.metre,
    )


def _part(who: dict[str, str], role: str, notes: tuple[Note, ...], *, pan: float = 0.0, send: float = 0.3,
          ducked: bool = False, late: float = 0.0) -> Part | None:  # fmt: skip
    """None where nobody plays that role."""
    return None if role not in who else Part(who[role], notes, role, pan, send, ducked, late)


def _choices(style: Style, mode: str, random: np.random.Generator) -> dict[str, str]:
    """A progression for each section; verse and chorus differ where the style has more than one."""
    order = [str(p) for p in random.permutation(np.array(style.progressions(mode), dtype=object))]
    first, second = order[0], order[1 % len(order)]
    return {"intro": first, "verse": first, "chorus": second, "ending": second, "bridge": order[-1], "break": order[-1]}


def _instruments(style: Style, plan: MusicPlan, banned: frozenset[str], random: np.random.Generator) -> dict[str, str]:
    """Who plays which role: instruments asked for first take the tune, then the chords. Nobody plays what is banned."""
    wanted = [name for name in plan.instruments if name in PLAYERS and name not in banned]
    tuneful = [name for name in wanted if name not in BASSES]
    leads = [name for name in style.leads if name not in banned] or [_other(style.leads[0], banned)]
    who = {"melody": tuneful[0] if tuneful else leads[int(random.integers(len(leads)))]}
    chordal = [name for name in tuneful[1:] if name in _CHORDAL] or tuneful[1:2]
    if not chordal and tuneful and tuneful[0] in _CHORDAL:
        chordal = tuneful[:1]
    who["harmony"] = chordal[0] if chordal else _other(style.comp, banned)
    who["bass"] = next((name for name in wanted if name in BASSES), _other(style.bass, banned))
    rest = [name for name in tuneful if name not in who.values()]
    if rest or style.pad:
        who["pad"] = rest[0] if rest else _other(style.pad or "strings", banned)
    who["double"] = _other("glockenspiel" if who["melody"] != "glockenspiel" else "flute", banned)
    if "bass" in banned:
        del who["bass"]
    for role, words in (("melody", ("melody", "lead")), ("harmony", ("chords", "harmony"))):
        if banned.intersection(words):
            del who[role]
    return who


def _other(name: str, banned: frozenset[str]) -> str:
    """The instrument, or the first of those that can take its place and are not banned."""
    if name not in banned:
        return name
    stand_ins = ("finger", "upright", "contrabass", "sub") if name in BASSES else (
        "piano", "guitar", "strings", "epiano", "flute", "harp", "vibraphone", "pad")  # fmt: skip
    return next((other for other in stand_ins if other not in banned), "pluck")


def _doubling(form: Form, tune: tuple[Note, ...]) -> tuple[Note, ...]:
    """In the chorus the tune is doubled softly, an octave up."""
    spans = [(bar.start, bar.start + bar.beats) for bar in form.bars if bar.section in ("chorus", "ending")]
    return tuple(
        Note(note.start, note.length, note.pitch + 12, note.velocity * 0.8)
        for note in tune
        if note.length > 0 and any(start <= note.start < end for start, end in spans)
    )


def _notes(plan: MusicPlan, score: Score) -> tuple[str, ...]:
    """What a person should know about how the plan was taken."""
    notes = []
    pulse = score.tempo / STYLES[plan.style].in_metre(score.metre).measure.pulse
    if score.circular and abs(pulse / plan.tempo - 1) * 100 > _BENT:
        notes.append(
            f"So that whole bars fill the loop, it plays at {pulse:.1f} beats a minute instead of {plan.tempo:g}."
        )
    if plan.sections:
        wanted, beats = sum(section.bars for section in plan.sections), STYLES[plan.style].in_metre(score.metre).beats
        there = round(score.last_beat / beats)
        if wanted != there:
            notes.append(
                f"The sections ask for {wanted} bars and {there} fit the length, so each was changed in proportion."
            )
    strange = [name for name in plan.instruments if name not in PLAYERS]
    if strange:
        notes.append(f"These instruments are not known and do not play: {', '.join(strange)}.")
    return tuple(notes)


def _random(seed: int, stream: int) -> np.random.Generator:
    """An own stream of chance for each decision, so that one does not disturb the others."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence((seed, stream))))
