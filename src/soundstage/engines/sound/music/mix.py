"""The mix: a performance played part by part, equalised, balanced by measured level, put into one room, and glued.

It is made stem by stem (drums, bass, harmony, melody), and what bends the whole, compressor and limiter, is one gain
curve for all of them: the stems add up to the mix. A circular piece is made longer than it is, and what rings on behind
its end is laid over its beginning. All is done in blocks, so that a long piece can lie in files (`reel`).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi, sin
from types import MappingProxyType

import numpy as np

from soundstage.engines.progress import Report
from soundstage.engines.sound.contract import SAMPLE_RATE
from soundstage.engines.sound.music.band import Band
from soundstage.engines.sound.music.performance import Performance, Played
from soundstage.engines.sound.music.score import Part
from soundstage.engines.sound.music.strip import (
    Eq,
    Room,
    Signal,
    Stereo,
    active_db,
    compression,
    equalise,
    limiting,
)
from soundstage.engines.sound.reel import Reels, blocks, let_go

PEAK = 0.85
STEMS = ("drums", "bass", "harmony", "melody")
_RING = 6.0  # seconds a circular piece is made longer by, for what rings on
_NOTES = 64  # played before the memory of what they were played into is let go
_LOUDEST = -17.5  # dB: where the mix's level stands before it is compressed
# Of each role: how loud beside the others (dB, by `active_db`), and its equaliser.
_LEVELS = MappingProxyType({"drums": -13.5, "bass": -16.5, "melody": -18.5, "harmony": -22.5, "pad": -26.5,
                            "double": -27.0})  # fmt: skip
_EQUALISERS = MappingProxyType[str, tuple[Eq, ...]]({
    "drums": (Eq("high", 28), Eq("bell", 380, -2.5), Eq("air", 8500, 1.5)),
    "bass": (Eq("high", 32), Eq("bell", 260, -2.0), Eq("bell", 900, 1.5)),
    "melody": (Eq("high", 140), Eq("bell", 2800, 1.8), Eq("air", 9000, 1.0)),
    "double": (Eq("high", 220), Eq("air", 9000, 1.0)),
    "harmony": (Eq("high", 110), Eq("bell", 330, -2.5), Eq("bell", 2600, -1.0)),
    "pad": (Eq("high", 170), Eq("bell", 400, -2.0), Eq("air", 7000, -1.5)),
})  # fmt: skip
_DRUM_LEVELS = MappingProxyType({
    "kick": 1.0, "snare": 0.75, "brush": 0.5, "rim": 0.4, "clap": 0.6, "hat": 0.3, "pedal": 0.25, "open": 0.3,
    "ride": 0.32, "bell": 0.28, "crash": 0.36, "low": 0.6, "mid": 0.55, "high": 0.5, "tambourine": 0.26,
    "cowbell": 0.22, "bongo": 0.4, "bongolow": 0.4, "congamute": 0.4, "conga": 0.45, "congalow": 0.45, "timbale": 0.4,
    "agogo": 0.22, "shaker": 0.25, "maracas": 0.25, "guiro": 0.3, "claves": 0.25, "woodblock": 0.3, "triangle": 0.2,
    "taiko": 1.0,
})  # fmt: skip
_DRUM_PANS = MappingProxyType({
    "hat": 0.3, "open": 0.3, "pedal": 0.3, "ride": -0.35, "bell": -0.35, "crash": -0.2, "shaker": 0.45,
    "maracas": 0.45, "tambourine": -0.4, "cowbell": -0.3, "high": 0.25, "mid": 0.0, "low": -0.25, "conga": 0.35,
    "congamute": 0.35, "congalow": 0.2, "bongo": -0.35, "bongolow": -0.2, "timbale": -0.3, "agogo": -0.45,
    "guiro": 0.4, "claves": -0.4, "woodblock": 0.35, "triangle": -0.5,
})  # fmt: skip
_CHOKES = MappingProxyType({"hat": "open", "pedal": "open"})  # who closes whom


@dataclass(frozen=True)
class Mixed:
    """float32 `(2, frames)`: the piece, peak at most 0.85, and where asked for its stems, which add up to it."""

    whole: Stereo
    stems: dict[str, Stereo]


def mixed(performance: Performance, frames: int, band: Band, report: Report, reels: Reels, *,
          stems: bool = False) -> Mixed:  # fmt: skip
    """The piece, exactly `frames`: ended in silence, or circular. A stem in which nobody plays is left out."""
    circular = performance.score.circular
    length = frames + int(_RING * SAMPLE_RATE) if circular else frames
    response = Room(performance.score.room_seconds)
    whole, kept = reels.blank(2, frames), dict[str, Stereo]()
    for count, name in enumerate(STEMS):
        if (stem := _stem(name, performance, length, response, band, reels)) is not None:
            _fold(stem, frames)
            for part in blocks(whole, stem):
                whole[:, part] += stem[:, part]
            if stems:
                kept[name] = stem[:, :frames]
        del stem
        report(0.8 * (count + 1) / len(STEMS))
    curve = _glue(whole, reels, circular=circular)
    if not circular:
        _end(curve, performance)
    for sound in (whole, *kept.values()):
        _turn(sound, curve)
    report(0.95)
    return Mixed(whole, kept)


def _stem(name: str, performance: Performance, length: int, response: Room, band: Band,
          reels: Reels) -> Stereo | None:  # fmt: skip
    """One stem with its share of the room, or None where nobody plays in it."""
    dry, send = reels.blank(2, length), reels.blank(length)
    played = False
    duck = _duck(performance, reels.blank(length)) if any(part.ducked for part, _ in performance.parts) else None
    for part, notes in performance.parts:
        if part.stem != name or not notes:
            continue
        sound = _place(part, notes, reels.blank(2, length), band)
        _add(sound, part.role, part.send, dry, send, duck if part.ducked else None)
        played = True
    if name == "drums" and performance.strokes:
        sound = _strike(performance, reels.blank(2, length), band)
        _add(sound, "drums", 0.10, dry, send, None, performance.score.drum_level)
        played = True
    if not played:
        return None
    if name != "bass":  # the bass stays in front: a room would only blur it
        response.add(send, dry)
    return dry


def _add(sound: Stereo, role: str, send: float, dry: Stereo, wet: Signal, duck: Signal | None,
         louder: float = 0.0) -> None:  # fmt: skip
    """A part, equalised and brought to its role's level (it is used up), into its stem and the room."""
    equalise(sound, _EQUALISERS[role])
    gain = np.float32(10 ** ((_LEVELS[role] + louder - active_db(sound)) / 20))
    for part in blocks(sound, dry, wet, *(() if duck is None else (duck,))):
        piece = sound[:, part] * gain
        if duck is not None:
            piece *= duck[part]
        dry[:, part] += piece
        for side in piece:
            wet[part] += side * np.float32(0.6 * send)


