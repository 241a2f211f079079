"""Who can play: every instrument's place in a soundfont, its compass, and who stands in where there is none.

Instruments that are synthesisers by nature are always synthesised (`instruments`): no recording is better.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Player:
    """`program` of General MIDI (0–127) and `bank`.

    low, high: the keys it is good at. like: the synthesised instrument that stands in for it.
    sampled: whether a soundfont plays it at all.
    """

    program: int
    low: int
    high: int
    like: str
    bank: int = 0
    sampled: bool = True

    def within(self, pitch: int) -> int:
        """The pitch, moved by octaves into the compass."""
        while pitch < self.low:
            pitch += 12
        while pitch > self.high:
            pitch -= 12
        return pitch


PLAYERS = MappingProxyType[str, Player]({
    # keys
    "piano": Player(0, 33, 96, "piano"), "bright": Player(1, 33, 96, "piano"),
    "honkytonk": Player(3, 36, 96, "piano"), "epiano": Player(4, 36, 88, "epiano"),
    "harpsichord": Player(6, 36, 88, "guitar"), "clavinet": Player(7, 36, 84, "clean"),
    "organ": Player(16, 36, 90, "organ"), "rockorgan": Player(18, 36, 90, "organ"),
    "pipeorgan": Player(19, 36, 90, "organ"), "accordion": Player(21, 48, 88, "accordion"),
    "harmonica": Player(22, 60, 88, "accordion"), "bandoneon": Player(23, 48, 84, "accordion"),
    # struck
    "celesta": Player(8, 60, 100, "bell"), "glockenspiel": Player(9, 67, 103, "bell"),
    "musicbox": Player(10, 60, 100, "bell"), "vibraphone": Player(11, 53, 89, "vibraphone"),
    "marimba": Player(12, 45, 91, "kalimba"), "xylophone": Player(13, 65, 101, "kalimba"),
    "bell": Player(14, 55, 84, "bell"), "dulcimer": Player(15, 50, 88, "harp"),
    "kalimba": Player(108, 53, 88, "kalimba"), "steeldrum": Player(114, 55, 84, "kalimba"),
    # plucked
    "guitar": Player(25, 40, 84, "guitar"), "nylon": Player(24, 40, 84, "guitar"),
    "jazzguitar": Player(26, 40, 84, "clean"), "clean": Player(27, 40, 84, "clean"),
    "muted": Player(28, 40, 76, "clean"), "overdrive": Player(29, 38, 86, "overdrive"),
    "distortion": Player(30, 38, 86, "overdrive"), "twelve": Player(25, 40, 84, "guitar", bank=8),
    "ukulele": Player(24, 55, 84, "guitar", bank=8), "mandolin": Player(25, 55, 88, "guitar", bank=16),
    "banjo": Player(105, 48, 84, "guitar"), "harp": Player(46, 36, 96, "harp"),
    "sitar": Player(104, 48, 76, "guitar"), "koto": Player(107, 48, 84, "harp"),
    # basses
    "upright": Player(32, 28, 60, "upright"), "finger": Player(33, 28, 60, "finger"),
    "pick": Player(34, 28, 60, "pick"), "fretless": Player(35, 28, 60, "finger"),
    "slap": Player(36, 28, 60, "finger"), "contrabass": Player(43, 28, 55, "cello"),
    "tuba": Player(58, 28, 58, "cello"),
    # bowed
    "violin": Player(40, 55, 96, "violin"), "fiddle": Player(110, 55, 91, "violin"),
    "viola": Player(41, 48, 84, "violin"), "cello": Player(42, 36, 72, "cello"),
    "strings": Player(48, 36, 96, "strings"), "slowstrings": Player(49, 36, 96, "strings"),
    "tremolo": Player(44, 36, 96, "strings"), "spiccato": Player(45, 36, 96, "spiccato"),
    # blown and sung
    "trumpet": Player(56, 55, 84, "trumpet"), "mutedtrumpet": Player(59, 55, 84, "trumpet"),
    "trombone": Player(57, 40, 70, "brass"), "horn": Player(60, 41, 77, "brass"),
    "brass": Player(61, 40, 84, "brass"), "sopranosax": Player(64, 58, 86, "sax"),
    "sax": Player(65, 50, 81, "sax"), "tenorsax": Player(66, 44, 76, "sax"),
    "oboe": Player(68, 58, 89, "flute"), "bassoon": Player(70, 34, 67, "sax"),
    "clarinet": Player(71, 50, 89, "flute"), "flute": Player(73, 60, 96, "flute"),
    "recorder": Player(74, 60, 93, "flute"), "panflute": Player(75, 60, 90, "flute"),
    "whistle": Player(78, 62, 93, "flute"), "bagpipe": Player(109, 57, 81, "accordion"),
    "choir": Player(52, 45, 84, "choir"), "voices": Player(53, 45, 84, "choir"),
    # electronic: always synthesised; the program is what a MIDI file says
    "synth": Player(81, 36, 96, "synth", sampled=False), "saws": Player(90, 36, 96, "saws", sampled=False),
    "pad": Player(89, 36, 96, "pad", sampled=False), "pluck": Player(87, 36, 96, "pluck", sampled=False),
    "acid": Player(38, 24, 60, "acid", sampled=False), "sub": Player(39, 24, 55, "sub", sampled=False),
    "square": Player(80, 36, 100, "square", sampled=False),
})  # fmt: skip

BASSES = frozenset(("upright", "finger", "pick", "fretless", "slap", "contrabass", "tuba", "acid", "sub", "cello"))

# Drums by name: key of the General MIDI percussion map.
DRUM_KEYS = MappingProxyType({
    "kick": 36, "snare": 38, "brush": 38, "rim": 37, "clap": 39, "hat": 42, "pedal": 44, "open": 46, "ride": 51,
    "bell": 53, "crash": 49, "low": 45, "mid": 47, "high": 50, "tambourine": 54, "cowbell": 56, "bongo": 60,
    "bongolow": 61, "congamute": 62, "conga": 63, "congalow": 64, "timbale": 65, "agogo": 67, "shaker": 82,
    "maracas": 70, "guiro": 73, "claves": 75, "woodblock": 76, "triangle": 81, "taiko": 41,
})  # fmt: skip
# Kits: program of the drum bank; "synth" is synthesised.
KITS = MappingProxyType({"standard": 0, "room": 8, "power": 16, "electronic": 24, "808": 25, "jazz": 32, "brush": 40,
                         "orchestra": 48})  # fmt: skip
TAIKO = 116  # the drums of film scores: a program of its own
