"""The mix: every note rendered once a pitch, placed, panned, sent into a room, and faded at the end."""

from __future__ import annotations

from math import cos, pi, sin

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from soundstage.engines.progress import Report
from soundstage.engines.sound.music.instruments import play, release
from soundstage.engines.sound.music.oscillators import RATE, Signal, ramp
from soundstage.engines.sound.music.percussion import LEVELS, PANS, drum
from soundstage.engines.sound.music.score import Note, Part, Score

PEAK = 0.85
_LONGEST = 12.0  # seconds of one note; beyond that it has died or may be let go


def render(score: Score, frames: int, random: np.random.Generator, report: Report) -> NDArray[np.float32]:
    """The score as float32 `(2, frames)`, peak at most 0.85, ending in silence."""
    dry = np.zeros((2, frames), dtype=np.float32)
    wet = np.zeros(frames, dtype=np.float32)
    duck = _duck(score, frames)
    for count, part in enumerate(score.parts):
        _place(part, score, dry, wet, duck if part.ducked else None, random)
        report(0.75 * (count + 1) / (len(score.parts) + 1))
    _strike(score, dry, wet, random)
    report(0.8)
    _room(dry, wet, score.room_seconds)
    _end(dry, score)
    peak = float(np.abs(dry).max())
    if peak > 0:
        dry *= np.float32(PEAK / peak)
    report(1.0)
    return dry


def _place(part: Part, score: Score, dry: NDArray[np.float32], wet: Signal, duck: Signal | None,
           random: np.random.Generator) -> None:  # fmt: skip
    frames = dry.shape[1]
    tail = release(part.instrument)
    stray = random.uniform(-score.loose, score.loose, len(part.notes))
    timed = [(*_times(note, score, frames, float(late)), note) for note, late in zip(part.notes, stray, strict=True)]
    longest: dict[int, int] = {}
    for _, held, note in timed:
        longest[note.pitch] = max(longest.get(note.pitch, 0), held + int(tail * RATE))
    left, right = _pan(part.pan)
    falling = ramp(int(tail * RATE), tail)[::-1]
    played: dict[int, NDArray[np.float32]] = {}
    for start, held, note in timed:
        if note.pitch not in played:
            sound = play(part.instrument, note.pitch, longest[note.pitch])
            sound = sound * np.array([[left], [right]], dtype=np.float32)
            played[note.pitch] = np.ascontiguousarray(
                np.concatenate((sound, sound.sum(axis=0, keepdims=True) * np.float32(0.7)))
            )
        count = min(held + int(tail * RATE), frames - start)
        if count <= 0:
            continue
        cut = played[note.pitch][:, :count] * np.float32(note.velocity * part.gain)
        fade = min(int(tail * RATE), count - held) if count > held else 0
        if fade > 0:
            cut[:, held : held + fade] *= falling[:fade]
        if duck is not None:
            cut *= duck[start : start + count]
        dry[:, start : start + count] += cut[:2]
        wet[start : start + count] += cut[2] * np.float32(part.send)


def _times(note: Note, score: Score, frames: int, late: float) -> tuple[int, int]:
    """First frame, and frames until it is let go. A length of 0 rings to the end of the piece."""
    begin = score.seconds(note.start)
    start = min(max(0, round((begin + note.delay + late) * RATE)), frames)
    if note.length <= 0:
        return start, min(frames - start, int(_LONGEST * RATE))
    held = score.seconds(note.start + note.length) - begin
    return start, max(1, min(int(min(held, _LONGEST) * RATE), frames - start))


def _strike(score: Score, dry: NDArray[np.float32], wet: Signal, random: np.random.Generator) -> None:
    frames = dry.shape[1]
    kit = {name: drum(name) for name in dict.fromkeys(hit.drum for hit in score.hits)}
    for hit in score.hits:
        late = random.uniform(-score.loose, score.loose) * 0.5
        start = max(0, round((score.seconds(hit.start) + late) * RATE))
        sound = kit[hit.drum][: max(0, frames - start)]
        left, right = _pan(PANS.get(hit.drum, 0.0))
        loud = sound * np.float32(hit.velocity * LEVELS[hit.drum] * score.drum_gain)
        dry[0, start : start + len(loud)] += loud * np.float32(left)
        dry[1, start : start + len(loud)] += loud * np.float32(right)
        send = 0.02 if hit.drum == "kick" else 0.12
        wet[start : start + len(loud)] += loud * np.float32(send)


def _duck(score: Score, frames: int) -> Signal:
    """The gain that gives way to every bass drum and comes back within a quarter of a second."""
    gain = np.ones(frames, dtype=np.float32)
    shape = np.float32(1) - np.float32(0.65) * (np.float32(1) - ramp(int(0.25 * RATE), 0.25))
    for hit in score.hits:
        if hit.drum == "kick":
            start = round(score.seconds(hit.start) * RATE)
            piece = gain[start : start + len(shape)]
            np.minimum(piece, shape[: len(piece)], out=piece)
    return gain


def _room(dry: NDArray[np.float32], wet: Signal, length: float) -> None:
    """Adds a room: decaying noise, other left than right, darker as it dies (Moorer 1979)."""
    frames = int(length * RATE)
    noise = np.random.Generator(np.random.PCG64(7)).standard_normal((2, frames), dtype=np.float32)
    noise *= np.exp(np.arange(frames) / frames * -6.9).astype(np.float32)
    response = signal.lfilter([0.35], [1.0, -0.65], noise).astype(np.float32)
    response /= np.sqrt(np.sum(response**2, axis=1, keepdims=True))
    delay = int(0.014 * RATE)
    kept = max(0, len(wet) - delay)
    dry[:, delay:] += signal.oaconvolve(wet[None, :kept], response, axes=1)[:, :kept] if kept else 0


def _end(dry: NDArray[np.float32], score: Score) -> None:
    """Fades from a third of the final chord's ring to silence on the last frame, and never clips the first."""
    frames = dry.shape[1]
    last = min(frames - 1, round(score.seconds(score.last_beat) * RATE))
    ring = frames - last
    fade = max(1, int(ring * 0.65))
    dry[:, frames - fade :] *= (np.cos(np.linspace(0, np.pi / 2, fade)) ** 2).astype(np.float32)
    dry[:, -1] = 0.0


def _pan(pan: float) -> tuple[float, float]:
    """Gains left and right of equal power; 1 each in the middle."""
    angle = (pan + 1) * pi / 4
    return cos(angle) * 2**0.5, sin(angle) * 2**0.5
