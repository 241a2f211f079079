"""Drums laid over a form: the style's patterns, in any metre, lighter and fuller by section, with fills and an end."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np

from soundstage.engines.sound.music.form import Bar, Form
from soundstage.engines.sound.music.measures import MEASURES, Measure
from soundstage.engines.sound.music.patterns import PATTERNS, Pattern
from soundstage.engines.sound.music.score import Hit

_FULLER = MappingProxyType({"intro": -0.45, "verse": 0.0, "chorus": 0.3, "bridge": -0.15, "ending": 0.15})
_FILLS = (("snare", "snare", "high", "low"), ("snare", "high", "mid", "low"), ("low", "snare", "snare", "snare"))
_SOFT = frozenset(("soft", "folk", "waltz", "ballad", "bossa", "brushes", "tango", "jig"))
_LIGHT = frozenset(("jazz", "soul", "lofi", "shuffle", "country", "march", "chip"))  # fills are light there
_FILM = frozenset(("cinematic", "orchestral"))
# Who keeps time, who falls on the strong and who on the weak half: for six-eight, first found is taken.
_TIME = ("hat", "ride", "shaker", "open", "maracas", "brush", "tambourine", "triangle")
_STRONG = ("kick", "taiko", "low", "conga")
_WEAK = ("snare", "clap", "rim", "brush", "claves", "low")


def drums(form: Form, groove: str, metre: str, energy: float, random: np.random.Generator) -> tuple[Hit, ...]:
    """Every stroke of the piece. Breaks are silent, intros light, choruses full; the end gets kick and crash."""
    measure = MEASURES[metre]
    variants = tuple(_in_measure(variant, measure) for variant in PATTERNS[groove])
    fills = any("snare" in variant for variant in PATTERNS[groove]) and groove not in _SOFT
    force = 0.62 if groove in _LIGHT else 0.9
    hits: list[Hit] = []
    for bar in form.bars:
        if bar.section == "break":
            continue
        level = energy + _FULLER[bar.section]
        variant = variants[int(np.clip(round(level * (len(variants) - 1)), 0, len(variants) - 1))]
        filled = fills and bar.closes and bar.beats >= 2 and random.uniform() < 0.7
        hits += _bar(bar, variant, fill=force if filled else 0.0, random=random)
        opens = bar.place == 0 and bar.start > 0 and bar.section in ("verse", "chorus", "bridge", "ending")
        if opens and groove not in _SOFT | _FILM:
            hits.append(Hit(bar.start, "crash", 0.55))
    return tuple(hits) if form.circular else (*hits, *_final(form, groove))


def _in_measure(pattern: Pattern, measure: Measure) -> Pattern:
    """A pattern in another metre: cut by quarters, or for six-eight made anew of who plays in it."""
    steps = len(next(iter(pattern.values())))
    if steps == measure.steps:
        return pattern
    if measure.name == "6/8":
        return _lilting(pattern)
    return {drum: measure.cut((strokes + strokes[:4])[:16]) for drum, strokes in pattern.items()}


def _lilting(pattern: Pattern) -> Pattern:
    def first(of: tuple[str, ...]) -> str | None:
        return next((drum for drum in of if drum in pattern), None)

    made: Pattern = {}
    if time := first(_TIME):
        made[time] = "6.4.4.5.4.4."
    if weak := first(_WEAK):
        made[weak] = "......8....." if weak != time else made[weak]
    if strong := first(_STRONG):
        made[strong] = "9.........6." if strong != weak else "9.....7....."
    return made


def _bar(bar: Bar, variant: Pattern, *, fill: float, random: np.random.Generator) -> list[Hit]:
    hits = []
    for drum, pattern in variant.items():
        for at, mark in enumerate(pattern):
            beat = at / 4
            if mark == "." or beat >= bar.beats or (fill and beat >= bar.beats - 1 and drum != "kick"):
                continue
            hits.append(Hit(bar.start + beat, drum, int(mark) / 9 * (1 + random.uniform(-0.05, 0.05))))
    if fill:
        for at, drum in enumerate(_FILLS[int(random.integers(len(_FILLS)))]):
            hits.append(Hit(bar.start + bar.beats - 1 + at / 4, drum, fill * (0.7 + 0.1 * at)))
    return hits


def _final(form: Form, groove: str) -> list[Hit]:
    if groove in _FILM:
        return [
            Hit(form.last_beat, "taiko" if groove == "cinematic" else "low", 0.9),
            Hit(form.last_beat, "crash", 0.4),
        ]
    if groove in _SOFT:
        return [Hit(form.last_beat, "kick" if groove not in ("tango", "jig") else "low", 0.5)]
    return [Hit(form.last_beat, "kick", 0.9), Hit(form.last_beat, "crash", 0.7)]
