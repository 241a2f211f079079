"""Tracks of a project as files: as they are kept, or converted when a format is first asked for and kept from then on.

A converted file is an artifact of the run's task: it counts in the team's quota and goes with the run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from soundstage.domain.artifact import Artifact
from soundstage.domain.project import Track, TrackKind
from soundstage.domain.run import Run
from soundstage.errors import LimitReached, NotFound, QuotaExceeded
from soundstage.services.actor import Actor
from soundstage.services.left_out import why_left_out
from soundstage.services.runs import ProjectRun, RunsService
from soundstage.services.turns import TurnLimits, Turns
from soundstage.storage import artifacts, tasks
from soundstage.storage.blobs.store import BlobStore
from soundstage.storage.database import Database

STAGE = "convert"  # under which a task's converted files are kept
_STEMS = (TrackKind.SPEECH.value, TrackKind.BACKGROUND.value)  # tracks of these kinds have these ids
PATIENCE_SECONDS = 120.0  # a conversion may take so long, and twice the length of the track: far more than it does
SHORTEST_MP3 = 24  # bytes a millisecond

RunIsolated = Callable[[str, dict[str, Any], float], Any]


@dataclass(frozen=True)
class TrackFile:
    """`artifact.name` is what a person calls it, such as `source.mp3`; `path` is where its bytes lie, read-only."""

    artifact: Artifact
    path: Path


@dataclass(frozen=True)
class _Conversion:
    function: str
    media_type: str


_CONVERSIONS = {
    "wav": _Conversion("soundstage.media.convert:to_wav", "audio/wav"),
    "mp3": _Conversion("soundstage.media.convert:to_mp3", "audio/mpeg"),
}


class TracksService:
    """`run_isolated(function, arguments, timeout)` runs a function in a host process of its own, with limits."""

    def __init__(
        self,
        database: Database,
        blobs: BlobStore,
        runs: RunsService,
        delete_blobs: Callable[[Sequence[str]], None],
        *,
        team_quota_bytes: int | None,
        run_isolated: RunIsolated,
        limits: TurnLimits | None = None,
    ) -> None:
        self._database = database
        self._blobs = blobs
        self._runs = runs
        self._delete_blobs = delete_blobs
        self._quota = team_quota_bytes
        self._run_isolated = run_isolated
        self._turns: Turns[TrackFile] = Turns(limits or TurnLimits(), "conversions")

    def file(
        self,
        actor: Actor,
        run_id: int,
        track_id: str,
        format: str,  # noqa: A002
        revision: int | None = None,
    ) -> Future[TrackFile]:
        """A track in a format that it can be had in: at once when it is kept, else when it is converted.

        Who asks for what is being converted shares that. Raises NotFound, also with the list of what there is,
        BadRequest for a run of another kind, LimitReached when too many wait. The future raises QuotaExceeded,
        StorageFull, NotFound when the run is deleted meanwhile, and StageFailure.
        """
        project = self._runs.project(actor, run_id, revision)
        track = _find(project.product.tracks, track_id, format)
        if track is None:
            raise self._not_there(project, track_id)
        if format == track.kept_format:
            return _done(TrackFile(*self._runs.open_artifact(actor, run_id, track.artifact.name, revision)))
        kept = self._kept(project.run, track, format)
        if kept is not None:
            return _done(kept)
        work = partial(self._convert, project.run, track, format, project.product.duration_ms)
        return self._turns.ask(actor.team_id, (project.run.task_id, _name(track, format)), work)

    def _not_there(self, project: ProjectRun, track_id: str) -> NotFound:
        audible = [track for track in project.product.tracks if track.kind is not TrackKind.SUBTITLES]
        there = ", ".join(f"{track.track_id}.{ending}" for track in audible for ending in track.formats)
        what = "This project has no such track in that format."
        if track_id in _STEMS and track_id not in {track.track_id for track in audible}:
            why = why_left_out(self._database, project, "separate")
            what = f"This project has no {track_id} stem: the source was not separated. {why}".strip()
        return NotFound(f"{what} It has: {there}.")

    def close(self) -> None:
        """Begin no conversion any more; those at work end with their host processes."""
        self._turns.close()

    def _convert(self, run: Run, track: Track, format: str, duration_ms: int) -> TrackFile:  # noqa: A002
        kept = self._kept(run, track, format)  # by whom we stood behind
        if kept is not None:
            return kept
        # No WAV is smaller than its FLAC: what certainly will not fit is not begun.
        self._check_room(run.team_id, duration_ms * SHORTEST_MP3 if format == "mp3" else track.artifact.bytes)
        conversion = _CONVERSIONS[format]
        draft = self._blobs.draft_path()
        try:
            arguments = {"source": self._blobs.path(track.artifact.sha256), "output": draft}
            self._run_isolated(conversion.function, arguments, PATIENCE_SECONDS + 2 * duration_ms / 1000)
            sha256, length = self._blobs.put(draft, move=True)
        finally:
            draft.unlink(missing_ok=True)
        made = Artifact(sha256=sha256, bytes=length, media_type=conversion.media_type, name=_name(track, format))
        self._record(run, made)
        return self._opened(made, track, format)

    def _kept(self, run: Run, track: Track, format: str) -> TrackFile | None:  # noqa: A002
        with self._database.read() as connection:
            found = artifacts.of_stage(connection, run.task_id, STAGE, _name(track, format))
        if found is None or not self._blobs.exists(found.sha256):  # what is lost can be made again
            return None
        return self._opened(found, track, format)

    def _opened(self, artifact: Artifact, track: Track, format: str) -> TrackFile:  # noqa: A002
        named = artifact.model_copy(update={"name": f"{track.track_id}.{format}"})
        return TrackFile(named, self._blobs.path(artifact.sha256))

    def _record(self, run: Run, made: Artifact) -> None:
        """Refer to bytes that the store keeps, unless the run is gone or the quota used up by now."""
        try:
            with self._database.unit() as connection:
                if tasks.get(connection, run.task_id, team_id=run.team_id, lock=True) is None:
                    raise NotFound(f"run {run.run_id} was deleted while its track was converted")
                artifacts.refer(connection, made, team_id=run.team_id, task_id=run.task_id, stage=STAGE)
                if self._quota is not None and artifacts.team_bytes(connection, run.team_id) > self._quota:
                    raise self._quota_exceeded()
                if not self._blobs.renew(made.sha256):  # their last owner was deleted while we waited for our turn
                    raise LimitReached("the same bytes were deleted at this very moment; ask again", retry_after=1)
        except BaseException:
            self._delete_blobs([made.sha256])
            raise

    def _check_room(self, team_id: int, needed: int) -> None:
        if self._quota is None:
            return
        with self._database.read() as connection:
            used = artifacts.team_bytes(connection, team_id)
        if used + needed > self._quota:
            raise self._quota_exceeded()

    def _quota_exceeded(self) -> QuotaExceeded:
        return QuotaExceeded(
            f"the converted track would exceed your team's quota of {self._quota} bytes; download it as it is kept, "
            "or delete projects, sounds or uploads you no longer need"
        )


def _find(tracks: Sequence[Track], track_id: str, format: str) -> Track | None:  # noqa: A002
    audible = (track for track in tracks if track.kind is not TrackKind.SUBTITLES)
    return next((one for one in audible if one.track_id == track_id and format in one.formats), None)


def _name(track: Track, format: str) -> str:  # noqa: A002
    """Of the kept conversion: by content, so that a track whose audio changes is converted anew."""
    return f"{track.artifact.sha256}.{format}"


def _done(file: TrackFile) -> Future[TrackFile]:
    future: Future[TrackFile] = Future()
    future.set_result(file)
    return future
