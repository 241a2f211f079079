"""Segments as clips of whole frames, on as many lanes as there are voices at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from soundstage.domain.project import Track, TrackKind
from soundstage.domain.segment import Segment
from soundstage.media.exports.material import Material
from soundstage.media.subtitles.cues import printable


@dataclass(frozen=True)
class Clip:
    """Frames `[start, end)` of the media and of the timeline alike; `text` on one row."""

    start: int
    end: int
    text: str
    speaker: str | None
    segment: Segment


def clips_of(material: Material) -> tuple[Clip, ...]:
    """The segments that have a line, in order of time, from their nearest frame to their nearest: one at least."""
    rate = material.rate
    return tuple(
        Clip(
            start=(start := rate.frame(segment.span.start_ms)),
            end=max(rate.frame(segment.span.end_ms), start + 1),
            text=text,
            speaker=material.speaker(segment),
            segment=segment,
        )
        for segment in material.segments
        if (text := one_row(material.text(segment)))
    )


def lanes_of(clips: Iterable[Clip]) -> tuple[tuple[Clip, ...], ...]:
    """The clips, given in order of time, on the fewest lanes on which none overlap."""
    lanes: list[list[Clip]] = []
    for clip in clips:
        free = next((lane for lane in lanes if lane[-1].end <= clip.start), None)
        if free is None:
            lanes.append([clip])
        else:
            free.append(clip)
    return tuple(map(tuple, lanes))


def frames_of(material: Material, clips: Iterable[Clip]) -> int:
    """How many frames the timeline has: those of the media, or more where a last clip was rounded up."""
    return max([material.rate.frame(material.document.duration_ms), 1, *(clip.end for clip in clips)])


def audible(material: Material) -> Iterator[Track]:
    """The project's tracks of sound; downloaded, they are called after their id: `source.flac`."""
    return (track for track in material.document.tracks if track.kind is not TrackKind.SUBTITLES)


def file_name(track: Track) -> str:
    """What a track's file is called beside an exported timeline."""
    return f"{track.track_id}.{track.artifact.name.rpartition('.')[2]}"


def voice_file(material: Material) -> str:
    """The file in which the lines are heard: the speech stem, where there is one, else the source."""
    tracks = {track.kind: track for track in audible(material)}
    track = tracks.get(TrackKind.SPEECH) or tracks.get(TrackKind.SOURCE)
    return file_name(track) if track else "source.flac"


def one_row(text: str) -> str:
    return " ".join(printable(text).split())
