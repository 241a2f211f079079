"""A performance as a standard MIDI file: format 1, one track a part, the drums on channel 10 (RP-001, MIDI 1.0)."""

from __future__ import annotations

import struct
from collections.abc import Iterable

from soundstage.engines.sound.music.measures import MEASURES
from soundstage.engines.sound.music.orchestra import DRUM_KEYS, KITS, PLAYERS
from soundstage.engines.sound.music.performance import Performance

TICKS = 960  # a quarter note
_DRUM_CHANNEL = 9
_STROKE = 0.1  # seconds that a drum's note lasts
_TEMPO, _METRE, _NAME, _END = 0x51, 0x58, 0x03, 0x2F
Event = tuple[int, int, bytes]  # ticks from the beginning, order among those of one tick, message


def midi(performance: Performance) -> bytes:
    """The file. Times are those that are heard, so it has the swing and the looseness of the performance in it."""
    score = performance.score
    ticks = TICKS * score.tempo / 60  # a second
    end = round(performance.seconds * ticks)
    upper, lower = (int(number) for number in score.metre.split("/"))
    clicks = round(24 * MEASURES[score.metre].pulse)
    head = [
        (0, 0, _meta(_TEMPO, round(60_000_000 / score.tempo).to_bytes(3, "big"))),
        (0, 0, _meta(_METRE, bytes((upper, lower.bit_length() - 1, clicks, 8)))),
    ]
    tracks = [_track(head, end)]
    channels = [channel for channel in range(16) if channel != _DRUM_CHANNEL]
    for channel, (part, notes) in zip(channels, performance.parts, strict=False):
        player = PLAYERS[part.instrument]
        events: list[Event] = [
            (0, 0, _meta(_NAME, f"{part.role}: {part.instrument}".encode())),
            (0, 1, bytes((0xB0 | channel, 0, player.bank))),  # bank select
            (0, 2, bytes((0xC0 | channel, player.program))),
            (0, 3, bytes((0xB0 | channel, 10, round(63.5 + 63.5 * part.pan)))),
        ]
        for note in notes:
            events += _note(channel, note.pitch, note.velocity, note.start * ticks, note.held * ticks)
        tracks.append(_track(events, end))
    if performance.strokes:
        events = [(0, 0, _meta(_NAME, b"drums")), (0, 1, bytes((0xC9, KITS.get(score.kit, 0))))]
        for stroke in performance.strokes:
            key = DRUM_KEYS[stroke.drum]
            events += _note(_DRUM_CHANNEL, key, stroke.velocity, stroke.start * ticks, _STROKE * ticks)
        tracks.append(_track(events, end))
    return b"MThd" + struct.pack(">IHHH", 6, 1, len(tracks), TICKS) + b"".join(tracks)


def _note(channel: int, pitch: int, velocity: float, start: float, held: float) -> list[Event]:
    begin = round(start)
    strength = max(1, min(127, round(127 * velocity)))
    return [
        (begin, 5, bytes((0x90 | channel, pitch, strength))),
        (max(begin + 1, round(start + held)), 4, bytes((0x80 | channel, pitch, 64))),
    ]


def _track(events: Iterable[Event], end: int) -> bytes:
    body, at = bytearray(), 0
    ordered = sorted(events, key=lambda event: event[:2])
    for tick, _, message in ordered:
        body += _length(tick - at) + message
        at = tick
    body += _length(max(0, end - at)) + _meta(_END, b"")
    return b"MTrk" + struct.pack(">I", len(body)) + bytes(body)


def _meta(kind: int, data: bytes) -> bytes:
    return bytes((0xFF, kind)) + _length(len(data)) + data


def _length(value: int) -> bytes:
    """A number in groups of seven bits, the highest first; all but the last have the top bit set."""
    out = [value & 0x7F]
    while value := value >> 7:
        out.append(0x80 | (value & 0x7F))
    return bytes(reversed(out))
