"""Recordings made of recordings: speech over music at a known level, and sounds in which nobody speaks.

Everything is float32 of shape (samples, 2) at 48 kHz, as stems are.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from soundstage.domain.request import AudioType
from soundstage.engines.progress import silent
from soundstage.engines.sound.contract import SoundOrder, Wish
from soundstage.engines.sound.synthesis import engine as sound_engine

RATE = 48_000

Samples = npt.NDArray[np.float32]


def read(path: Path) -> Samples:
    """A recording of any rate and one or two channels."""
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    both = np.repeat(samples, 2, axis=1) if samples.shape[1] == 1 else samples[:, :2]
    return np.ascontiguousarray(soxr.resample(both, rate, RATE), np.float32)


def write(path: Path, samples: Samples) -> Path:
    """FLAC or WAV by the file's ending, 24 bits: what is mixed is not rounded to be heard."""
    soundfile.write(path, samples, RATE, subtype="PCM_24")
    return path


def made(prompt: str, seconds: float, audio_type: AudioType = AudioType.SOUND, seed: int = 1) -> Samples:
    """What our own sound engine makes of a prompt: the same samples every time."""
    engine = sound_engine.load({})
    frames = round(seconds * 44_100)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sound.wav"
        plan = engine.understand(Wish(prompt=prompt, audio_type=audio_type))
        order = SoundOrder(prompt=prompt, plan=plan, audio_type=audio_type, frames=frames, seed=seed)
        engine.generate((order,), (path,), silent)
        return read(path)[: round(seconds * RATE)]


def rms(samples: Samples) -> float:
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))


def over_music(speech: Samples, music: Samples, decibels: float) -> tuple[Samples, Samples]:
    """The speech with music `decibels` below it (RMS over the whole length), and that speech alone.

    Both are turned down together where the mix would pass full scale. `music` is at least as long as `speech`.
    """
    under = music[: len(speech)]
    under = under * (rms(speech) / rms(under) * 10 ** (-decibels / 20))
    loudest = float(np.abs(speech + under).max())
    scale = np.float32(min(1.0, 0.9 / loudest))
    return ((speech + under) * scale).astype(np.float32), speech * scale


def joined(parts: list[Samples], pause: float) -> tuple[Samples, tuple[float, ...]]:
    """The parts with `pause` seconds of silence before each and after the last, and at which second each begins."""
    silence = np.zeros((round(pause * RATE), 2), np.float32)
    begins, pieces, at = [], [silence], len(silence)
    for part in parts:
        begins.append(at / RATE)
        pieces += [part, silence]
        at += len(part) + len(silence)
    return np.concatenate(pieces), tuple(begins)


def noise(seconds: float, slope: float, level: float = 0.05, seed: int = 1) -> Samples:
    """Noise whose power falls with frequency to the power of `slope`: 0 white, 1 pink, 2 brown, as room tone is.

    The channels differ. level: RMS of full scale.
    """
    count = round(seconds * RATE)
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal((count, 2)), axis=0)
    hertz = np.fft.rfftfreq(count, 1 / RATE)
    shaped = np.fft.irfft(spectrum * np.maximum(hertz, 20.0)[:, None] ** (-slope / 2), count, axis=0)
    scaled: Samples = (shaped * (level / np.sqrt(np.mean(shaped**2)))).astype(np.float32)
    return scaled


def hum(seconds: float, hertz: float = 50.0) -> Samples:
    """Mains hum with its overtones."""
    time = np.arange(round(seconds * RATE)) / RATE
    wave = sum(0.08 / number * np.sin(2 * np.pi * hertz * number * time) for number in range(1, 9))
    return np.stack([wave, wave], axis=1).astype(np.float32)


# Sounds without a word, by name: each made of a length in seconds.
WITHOUT_WORDS: Mapping[str, Callable[[float], Samples]] = {
    "silence": lambda seconds: np.zeros((round(seconds * RATE), 2), np.float32),
    "white noise": partial(noise, slope=0.0),
    "pink noise": partial(noise, slope=1.0),
    "room tone": partial(noise, slope=2.0, level=0.003),
    "hum": hum,
    "applause": partial(made, "applause of a large crowd"),
    "rain": partial(made, "heavy rain"),
    "traffic": partial(made, "a car passing by"),
    "birds": partial(made, "birds singing in the morning"),
    **{
        f"music: {style}": partial(made, prompt, audio_type=AudioType.MUSIC)
        for style, prompt in (
            ("pop", "an upbeat pop song"),
            ("ambient", "slow ambient music"),
            ("rock", "loud rock music"),
            ("orchestra", "cinematic orchestra"),
            ("jazz", "relaxed jazz"),
        )
    },
}
