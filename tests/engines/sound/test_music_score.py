"""The score before it sounds: form, harmony, voice leading, melody, drums."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from soundstage.domain.sound import MusicPlan
from soundstage.engines.sound.music.compose import write
from soundstage.engines.sound.music.form import fit
from soundstage.engines.sound.music.grooves import GROOVES
from soundstage.engines.sound.music.harmony import chord, harmonise, voicings
from soundstage.engines.sound.music.instruments import INSTRUMENTS, play
from soundstage.engines.sound.music.percussion import DRUMS, LEVELS, drum
from soundstage.engines.sound.music.score import Score
from soundstage.engines.sound.music.styles import STYLES
from soundstage.engines.sound.music.tonality import Tonality, frequency, parse


def score(
    style: str = "pop", tonality: str = "A minor", tempo: float = 100, seconds: float = 20, seed: int = 1, **more
):
    return write(MusicPlan(style=style, tonality=tonality, tempo=tempo, **more), seconds, seed)


@given(seconds=st.floats(0.01, 300), tempo=st.floats(30, 260), beats=st.sampled_from([3, 4]))
def test_the_last_chord_falls_inside_and_has_time_to_ring(seconds: float, tempo: float, beats: int) -> None:
    form = fit(seconds, tempo, beats)
    assert form.last_beat * 60 / tempo + form.ring_seconds == pytest.approx(seconds)
    assert form.ring_seconds >= min(seconds, 0.35) - 1e-6
    assert form.ring_seconds <= max(3.7, 0.22 * seconds + beats * 60 / tempo) + 0.1
    assert sum(bar.beats for bar in form.bars) == form.last_beat
    assert [bar.last for bar in form.bars] == [False] * (len(form.bars) - 1) + [True] * bool(form.bars)


def test_long_pieces_have_sections_that_come_back() -> None:
    sections = [phrase[0].section for phrase in fit(120, 105, 4).phrases]
    assert sections[0] == "intro"
    assert {"A", "B", "C"} <= set(sections)
    assert sections.count("A") > 1


def test_chords_are_spelled_as_their_numerals_say() -> None:
    minor, major = parse("A minor"), parse("C major")
    assert chord("V7", minor, 0, 4).classes == (4, 8, 11, 2)  # E G# B D
    assert chord("VI", minor, 0, 4).classes == (5, 9, 0)  # F A C
    assert chord("iim7b5", minor, 0, 4).classes == (11, 2, 5, 9)  # B D F A
    assert chord("bVII", major, 0, 4).classes == (10, 2, 5)  # Bb D F
    with pytest.raises(ValueError, match="not a chord numeral"):
        chord("H", major, 0, 4)


def test_the_scale_bends_to_the_dominant_in_minor() -> None:
    minor = parse("A minor")
    scale = chord("V", minor, 0, 4).scale(minor)
    assert 8 in scale, "G sharp leads to A"
    assert 7 not in scale, "G natural would clash with it"


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
@pytest.mark.parametrize("mode", ["major", "minor"])
def test_every_progression_can_be_played_and_ends_on_the_tonic(style, mode) -> None:
    tonality = Tonality(9, mode)
    form = fit(30, sum(style.tempo) / 2, style.beats)
    for progression in style.progressions(mode):
        chords = harmonise(form, style, tonality, dict.fromkeys(("intro", "A", "B", "C"), progression))
        assert chords[-1].root == tonality.tonic
        assert chords[-2].root != tonality.tonic, "a cadence goes before the end"
        assert sum(one.length for one in chords) == form.last_beat


def test_voices_move_little_and_hold_every_note_of_the_chord() -> None:
    style, tonality = STYLES["pop"], parse("C major")
    chords = harmonise(fit(40, 100, 4), style, tonality, dict.fromkeys(("intro", "A", "B", "C"), "I | vi | IV | V"))
    voiced = voicings(chords, 60)
    for one, pitches in zip(chords, voiced, strict=True):
        assert {pitch % 12 for pitch in pitches} == set(one.classes)
    moves = [np.mean([abs(a - b) for a, b in zip(before, after, strict=True)]) for before, after in pairwise(voiced)]
    assert np.mean(moves) < 3, "roots alone would move four semitones and more"


@pytest.mark.parametrize("style", STYLES)
def test_the_tune_is_a_tune(style: str) -> None:
    steps: list[int] = []
    for seed in range(4):
        tune = score(style, seed=seed).parts[0].notes
        pitches = [note.pitch for note in tune]
        leaps = [abs(after - before) for before, after in pairwise(pitches)]
        steps += leaps
        assert pitches[-1] % 12 == parse("A minor").tonic, "it comes home"
        assert len(set(pitches)) >= 4, "it moves"
        assert max(leaps) <= 12
        assert max(pitches) - min(pitches) <= 31
    assert np.median(steps) <= 3, "mostly by step and third"


def rhythm(piece: Score, bar: int, beats: int = 4) -> list[tuple[float, float]]:
    start = bar * beats
    return [(n.start - start, n.length) for n in piece.parts[0].notes if start <= n.start < start + beats]


def test_the_motif_comes_back() -> None:
    """Bars 1 and 3 of a phrase have one rhythm, and so do the first bars of both verses."""
    piece = score("pop", seconds=22, tempo=100)
    assert rhythm(piece, 0)
    assert rhythm(piece, 0) == rhythm(piece, 2) == rhythm(piece, 4)


@pytest.mark.parametrize("style", STYLES)
def test_all_parts_play_what_exists_within_the_piece(style: str) -> None:
    piece = score(style, drums=True, seconds=60)
    assert {part.instrument for part in piece.parts} <= set(INSTRUMENTS)
    assert {hit.drum for hit in piece.hits} <= set(DRUMS)
    assert len(piece.parts) >= 3
    for event in [*(note for part in piece.parts for note in part.notes), *piece.hits]:
        assert 0 <= event.start <= piece.last_beat
        assert 0 < event.velocity <= 1.1


def test_drums_follow_the_plan() -> None:
    assert score(drums=True).hits
    assert not score(drums=False).hits
    calm, wild = score(drums=True, energy=0.0), score(drums=True, energy=1.0)
    assert len(wild.hits) > len(calm.hits)


def test_instruments_asked_for_play() -> None:
    assert score("pop", instruments=("organ",)).parts[0].instrument == "organ"
    assert score("jazz", instruments=("sub",)).parts[2].instrument == "sub"
    assert score("pop", instruments=("kazoo",)).parts[0].instrument in STYLES["pop"].leads


def test_patterns_fit_their_bars() -> None:
    for name, variants in GROOVES.items():
        for pattern in (pattern for variant in variants for pattern in variant.values()):
            assert len(pattern) <= (12 if name == "waltz" else 16), name
    assert set(LEVELS) == set(DRUMS)
    for style in STYLES.values():
        assert style.groove in GROOVES
        assert {*style.leads, style.comp, style.bass, style.pad or "pad"} <= set(INSTRUMENTS)


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_instruments_are_in_tune(name: str) -> None:
    """Within 6 cents of equal temperament, by the strongest of the first four harmonics."""
    pitch = 40 if name in ("sub", "acid", "upright", "finger", "pick") else 69
    frames = 1 << 16
    sound = play(name, pitch, frames)
    assert sound.shape == (2, frames)
    heights = np.abs(np.fft.rfft(sound.mean(axis=0) * np.hanning(frames)))
    wanted = frequency(pitch)

    def cents(number: int) -> tuple[float, float]:
        low, high = (int(number * wanted * 2 ** (s / 24) * frames / 44_100) for s in (-1, 1))
        span = heights[low : high + 1]
        centre = float((span**2 @ np.arange(low, high + 1)) / (span**2).sum()) * 44_100 / frames
        return float(span.max()), 1200 * np.log2(centre / (number * wanted))

    assert abs(max(cents(number) for number in range(1, 5))[1]) < 6


@pytest.mark.parametrize("name", DRUMS)
def test_drums_begin_at_once_and_die_away(name: str) -> None:
    sound = drum(name)
    assert np.abs(sound).max() == pytest.approx(1)
    assert np.argmax(np.abs(sound)) < 0.1 * 44_100
    assert abs(sound[-1]) < 1e-6
