"""Unpack: the files of a project file, each checked for what it is; all of them are kept, or none."""

from __future__ import annotations

from soundstage.domain.artifact import Artifact
from soundstage.domain.value import Value
from soundstage.errors import SourceFailure, StageFailure
from soundstage.media.portable.manifest import DIARIZATION, Part, Unpacked, UnpackedFile
from soundstage.pipelines.context import StageContext
from soundstage.pipelines.stage import Outcome
from soundstage.pipelines.stages.ingest_project import ProjectFile
from soundstage.pipelines.wording import counted, size


class ProjectFiles(Value):
    """The kept files: the document first, then those that the product lists; `diarization` is not among them."""

    files: tuple[Artifact, ...]
    diarization: Artifact | None


class UnpackFindings(Value):
    """`parts`: how many files there are of each part of a project."""

    files: int
    bytes: int
    parts: dict[Part, int]


def unpack(context: StageContext, taken: ProjectFile) -> Outcome[ProjectFiles]:
    context.check_room(taken.manifest.bytes)
    with context.portion(0.0, 0.8):
        unpacked: Unpacked = context.isolated(
            "soundstage.media.portable.reading:unpack", path=context.open(taken.archive), folder=context.scratch()
        )
    if unpacked.manifest != taken.manifest:
        raise StageFailure("the uploaded file changed while it was read; retry the task", retryable=True)
    for one in unpacked.files:
        if one.file.part is Part.MEDIA:
            _check_media(context, one)
    kept: list[Artifact] = []
    for number, one in enumerate(unpacked.files, start=1):
        kept.append(context.put(one.path, name=one.file.name, media_type=one.file.media_type))
        context.progress(0.8 + 0.2 * number / len(unpacked.files))
    parts = [one.file.part for one in unpacked.files]
    length = taken.manifest.bytes
    return Outcome(
        output=ProjectFiles(
            files=tuple(one for one in kept if one.name != DIARIZATION),
            diarization=next((one for one in kept if one.name == DIARIZATION), None),
        ),
        findings=UnpackFindings(
            files=len(kept), bytes=length, parts={part: parts.count(part) for part in dict.fromkeys(parts)}
        ),
        summary=f"Unpacked {counted(len(kept), 'file')} ({size(length)}); each is what the manifest says.",
    )


def _check_media(context: StageContext, one: UnpackedFile) -> None:
    """What a player would open must be media; its container is judged as a set-up would."""
    try:
        context.isolated("soundstage.media.probe:probe", path=one.path, file_name=one.file.name)
    except SourceFailure as error:
        raise SourceFailure(f"{one.file.name} in the project file is no media: {error.message}", error.reason) from None
