"""Form: how many bars fit, how they group into phrases, and where the last chord falls so that it can ring out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from soundstage.domain.sound import Section

PHRASE = 4  # bars
_SHORT = {1: "verse", 2: "verse verse", 3: "verse verse chorus", 4: "verse verse chorus verse"}  # by phrases
_LONG = ["verse", "verse", "chorus", "chorus", "break", "verse", "chorus", "chorus", "bridge", "chorus"]
_TAILED = 7  # phrases from which on a piece has an ending of its own


@dataclass(frozen=True)
class Bar:
    """`place` (of `size`) is where it stands in its phrase; `section` is intro, verse, chorus, bridge, break or ending.

    `time` counts the phrases of that section from 0; `start` and `beats` are in quarter notes.
    """

    start: float
    beats: float
    section: str
    time: int
    place: int
    size: int
    last: bool

    @property
    def closes(self) -> bool:
        return self.place == self.size - 1


@dataclass(frozen=True)
class Form:
    """`bars` lead to the final chord at `last_beat`, which rings for `ring_seconds` until the end.

    A circular form has no final chord: its last bar leads into its first, and `ring_seconds` is 0.
    """

    bars: tuple[Bar, ...]
    last_beat: float
    ring_seconds: float
    circular: bool = False

    @property
    def phrases(self) -> tuple[tuple[Bar, ...], ...]:
        """The bars grouped into phrases, in order."""
        groups: list[list[Bar]] = []
        for bar in self.bars:
            if bar.place == 0:
                groups.append([])
            groups[-1].append(bar)
        return tuple(tuple(group) for group in groups)


def fit(seconds: float, tempo: float, beats: float, sections: Sequence[Section] = ()) -> Form:
    """The form of a piece of `seconds` at `tempo` (quarters a minute, kept as asked) with `beats` quarters a bar.

    At least the last 22 % of the piece (0.35–3 s) belong to the final chord. What does not fill a bar lengthens it;
    when that would be long, half a bar more is played. Very short pieces are the final chord alone, or a pick-up to it.
    sections: the form asked for, each shortened or drawn out in proportion where it does not fit the length.
    """
    beat = 60.0 / tempo
    ring = min(max(0.22 * seconds, 0.35), 3.0)
    free = max(0.0, (seconds - ring) / beat + 1e-9)
    count = int(free / beats)
    rest = free - count * beats
    lengths = [float(beats)] * count
    if count == 0 and rest >= 1:
        lengths.append(float(int(rest)))
    elif beats == 4 and rest >= 2 and rest * beat + ring > 3.6:
        lengths.append(2.0)
    last_beat = sum(lengths)
    return Form(_bars(lengths, _phrases(len(lengths), sections)), last_beat, seconds - last_beat * beat)


def circle(seconds: float, tempo: float, beats: float, sections: Sequence[Section] = ()) -> tuple[Form, float]:
    """The form of a loop of `seconds`, and the tempo, bent as little as can be, at which whole bars fill it exactly.

    Tempos are heard as ratios, so of two the one by the smaller factor is the nearer. A loop too short for a bar is one
    bar of as many quarters as come nearest.
    """
    quarters = seconds * tempo / 60
    count = _nearest_ratio(quarters / beats)
    lengths = [float(beats)] * count
    if count == 1 and quarters < 0.85 * beats:
        lengths = [float(_nearest_ratio(quarters))]
    total = sum(lengths)
    phrases = [("verse" if kind == "intro" and not sections else kind, size) for kind, size in
               _phrases(count, sections)]  # fmt: skip
    return Form(_bars(lengths, phrases), total, 0.0, circular=True), total * 60 / seconds


def _nearest_ratio(value: float) -> int:
    """The whole number, at least 1, that differs from `value` by the smallest factor."""
    low = max(1, int(value))
    return low if value * value <= low * (low + 1) else low + 1


def _bars(lengths: list[float], phrases: list[tuple[str, int]]) -> tuple[Bar, ...]:
    bars: list[Bar] = []
    times: dict[str, int] = {}
    position, at = 0.0, 0
    for section, size in phrases:
        time = times.get(section, 0)
        times[section] = time + 1
        for place in range(size):
            last = at == len(lengths) - 1
            bars.append(Bar(position, lengths[at], section, time, place, size, last))
            position += lengths[at]
            at += 1
    return tuple(bars)


def _phrases(bars: int, sections: Sequence[Section]) -> list[tuple[str, int]]:
    """Section and size of each phrase: 11 bars become a three-bar intro and two verses."""
    if bars == 0:
        return []
    if sections:
        sizes = scaled([section.bars for section in sections], bars)
        return [
            (section.kind.value, size)
            for section, total in zip(sections, sizes, strict=True)
            for size in _split(total)
        ]  # fmt: skip
    if bars <= PHRASE + 1:
        return [("verse", bars)]
    whole, rest = divmod(bars, PHRASE)
    parts = [PHRASE] * whole
    intro: list[tuple[str, int]] = []
    if rest == 1:
        parts[-1] += 1
    elif rest:
        intro = [("intro", rest)]
    elif whole >= 5:
        intro = [("intro", PHRASE)]
        parts.pop()
    return intro + list(zip(_labels(len(parts)), parts, strict=True))


def _labels(phrases: int) -> list[str]:
    if phrases in _SHORT:
        return _SHORT[phrases].split()
    labels = [_LONG[at % len(_LONG)] for at in range(phrases - 1)]
    return [*labels, "ending" if phrases >= _TAILED else "chorus"]


def _split(bars: int) -> list[int]:
    """A section's phrases: four bars each, a rest of one in the last."""
    whole, rest = divmod(bars, PHRASE)
    sizes = [PHRASE] * whole + ([rest] if rest > 1 or not whole else [])
    if whole and rest == 1:
        sizes[-1] += 1
    return [size for size in sizes if size]


def scaled(wanted: Sequence[int], bars: int) -> list[int]:
    """Sizes in the proportion of `wanted` that add up to `bars` (largest remainders); what comes late may get none."""
    exact = [size * bars / sum(wanted) for size in wanted]
    sizes = [int(size) for size in exact]
    order = sorted(range(len(exact)), key=lambda at: (sizes[at] - exact[at], at))
    for at in order[: bars - sum(sizes)]:
        sizes[at] += 1
    return sizes
