"""What the page about a project shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from soundstage.api.pages.findings_view import facts, notices
from soundstage.domain.language import BY_TAG
from soundstage.domain.project import ProjectDocument, Track, TrackKind
from soundstage.media.exports.formats import FORMATS
from soundstage.pipelines.wording import language_name

if TYPE_CHECKING:
    from soundstage.services.runs import ProjectRun

_GRAVE = 0.7  # from here on a line is marked
_COLOURS = 8  # of speakers, in studio.css; the ninth has the first one's
_LANE = 1000  # units across a lane, however long the project
_STEMS = {TrackKind.SPEECH: "Speech", TrackKind.BACKGROUND: "Background"}


def project_view(
    project: ProjectRun, document: ProjectDocument, status: Mapping[str, Any], prefix: str
) -> dict[str, Any]:
    """Values of `project.html`. status: the status body of the task that made the project."""
    api = f"{prefix}/apis/projects/{project.run.run_id}"
    heard = {tag for segment in document.segments for tag in segment.translations}
    languages = [tag for tag in document.target_languages if tag in heard]
    speakers = _speakers(document)
    return {
        "document": document,
        "languages": languages,
        "spoken": _spoken(document),
        "speakers": speakers,
        "by_id": {one["id"]: one for one in speakers},
        "lanes": _lanes(document, speakers),
        "player": _player(project, document, api, prefix),
        "media_problem": _media_problem(project, document),
        "review": _review(document),
        "facts": facts(status["stages"]),
        "notices": notices(status["stages"]),
        "exports": _exports(document, languages, api),
        "tracks": _tracks(document, api),
    }


def _spoken(document: ProjectDocument) -> dict[str, str]:
    """Code and name of the languages that lines are in, the project's own first; empty where it is but one."""
    own = (document.source_language or document.detected_language or "").split("-")[0]
    codes = dict.fromkeys(code for code in (own, *(one.language for one in document.segments)) if code)
    return {code: language_name(code) for code in codes} if len(codes) > 1 else {}


def _player(project: ProjectRun, document: ProjectDocument, api: str, prefix: str) -> dict[str, Any]:
    """The video or else the sound that the page plays, and the tracks that can be heard instead of its sound."""
    source = next((track for track in document.tracks if track.kind is TrackKind.SOURCE), None)
    video = project.product.video  # which knows what came along
    posters = video.posters if video else ()
    return {
        "video": f"{api}/video" if video and video.artifact else None,
        "audio": None if source is None else _track_url(api, source, source.kept_format),
        "without_picture": video.why if video and video.artifact is None else None,
        "posters": [
            {"at_ms": one.at_ms, "src": f"{api}/posters/{number}.jpg"} for number, one in enumerate(posters, start=1)
        ],
        "stems": [
            {"title": _STEMS[track.kind], "src": _track_url(api, track, track.kept_format)}
            for track in document.tracks
            if track.kind in _STEMS
        ],
        "peaks": f"{prefix}/studio/projects/{project.run.run_id}/peaks" if source and source.peaks else None,
    }


def _speakers(document: ProjectDocument) -> list[dict[str, Any]]:
    total = sum(speaker.airtime_ms for speaker in document.speakers) or 1
    lines = [segment.speaker_id for segment in document.segments]
    return [
        {
            "id": speaker.speaker_id,
            "name": speaker.name,
            "colour": number % _COLOURS,
            "airtime_ms": speaker.airtime_ms,
            "share": speaker.airtime_ms / total,
            "lines": lines.count(speaker.speaker_id),
            "confidence": speaker.confidence,
            "sample": speaker.sample,
        }
        for number, speaker in enumerate(document.speakers)
    ]


def _lanes(document: ProjectDocument, speakers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """For each speaker who has lines, and for lines of nobody, where these lie: left and width in `_LANE` units."""
    length = max(1, document.duration_ms)
    rows: dict[str | None, list[dict[str, Any]]] = {one["id"]: [] for one in speakers}
    for segment in document.segments:
        bar = {
            "x": round(segment.span.start_ms * _LANE / length, 2),
            "width": max(1.0, round((segment.span.end_ms - segment.span.start_ms) * _LANE / length, 2)),
            "start_ms": segment.span.start_ms,
            "text": segment.text,
        }
        rows.setdefault(segment.speaker_id, []).append(bar)
    known: dict[str | None, dict[str, Any]] = {one["id"]: one for one in speakers}
    nobody = {"name": "Lines", "colour": 0} if not speakers else {"name": "Nobody", "colour": None}
    return [{**known.get(who, nobody), "bars": bars} for who, bars in rows.items() if bars]


def _media_problem(project: ProjectRun, document: ProjectDocument) -> str | None:
    """What the page says of a project that came without its media."""
    original = document.original
    if original is None or project.product.file(original.artifact.name) is not None:
        return None
    return f"This project came as a project file without its media ({original.file_name}): all but that is here."


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


def _exports(document: ProjectDocument, languages: list[str], api: str) -> list[dict[str, Any]]:
    """A row of links for what was heard, for each language that has lines, and for what is of no language."""
    rows = []
    if document.segments:
        lined = [one for one in FORMATS.values() if one.has_lines]
        for tag in [None, *languages]:
            query = f"?language={tag}" if tag else ""
            links = [_link(f"{api}/exports/{one.name}{query}", one.name.upper(), one.title) for one in lined]
            rows.append({"title": _language_title(document, tag), "links": links})
    whole = [one for one in FORMATS.values() if not one.has_lines and (document.speakers or not one.has_turns)]
    links = [_link(f"{api}/exports/{one.name}", one.name.upper(), one.title) for one in whole]
    links.append(_link(f"{api}/exports/zip", "ZIP", "one file that opens on another installation"))
    return [*rows, {"title": "Whole project", "links": links}]


def _tracks(document: ProjectDocument, api: str) -> list[dict[str, Any]]:
    return [
        {
            "title": track.title,
            "links": [_link(_track_url(api, track, ending), ending.upper(), "") for ending in track.formats],
        }
        for track in document.tracks
        if track.kind is not TrackKind.SUBTITLES
    ]


def _language_title(document: ProjectDocument, tag: str | None) -> str:
    known = BY_TAG.get(tag or document.source_language or "")
    name = known.name if known else "Source"
    return name if tag else f"{name}, as heard"


def _link(href: str, text: str, title: str) -> dict[str, str]:
    return {"href": href, "text": text, "title": title}


def _track_url(api: str, track: Track, ending: str) -> str:
    return f"{api}/tracks/{track.track_id}.{ending}"
