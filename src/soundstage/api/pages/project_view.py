"""What the page about a project shows."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from soundstage.domain.language import BY_TAG
from soundstage.domain.project import ProjectDocument, Track, TrackKind

if TYPE_CHECKING:
    from soundstage.services.runs import ProjectRun

_GRAVE = 0.7  # from here on a line is marked
_SUBTITLES = (".srt", ".vtt")


def project_view(project: ProjectRun, document: ProjectDocument, prefix: str) -> dict[str, Any]:
    """Values of `project.html` but the stages."""
    api = f"{prefix}/apis/projects/{project.run.run_id}"
    source = next((track for track in document.tracks if track.kind is TrackKind.SOURCE), None)
    heard = {tag for segment in document.segments for tag in segment.translations}
    return {
        "document": document,
        "languages": [tag for tag in document.target_languages if tag in heard],
        "names": {speaker.speaker_id: speaker.name for speaker in document.speakers},
        "audio_url": None if source is None else _track_url(api, source, source.kept_format),
        "peaks_url": None
        if source is None or source.peaks is None
        else f"{prefix}/studio/projects/{project.run.run_id}/peaks",
        "review": _review(document),
        "downloads": _downloads(project, document, api),
    }


def _review(document: ProjectDocument) -> list[dict[str, Any]]:
    """Doubtful lines, the gravest first."""
    segments = {segment.segment_id: segment for segment in document.segments}
    return [
        {
            "segment": segments[line.segment_id],
            "grave": line.weight >= _GRAVE,
            "doubts": [doubt.sentence for doubt in line.doubts],
        }
        for line in document.review
        if line.segment_id in segments
    ]


def _downloads(project: ProjectRun, document: ProjectDocument, api: str) -> list[dict[str, str]]:
    links = [
        {"href": _track_url(api, track, ending), "title": f"{track.title} {ending.upper()}"}
        for track in document.tracks
        if track.kind is not TrackKind.SUBTITLES
        for ending in track.formats
    ]
    for file in sorted(project.product.files, key=lambda one: one.name):
        if file.name.endswith(_SUBTITLES):
            path = PurePosixPath(file.name)
            query = f"?language={path.stem}" if path.stem in BY_TAG else ""
            links.append({"href": f"{api}/exports/{_suffix(file.name)}{query}", "title": file.name})
    links.append({"href": f"{api}/exports/txt", "title": "Text"})
    links.append({"href": f"{api}/exports/json", "title": "Project document"})
    return links


def _track_url(api: str, track: Track, ending: str) -> str:
    return f"{api}/tracks/{track.track_id}.{ending}"


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.removeprefix(".")
