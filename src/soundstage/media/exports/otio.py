"""OpenTimelineIO: the project as a timeline for editing programs.

The JSON is written by hand, a few objects of stable schemas; the tests read it back with OpenTimelineIO itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from soundstage.media.exports.clips import Clip, audible, clips_of, file_name, frames_of, lanes_of, one_row, voice_file
from soundstage.media.exports.material import Material

Json = dict[str, Any]
_UNNAMED = "Lines"


def otio(material: Material) -> bytes:
    """A track for the picture, one for each track of sound, and one for each speaker with a clip for each line.

    Every time is a whole number of frames. Media are told by file names: put the downloaded tracks beside the file.
    What a clip cannot hold stands in its metadata under `soundstage`.
    """
    clips = clips_of(material)
    frames = frames_of(material, clips)
    whole = _range(material, 0, frames)
    document = material.document
    tracks = []
    if document.media.video:
        original = _reference(material.original, whole)
        tracks.append(_track("Picture", "Video", [_clip(document.project_name, whole, original)]))
    for track in audible(material):
        sound = _reference(file_name(track), whole)
        tracks.append(_track(track.title, "Audio", [_clip(track.title, whole, sound)]))
    for name, lane in _voices(clips):
        tracks.append(_track(name, "Audio", list(_cut(material, lane, _reference(voice_file(material), whole)))))
    facts = {
        "revision": document.revision,
        "source_language": document.source_language,
        "language": material.tag,
        "rate": material.rate.name,
    }
    timeline = _object("Timeline.1", one_row(document.project_name), soundstage=facts)
    timeline |= {"global_start_time": None, "tracks": _object("Stack.1", "tracks") | {"children": tracks}}
    return orjson.dumps(timeline, option=orjson.OPT_INDENT_2)


def _voices(clips: Sequence[Clip]) -> Iterator[tuple[str, tuple[Clip, ...]]]:
    """Each speaker's lanes, nearly always one, in order of their first lines."""
    for speaker in dict.fromkeys(clip.speaker for clip in clips):
        for number, lane in enumerate(lanes_of(clip for clip in clips if clip.speaker == speaker), 1):
            name = one_row(speaker) if speaker else _UNNAMED
            yield (name if number == 1 else f"{name} {number}"), lane


def _cut(material: Material, lane: Sequence[Clip], reference: Json) -> Iterator[Json]:
    """A lane's clips with gaps between, so that each lies where it is heard."""
    place = 0
    for clip in lane:
        if clip.start > place:
            yield _item("Gap.1", "", _range(material, 0, clip.start - place))
        place = clip.end
        segment = clip.segment
        facts: Json = {
            "segment_id": segment.segment_id,
            "speaker_id": segment.speaker_id,
            "start_ms": segment.span.start_ms,
            "end_ms": segment.span.end_ms,
            "text": segment.text,
            "translations": segment.translations,
        }
        if segment.language:
            facts["language"] = segment.language
        yield _clip(clip.text, _range(material, clip.start, clip.end - clip.start), reference, soundstage=facts)


def _track(name: str, kind: str, children: list[Json]) -> Json:
    return _item("Track.1", one_row(name), None) | {"kind": kind, "children": children}


def _clip(name: str, source_range: Json, reference: Json, **metadata: Json) -> Json:
    references = {"media_references": {"DEFAULT_MEDIA": reference}, "active_media_reference_key": "DEFAULT_MEDIA"}
    return _item("Clip.2", one_row(name), source_range, **metadata) | references


def _reference(url: str | None, available: Json) -> Json:
    schema = "MissingReference.1" if url is None else "ExternalReference.1"
    reference = _object(schema, "") | {"available_range": available, "available_image_bounds": None}
    return reference if url is None else reference | {"target_url": url}


def _item(schema: str, name: str, source_range: Json | None, **metadata: Json) -> Json:
    shared: Json = {"source_range": source_range, "effects": [], "markers": [], "enabled": True}
    return _object(schema, name, **metadata) | shared


def _object(schema: str, name: str, **metadata: Mapping[str, Any]) -> Json:
    return {"OTIO_SCHEMA": schema, "name": name, "metadata": metadata}


def _range(material: Material, start: int, frames: int) -> Json:
    return {
        "OTIO_SCHEMA": "TimeRange.1",
        "start_time": _time(material, start),
        "duration": _time(material, frames),
    }


def _time(material: Material, frames: int) -> Json:
    return {"OTIO_SCHEMA": "RationalTime.1", "rate": material.rate.per_second, "value": float(frames)}
