"""Small project files, honest and otherwise."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from soundstage.domain.artifact import Artifact
from soundstage.domain.media import MediaInfo
from soundstage.domain.project import Original, ProjectDocument, Track, TrackKind
from soundstage.domain.segment import Segment
from soundstage.domain.speaker import Speaker, Turn
from soundstage.domain.timing import Span
from soundstage.engines.diarization.contract import Diarization
from soundstage.engines.progress import silent
from soundstage.media.peaks import write_peaks
from soundstage.media.portable.manifest import Manifest, MediaReference, PortableFile
from soundstage.media.portable.writing import write_project

SECONDS = 0.5
RATE = 48_000


@dataclass
class Parts:
    """What a project file is made of: contents by name, in order, and the original media, if it is to be included."""

    contents: dict[str, bytes] = field(default_factory=dict)
    media_types: dict[str, str] = field(default_factory=dict)
    document: ProjectDocument | None = None
    original: Original | None = None

    def add(self, name: str, media_type: str, data: bytes) -> Artifact:
        self.contents[name], self.media_types[name] = data, media_type
        return self.artifact(name)

    def artifact(self, name: str) -> Artifact:
        data = self.contents[name]
        return Artifact(
            sha256=hashlib.sha256(data).hexdigest(), bytes=len(data), media_type=self.media_types[name], name=name
        )


def sound(seconds: float = SECONDS, seed: int = 1) -> bytes:
    file = io.BytesIO()
    noise = np.random.default_rng(seed).integers(-9_000, 9_000, (round(seconds * RATE), 2), np.int16)
    soundfile.write(file, noise, RATE, "PCM_16", format="FLAC")
    return file.getvalue()


def parts(folder: Path, *, media: bool = False, **fields: Any) -> Parts:
    """Source, speech, peaks, subtitles, turns, and a document that names them; `fields` go into the document."""
    made = Parts()
    made.contents["project.json"], made.media_types["project.json"] = b"", "application/json"
    original = sound(seed=9)
    told = Artifact(
        sha256=hashlib.sha256(original).hexdigest(), bytes=len(original), media_type="audio/flac", name="original.flac"
    )
    made.original = Original(file_name="A talk.flac", url="https://media.example/A%20talk.flac", artifact=told)
    if media:
        made.add("original.flac", "audio/flac", original)
    source = made.add("source.flac", "audio/flac", sound())
    speech = made.add("speech.flac", "audio/flac", sound(seed=2))
    (folder / "s.flac").write_bytes(made.contents["source.flac"])
    write_peaks(folder / "s.flac", folder / "peaks.bin")
    peaks = made.add("peaks.bin", "application/octet-stream", (folder / "peaks.bin").read_bytes())
    made.add("source.srt", "application/x-subrip", b"1\n00:00:00,000 --> 00:00:00,400\nHello.\n")
    lines = made.add("source.vtt", "text/vtt", b"WEBVTT\n")
    speaker = Speaker(speaker_id="speaker-1", name="Ann", airtime_ms=400, confidence=0.9)
    span = Span(start_ms=0, end_ms=400)
    tracks = (
        Track(track_id="source", kind=TrackKind.SOURCE, title="Source", language="en-us", artifact=source, peaks=peaks),
        Track(track_id="speech", kind=TrackKind.SPEECH, title="Speech", language=None, artifact=speech),
        Track(
            track_id="subtitles-source", kind=TrackKind.SUBTITLES, title="Subtitles", language="en-us", artifact=lines
        ),
    )
    whole: dict[str, Any] = {
        "project_name": "A talk",
        "project_description": None,
        "created_at": datetime(2026, 1, 2, tzinfo=UTC),
        "source_language": "en-us",
        "detected_language": None,
        "target_languages": ("es-es",),
        "duration_ms": round(SECONDS * 1000),
        "media": MediaInfo(container="flac", duration_ms=500, bytes=told.bytes, bit_rate=None, streams=()),
        "original": made.original,
        "tracks": tracks,
        "speakers": (speaker,),
        "segments": (
            Segment(segment_id="s0001", span=span, speaker_id="speaker-1", text="Hello.", words=(), confidence=0.9),
        ),
    }
    made.document = ProjectDocument.model_validate(whole | fields)
    made.contents["project.json"] = made.document.model_dump_json().encode()
    turns = Diarization(speakers=(speaker,), turns=(Turn(speaker_id="speaker-1", span=span),))
    made.add("diarization.json", "application/json", turns.model_dump_json().encode())
    return made


def manifest_of(made: Parts) -> Manifest:
    included = "original.flac" in made.contents
    return Manifest(
        made_by="soundstage test",
        project_name="A talk",
        media=MediaReference(**made.original.model_dump(), included=included) if made.original else None,
        files=tuple(PortableFile.of(made.artifact(name)) for name in made.contents),
    )


def write(folder: Path, made: Parts, name: str = "talk.soundstage.zip") -> Path:
    """An honest project file of these parts."""
    sources = {}
    for number, (file, data) in enumerate(made.contents.items()):
        sources[file] = folder / f"part-{number}"
        sources[file].write_bytes(data)
    target = folder / name
    target.unlink(missing_ok=True)
    write_project(manifest_of(made), sources, target, silent)
    return target


Entry = tuple[zipfile.ZipInfo, bytes]


def entries(path: Path) -> list[Entry]:
    with zipfile.ZipFile(path) as archive:
        return [(info, archive.read(info)) for info in archive.infolist()]


def rewritten(path: Path, change: Callable[[list[Entry]], Iterable[Entry]], *, deflated: bool = False) -> Path:
    """The same ZIP with other entries, written by Python's own library."""
    changed = list(change(entries(path)))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED) as archive:
        for info, data in changed:
            fresh = zipfile.ZipInfo(info.filename)
            fresh.external_attr, fresh.create_system = info.external_attr, info.create_system
            fresh.compress_type = zipfile.ZIP_DEFLATED if deflated else info.compress_type
            archive.writestr(fresh, data)
    return path


def entry(name: str, data: bytes = b"", *, mode: int = 0o100644, compress: int = zipfile.ZIP_STORED) -> Entry:
    info = zipfile.ZipInfo(name)
    info.external_attr, info.create_system, info.compress_type = mode << 16, 3, compress
    return info, data
