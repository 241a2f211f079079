"""Ingest of an import: the project file that was uploaded, and what it says of itself."""

from __future__ import annotations

from soundstage.domain.artifact import Artifact, Sha256
from soundstage.domain.request import ProjectImportRequest
from soundstage.domain.value import Value
from soundstage.media.portable.manifest import Manifest
from soundstage.pipelines.context import StageContext
from soundstage.pipelines.stage import Outcome
from soundstage.pipelines.wording import counted, size


class ProjectFile(Value):
    """The upload, and its manifest, which is not checked against the content yet."""

    archive: Artifact
    manifest: Manifest


class ProjectFileFindings(Value):
    """`media_included`: the media is in the file; None where the project does not know of its media."""

    file_name: str
    bytes: int
    sha256: Sha256
    project_name: str
    made_by: str
    format_version: int
    files: int
    unpacked_bytes: int
    media_file: str | None
    media_url: str | None
    media_included: bool | None


def ingest_project(context: StageContext, request: ProjectImportRequest) -> Outcome[ProjectFile]:
    archive = context.upload(request.media_url)
    manifest: Manifest = context.isolated("soundstage.media.portable.reading:look", path=context.open(archive))
    media = manifest.media
    return Outcome(
        output=ProjectFile(archive=archive, manifest=manifest),
        findings=ProjectFileFindings(
            file_name=archive.name,
            bytes=archive.bytes,
            sha256=archive.sha256,
            project_name=manifest.project_name,
            made_by=manifest.made_by,
            format_version=manifest.format_version,
            files=len(manifest.files),
            unpacked_bytes=manifest.bytes,
            media_file=media.file_name if media else None,
            media_url=media.url if media else None,
            media_included=media.included if media else None,
        ),
        summary=f"{archive.name} holds the project “{manifest.project_name}”: {counted(len(manifest.files), 'file')}, "
        f"{size(manifest.bytes)}, {_media(manifest)}.",
    )


def _media(manifest: Manifest) -> str:
    if manifest.media is None:
        return "without its media"
    return f"{'with' if manifest.media.included else 'without'} its media {manifest.media.file_name}"
