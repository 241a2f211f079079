"""The mixing desk and the MIDI file: equaliser, room, compressor, limiter; and a score that other programs read."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from soundstage.domain.sound import MusicPlan
from soundstage.engines.sound.music.compose import write
from soundstage.engines.sound.music.midi import TICKS, midi
from soundstage.engines.sound.music.performance import perform
from soundstage.engines.sound.music.strip import Eq, Room, active_db, compression, equalise, limiting

RATE = 44_100


def sine(hertz: float, seconds: float = 1.0, level: float = 0.5) -> np.ndarray:
    wave = level * np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE)
    return np.stack((wave, wave)).astype(np.float32)


def change_db(hertz: float, *bands: Eq) -> float:
    sound = sine(hertz)
    before = np.std(sound[:, RATE // 2 :])
    equalise(sound, bands)
    return float(20 * np.log10(np.std(sound[:, RATE // 2 :]) / before))


def test_each_band_turns_what_it_says() -> None:
    assert change_db(1000, Eq("bell", 1000, 6)) == pytest.approx(6, abs=0.1)
    assert change_db(8000, Eq("bell", 1000, 6)) == pytest.approx(0, abs=0.3)
    assert change_db(50, Eq("low", 400, 4)) == pytest.approx(4, abs=0.2)
    assert change_db(15_000, Eq("air", 6000, -5)) == pytest.approx(-5, abs=0.3)
    assert change_db(40, Eq("high", 160)) == pytest.approx(-24, abs=0.5)
    assert change_db(2000, Eq("high", 160), Eq("bell", 2000, 3)) == pytest.approx(3, abs=0.2)


def test_the_level_is_that_of_what_sounds() -> None:
    sound = np.concatenate((sine(440), np.zeros((2, 3 * RATE), np.float32)), axis=1)
    assert active_db(sound) == pytest.approx(20 * np.log10(0.5 / 2**0.5), abs=0.2)
    assert active_db(np.zeros((2, RATE), np.float32)) == -120


def test_a_room_answers_and_dies_away_the_same_in_blocks_and_at_once() -> None:
    send = np.zeros(14 * RATE, np.float32)
    send[[0, 13 * RATE]] = 1
    answer = np.zeros((2, len(send)), np.float32)
    Room(1.0).add(send, answer)
    power = [float(np.square(answer[:, at : at + RATE // 10]).sum()) for at in range(0, RATE, RATE // 5)]
    assert power == sorted(power, reverse=True)
    assert np.abs(answer[:, 2 * RATE : 13 * RATE]).max() < 1e-4
    assert np.allclose(answer[:, :RATE], answer[:, 13 * RATE :], atol=1e-5)


def test_the_compressor_turns_what_is_above_its_threshold() -> None:
    loud, soft = sine(2000, level=0.5), sine(2000, level=0.01)
    gain = np.empty(RATE, np.float32)
    compression(loud, gain, -20.0, 2.0, 0.01, 0.1)
    assert gain[-RATE // 4] == pytest.approx(10 ** (-(20 - 9.03) / 2 / 20), rel=0.02)
    compression(soft, gain, -20.0, 2.0, 0.01, 0.1)
    assert (gain == 1).all()


@pytest.mark.parametrize("circular", [False, True])
def test_the_limiter_lets_nothing_through_and_bends_smoothly(circular: bool) -> None:
    sound = sine(300, level=0.3)
    sound[:, 20_000:20_005] = 2.0
    sound[:, -3:] = 1.5
    gain = np.empty(RATE, np.float32)
    limiting(sound, gain, 0.85, circular=circular)
    assert np.abs(sound * gain).max() <= 0.85 + 1e-6
    assert np.abs(np.diff(gain)).max() < 0.01
    assert (gain[0] < 1) == circular, "what peaks at the end of a loop is turned down at its beginning"


def events(track: bytes) -> list[tuple[int, bytes]]:
    """Ticks and message of every event of a track."""
    found, at, tick = [], 0, 0
    while at < len(track):
        delta = 0
        while True:
            delta = delta << 7 | track[at] & 0x7F
            at += 1
            if not track[at - 1] & 0x80:
                break
        tick += delta
        size = 3 + track[at + 2] if track[at] == 0xFF else 2 if track[at] & 0xF0 == 0xC0 else 3
        found.append((tick, track[at : at + size]))
        at += size
    return found


def test_the_midi_file_holds_every_note_where_it_is_heard() -> None:
    score = write(MusicPlan(style="pop", tonality="C major", tempo=120), 6.0, 1)
    played = perform(score, 6.0, np.random.default_rng(1))
    data = midi(played)
    kind, tracks, division = struct.unpack(">HHH", data[8:14])
    assert (kind, division) == (1, TICKS)
    bodies, at = [], 14
    while at < len(data):
        assert data[at : at + 4] == b"MTrk"
        size = struct.unpack(">I", data[at + 4 : at + 8])[0]
        bodies.append(data[at + 8 : at + 8 + size])
        at += 8 + size
    assert len(bodies) == tracks == 2 + len(played.parts)
    head = {message[1]: message[3:] for _, message in events(bodies[0])}
    assert int.from_bytes(head[0x51], "big") == 500_000
    assert tuple(head[0x58][:2]) == (4, 2)
    for body, (_, notes) in zip(bodies[1:], played.parts, strict=False):
        begun = [(tick, message[1]) for tick, message in events(body) if message[0] & 0xF0 == 0x90]
        assert sorted(begun) == sorted((round(note.start * 2 * TICKS), note.pitch) for note in notes)
        assert events(body)[-1][1] == b"\xff\x2f\x00"
    assert {message[0] & 0x0F for _, message in events(bodies[-1]) if message[0] & 0xF0 == 0x90} == {9}
