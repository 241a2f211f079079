"""Runs: the products of tasks, their files, and links to them that work without a key."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from soundstage.domain.account import Scope
from soundstage.domain.artifact import Artifact
from soundstage.domain.project import ProjectProduct
from soundstage.domain.revision import Revision
from soundstage.domain.run import Run
from soundstage.domain.sound import SoundFilter, SoundMarks, SoundProduct, SoundSort, TagUse
from soundstage.domain.task import Task, TaskKind
from soundstage.errors import BadRequest, NotFound
from soundstage.services.actor import Actor
from soundstage.services.deletion import delete_run
from soundstage.services.page import Page
from soundstage.services.signing import FileSigner, SignedFile
from soundstage.storage import project_revisions, runs, sound_list, sounds
from soundstage.storage.blobs.store import BlobStore
from soundstage.storage.cursor import number_of
from soundstage.storage.database import Database

WORDS = {TaskKind.PROJECT_SETUP: "a project", TaskKind.TEXT_TO_SOUND: "a sound"}
EVERY_SOUND = SoundFilter()
_UNMARKED = SoundMarks()
_REVISION = re.compile(rb'^(\{"schema_version":\d{1,9},"revision":)\d{1,18}')  # how every document begins


@dataclass(frozen=True)
class ProjectRun:
    """A project at a revision, which lists leave out: they show its head."""

    run: Run
    product: ProjectProduct
    revision: Revision | None = None

    @property
    def number(self) -> int:
        return 1 if self.revision is None else self.revision.revision

    @property
    def made_by(self) -> str:
        """The task whose stages stand behind what is shown."""
        return self.run.task_id if self.revision is None else self.revision.task_id


@dataclass(frozen=True)
class SoundRun:
    run: Run
    product: SoundProduct
    marks: SoundMarks = _UNMARKED


class RunsService:
    """`delete_blobs`: deletes the bytes of contents that nobody refers to. `forget`: clears a deleted task's queue."""

    def __init__(
        self,
        database: Database,
        blobs: BlobStore,
        signer: FileSigner,
        delete_blobs: Callable[[Sequence[str]], None],
        forget: Callable[[Task], None],
    ) -> None:
        self._database = database
        self._blobs = blobs
        self._signer = signer
        self._delete_blobs = delete_blobs
        self._forget = forget

    def project(self, actor: Actor, run_id: int, revision: int | None = None) -> ProjectRun:
        """The project's head, or the revision asked for.

        Raises NotFound (also for another team's run) and BadRequest for a run of another kind.
        """
        run = self._run(actor, run_id, TaskKind.PROJECT_SETUP)
        with self._database.read() as connection:
            found = project_revisions.get(connection, run_id, revision)
        if found is None:
            raise NotFound(f"project {run_id} has no revision {revision}; GET …/revisions lists those that it has")
        return ProjectRun(
            run.model_copy(update={"product": found.product}), ProjectProduct.model_validate(found.product), found
        )

    def sound(self, actor: Actor, run_id: int) -> SoundRun:
        """Raises NotFound (also for another team's run) and BadRequest for a run of another kind."""
        run = self._run(actor, run_id, TaskKind.TEXT_TO_SOUND)
        with self._database.read() as connection:
            (marks,) = sounds.marks_of(connection, [run])
        return sound_run(run, marks)

    def projects(self, actor: Actor, *, limit: int = 50, cursor: str | None = None) -> Page[ProjectRun]:
        """The team's projects, newest first. Raises Invalid for a cursor that is not of this list."""
        actor.require(Scope.READ)
        before = None if cursor is None else number_of(cursor)
        with self._database.read() as connection:
            found = runs.page(connection, actor.team_id, TaskKind.PROJECT_SETUP, before=before, limit=limit + 1)
        following = str(found[limit - 1].run_id) if len(found) > limit else None
        return Page(tuple(map(_project, found[:limit])), following)

    def sounds(
        self,
        actor: Actor,
        wanted: SoundFilter = EVERY_SOUND,
        *,
        sort: SoundSort = SoundSort.NEWEST,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[SoundRun]:
        """The team's sounds and music. Raises Invalid for a cursor that is not of this list."""
        actor.require(Scope.READ)
        with self._database.read() as connection:
            found, following = sound_list.page(connection, actor.team_id, wanted, sort=sort, limit=limit, cursor=cursor)
            marks = sounds.marks_of(connection, found)
        return Page(tuple(map(sound_run, found, marks)), following)

    def sound_tags(self, actor: Actor) -> tuple[TagUse, ...]:
        """The tags that the team's sounds have, the most used first."""
        actor.require(Scope.READ)
        with self._database.read() as connection:
            return sounds.tags_of(connection, actor.team_id)

    def mark(self, actor: Actor, run_id: int, **said: Any) -> SoundRun:
        """Change the marks of a sound that are said: `name`, `favourite`, `tags`. Raises as `sound`."""
        actor.require(Scope.WRITE)
        self._run(actor, run_id, TaskKind.TEXT_TO_SOUND)
        with self._database.unit() as connection:
            run = runs.get(connection, run_id, team_id=actor.team_id)
            if run is None:
                raise _unknown(run_id)
            (before,) = sounds.marks_of(connection, [run], lock=True)
            if not sounds.mark(connection, run_id, SoundMarks.model_validate(before.model_dump() | said)):
                raise _unknown(run_id)  # deleted while we waited for it
        return self.sound(actor, run_id)

    def document(self, actor: Actor, run_id: int, revision: int | None = None) -> bytes:
        """The project document as JSON. Raises NotFound and BadRequest as `project` does."""
        return self.written(self.project(actor, run_id, revision))

    def written(self, project: ProjectRun) -> bytes:
        """The document of a project as JSON, with its revision: which that becomes is not known when it is kept."""
        kept = self._blobs.path(project.product.document.sha256).read_bytes()
        return _REVISION.sub(rb"\g<1>%d" % project.number, kept, count=1)

    def open_artifact(self, actor: Actor, run_id: int, name: str, revision: int | None = None) -> tuple[Artifact, Path]:
        """A file of a run, by name, and where its bytes lie, read-only. Raises NotFound, which lists the names."""
        run = self._run(actor, run_id, None)
        if revision is not None:
            run = self.project(actor, run_id, revision).run
        return self._open(run, name)

    def delete(self, actor: Actor, run_id: int, kind: TaskKind) -> None:
        """Delete a run with all its revisions, the tasks that made it, and the files that nothing else refers to.

        Raises NotFound, BadRequest for a run of another kind, Conflict while one of its tasks has not ended.
        """
        actor.require(Scope.WRITE)
        self._run(actor, run_id, kind)
        with self._database.unit() as connection:
            run = runs.get(connection, run_id, team_id=actor.team_id)
            if run is None:
                raise _unknown(run_id)
            gone, orphans = delete_run(connection, run)
        for task in gone:
            self._forget(task)
        self._delete_blobs(orphans)

    def sign(self, run_id: int, name: str) -> str:
        """A token that opens the file without a key until it expires. The caller has read the run for its actor."""
        return self._signer.sign(SignedFile(run_id=run_id, name=name))

    def open_signed(self, token: str) -> tuple[Artifact, Path]:
        """The file of a token. Raises NotFound when the token is not valid, has expired, or the run is gone."""
        return self._open(*self.signed(token))

    def signed(self, token: str) -> tuple[Run, str]:
        """The run of a token, and the name of the file in it. Raises NotFound as `open_signed`."""
        file = self._signer.read(token)
        with self._database.read() as connection:
            run = runs.get(connection, file.run_id)
        if run is None:
            raise NotFound("what this link led to was deleted")
        return run, file.name

    def _run(self, actor: Actor, run_id: int, kind: TaskKind | None) -> Run:
        actor.require(Scope.READ)
        with self._database.read() as connection:
            run = runs.get(connection, run_id, team_id=actor.team_id)
        if run is None:
            raise _unknown(run_id)
        if kind is not None and run.kind is not kind:
            raise BadRequest(f"run {run_id} is {WORDS[run.kind]}, not {WORDS[kind]}; ask for it under its own path")
        return run

    def _open(self, run: Run, name: str) -> tuple[Artifact, Path]:
        files = {artifact.name: artifact for artifact in files_of(run)}
        if name not in files:
            raise NotFound(f"run {run.run_id} has no file {name[:80]!r}; it has: {', '.join(sorted(files))}")
        return files[name], self._blobs.path(files[name].sha256)


def files_of(run: Run) -> tuple[Artifact, ...]:
    """Every file of a run that may be downloaded."""
    if run.kind is TaskKind.PROJECT_SETUP:
        project = _project(run).product
        return (project.document, *project.files)
    return tuple(file for take in sound_run(run).product.takes for file in take.files)


def _project(run: Run) -> ProjectRun:
    return ProjectRun(run, ProjectProduct.model_validate(run.product))


def sound_run(run: Run, marks: SoundMarks = _UNMARKED) -> SoundRun:
    return SoundRun(run, SoundProduct.model_validate(run.product), marks)


def _unknown(run_id: int) -> NotFound:
    return NotFound(f"there is no run {run_id}; check the id and that the key is of the team that made it")
