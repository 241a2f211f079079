"""Edits: a whole project document in, a further revision out, with everything that is made from the document."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from soundstage.domain.account import Scope
from soundstage.domain.artifact import Artifact
from soundstage.domain.project import ProjectDocument, ProjectProduct, TrackKind
from soundstage.domain.revision import Origin, Revision
from soundstage.errors import LimitReached, NotFound, Outdated, QuotaExceeded
from soundstage.pipelines.subtitle_files import subtitle_files, subtitle_tracks
from soundstage.services.actor import Actor
from soundstage.services.edit_check import check_edit, read_document
from soundstage.services.edited_review import still_doubtful, with_checks
from soundstage.services.keeping import keep_bytes
from soundstage.services.runs import ProjectRun, RunsService
from soundstage.storage import artifacts, project_revisions
from soundstage.storage.blobs.store import BlobStore
from soundstage.storage.database import Connection, Database

DOCUMENT = "project.json"


class EditsService:
    """`team_quota_bytes`: what a team may keep."""

    def __init__(
        self,
        database: Database,
        blobs: BlobStore,
        runs: RunsService,
        delete_blobs: Callable[[Sequence[str]], None],
        *,
        team_quota_bytes: int | None,
    ) -> None:
        self._database = database
        self._blobs = blobs
        self._runs = runs
        self._delete_blobs = delete_blobs
        self._quota = team_quota_bytes

    def edit(self, actor: Actor, run_id: int, base: int, body: bytes, *, note: str | None = None) -> Revision:
        """Make an edited project document the project's newest revision and its head; `base` is what it was made of.

        The subtitles are made anew. A document that is as it was makes no revision: the head is the answer.
        Raises Outdated where the head is another than `base` by now, Invalid for a document that is none, NotFound,
        BadRequest for a run of another kind, QuotaExceeded, StorageFull.
        """
        actor.require(Scope.WRITE)
        project = self._runs.project(actor, run_id)
        if project.revision is None or project.number != base:
            raise _outdated(project.number, base)
        before = ProjectDocument.model_validate_json(self._runs.written(project))
        edited = read_document(body)
        check_edit(before, edited)
        edited = with_checks(before, edited)
        edited = edited.model_copy(update={"review": still_doubtful(before, edited)})
        if edited == before:
            return project.revision
        files = self._keep_all(_derived(edited))
        document = _with_tracks(edited, before, files)
        written = document.model_dump_json().encode()
        files[DOCUMENT] = keep_bytes(self._blobs, DOCUMENT, "application/json", written)
        try:
            with self._database.unit() as connection:
                self._refer(connection, project, files)
                return self._insert(connection, project, _product(project.product, document, files), note)
        except BaseException:
            self._delete_blobs([file.sha256 for file in files.values()])
            raise

    def _keep_all(self, made: Mapping[str, tuple[str, bytes]]) -> dict[str, Artifact]:
        return {name: keep_bytes(self._blobs, name, media_type, data) for name, (media_type, data) in made.items()}

    def _refer(self, connection: Connection, project: ProjectRun, files: Mapping[str, Artifact]) -> None:
        try:
            head = project_revisions.lock(connection, project.run.run_id)
        except LookupError as error:
            raise NotFound(f"project {project.run.run_id} was deleted meanwhile") from error
        if head != project.number:
            raise _outdated(head, project.number)
        team_id = project.run.team_id
        for file in files.values():
            artifacts.refer(connection, file, team_id=team_id, run_id=project.run.run_id)
            if not self._blobs.renew(file.sha256):  # their last owner was deleted while we waited for our turn
                raise LimitReached("the same bytes were deleted at this very moment; send it again", retry_after=1)
        if self._quota is not None and artifacts.team_bytes(connection, team_id) > self._quota:
            raise QuotaExceeded(
                f"the edit would exceed your team's quota of {self._quota} bytes; "
                "delete projects, sounds or uploads you no longer need"
            )

    def _insert(
        self, connection: Connection, project: ProjectRun, product: ProjectProduct, note: str | None
    ) -> Revision:
        return project_revisions.insert(
            connection,
            project.run.run_id,
            product.model_dump(mode="json"),
            base=project.number,
            origin=Origin.EDIT,
            task_id=project.made_by,
            note=note,
        )


def _derived(document: ProjectDocument) -> dict[str, tuple[str, bytes]]:
    """The files that are made from a document, by name: media type and bytes."""
    translated = {tag for segment in document.segments for tag in segment.translations}
    languages = tuple(tag for tag in document.target_languages if tag in translated)
    made = subtitle_files(document.segments, document.speakers, languages)
    return {file.name: (file.media_type, file.text.encode()) for file in made}


def _with_tracks(edited: ProjectDocument, before: ProjectDocument, files: Mapping[str, Artifact]) -> ProjectDocument:
    audible = tuple(track for track in before.tracks if track.kind is not TrackKind.SUBTITLES)
    source = before.source_language or before.detected_language
    return edited.model_copy(update={"tracks": (*audible, *subtitle_tracks(tuple(files.values()), source))})


def _product(before: ProjectProduct, document: ProjectDocument, files: Mapping[str, Artifact]) -> ProjectProduct:
    subtitles = {track.artifact.name.rpartition(".")[0] for track in before.tracks if track.kind is TrackKind.SUBTITLES}
    remade = {before.document.name, *(f"{stem}.{suffix}" for stem in subtitles for suffix in ("srt", "vtt"))}
    kept = tuple(file for file in before.files if file.name not in remade)
    made = tuple(file for name, file in files.items() if name != DOCUMENT)
    told = ProjectProduct.of(document, files[DOCUMENT], (files[DOCUMENT], *kept, *made))
    # A language that nobody knows, a picture that did not come along, and turns are told by the product alone.
    alone = ("source_language", "video", "turns")
    return told.model_copy(update={name: getattr(before, name) for name in alone})


def _outdated(head: int, base: int) -> Outdated:
    return Outdated(
        f"the project is at revision {head} now, and yours was made of {base}: GET it again, put your changes into "
        f'that and send it with If-Match: "{head}"'
    )
