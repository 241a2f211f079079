"""Music as it sounds: in the tonality and tempo asked for, as long as asked, ended by a chord that rings out."""

from __future__ import annotations

import functools
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from soundstage.domain.sound import Metre, MusicPlan
from soundstage.engines.progress import silent
from soundstage.engines.sound.music.band import Band, soundfont_path
from soundstage.engines.sound.music.compose import Piece, compose, write
from soundstage.engines.sound.music.styles import STYLES
from soundstage.engines.sound.music.tonality import NAMES, parse

RATE = 44_100
MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)  # Krumhansl & Kessler (1982)
MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)
Sound = NDArray[np.float32]


SOME = ("pop", "jazz", "cinematic", "house", "waltz", "metal")  # of the styles, where all would take long


@functools.cache
def band(sampled: bool = True) -> Band:
    """On the soundfont that the build brought (pip install -e . does), or synthesised."""
    path = soundfont_path()
    assert path is not None, "the soundfont is missing: pip install -e . brings it, where npm reaches its registry"
    return Band(path if sampled else None)


def piece(style: str = "pop", tonality: str = "A minor", tempo: float = 100, seconds: float = 8, seed: int = 1, *,
          loop: bool = False, stems: bool = False, sampled: bool = True, folder: Path | None = None,
          **more) -> Piece:  # fmt: skip
    plan = MusicPlan(style=style, tonality=tonality, tempo=tempo, **{"energy": STYLES[style].energy, **more})
    return compose(plan, round(seconds * RATE), seed, silent, band(sampled), loop=loop, stems=stems, folder=folder)


def music(*args, **more) -> Sound:
    return piece(*args, **more).samples


def spectrum(sound: Sound, size: int) -> NDArray[np.float64]:
    """Mean magnitude of windowed frames: (size // 2 + 1,)."""
    mono, window = sound.mean(axis=1), np.hanning(size)
    frames = [np.abs(np.fft.rfft(mono[at : at + size] * window)) for at in range(0, len(mono) - size, size // 2)]
    return np.mean(frames, axis=0)


def chroma(sound: Sound) -> NDArray[np.float64]:
    """Share of each pitch class among the spectral peaks between 100 and 1500 Hz."""
    size = 16_384
    heights = spectrum(sound, size)
    found = np.zeros(12)
    for at in range(int(100 * size / RATE), int(1500 * size / RATE)):
        left, top, right = np.log(heights[at - 1 : at + 2] + 1e-12)
        if top > left and top > right:
            hertz = (at + 0.5 * (left - right) / (left - 2 * top + right)) * RATE / size
            found[round(69 + 12 * np.log2(hertz / 440)) % 12] += heights[at]
    return found / found.sum()


def tonalities_heard(sound: Sound) -> list[str]:
    """All 24, the likeliest first."""
    heard = chroma(sound)
    scores = {
        f"{NAMES[tonic]} {mode}": float(np.corrcoef(np.roll(profile, tonic), heard)[0, 1])
        for tonic in range(12)
        for mode, profile in (("major", MAJOR), ("minor", MINOR))
    }
    return sorted(scores, key=scores.__getitem__, reverse=True)


def tempo_heard(sound: Sound) -> float:
    """Beats a minute, 60–199, by the autocorrelation of onsets at one, two and four beats."""
    mono, hop, size = sound.mean(axis=1), 441, 1024
    window = np.hanning(size)
    frames = [
        np.log1p(100 * np.abs(np.fft.rfft(mono[at : at + size] * window))) for at in range(0, len(mono) - size, hop)
    ]
    onsets = np.maximum(np.diff(np.array(frames), axis=0), 0).sum(axis=1)
    onsets -= onsets.mean()
    likeness = np.correlate(onsets, onsets, "full")[len(onsets) - 1 :]
    lags = np.arange(len(likeness))
    tempos = np.arange(60.0, 200.0)
    scores = [sum(np.interp(beats * 6000 / tempo, lags, likeness) for beats in (1, 2, 4)) for tempo in tempos]
    return float(tempos[int(np.argmax(scores))])


def level_db(sound: Sound) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(sound.astype(np.float64) ** 2)) + 1e-12))


@pytest.mark.parametrize(("style", "sampled"), [*((style, True) for style in SOME[:5]), ("pop", False)])
def test_it_sounds_in_the_tonality_asked_for(style: str, sampled: bool) -> None:
    for tonality in ("Bb major", "F# minor"):
        sound = music(style, tonality, 120, drums=False, seed=3, sampled=sampled)
        scale = list(parse(tonality).scale)
        assert chroma(sound)[scale].sum() > 0.72, "most of what sounds belongs to the scale (7/12 would be chance)"
        assert tonality in tonalities_heard(sound)[:4], tonalities_heard(sound)[:4]


@pytest.mark.parametrize(("style", "tempo"), [("pop", 120), ("rock", 133), ("house", 126), ("funk", 97)])
def test_the_tempo_is_the_one_asked_for(style: str, tempo: float) -> None:
    heard = tempo_heard(music(style, tempo=tempo, seconds=12))
    assert min(abs(heard - tempo * octave) for octave in (0.5, 1, 2)) <= 1.5, heard


def test_no_drums_means_none() -> None:
    assert "drums" in piece(stems=True, seconds=4).stems
    for plan in ({"drums": False}, {"without": ("drums",)}):
        assert "drums" not in piece(stems=True, seconds=4, **plan).stems


def test_who_must_not_be_heard_does_not_play() -> None:
    without = piece("pop", stems=True, seconds=4, without=("bass", "piano"))
    assert set(without.stems) == {"drums", "harmony", "melody"}
    assert b"piano" not in without.midi


