"""From what a model gives to a sound of exactly so many frames at 44.1 kHz stereo; loops are closed by a cross-fade."""

from __future__ import annotations

import numpy as np
import soxr
from numpy.typing import NDArray

from soundstage.engines.sound.contract import SAMPLE_RATE
from soundstage.errors import EngineFailure

_FADE = 1.0  # seconds of a loop's cross-fade, at most a quarter of it
_LEAST_FADE = 0.02


def seconds_for(frames: int, longest: float | None, *, loop: bool, name: str) -> float:
    """How long a sound to ask the model for. Raises EngineFailure where it cannot make so long a one."""
    seconds = frames / SAMPLE_RATE
    more = _fade(frames) / SAMPLE_RATE if loop else 0.0
    if longest is None or seconds + more <= longest:
        return seconds + more
    if seconds + (_LEAST_FADE if loop else 0.0) <= longest:
        return longest
    ends = f", of which a loop needs {_LEAST_FADE:g} s to join its ends" if loop else ""
    raise EngineFailure(
        f"{name} makes at most {longest:.1f} s at once{ends}, and {seconds:.1f} s were asked for: ask for less, or use "
        f"another engine (`soundstage engines` lists them)"
    )


def fitted(wave: NDArray[np.float32], sample_rate: int, frames: int, *, loop: bool, name: str) -> NDArray[np.float32]:
    """`wave` (channels, samples) at `sample_rate` as (frames, 2) at 44.1 kHz. Raises EngineFailure for no sound."""
    if wave.size == 0 or not np.isfinite(wave).all():
        raise EngineFailure(
            f"{name} gave something that is no sound (not a number): its weights are spoilt, or too large for the "
            f"device's short numbers; check the model's files"
        )
    sound = np.ascontiguousarray(wave.T, np.float32)
    if sample_rate != SAMPLE_RATE:
        sound = soxr.resample(sound, sample_rate, SAMPLE_RATE)
    stereo = np.repeat(sound, 2, axis=1) if sound.shape[1] == 1 else sound[:, :2]
    return _looped(stereo, frames) if loop else _cut(stereo, frames)


def _cut(sound: NDArray[np.float32], frames: int) -> NDArray[np.float32]:
    """Cut, or filled with silence where a rounding left it a few samples short."""
    return np.pad(sound[:frames], ((0, max(0, frames - len(sound))), (0, 0)))


def _looped(sound: NDArray[np.float32], frames: int) -> NDArray[np.float32]:
    """What goes on behind the end fades out over the beginning, which fades in: the first frame is the one that would
    have followed the last. Of equal power, for the two have nothing in common."""
    loop = _cut(sound, frames)
    over = sound[frames : frames + _fade(frames)]
    angle = np.linspace(0.0, np.pi / 2, len(over), endpoint=False, dtype=np.float32)[:, None]
    loop[: len(over)] = loop[: len(over)] * np.sin(angle) + over * np.cos(angle)
    return loop


def _fade(frames: int) -> int:
    return min(round(_FADE * SAMPLE_RATE), frames // 4)
