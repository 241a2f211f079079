"""Speakers where the text itself names them: its names win, and diarization tells only of lines without a name.

Lines may overlap in time, for people do: they are cut layer by layer, so that in none of these two are said at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from soundstage.domain.segment import Segment
from soundstage.domain.speaker import Speaker, Turn
from soundstage.domain.timing import Span, merge, total_ms
from soundstage.domain.transcript import Passage, Transcript
from soundstage.engines.diarization.contract import Diarization
from soundstage.pipelines import segmentation

_NOBODY = Diarization(speakers=(), turns=())
_OVERLAP_MS = 300  # subtitles reach so far into the next one without anybody speaking at once
_SAMPLE_MS = 6_000
# A diarized speaker is the one of that name if most of what is tagged of theirs has it.
_SAME_SHARE, _SAME_MS = 0.6, 1_000


class NamedSpeakers:
    """Who says each passage. names: by passage, None where the text does not tell; one of them at least is told."""

    def __init__(
        self, passages: Sequence[Passage], names: Sequence[str | None], diarized: Diarization | None = None
    ) -> None:
        self._passages = passages
        self._diarized = diarized or _NOBODY
        self._names = names
        self._ids = {name: f"speaker-{n}" for n, name in enumerate(dict.fromkeys(filter(None, names)), start=1)}
        self._same = self._recognised()
        self._others = self._unnamed_ids()

    def turns(self, place: int) -> tuple[Turn, ...]:
        """Who speaks when in a passage."""
        span, name = self._passages[place].span, self._names[place]
        if name is not None:
            return (Turn(speaker_id=self._ids[name], span=span),)
        clipped = ((turn.speaker_id, _shared(turn.span, span)) for turn in self._diarized.turns)
        return tuple(Turn(speaker_id=self._id(who), span=part) for who, part in clipped if part is not None)

    def speakers(self) -> tuple[Speaker, ...]:
        """Everybody who has a passage or a part of one, the named ones first; a name is beyond doubt."""
        spans: dict[str, list[Span]] = defaultdict(list)
        for place in range(len(self._passages)):
            for turn in self.turns(place):
                spans[turn.speaker_id].append(turn.span)
        merged = {speaker: merge(own) for speaker, own in spans.items()}
        named = [self._named(name, merged) for name in self._ids]
        return (*named, *self._unnamed(merged))

    def _named(self, name: str, spans: Mapping[str, Sequence[Span]]) -> Speaker:
        own = self._ids[name]
        return Speaker(
            speaker_id=own, name=name, airtime_ms=total_ms(spans[own]), confidence=1.0, sample=_sample(own, spans)
        )

    def _unnamed(self, spans: Mapping[str, Sequence[Span]]) -> Iterator[Speaker]:
        for speaker in self._diarized.speakers:
            own = self._others.get(speaker.speaker_id, "")
            if own in spans:
                name = f"Unnamed {speaker.name}" if speaker.name in self._ids else speaker.name
                yield speaker.model_copy(update={"speaker_id": own, "name": name, "airtime_ms": total_ms(spans[own])})

    def _id(self, diarized: str) -> str:
        return self._ids[self._same[diarized]] if diarized in self._same else self._others[diarized]

    def _unnamed_ids(self) -> dict[str, str]:
        unknown = [one.speaker_id for one in self._diarized.speakers if one.speaker_id not in self._same]
        return {one: f"speaker-{n}" for n, one in enumerate(unknown, start=len(self._ids) + 1)}

    def _recognised(self) -> dict[str, str]:
        """The names of diarized speakers, by what they are called where the text tells."""
        shared: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for passage, name in zip(self._passages, self._names, strict=True):
            for turn in self._diarized.turns if name is not None else ():
                if (part := _shared(turn.span, passage.span)) is not None and name is not None:
                    shared[turn.speaker_id][name] += part.duration_ms
        same = {}
        for speaker, by_name in shared.items():
            name, longest = max(by_name.items(), key=lambda told: told[1])
            if longest >= max(_SAME_MS, _SAME_SHARE * sum(by_name.values())):
                same[speaker] = name
        return same


def cut_into_lines(transcript: Transcript, named: NamedSpeakers | None, turns: Sequence[Turn]) -> tuple[Segment, ...]:
    """The segments of a transcript whose passages may overlap. turns: of everybody, where no line is `named`."""
    found: list[Segment] = []
    for layer in layers(transcript.passages):
        part = transcript.model_copy(update={"passages": tuple(transcript.passages[place] for place in layer)})
        own = turns if named is None else [turn for place in layer for turn in named.turns(place)]
        found += segmentation.segment(part, own)
    found.sort(key=lambda one: (one.span.start_ms, one.span.end_ms))
    return tuple(one.model_copy(update={"segment_id": f"s{n:04d}"}) for n, one in enumerate(found, start=1))


def layers(passages: Sequence[Passage]) -> list[list[int]]:
    """Places of passages, so that within a layer each begins when the one before has ended, or nearly."""
    found: list[list[int]] = []
    for place, passage in enumerate(passages):
        for layer in found:
            if passage.span.start_ms >= passages[layer[-1]].span.end_ms - _OVERLAP_MS:
                layer.append(place)
                break
        else:
            found.append([place])
    return found


def _shared(one: Span, other: Span) -> Span | None:
    start, end = max(one.start_ms, other.start_ms), min(one.end_ms, other.end_ms)
    return Span(start_ms=start, end_ms=end) if start < end else None


def _sample(speaker: str, spans: Mapping[str, Sequence[Span]]) -> Span | None:
    """The longest stretch of theirs in which nobody else speaks, six seconds from its start at most."""
    others = [span for other, own in spans.items() if other != speaker for span in own]
    alone = [span for span in spans[speaker] if not any(span.overlaps(other) for other in others)]
    longest = max(alone, key=lambda span: span.duration_ms, default=None)
    if longest is None:
        return None
    return Span(start_ms=longest.start_ms, end_ms=min(longest.end_ms, longest.start_ms + _SAMPLE_MS))
