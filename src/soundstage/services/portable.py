"""A project as one file that opens on another installation."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from functools import partial
from hashlib import sha256
from pathlib import Path

from soundstage import __version__
from soundstage.domain.artifact import Artifact
from soundstage.domain.project import Original, ProjectDocument
from soundstage.errors import NotFound
from soundstage.media.portable.manifest import (
    DOCUMENT,
    ENDING,
    MEDIA_TYPE,
    Manifest,
    MediaReference,
    PortableFile,
    left_out,
)
from soundstage.services.actor import Actor
from soundstage.services.exports import file_name_of, turns_of
from soundstage.services.made_files import MadeFile, MadeFiles, Order
from soundstage.services.runs import ProjectRun, RunsService
from soundstage.storage.blobs.store import BlobStore
from soundstage.storage.database import Database

STAGE = "portable"  # under which a task's project files are kept
_PATIENCE_SECONDS = 120.0
_SLOWEST_BYTES = 5_000_000  # a second, of a disk that others use too


class PortableService:
    def __init__(self, database: Database, blobs: BlobStore, runs: RunsService, made: MadeFiles) -> None:
        self._database = database
        self._blobs = blobs
        self._runs = runs
        self._made = made

    def file(self, actor: Actor, run_id: int, *, media: bool, revision: int | None = None) -> Future[MadeFile]:
        """The project file, with the original media and its video or only a reference to it.

        At once when it is kept, else when it is made of the revision, by default the head; the file of one revision
        makes that of another obsolete.
        Raises NotFound, also where the media is wanted and did not come along, BadRequest for a run of another kind,
        LimitReached when too many wait. The future raises QuotaExceeded, StorageFull and StageFailure.
        """
        project = self._runs.project(actor, run_id, revision)
        # Numbers of revisions count what was done on one installation; in the file every project is at its first.
        document = ProjectDocument.model_validate_json(self._runs.written(project))
        document = document.model_copy(update={"revision": 1, "original": _original(document, project)})
        written = document.model_dump_json().encode()
        manifest, places = self._manifest(project, document, written, media=media)
        return self._made.file(self._order(project, manifest, places, written, media=media))

    def close(self) -> None:
        """Begin no file any more; those at work end with their host processes."""
        self._made.close()

    def _manifest(
        self, project: ProjectRun, document: ProjectDocument, written: bytes, *, media: bool
    ) -> tuple[Manifest, dict[str, Path]]:
        """What the file holds, and where all but the document lies."""
        kept = [file for file in project.product.files if file != project.product.document]
        original = document.original
        here = original is not None and original.artifact in kept
        if media and not here:
            raise NotFound(
                "The media of this project is not here: it came as a project file without it. "
                f"Give it to POST /apis/projects/{project.run.run_id}/media, or export with media=reference."
            )
        away = left_out((file.name for file in kept), media=media)
        document_file = Artifact(
            sha256=sha256(written).hexdigest(), bytes=len(written), media_type="application/json", name=DOCUMENT
        )
        files = [file for file in kept if file.name not in away]
        with self._database.read() as connection:
            diarization = turns_of(connection, project)
        files += [diarization] if diarization is not None else []
        manifest = Manifest(
            made_by=f"soundstage {__version__}",
            project_name=document.project_name,
            media=MediaReference(**original.model_dump(), included=media) if original is not None else None,
            files=tuple(PortableFile.of(file) for file in (document_file, *files)),
        )
        return manifest, {file.name: self._blobs.path(file.sha256) for file in files}

    def _order(
        self, project: ProjectRun, manifest: Manifest, places: Mapping[str, Path], written: bytes, *, media: bool
    ) -> Order:
        way = "include" if media else "reference"
        told = sha256(manifest.model_dump_json().encode()).hexdigest()
        return Order(
            run=project.run,
            noun="project file",
            stage=STAGE,
            kept_name=f"{way}-{told}.zip",
            replaces=f"{way}-",
            name=file_name_of(manifest.project_name, None, ENDING),
            media_type=MEDIA_TYPE,
            least_bytes=manifest.bytes,
            make=partial(self._write, manifest, places, written),
        )

    def _write(self, manifest: Manifest, places: Mapping[str, Path], written: bytes, output: Path) -> None:
        document = self._blobs.draft_path()
        try:
            document.write_bytes(written)
            arguments = {
                "manifest": manifest.model_dump(mode="json"),
                "sources": {**places, DOCUMENT: document},
                "output": output,
            }
            patience = _PATIENCE_SECONDS + manifest.bytes / _SLOWEST_BYTES
            self._made.run_isolated("soundstage.media.portable.writing:write_project", arguments, patience)
        finally:
            document.unlink(missing_ok=True)


def _original(document: ProjectDocument, project: ProjectRun) -> Original | None:
    """The media as the document knows it, or, of documents that tell nothing, the file that is kept of it."""
    if document.original is not None:
        return document.original
    file = next((one for one in project.product.files if one.name.startswith("original.")), None)
    return None if file is None else Original(file_name=file.name, url=None, artifact=file)
