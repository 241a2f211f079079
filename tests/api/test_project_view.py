"""What the page about a project shows of its document and of what its stages found."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from soundstage.api.pages.findings_view import facts, notices
from soundstage.api.pages.project_view import project_view
from soundstage.domain.artifact import Artifact
from soundstage.domain.media import MediaInfo
from soundstage.domain.project import Poster, ProjectDocument, ProjectProduct, Track, TrackKind, Video
from soundstage.domain.segment import Segment
from soundstage.domain.speaker import Speaker
from soundstage.domain.timing import Span


def artifact(name: str) -> Artifact:
    return Artifact(sha256="0" * 64, bytes=1, media_type="video/mp4", name=name)


def document(**more: Any) -> ProjectDocument:
    def line(number: int, who: str | None, start: int, end: int) -> Segment:
        span = Span(start_ms=start, end_ms=end)
        return Segment(
            segment_id=str(number), span=span, speaker_id=who, text=f"Line {number}", words=(), confidence=0.9,
            translations={"es-es": "Línea"},
        )  # fmt: skip

    tracks = [
        Track(track_id=kind.value, kind=kind, title=kind.value, language=None, artifact=artifact(f"{kind}.flac"))
        for kind in (TrackKind.SOURCE, TrackKind.SPEECH, TrackKind.BACKGROUND)
    ]
    speakers = [
        Speaker(speaker_id=f"s{number}", name=f"Speaker {number}", airtime_ms=airtime, confidence=0.9)
        for number, airtime in ((1, 3000), (2, 1000))
    ]
    whole = {
        "project_name": "A talk", "project_description": None, "created_at": "2026-01-02T03:04:05Z",
        "source_language": "en-us", "detected_language": "en", "target_languages": ("es-es", "fr-fr"),
        "duration_ms": 10_000, "tracks": tracks, "speakers": speakers,
        "media": MediaInfo(container="mov", duration_ms=10_000, bytes=9, bit_rate=None, streams=()),
        "segments": (line(1, "s2", 0, 1000), line(2, "s1", 2000, 5000), line(3, None, 9999, 10_000)),
    }  # fmt: skip
    return ProjectDocument.model_validate(whole | more)


def view(shown: ProjectDocument) -> dict[str, Any]:
    product = ProjectProduct.of(shown, artifact("project.json"), ())
    project: Any = SimpleNamespace(run=SimpleNamespace(run_id=7), product=product)
    return project_view(project, shown, {"stages": []}, "/base")


def test_speakers_have_their_share_and_their_lane() -> None:
    shown = view(document())
    told = [(one["name"], one["share"], one["lines"], one["colour"]) for one in shown["speakers"]]
    assert told == [("Speaker 1", 0.75, 1, 0), ("Speaker 2", 0.25, 1, 1)]
    lanes = {lane["name"]: [(bar["x"], bar["width"]) for bar in lane["bars"]] for lane in shown["lanes"]}
    assert lanes == {"Speaker 1": [(200.0, 300.0)], "Speaker 2": [(0.0, 100.0)], "Nobody": [(999.9, 1.0)]}


def test_the_video_plays_with_stems_and_posters() -> None:
    posters = tuple(Poster(at_ms=at, artifact=artifact("p.jpg")) for at in (0, 5000))
    video = Video(way="copy", why="It was copied.", artifact=artifact("video.mp4"), posters=posters)
    player = view(document(video=video))["player"]
    assert player["video"] == "/base/apis/projects/7/video"
    assert [one["src"] for one in player["posters"]] == [f"/base/apis/projects/7/posters/{n}.jpg" for n in (1, 2)]
    assert [one["title"] for one in player["stems"]] == ["Speech", "Background"]
    none = view(document(video=Video(way="none", why="Browsers do not play it.", artifact=None)))["player"]
    assert (none["video"], none["without_picture"]) == (None, "Browsers do not play it.")
    assert none["audio"] == "/base/apis/projects/7/tracks/source.flac"


def test_every_language_with_lines_can_be_taken_along() -> None:
    rows = {row["title"]: [link["href"] for link in row["links"]] for row in view(document())["exports"]}
    assert list(rows) == ["English (United States), as heard", "Spanish (Spain)", "Whole project"]
    assert "/base/apis/projects/7/exports/srt?language=es-es" in rows["Spanish (Spain)"]
    assert {"/base/apis/projects/7/exports/rttm", "/base/apis/projects/7/exports/json"} <= set(rows["Whole project"])


def stage(name: str, findings: dict[str, Any], state: str = "done", summary: str = "") -> dict[str, Any]:
    return {"name": name, "title": name.title(), "state": state, "summary": summary, "findings": findings}


def test_facts_and_notices_come_from_what_stages_found() -> None:
    stages = [
        stage("decode", {"integrated_lufs": -19.94, "true_peak_dbtp": None, "warnings": ["it is clipped"]}),
        stage("detect_activity", {"speech": {"share": 0.78}, "music": {"share": 0.1}, "singing": {"share": 0.0}}),
        stage("diarize", {"cure": "pull a model"}, "skipped", "No engine is ready."),
        stage(
            "transcribe", {"language_name": "English", "language_confidence": 0.99, "words": 1200, "doubtful_words": 3}
        ),
        stage("translate", {"targets": [{"name": "Spanish", "problem": "no endpoint", "cure": "set one"}]}),
    ]
    assert facts(stages) == [
        ("Language", "English, 99 % sure"),
        ("Words", "1,200, 3 doubtful"),
        ("Heard", "78 % speech, 10 % music"),
        ("Loudness", "−19.9 LUFS"),
    ]
    assert notices(stages) == [
        {"title": "Decode", "text": "It is clipped.", "cure": None},
        {"title": "Diarize", "text": "No engine is ready.", "cure": "Pull a model."},
        {"title": "Translate: Spanish", "text": "No endpoint.", "cure": "Set one."},
    ]
    assert facts([stage("ingest", {}, "running")]) == []
