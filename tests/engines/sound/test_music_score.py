"""The score before it sounds: form, harmony, voice leading, melody, drums."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from soundstage.domain.sound import Metre, MusicPlan, Section, SectionKind
from soundstage.engines.sound.music.compose import write
from soundstage.engines.sound.music.form import fit, scaled
from soundstage.engines.sound.music.harmony import chord, harmonise, voicings
from soundstage.engines.sound.music.instruments import INSTRUMENTS, play
from soundstage.engines.sound.music.measures import MEASURES
from soundstage.engines.sound.music.mix import _DRUM_LEVELS, _EQUALISERS, _LEVELS
from soundstage.engines.sound.music.orchestra import DRUM_KEYS, KITS, PLAYERS
from soundstage.engines.sound.music.patterns import PATTERNS
from soundstage.engines.sound.music.percussion import DRUMS, STAND_INS, drum
from soundstage.engines.sound.music.performance import perform
from soundstage.engines.sound.music.score import Score
from soundstage.engines.sound.music.styles import STYLES
from soundstage.engines.sound.music.tonality import Tonality, frequency, parse

SECTIONS = ("intro", "verse", "chorus", "bridge", "break", "ending")


def score(
    style: str = "pop", tonality: str = "A minor", tempo: float = 100, seconds: float = 20, seed: int = 1, **more
):
    return write(MusicPlan(style=style, tonality=tonality, tempo=tempo, **more), seconds, seed)


@given(seconds=st.floats(0.01, 300), tempo=st.floats(30, 260), beats=st.sampled_from([3, 3.5, 4, 5]))
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
    assert {"verse", "chorus", "break", "ending"} <= set(sections)
    assert sections.count("verse") > 1


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
        chords = harmonise(form, style, tonality, dict.fromkeys(SECTIONS, progression))
        assert chords[-1].root == tonality.tonic
        assert chords[-2].root != tonality.tonic, "a cadence goes before the end"
        assert sum(one.length for one in chords) == form.last_beat


def test_voices_move_little_and_hold_every_note_of_the_chord() -> None:
    style, tonality = STYLES["pop"], parse("C major")
    chords = harmonise(fit(40, 100, 4), style, tonality, dict.fromkeys(SECTIONS, "I | vi | IV | V"))
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
        assert len(set(pitches)) >= 3, "it moves"
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
    assert {part.instrument for part in piece.parts} <= set(PLAYERS)
    assert {hit.drum for hit in piece.hits} <= set(DRUM_KEYS)
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
    for style in STYLES.values():
        for variant in PATTERNS[style.groove]:
            assert {len(pattern) for pattern in variant.values()} == {style.measure.steps}, style.name
            assert set(variant) <= set(DRUM_KEYS)


def test_everybody_named_can_play_and_has_a_place_in_the_mix() -> None:
    assert set(_DRUM_LEVELS) == set(DRUM_KEYS) == {*DRUMS, *STAND_INS}
    assert set(STAND_INS.values()) <= set(DRUMS)
    assert set(_LEVELS) == set(_EQUALISERS)
    assert {player.like for player in PLAYERS.values()} <= set(INSTRUMENTS)
    for style in STYLES.values():
        assert {*style.leads, style.comp, style.bass, style.pad or "pad"} <= set(PLAYERS), style.name
        assert style.kit in {*KITS, "synth"}


def test_there_are_many_styles_and_each_says_what_it_is() -> None:
    assert len(STYLES) >= 40
    assert len({style.title for style in STYLES.values()}) == len(STYLES)


@pytest.mark.parametrize("metre", list(Metre))
@pytest.mark.parametrize("style", ["pop", "waltz", "celtic", "jazz"])
def test_every_style_can_be_had_in_every_metre(style: str, metre: Metre) -> None:
    native = STYLES[style].metre
    piece = score(style, metre=metre, drums=True, seconds=20)
    assert piece.metre == (native if metre == "4/4" else metre)
    beats = MEASURES[piece.metre].beats
    assert {round(hit.start % beats * 4) % 1 for hit in piece.hits} == {0}
    bars = range(int(piece.last_beat / beats))
    firsts = [note for note in piece.parts[2].notes if any(abs(note.start - bar * beats) < 1e-6 for bar in bars)]
    assert len(firsts) >= 0.6 * len(bars), "the bass meets most first beats"


def test_six_eight_is_counted_in_dotted_quarters() -> None:
    assert score("pop", metre=Metre.SIX_EIGHT, tempo=80).tempo == 120


def test_a_loop_has_no_final_chord_and_whole_bars() -> None:
    piece = write(MusicPlan(style="pop", tonality="C major", tempo=100), 10.1, 1, loop=True)
    assert piece.circular
    assert piece.last_beat == 16
    assert piece.tempo == pytest.approx(16 * 60 / 10.1)
    assert max(note.start + note.length for part in piece.parts for note in part.notes) <= 16 + 1e-6
    assert max(hit.start for hit in piece.hits) < 16
    tiny = write(MusicPlan(style="pop", tonality="C major", tempo=120), 1.0, 1, loop=True)
    assert tiny.last_beat == 2, "too short for a bar: two quarters"


@pytest.mark.parametrize(("tempo", "played"), [(58, 80), (55, 40), (92, 80), (100, 120)])
def test_a_loop_bends_the_tempo_by_the_smaller_ratio(tempo: float, played: float) -> None:
    """Six seconds hold one bar at 40, two at 80, three at 120: the limits between lie at their geometric means."""
    piece = write(MusicPlan(style="pop", tonality="C major", tempo=tempo), 6.0, 1, loop=True)
    assert piece.tempo == pytest.approx(played)


def test_sections_asked_for_are_the_form() -> None:
    sections = (Section(kind=SectionKind.CHORUS, bars=2), Section(kind=SectionKind.BREAK, bars=4))
    form = fit(15.5, 120, 4, sections)
    assert [bar.section for bar in form.bars] == ["chorus"] * 2 + ["break"] * 4
    assert scaled([4, 8, 4], 8) == [2, 4, 2]
    assert sum(scaled([1, 1, 1, 1], 3)) == 3
    quiet = score("rock", tempo=120, seconds=15.5, sections=sections)
    assert not [hit for hit in quiet.hits if 8 <= hit.start < 24], "the break has no drums"


def test_swing_is_as_the_plan_says() -> None:
    straight, dotted = score(swing=0.0), score(swing=1.0)
    assert straight.seconds(0.5) == pytest.approx(0.3)
    assert dotted.seconds(0.5) == pytest.approx(0.45)
    assert dotted.seconds(1.0) == straight.seconds(1.0)


def test_a_performance_stays_within_piece_and_compass() -> None:
    piece = score("jazz", seconds=20, drums=True)
    played = perform(piece, 20.0, np.random.default_rng(1))
    for part, notes in played.parts:
        player = PLAYERS[part.instrument]
        assert all(0 <= note.start < 20 and note.held > 0 for note in notes)
        assert all(player.low <= note.pitch <= player.high for note in notes)
    assert played.strokes
    assert {stroke.start for stroke in played.strokes} != {piece.seconds(hit.start) for hit in piece.hits}, "humanised"


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
