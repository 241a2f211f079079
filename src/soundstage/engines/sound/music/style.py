"""What a style is: tempo, harmony, rhythm and instruments; the styles themselves are data (`repertoire`).

Rhythm cells are strings over one bar, cut into as many equal steps as they have characters:
`x` begins a note, `-` holds it, `.` is silence. Bass cells name the tone instead of `x`:
`r` root, `3` third, `5` fifth, `o` octave, `a` a step before the next root.
Progressions are bars parted by ` | `, each with one or two chords (see `harmony.chord`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from soundstage.engines.sound.music.measures import (
    LILTING_BASS,
    LILTING_CELLS,
    LILTING_COMP,
    MEASURES,
    Measure,
    sixteenths,
)


@dataclass(frozen=True)
class Style:
    """`comping` is how chords are played: block, strum, arpeggio, alberti, power. `cells` go from sparse to busy.

    tempo: lowest and highest of the style, beats a minute. loose: how far hands stray from the beat, in seconds.
    swing: where the second of two halves of `swung` quarters lies, 0.5 straight … 0.67 triplets.
    centre: MIDI pitch round which the lead moves; it plays `late` seconds behind the beat.
    groove: name in `patterns.PATTERNS`, played on `kit`; `drums` says whether it plays when the prompt says nothing
    about it, `drum_level` (dB) how loud beside what is usual. walks: the bass line is made anew every bar.
    room: seconds of reverberation. ducked: chords and bass make way for the bass drum.
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
    kit: str = "standard"
    pad: str | None = None
    metre: str = "4/4"
    swing: float = 0.5
    swung: float = 1.0
    loose: float = 0.004
    late: float = 0.0
    centre: int = 74
    drums: bool = True
    drum_level: float = 0.0
    room: float = 1.4
    energy: float = 0.5
    ducked: bool = False
    walks: bool = False
    cadence: dict[str, str] = field(default_factory=lambda: {"major": "IV V", "minor": "iv V"})
    final: dict[str, str] = field(default_factory=lambda: {"major": "I", "minor": "i"})

    @property
    def measure(self) -> Measure:
        return MEASURES[self.metre]

    @property
    def beats(self) -> float:
        """Quarters in a bar."""
        return self.measure.beats

    def progressions(self, mode: str) -> tuple[str, ...]:
        return self.major if mode == "major" else self.minor

    def in_metre(self, metre: str) -> Style:
        """The style in another metre: its cells cut or drawn out, or for six-eight such as lilt."""
        if metre == self.metre:
            return self
        if metre == "6/8":
            return replace(self, metre=metre, cells=LILTING_CELLS, comp_cells=LILTING_COMP, bass_cells=LILTING_BASS)
        measure = MEASURES[metre]

        def cut(cells: tuple[str, ...]) -> tuple[str, ...]:
            written = (sixteenths(cell, self.beats) for cell in cells)
            return tuple(measure.cut((cell + cell[:4])[:16]) for cell in written)

        return replace(
            self, metre=metre, cells=cut(self.cells), comp_cells=cut(self.comp_cells), bass_cells=cut(self.bass_cells)
        )
