"""Form: how many bars fit, how they group into phrases, and where the last chord falls so that it can ring out."""

from __future__ import annotations

from dataclasses import dataclass

PHRASE = 4  # bars
_CYCLE = "AABBACBB"  # of phrases in a long piece: A verse, B chorus, C break


@dataclass(frozen=True)
class Bar:
    """`place` (of `size`) is where it stands in its phrase; `section` is intro, A, B or C.

    `time` counts the phrases of that section from 0; `start` and `beats` are in beats.
    """

    start: float
    beats: int
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
    """`bars` lead to the final chord at `last_beat`, which rings for `ring_seconds` until the end."""

    bars: tuple[Bar, ...]
    last_beat: float
    ring_seconds: float

    @property
    def phrases(self) -> tuple[tuple[Bar, ...], ...]:
        """The bars grouped into phrases, in order."""
        groups: list[list[Bar]] = []
        for bar in self.bars:
            if bar.place == 0:
                groups.append([])
            groups[-1].append(bar)
        return tuple(tuple(group) for group in groups)


def fit(seconds: float, tempo: float, beats: int) -> Form:
    """The form of a piece of `seconds` at `tempo` (beats a minute, kept as asked) with `beats` a bar.

    At least the last 22 % of the piece (0.35–3 s) belong to the final chord. What does not fill a bar lengthens it;
    when that would be long, half a bar more is played. Very short pieces are the final chord alone, or a pick-up to it.
    """
    beat = 60.0 / tempo
    ring = min(max(0.22 * seconds, 0.35), 3.0)
    free = max(0, int((seconds - ring) / beat + 1e-9))
    count, rest = divmod(free, beats)
    lengths = [beats] * count
    half = beats // 2
    if (count == 0 and rest) or (beats % 2 == 0 and rest >= half and rest * beat + ring > 3.6):
        lengths.append(rest if count == 0 else half)
    last_beat = float(sum(lengths))
    return Form(_bars(lengths), last_beat, seconds - last_beat * beat)


def _bars(lengths: list[int]) -> tuple[Bar, ...]:
    bars: list[Bar] = []
    times: dict[str, int] = {}
    position, at = 0.0, 0
    for section, size in _phrases(len(lengths)):
        time = times.get(section, 0)
        times[section] = time + 1
        for place in range(size):
            last = at == len(lengths) - 1
            bars.append(Bar(position, lengths[at], section, time, place, size, last))
            position += lengths[at]
            at += 1
    return tuple(bars)


def _phrases(bars: int) -> list[tuple[str, int]]:
    """Section and size of each phrase: 11 bars become a three-bar intro, A and A; 20 become an intro, A, A, B, A."""
    if bars == 0:
        return []
    if bars <= PHRASE + 1:
        return [("A", bars)]
    whole, rest = divmod(bars, PHRASE)
    sizes = [PHRASE] * whole
    intro: list[tuple[str, int]] = []
    if rest == 1:
        sizes[-1] += 1
    elif rest:
        intro = [("intro", rest)]
    elif whole >= 5:
        intro = [("intro", PHRASE)]
        sizes.pop()
    labels = {1: "A", 2: "AA", 3: "ABA", 4: "AABA"}.get(len(sizes))
    if labels is None:
        labels = "".join(_CYCLE[i % len(_CYCLE)] for i in range(len(sizes) - 1)) + "B"
    return intro + list(zip(labels, sizes, strict=True))
