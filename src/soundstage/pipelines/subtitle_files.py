"""The subtitle files of a project, made from its lines: of the source, and of each language that has any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from soundstage.domain.artifact import Artifact
from soundstage.domain.language import BY_TAG
from soundstage.domain.project import Track, TrackKind
from soundstage.domain.segment import Segment
from soundstage.domain.speaker import Speaker
from soundstage.media.subtitles.cues import Cue, SubtitleLine
from soundstage.media.subtitles.reading import cues_of
from soundstage.media.subtitles.srt import srt
from soundstage.media.subtitles.vtt import vtt

SOURCE_LINES = "source"  # `source.srt`; a translation's files are named by its tag
_FORMATS = ((srt, "srt", "application/x-subrip"), (vtt, "vtt", "text/vtt"))


@dataclass(frozen=True)
class SubtitleFile:
    """`name` is `source.srt`, `es-es.vtt` and the like; `text` is kept as UTF-8 with its line ends as they are."""

    name: str
    media_type: str
    text: str


def subtitle_files(
    segments: Sequence[Segment], speakers: Sequence[Speaker], languages: Sequence[str]
) -> tuple[SubtitleFile, ...]:
    """SRT and WebVTT of the source and of each language, by tag."""
    names = {speaker.speaker_id: speaker.name for speaker in speakers}
    made = []
    for stem in (SOURCE_LINES, *languages):
        cues = _cues(segments, names, None if stem == SOURCE_LINES else stem)
        made += [SubtitleFile(f"{stem}.{suffix}", media_type, write(cues)) for write, suffix, media_type in _FORMATS]
    return tuple(made)


def subtitle_tracks(files: Sequence[Artifact], source: str | None) -> tuple[Track, ...]:
    """A track for each WebVTT file of `subtitle_files`; `source` is the source's tag or code, if it is known."""
    tracks = []
    for file in files:
        stem, _, suffix = file.name.rpartition(".")
        if suffix == "vtt":
            tag = source if stem == SOURCE_LINES else stem
            title = f"Subtitles, {BY_TAG[tag].name}" if tag is not None and tag in BY_TAG else "Subtitles"
            kind = TrackKind.SUBTITLES
            tracks.append(Track(track_id=f"subtitles-{stem}", kind=kind, title=title, language=tag, artifact=file))
    return tuple(tracks)


def _cues(segments: Sequence[Segment], names: dict[str, str], target: str | None) -> tuple[Cue, ...]:
    """The subtitles of a target, or (None) of the source, whose words tell when a long line is parted."""
    lines = (
        SubtitleLine(
            span=segment.span,
            text=segment.text if target is None else segment.translations.get(target, ""),
            speaker=names.get(segment.speaker_id or ""),
            words=segment.words if target is None else (),
            language=segment.language if target is None else None,
        )
        for segment in segments
    )
    return cues_of(lines)