def _turn(sound: Stereo, curve: Signal) -> None:
    for part in blocks(sound, curve):
        sound[:, part] *= curve[part]


def _place(part: Part, notes: tuple[Played, ...], out: Stereo, band: Band) -> Stereo:
    """Plays the notes into `out`, which is silent."""
    length = out.shape[1]
    sides = np.array(_pan(part.pan), np.float32)[:, None]
    longest: dict[int, float] = {}
    for note in notes:
        longest[note.pitch] = max(longest.get(note.pitch, 0.0), note.held)
    for number, note in enumerate(notes):
        if number % _NOTES == 0:
            let_go(out)
        release = round(band.release(part.instrument, note.pitch) * SAMPLE_RATE)
        start, held = round(note.start * SAMPLE_RATE), max(1, round(note.held * SAMPLE_RATE))
        whole = round(longest[note.pitch] * SAMPLE_RATE) + release  # one tone serves every note of its pitch
        tone = band.tone(part.instrument, note.pitch, note.velocity, whole)
        count = min(held + release, tone.shape[1], length - start)
        if count <= 0:
            continue
        sound = tone[:, :count] * (sides * np.float32(_loudness(note.velocity)))
        if count > held:  # let go: falls by 60 dB over the release, and the last of it is drawn to nothing
            after = np.arange(1, count - held + 1, dtype=np.float32) / np.float32(release)
            sound[:, held:] *= np.exp(after * np.float32(-6.9)) * (1 - after)
        out[:, start : start + count] += sound
    return out


