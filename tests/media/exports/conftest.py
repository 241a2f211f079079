"""Projects to export: one by hand, and any that hypothesis thinks of."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from soundstage.domain.artifact import Artifact
from soundstage.domain.media import MediaInfo, Stream, StreamKind
from soundstage.domain.project import ProjectDocument, Track, TrackKind
from soundstage.domain.segment import Segment
from soundstage.domain.speaker import Speaker, Turn
from soundstage.domain.timing import Span
from soundstage.media.exports.material import Material


def span(start: int, end: int) -> Span:
    return Span(start_ms=start, end_ms=end)


def segment(number: int, start: int, end: int, text: str, speaker: str | None = None, **translations: str) -> Segment:
    return Segment(
        segment_id=f"s{number}",
        span=span(start, end),
        speaker_id=speaker,
        text=text,
        words=(),
        confidence=1.0,
        translations={tag.replace("_", "-"): line for tag, line in translations.items()},
    )


def track(kind: TrackKind) -> Track:
    artifact = Artifact(sha256="0" * 64, bytes=1, media_type="audio/flac", name=f"{kind.value}.flac")
    return Track(track_id=kind.value, kind=kind, title=kind.value.title(), language=None, artifact=artifact)


def document(*segments: Segment, fps: float | None = None, **fields: Any) -> ProjectDocument:
    length = max((one.span.end_ms for one in segments), default=1000)
    video = () if fps is None else (Stream(index=0, kind=StreamKind.VIDEO, codec="h264", frame_rate=fps),)
    told: dict[str, Any] = {
        "project_name": "A talk",
        "project_description": None,
        "created_at": datetime(2026, 1, 2, tzinfo=UTC),
        "source_language": "en-us",
        "detected_language": None,
        "target_languages": ("es-es", "ar-eg"),
        "duration_ms": length,
        "media": MediaInfo(container="mov", duration_ms=length, bytes=1, bit_rate=None, streams=video),
        "tracks": (track(TrackKind.SOURCE), track(TrackKind.SPEECH), track(TrackKind.BACKGROUND)),
        "speakers": tuple(
            Speaker(speaker_id=f"speaker-{n}", name=name, airtime_ms=1, confidence=1.0)
            for n, name in enumerate(("Ann", "Bo, Jr."), 1)
        ),
        "segments": segments,
    }
    return ProjectDocument(**told | fields)


def material(made: ProjectDocument, **fields: Any) -> Material:
    return Material(document=made, written=made.model_dump_json().encode(), **fields)


TALK = document(
    segment(1, 1_000, 2_500, "Hello there.", "speaker-1", es_es="Hola.", ar_eg="أهلا."),
    segment(2, 2_000, 4_000, "=SUM(1) or\nnot", "speaker-2", es_es=""),
    segment(3, 61_000, 61_007, "So 👍🏽", None, es_es="Así"),
    fps=29.97,
    duration_ms=62_000,
)
TURNS = (
    Turn(speaker_id="speaker-2", span=span(2_000, 4_001)),
    Turn(speaker_id="speaker-1", span=span(1_000, 2_500)),
)

SEGMENTS = st.lists(
    st.builds(
        lambda start, length, text, speaker: (start, start + length, text, speaker),
        st.integers(0, 20_000_000),
        st.integers(1, 60_000),
        st.text(st.characters(codec="utf-8"), min_size=1, max_size=60),
        st.sampled_from([None, "speaker-1", "speaker-2"]),
    ),
    max_size=8,
).map(lambda rows: tuple(segment(number, *row) for number, row in enumerate(rows)))
