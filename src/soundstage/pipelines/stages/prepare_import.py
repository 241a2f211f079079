"""Prepare of an import: the run that the project file becomes on this installation."""

from __future__ import annotations

from soundstage.domain.project import ProjectDocument, ProjectProduct, Video
from soundstage.domain.value import Milliseconds, Value
from soundstage.pipelines.context import StageContext
from soundstage.pipelines.documents import open_document
from soundstage.pipelines.stage import Outcome
from soundstage.pipelines.stages.unpack import ProjectFiles
from soundstage.pipelines.wording import clock, counted


class PrepareImportFindings(Value):
    """`media_here`: the original media came along; `media_problem` says what there is not without it."""

    project_name: str
    duration_ms: Milliseconds
    segments: int
    to_review: int
    tracks: int
    files: int
    media_here: bool
    media_problem: str | None


def prepare_import(context: StageContext, unpacked: ProjectFiles) -> Outcome[ProjectProduct]:
    kept = unpacked.files[0]
    document = open_document(context, kept, ProjectDocument)
    product = ProjectProduct.of(document, kept, unpacked.files)
    missing = _missing(document, product)
    product = product.model_copy(update={"video": _video(document, product, missing), "turns": unpacked.diarization})
    return Outcome(
        output=product,
        findings=PrepareImportFindings(
            project_name=product.project_name,
            duration_ms=product.duration_ms,
            segments=product.segments,
            to_review=len(document.review),
            tracks=len(product.tracks),
            files=len(product.files),
            media_here=missing is None,
            media_problem=missing,
        ),
        summary=f"The project “{product.project_name}” is open: {clock(product.duration_ms)}, "
        f"{counted(product.segments, 'segment')}, {counted(len(product.files), 'file')}."
        + (f" {missing}" if missing else ""),
        media_seconds=document.duration_ms / 1000,
    )


def _missing(document: ProjectDocument, product: ProjectProduct) -> str | None:
    """What there is not because the media stayed behind, as a sentence."""
    if document.original is None:
        return None
    if product.file(document.original.artifact.name) is not None:
        return None
    what = "the original media" if document.video is None else "the original media and its picture"
    return (
        f"The project file came with a reference only: {what} ({document.original.file_name}) cannot be opened here "
        "until it is given to POST /apis/projects/RUN_ID/media (`soundstage projects media`)."
    )


def _video(document: ProjectDocument, product: ProjectProduct, missing: str | None) -> Video | None:
    """The picture as far as it came along: the posters always do."""
    video = document.video
    if video is None or video.artifact is None or product.file(video.artifact.name) is not None:
        return video
    why = missing or "The project file came without its video."
    return Video(way="none", why=why, artifact=None, posters=video.posters)
