"""What a listener hears in a piece of music: its tempo, by librosa's beat tracker, and its key, by Krumhansl's profiles.

librosa (ISC) is fetched by pip into a cache folder on the first run; nothing of the product needs it. Where it cannot be
had, the tempo is read off the autocorrelation of onsets by ourselves, and the table says so.
"""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

RATE = 44_100
Profiles = tuple[tuple[float, ...], tuple[float, ...]]  # how well each pitch class fits a major and a minor key
KRUMHANSL: Profiles = (  # Krumhansl & Kessler, Psychological Review 89 (1982): what listeners said
    (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
    (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
)
TEMPERLEY: Profiles = (  # Temperley, Music and Probability (2007): what stands in the Kostka-Payne corpus
    (0.748, 0.060, 0.488, 0.082, 0.670, 0.460, 0.096, 0.715, 0.104, 0.366, 0.057, 0.400),
    (0.712, 0.084, 0.474, 0.618, 0.049, 0.460, 0.105, 0.747, 0.404, 0.067, 0.133, 0.330),
)
NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
Sound = NDArray[np.float32]  # (frames, 2)


def librosa() -> Any:
    """The library, or None where it cannot be had."""
    folder = Path(os.environ.get("SOUNDSTAGE_JUDGES", Path.home() / ".cache" / "soundstage" / "judges")) / "librosa"
    try:
        return importlib.import_module("librosa")
    except ImportError:
        pass
    if not folder.exists():
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder), "librosa>=0.11"]
        if subprocess.run(command, check=False, capture_output=True).returncode:
            return None
    sys.path.append(str(folder))  # behind our own: the versions of what both need are ours
    try:
        return importlib.import_module("librosa")
    except ImportError:
        return None


def tempo_heard(sound: Sound, tracker: Any) -> float:
    """Beats a minute, at whatever level the tracker hears the beat."""
    mono = sound.mean(axis=1)
    if tracker is not None:
        half = tracker.resample(mono, orig_sr=RATE, target_sr=RATE // 2, res_type="soxr_mq")
        _, beats = tracker.beat.beat_track(y=half, sr=RATE // 2, units="time", trim=False)
        steps = np.diff(np.asarray(beats))
        return 60 / float(np.median(steps)) if len(steps) else 0.0
    return _by_autocorrelation(mono)


def _by_autocorrelation(mono: NDArray[np.float32]) -> float:
    hop, size = 441, 1024
    window = np.hanning(size)
    frames = np.stack([mono[at : at + size] * window for at in range(0, len(mono) - size, hop)])
    heights = np.log1p(100 * np.abs(np.fft.rfft(frames, axis=1)))
    onsets = np.maximum(np.diff(heights, axis=0), 0).sum(axis=1)
    onsets -= onsets.mean()
    likeness = np.fft.irfft(np.abs(np.fft.rfft(onsets, 2 * len(onsets))) ** 2)[: len(onsets)]
    tempos = np.arange(55.0, 205.0, 0.25)
    lags = np.arange(len(likeness))
    scores = [sum(np.interp(beats * 6000 / tempo, lags, likeness) for beats in (1, 2, 4)) for tempo in tempos]
    return float(tempos[int(np.argmax(scores))])


def off_tempo(heard: float, asked: float) -> float:
    """How far the tempo heard is from the one asked for, as a share; half, double and their like are one tempo.

    A beat may be told at another level of the metre than it is written at (McKinney and others, 2007): thirds are those
    of six-eight and of triplets.
    """
    levels = (0.25, 1 / 3, 0.5, 2 / 3, 1, 1.5, 2, 3, 4)
    return min(abs(heard / (asked * level) - 1) for level in levels) if heard else 1.0


def chroma(sound: Sound) -> NDArray[np.float64]:
    """Share of each pitch class (0 = C) among the spectral peaks between 65 and 1600 Hz, every half window alike."""
    size = 16_384
    mono, window = sound.mean(axis=1), np.hanning(size)
    found = np.zeros(12)
    for begin in range(0, max(1, len(mono) - size), size // 2):
        heights = np.abs(np.fft.rfft(mono[begin : begin + size] * window[: len(mono) - begin]))
        at = np.arange(int(65 * size / RATE), int(1600 * size / RATE))
        left, top, right = (np.log(heights[at + step] + 1e-12) for step in (-1, 0, 1))
        peaks = (top > left) & (top > right) & (top > top.max() - np.log(100))
        shift = 0.5 * (left - right)[peaks] / (left - 2 * top + right)[peaks]
        hertz = (at[peaks] + shift) * RATE / size
        classes = np.round(69 + 12 * np.log2(hertz / 440)).astype(int) % 12
        here = np.bincount(classes, heights[at[peaks]], 12)
        found += here / max(here.sum(), 1e-9)
    return found / max(found.sum(), 1e-9)


def key_heard(sound: Sound, profiles: Profiles = KRUMHANSL) -> str:
    """The key whose profile the chroma is most like."""
    heard = chroma(sound)
    scores = {
        f"{NAMES[tonic]} {mode}": float(np.corrcoef(np.roll(profile, tonic), heard)[0, 1])
        for tonic in range(12)
        for mode, profile in zip(("major", "minor"), profiles, strict=True)
    }
    return max(scores, key=scores.__getitem__)


def kin(heard: str, asked: str) -> str:
    """same, relative, fifth, parallel or other: how the key heard stands to the one asked for (MIREX's classes)."""
    if heard == asked:
        return "same"
    (a, mode_a), (b, mode_b) = ((NAMES.index(key.split()[0]), key.split()[1]) for key in (heard, asked))
    if mode_a == mode_b and (a - b) % 12 in (5, 7):
        return "fifth"
    if mode_a != mode_b and a == b:
        return "parallel"
    if mode_a != mode_b and (a - b) % 12 == (9 if mode_b == "major" else 3):
        return "relative"
    return "other"
