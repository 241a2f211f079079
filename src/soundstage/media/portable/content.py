"""What the files of a project file must be: the document whole and fitting to them, sound that is sound, and so on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import soundfile
from pydantic import ValidationError

from soundstage.domain.artifact import Artifact
from soundstage.domain.language import BY_TAG
from soundstage.domain.project import SCHEMA_VERSION, ProjectDocument, ProjectProduct, TrackKind
from soundstage.domain.speaker import Speaker, Turn
from soundstage.domain.value import Value
from soundstage.media.peaks import read_peaks
from soundstage.media.portable.archive import refuse
from soundstage.media.portable.manifest import DOCUMENT, Manifest, Part, PortableFile, left_out

_MOST_TEXT_BYTES = 64 << 20  # a document of two hours has a few megabytes
_LENGTH_LEEWAY_MS = 250
_RATES = range(8_000, 192_001)
_JPEG = b"\xff\xd8\xff"


class _Diarization(Value):
    """As `engines.diarization.contract` has it, above this room."""

    speakers: tuple[Speaker, ...]
    turns: tuple[Turn, ...]


def check_document(path: Path, manifest: Manifest) -> ProjectDocument:
    """The project document, which fits the schema, itself and the files. Raises SourceFailure."""
    text = _text(path, DOCUMENT)
    try:
        document = ProjectDocument.model_validate_json(text)
        ProjectProduct.of(document, manifest.files[0].artifact, ())
    except ValidationError as error:
        version = _version(text)
        if version > SCHEMA_VERSION:
            refuse(f"its document is of version {version}, and this server reads {SCHEMA_VERSION}: update it first")
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part)[:40] for part in first["loc"])
        refuse(f"its document does not fit the schema at {where or 'its beginning'}: {first['msg'][:100]}")
    except ValueError as error:
        refuse(f"its document cannot be used: {error}")
    if document.schema_version != SCHEMA_VERSION:
        refuse(f"its document is of version {document.schema_version}, and this server reads {SCHEMA_VERSION}")
    _check_words(document)
    _check_references(document)
    _check_files(document, manifest)
    return document


def check_file(file: PortableFile, path: Path, document: ProjectDocument) -> None:
    """Raises SourceFailure where the bytes are not what the name says. Media itself is left to the probe."""
    if file.part is Part.AUDIO:
        _check_audio(file.name, path, document)
    elif file.part is Part.PEAKS:
        try:
            read_peaks(path)
        except ValueError:
            refuse(f"{file.name} holds no waveform")
    elif file.part is Part.SUBTITLES:
        _text(path, file.name)
    elif file.part is Part.PICTURE:
        with path.open("rb") as picture:
            if picture.read(3) != _JPEG:
                refuse(f"{file.name} is no JPEG")
    elif file.part is Part.DIARIZATION:
        try:
            _Diarization.model_validate_json(_text(path, file.name))
        except ValidationError:
            refuse(f"{file.name} does not fit its schema")
    elif file.part is Part.DOCUMENT:
        refuse(f"it holds a second {file.name}")


def _text(path: Path, name: str) -> str:
    if path.stat().st_size > _MOST_TEXT_BYTES:
        refuse(f"{name} is longer than such a text can be")
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        refuse(f"{name} is no UTF-8 text")


def _version(text: str) -> int:
    """The schema version that a document tells, whatever else is wrong with it; 0 where it tells none."""
    with suppress(ValueError, RecursionError):
        told = json.loads(text)
        if isinstance(told, dict) and isinstance(told.get("schema_version"), int):
            return int(told["schema_version"])
    return 0


def _check_words(document: ProjectDocument) -> None:
    if not 1 <= len(document.project_name) <= 255 or len(document.project_description or "") > 5_000:
        refuse("its document's name or description is too long, or the name is empty")
    tags = (document.source_language, *document.target_languages)
    tags += tuple(tag for segment in document.segments for tag in segment.translations)
    if unknown := sorted({tag for tag in tags if tag is not None and tag not in BY_TAG}):
        refuse(f"its document is in a language that is not known here: {unknown[0][:40]!r}")


def _check_references(document: ProjectDocument) -> None:
    """Ids are unique, and what is referred to is there."""
    ids = {
        "segment": [segment.segment_id for segment in document.segments],
        "speaker": [speaker.speaker_id for speaker in document.speakers],
        "track": [track.track_id for track in document.tracks],
    }
    for noun, names in ids.items():
        if len(set(names)) != len(names):
            refuse(f"two {noun}s of its document have the same id")
    speakers = {None, *ids["speaker"]}
    if any(segment.speaker_id not in speakers for segment in document.segments):
        refuse("a line of its document is of a speaker whom it does not know")
    if not {line.segment_id for line in document.review} <= set(ids["segment"]):
        refuse("its review queue names a line that its document does not have")
    if not any(track.kind is TrackKind.SOURCE for track in document.tracks):
        refuse("its document has no source track")


def _check_files(document: ProjectDocument, manifest: Manifest) -> None:
    """Every file that the document names is there as it says, but for the media where it stayed behind."""
    mentioned = list(_mentioned(document))
    there = {artifact.name: artifact for artifact in manifest.artifacts}
    try:
        absent = left_out((one.name for one in mentioned), media=False) - set(there)
    except ValueError as error:
        refuse(f"its document names a file that no project has: {error}")
    for artifact in mentioned:
        if artifact.name not in absent and there.get(artifact.name) != artifact:
            refuse(f"its document names {artifact.name[:60]!r}, and the file does not hold it as it says")
    told = None if manifest.media is None else manifest.media.model_dump(exclude={"included"})
    if told != (None if document.original is None else document.original.model_dump()):
        refuse("its document and its manifest do not agree on the media")


def _mentioned(document: ProjectDocument) -> Iterator[Artifact]:
    for track in document.tracks:
        yield track.artifact
        if track.peaks is not None:
            yield track.peaks
    if document.video is not None:
        yield from document.video.files
        if document.video.artifact is not None:
            yield document.video.artifact
    if document.original is not None:
        yield document.original.artifact


def _check_audio(name: str, path: Path, document: ProjectDocument) -> None:
    try:
        info = soundfile.info(path)
    except (soundfile.SoundFileError, RuntimeError, ValueError):
        refuse(f"{name} is no sound")
    if info.format != "FLAC" or not 1 <= info.channels <= 8 or info.samplerate not in _RATES or not info.frames:
        refuse(f"{name} is no FLAC of one to eight channels at 8 to 192 kHz")
    length = round(1000 * info.frames / info.samplerate)
    if abs(length - document.duration_ms) > _LENGTH_LEEWAY_MS:
        refuse(f"{name} lasts {length} ms, and the document says {document.duration_ms} ms")