@pytest.mark.parametrize("seconds", [0.01, 0.5, 2.345, 7.999])
@pytest.mark.parametrize("style", ["ambient", "rock"])
def test_length_is_exact_and_the_sound_is_sound(style: str, seconds: float) -> None:
    sound = music(style, seconds=seconds)
    assert sound.shape == (round(seconds * RATE), 2)
    assert sound.dtype == np.float32
    assert np.isfinite(sound).all()
    assert 0.15 < np.abs(sound).max() <= 0.9


@pytest.mark.parametrize("style", SOME)
def test_the_end_dies_away_and_the_middle_does_not(style: str) -> None:
    sound = music(style, seconds=9, tempo=sum(STYLES[style].tempo) / 2)
    whole = level_db(sound)
    assert level_db(sound[-RATE // 20 :]) < whole - 25
    assert (sound[-1] == 0).all()
    for start in range(6):  # nowhere a hole before the final chord
        assert level_db(sound[start * RATE : (start + 1) * RATE]) > whole - 20


def test_both_sides_sound_and_differ() -> None:
    for style in SOME:
        sound = music(style, seconds=4)
        left, right = sound.T
        assert abs(level_db(left[:, None]) - level_db(right[:, None])) < 4
        assert 0.2 < np.corrcoef(left, right)[0, 1] < 0.995, style


def test_the_same_order_gives_the_same_samples_in_another_process_whatever_was_played_before() -> None:
    code = (
        "import hashlib\nfrom soundstage.domain.sound import Metre, MusicPlan\n"
        "from soundstage.engines.sound.music.making import band\n"
        "from soundstage.engines.sound.music.compose import compose\n"
        "plan = MusicPlan(style='jazz', tonality='A minor', tempo=100, energy=0.5)\n"
        "print(hashlib.sha256(compose(plan, 3 * 44100, 1, lambda _: None, band()).samples.tobytes()).hexdigest())"
    )
    music("jazz", seconds=5)
    here = hashlib.sha256(music("jazz", seconds=3, energy=0.5).tobytes()).hexdigest()
    there = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": "2"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert there.stdout.strip() == here


@pytest.mark.parametrize("loop", [False, True])
def test_a_piece_in_files_is_the_piece_in_memory(tmp_path: Path, loop: bool) -> None:
    in_memory, in_files = (piece("funk", seconds=3, stems=True, loop=loop, folder=place) for place in (None, tmp_path))
    assert np.array_equal(in_files.samples, in_memory.samples)
    assert all(np.array_equal(in_files.stems[name], stem) for name, stem in in_memory.stems.items())


def test_stems_add_up_and_the_whole_is_the_same_without_them() -> None:
    made = piece("funk", seconds=4, stems=True)
    assert set(made.stems) == {"drums", "bass", "harmony", "melody"}
    assert np.abs(sum(made.stems.values()) - made.samples).max() < 1e-6
    alone = piece("funk", seconds=4)
    assert not alone.stems
    assert np.array_equal(alone.samples, made.samples)


def test_the_soundfont_is_told_and_so_is_its_absence() -> None:
    (font,) = piece(seconds=1).ingredients
    assert font.licence == "MIT"
    assert "FluidR3" in font.name
    plain = piece(seconds=1, sampled=False)
    assert plain.ingredients == ()
    assert "The soundfont is not there" in plain.notes[0]


@pytest.mark.parametrize("style", ["pop", "ambient", "house"])
def test_a_loop_has_no_seam(style: str) -> None:
    """Frame `frames` would be frame 0: the step there is like any other, and the sound goes on across it."""
    sound = music(style, seconds=5, tempo=100, loop=True)
    steps = np.abs(np.diff(sound, axis=0))
    seam = np.abs(sound[0] - sound[-1])
    around = np.concatenate((steps[:2000], steps[-2000:]))
    assert (seam <= around.max(axis=0)).all()
    assert level_db(sound[-RATE // 10 :]) > level_db(sound) - 15, "no fade"


def test_a_loop_is_whole_bars_at_a_tempo_bent_as_little_as_can_be() -> None:
    bent = write(MusicPlan(style="pop", tonality="C major", tempo=100), 7.0, 1, loop=True)
    assert bent.tempo == pytest.approx(102.857, abs=0.001), "2.9 bars: three, and that is too little to tell"
    assert "plays at 90.0 beats a minute" in piece(seconds=2, tempo=100, loop=True).notes[0]


def test_every_metre_is_played() -> None:
    for metre in Metre:
        sound = music("rock", seconds=4, metre=metre)
        assert np.abs(sound).max() > 0.2


def test_another_seed_is_another_piece_and_another_plan_too() -> None:
    one, two = music(seconds=6, seed=1), music(seconds=6, seed=2)
    assert abs(np.corrcoef(one[:, 0], two[:, 0])[0, 1]) < 0.5
    assert not np.array_equal(one, music(seconds=6, seed=1, instruments=("organ",)))


def test_progress_rises_to_the_end() -> None:
    told: list[float] = []
    compose(MusicPlan(style="pop", tonality="C major", tempo=100), RATE, 1, told.append, band())
    assert told == sorted(told)
    assert 0.9 < told[-1] <= 1.0


def test_unknown_styles_and_tonalities_are_refused() -> None:
    with pytest.raises(ValueError, match="there is no style 'polka'"):
        compose(MusicPlan(style="polka", tonality="C major", tempo=100), RATE, 1, silent, band())
    with pytest.raises(ValueError, match="not a tonality"):
        compose(MusicPlan(style="pop", tonality="H major", tempo=100), RATE, 1, silent, band())


def test_a_longer_piece_goes_on_to_its_end() -> None:
    sound = music("pop", seconds=24)
    loud = [level_db(sound[at : at + 5 * RATE]) for at in range(0, 20 * RATE, 5 * RATE)]
    assert min(loud) > max(loud) - 18