def _strike(performance: Performance, out: Stereo, band: Band) -> Stereo:
    """Plays the drums into `out`, which is silent."""
    length = out.shape[1]
    ends = _choked(performance)
    for number, (stroke, end) in enumerate(zip(performance.strokes, ends, strict=True)):
        if number % _NOTES == 0:
            let_go(out)
        start = round(stroke.start * SAMPLE_RATE)
        sound = band.stroke(performance.score.kit, stroke.drum, stroke.velocity)
        count = min(sound.shape[1], length - start, max(1, round((end - stroke.start) * SAMPLE_RATE)))
        gain = np.array(_pan(_DRUM_PANS.get(stroke.drum, 0.0)), np.float32)[:, None]
        gain *= np.float32(_loudness(stroke.velocity) * _DRUM_LEVELS[stroke.drum] / max(_peak(sound), 1e-3))
        piece = sound[:, :count] * gain
        if count < sound.shape[1]:
            fade = min(count, SAMPLE_RATE // 100)
            piece[:, count - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)
        out[:, start : start + count] += piece
    return out


def _choked(performance: Performance) -> list[float]:
    """Until when each stroke may ring: an open hat is closed by the next closed one."""
    ends = [performance.seconds + _RING] * len(performance.strokes)
    order = sorted(range(len(ends)), key=lambda at: performance.strokes[at].start)
    ringing: dict[str, int] = {}
    for at in order:
        stroke = performance.strokes[at]
        closed = _CHOKES.get(stroke.drum)
        if closed in ringing:
            ends[ringing.pop(closed)] = stroke.start
        ringing[stroke.drum] = at
    return ends


def _peak(sound: Stereo) -> float:
    return float(np.abs(sound).max()) if sound.size else 1.0


def _loudness(velocity: float) -> float:
    """Linear gain of a velocity: 30 dB from the softest to the loudest."""
    return float(10 ** (-1.5 * (1 - velocity)))


def _duck(performance: Performance, gain: Signal) -> Signal:
    """The gain, into `gain`, that gives way to every bass drum and comes back within a quarter of a second."""
    for part in blocks(gain):
        gain[part] = 1
    count = SAMPLE_RATE // 4
    shape = (1 - 0.65 * (0.5 + 0.5 * np.cos(np.pi * np.arange(count) / count))).astype(np.float32)
    for stroke in performance.strokes:
        if stroke.drum == "kick":
            piece = gain[round(stroke.start * SAMPLE_RATE) :][:count]
            np.minimum(piece, shape[: len(piece)], out=piece)
    let_go(gain)
    return gain


def _fold(sound: Stereo, frames: int) -> None:
    """In place: what lies behind `frames` is laid over the beginning, as often round as it takes."""
    for begin in range(frames, sound.shape[1], frames):
        rest = sound[:, begin : begin + frames]
        sound[:, : rest.shape[1]] += rest


def _glue(whole: Stereo, reels: Reels, *, circular: bool) -> Signal:
    """The gain that brings the whole to its level, gently compresses it and limits its peaks."""
    level = active_db(whole)
    gain = np.float32(10 ** ((_LOUDEST - level) / 20)) if level > -119 else np.float32(1)
    before, curve, limit = reels.blank(*whole.shape), reels.blank(whole.shape[1]), reels.blank(whole.shape[1])
    for part in blocks(whole, before):
        before[:, part] = whole[:, part] * gain
    compression(before, curve, -20.0, 2.0, 0.012, 0.16, circular=circular)
    _turn(before, curve)
    limiting(before, limit, PEAK, circular=circular)
    for part in blocks(curve, limit):
        curve[part] *= limit[part]
        curve[part] *= gain
    return curve


def _end(gain: Signal, performance: Performance) -> None:
    """In place: fades from a third of the final chord's ring to silence on the last frame."""
    score, frames = performance.score, len(gain)
    last = min(frames - 1, round(score.seconds(score.last_beat) * SAMPLE_RATE))
    fade = max(1, int((frames - last) * 0.65))
    gain[frames - fade :] *= (np.cos(np.linspace(0, np.pi / 2, fade)) ** 2).astype(np.float32)
    gain[-1] = 0.0


def _pan(pan: float) -> tuple[float, float]:
    """Gains left and right of equal power; 1 each in the middle."""
    angle = (pan + 1) * pi / 4
    return cos(angle) * 2**0.5, sin(angle) * 2**0.5
