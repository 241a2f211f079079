"""The styles, as data: tempo, harmony, rhythm and instruments of each.

Rhythm cells are strings over one bar, cut into as many equal steps as they have characters:
`x` begins a note, `-` holds it, `.` is silence. Bass cells name the tone instead of `x`:
`r` root, `3` third, `5` fifth, `o` octave, `a` a step before the next root.
Progressions are bars parted by ` | `, each with one or two chords (see `harmony.chord`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True)
class Style:
    """`comping` is how chords are played: block, strum, arpeggio, alberti. `cells` go from sparse to busy.

    tempo: lowest and highest of the style, beats a minute. swing: 0.5 straight … 0.67 triplets.
    loose: how far hands stray from the beat, in seconds. centre: MIDI pitch round which the lead moves.
    groove: name in `grooves.GROOVES`; `drums` says whether it plays when the prompt says nothing about it.
    """

    name: str
    title: str
    tempo: tuple[int, int]
    mode: str
    tonics: tuple[str, ...]
    major: tuple[str, ...]
    minor: tuple[str, ...]
    cells: tuple[str, ...]
    leads: tuple[str, ...]
    comp: str
    comping: str
    comp_cells: tuple[str, ...]
    bass: str
    bass_cells: tuple[str, ...]
    groove: str
    pad: str | None = None
    beats: int = 4
    swing: float = 0.5
    loose: float = 0.004
    centre: int = 74
    drums: bool = True
    room: float = 1.4
    energy: float = 0.5
    ducked: bool = False
    cadence: dict[str, str] = field(default_factory=lambda: {"major": "IV V", "minor": "iv V"})
    final: dict[str, str] = field(default_factory=lambda: {"major": "I", "minor": "i"})

    def progressions(self, mode: str) -> tuple[str, ...]:
        return self.major if mode == "major" else self.minor


_ALL = (
    Style(
        name="ambient",
        title="ambient",
        tempo=(54, 72),
        mode="major",
        tonics=("D", "A", "F", "C"),
        major=("Iadd9 | IVmaj9 | vi7 | IVadd9", "Imaj9 | iii7 | IVmaj9 | Isus2", "Iadd9 | Vsus4 | IVmaj7 | Iadd9"),
        minor=("iadd9 | VImaj7 | IIIadd9 | VIIsus4", "i7 | iv7 | VImaj7 | isus2", "iadd9 | VImaj9 | iv7 | VIsus2"),
        cells=("x---..x-", "x-----x-", "..x---x-", "x-x-----"),
        leads=("bell", "kalimba", "flute", "piano"),
        comp="harp",
        comping="arpeggio",
        comp_cells=("x.....x.", "x..x..x.", "x.x.x.x."),
        bass="sub",
        bass_cells=("r-------",),
        groove="soft",
        pad="pad",
        loose=0.012,
        centre=76,
        drums=False,
        room=3.0,
        energy=0.25,
        cadence={"major": "IVmaj9", "minor": "VImaj7"},
        final={"major": "Iadd9", "minor": "iadd9"},
    ),
    Style(
        name="pop",
        title="pop",
        tempo=(96, 122),
        mode="major",
        tonics=("C", "G", "D", "A", "F"),
        major=("I | V | vi | IV", "vi | IV | I | V", "I | vi | IV | V", "IV | V | iii | vi"),
        minor=("i | VI | III | VII", "i | III | VII | iv", "VI | VII | i | i"),
        cells=("x-x-x---", "x-xxx-x-", "..xxx-x-", "x-xx.xx-", "x.xxx.xx"),
        leads=("synth", "piano", "flute"),
        comp="piano",
        comping="block",
        comp_cells=("x---x---", "x--x--x-", "x-x-x-x-"),
        bass="finger",
        bass_cells=("r---r---", "r--r--r-", "r-r-r-5a", "rrrrrr5a"),
        groove="pop",
        pad="strings",
    ),
    Style(
        name="rock",
        title="rock",
        tempo=(112, 146),
        mode="minor",
        tonics=("E", "A", "D", "G"),
        major=("I | IV | V | IV", "I | bVII | IV | I", "I | V | IV | V"),
        minor=("i | VII | VI | VII", "i | III | VII | iv", "i | VI | III | VII"),
        cells=("x-x-x---", "x--xx-x-", "x-xxxx--", "xxx-x-xx"),
        leads=("overdrive", "organ"),
        comp="overdrive",
        comping="power",
        comp_cells=("x---x---", "x-xxx-xx", "xxxxxxxx"),
        bass="pick",
        bass_cells=("r-r-r-r-", "rrrrrrrr", "rrrrrr5a"),
        groove="rock",
        loose=0.005,
        room=0.9,
        energy=0.7,
        centre=72,
        final={"major": "I5", "minor": "i5"},
    ),
    Style(
        name="lofi",
        title="lo-fi hip hop",
        tempo=(70, 86),
        mode="minor",
        tonics=("D", "A", "F", "C", "E"),
        major=("IVmaj7 | iii7 | ii7 | Imaj7", "Imaj9 | vi7 | ii9 | V9", "IVmaj9 | V7 | iii7 | vi7"),
        minor=("i9 | iv7 | VImaj7 | V7", "VImaj7 | VII | i7 | i7", "iv9 | VII7 | IIImaj7 | VImaj7"),
        cells=("..x-x-x-", "x--x..x-", "x.xx-...", "..xxx.x-"),
        leads=("epiano", "vibraphone", "kalimba"),
        comp="epiano",
        comping="block",
        comp_cells=("x-----x-", "x--x----", "x--x--x-"),
        bass="upright",
        bass_cells=("r-----r.", "r--r..5-", "r--r.r5a"),
        groove="lofi",
        swing=0.58,
        loose=0.010,
        centre=72,
        energy=0.4,
        cadence={"major": "ii7 V9", "minor": "iv7 V7"},
        final={"major": "Imaj9", "minor": "i9"},
    ),
    Style(
        name="classical",
        title="classical chamber music",
        tempo=(84, 116),
        mode="major",
        tonics=("C", "G", "D", "F", "Bb", "Eb"),
        major=("I | IV V7 | I vi | ii V", "I | V7 | V7 | I", "I vi | ii V7 | I IV | V", "I | ii7 | V7 | vi"),
        minor=("i | iv V7 | i VI | iv V", "i | V7 | V7 | i", "i VI | iv V7 | i iv | V", "i | VI | iv | V"),
        cells=("x---x-x-", "x-x-x-x-", "x--xxxx-", "xxxxx-x-", "x-xxxxxx"),
        leads=("violin", "flute", "piano"),
        comp="piano",
        comping="alberti",
        comp_cells=("x-x-x-x-", "xxxxxxxx"),
        bass="cello",
        bass_cells=("r---5---", "r-------", "r-5-3-5-"),
        groove="orchestral",
        pad="strings",
        loose=0.008,
        drums=False,
        room=1.9,
        cadence={"major": "ii V7", "minor": "iv V7"},
    ),
    Style(
        name="jazz",
        title="swing jazz",
        tempo=(112, 168),
        mode="major",
        tonics=("F", "Bb", "Eb", "C", "G"),
        major=(
            "ii7 | V9 | Imaj7 | vi7",
            "Imaj7 vi7 | ii7 V7 | iii7 vi7 | ii7 V7",
            "Imaj7 | IVmaj7 | iii7 vi7 | ii7 V9",
        ),
        minor=("i7 | iv7 | iim7b5 V7 | i7", "iim7b5 | V7 | i7 | VImaj7", "i6 | iv7 VII7 | IIImaj7 VImaj7 | iim7b5 V7"),
        cells=("x-x--xx-", ".xxxxxx-", "x--xx-.x", "xxxx.xx-", "x-.xxxxx"),
        leads=("sax", "vibraphone", "piano", "trumpet"),
        comp="piano",
        comping="block",
        comp_cells=("x--x....", "...x..x.", ".x--...x"),
        bass="upright",
        bass_cells=("r-5-", "r35a", "r53a", "ro5a"),
        groove="jazz",
        swing=0.64,
        loose=0.007,
        centre=70,
        cadence={"major": "ii7 V7", "minor": "iim7b5 V7"},
        final={"major": "I6", "minor": "i6"},
    ),
    Style(
        name="electronic",
        title="electronic dance music",
        tempo=(122, 134),
        mode="minor",
        tonics=("A", "F", "C", "G", "D"),
        major=("vi | IV | I | V", "I | V | ii | IV", "IV | I | V | vi"),
        minor=("i | VI | III | VII", "i | i | VI | VII", "i | iv | VI | VII"),
        cells=("x..x..x.", "x.xx.xx.", "x..x..x.x..x..x.", "x.xxx.x.x.xxx.x."),
        leads=("pluck", "synth"),
        comp="saws",
        comping="block",
        comp_cells=("..x...x.", "..x..x..", "x..x..x..x..x.x."),
        bass="acid",
        bass_cells=(".r.r.r.r", "..r...r...r...r.", "..rr..rr..ro..rr"),
        groove="electronic",
        pad="pad",
        loose=0.0,
        room=1.6,
        energy=0.7,
        ducked=True,
        cadence={"major": "IV V", "minor": "VI VII"},
    ),
    Style(
        name="cinematic",
        title="cinematic score",
        tempo=(76, 100),
        mode="minor",
        tonics=("D", "C", "A", "E", "G"),
        major=("I | V | IV | vi", "I | bVI | bVII | I", "vi | IV | I | V"),
        minor=("i | VI | III | VII", "i | VII | VI | V", "i | iv | VI | V", "i | VI | iv | V"),
        cells=("x-------", "x---x---", "x--x--x-", "x---x-x-"),
        leads=("brass", "choir", "violin"),
        comp="spiccato",
        comping="arpeggio",
        comp_cells=("x.x.x.x.", "xxxxxxxx", "x.xxx.xxx.xxx.xx"),
        bass="cello",
        bass_cells=("r-------", "r---r---", "r-r-r-r-"),
        groove="cinematic",
        pad="strings",
        loose=0.008,
        centre=69,
        room=2.8,
        energy=0.65,
    ),
    Style(
        name="folk",
        title="acoustic folk",
        tempo=(88, 116),
        mode="major",
        tonics=("G", "D", "C", "A"),
        major=("I | IV | I | V", "I | V | vi | IV", "I | IV | V | I", "I | ii | IV | I"),
        minor=("i | VII | VI | VII", "i | iv | i | V", "i | III | VII | i"),
        cells=("x-x-x---", "x-xxx-x-", "x--xx-x-", "xx-xx-x-"),
        leads=("flute", "violin", "harp"),
        comp="guitar",
        comping="strum",
        comp_cells=("x---x-x-", "x-x--xx-", "x-xx.xxx"),
        bass="upright",
        bass_cells=("r---5---", "r-----5-"),
        groove="folk",
        loose=0.009,
        energy=0.45,
    ),
    Style(
        name="funk",
        title="funk",
        tempo=(98, 114),
        mode="minor",
        tonics=("E", "D", "A", "G"),
        major=("I7 | IV9 | I7 | V9", "I9 | I9 | IV9 | IV7"),
        minor=("i7 | IV9 | i7 | IV9", "i9 | i7 | iv7 | VII", "i7 | VII | IV7 | i7"),
        cells=("x.xx..x.", "..xx.xx-", "x..x..xx..x-....", "..x.xx.x..xx..x."),
        leads=("brass", "synth", "epiano"),
        comp="clean",
        comping="block",
        comp_cells=("..x...x...x..xx.", "x..x..x.xx.x..x.", "xx.x.xx.xx.x.xxx"),
        bass="finger",
        bass_cells=("r..o..r.5..r..a.", "r..r.or...5r.oa.", "r.or..5or..r5.oa"),
        groove="funk",
        swing=0.52,
        room=0.8,
        energy=0.7,
        centre=70,
        cadence={"major": "IV9 V9", "minor": "iv7 V7"},
        final={"major": "I9", "minor": "i9"},
    ),
    Style(
        name="waltz",
        title="waltz",
        tempo=(96, 150),
        mode="major",
        tonics=("C", "G", "D", "A"),
        major=("I | I | V7 | V7", "I | vi | ii | V7", "I | IV | V7 | I"),
        minor=("i | i | V7 | V7", "i | VI | iv | V7", "i | iv | V7 | i"),
        cells=("x---x-", "x-x-x-", "x--xx-", "xxxxx-"),
        leads=("violin", "accordion", "piano"),
        comp="piano",
        comping="block",
        comp_cells=("..x.x.",),
        bass="cello",
        bass_cells=("r-....", "r-----"),
        groove="waltz",
        pad="strings",
        beats=3,
        loose=0.008,
        drums=False,
        room=1.8,
        cadence={"major": "V7", "minor": "V7"},
    ),
)

STYLES = MappingProxyType({style.name: style for style in _ALL})
