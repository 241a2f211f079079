"""Tracks of a project as files: as they are kept, or converted when a format is first asked for and kept from then on.

A converted file is an artifact of the run's task: it counts in the team's quota and goes with the run.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from soundstage.domain.project import Track, TrackKind
from soundstage.errors import NotFound
from soundstage.services.actor import Actor
from soundstage.services.left_out import why_left_out
from soundstage.services.made_files import MadeFile, MadeFiles, Order, at_once
from soundstage.services.runs import ProjectRun, RunsService
from soundstage.storage.blobs.store import BlobStore
from soundstage.storage.database import Database

STAGE = "convert"  # under which a task's converted files are kept
_STEMS = (TrackKind.SPEECH.value, TrackKind.BACKGROUND.value)  # tracks of these kinds have these ids
PATIENCE_SECONDS = 120.0  # a conversion may take so long, and twice the length of the track: far more than it does
SHORTEST_MP3 = 24  # bytes a millisecond


@dataclass(frozen=True)
class _Conversion:
    function: str
    media_type: str


_CONVERSIONS = {
    "wav": _Conversion("soundstage.media.convert:to_wav", "audio/wav"),
    "mp3": _Conversion("soundstage.media.convert:to_mp3", "audio/mpeg"),
}


class TracksService:
    def __init__(self, database: Database, blobs: BlobStore, runs: RunsService, made: MadeFiles) -> None:
        self._database = database
        self._blobs = blobs
        self._runs = runs
        self._made = made

    def file(
        self,
        actor: Actor,
        run_id: int,
        track_id: str,
        format: str,  # noqa: A002
        revision: int | None = None,
    ) -> Future[MadeFile]:
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
            return at_once(MadeFile(*self._runs.open_artifact(actor, run_id, track.artifact.name, revision)))
        return self._made.file(self._order(project, track, format))

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
        self._made.close()

    def _order(self, project: ProjectRun, track: Track, format: str) -> Order:  # noqa: A002
        conversion, length = _CONVERSIONS[format], project.product.duration_ms
        return Order(
            run=project.run,
            noun="converted track",
            stage=STAGE,
            kept_name=f"{track.artifact.sha256}.{format}",  # by content: a track whose audio changes is converted anew
            name=f"{track.track_id}.{format}",
            media_type=conversion.media_type,
            least_bytes=length * SHORTEST_MP3 if format == "mp3" else track.artifact.bytes,  # no WAV is below its FLAC
            make=partial(self._convert, conversion.function, track, PATIENCE_SECONDS + 2 * length / 1000),
        )

    def _convert(self, function: str, track: Track, patience: float, output: Path) -> None:
        arguments = {"source": self._blobs.path(track.artifact.sha256), "output": output}
        self._made.run_isolated(function, arguments, patience)


def _find(tracks: Sequence[Track], track_id: str, format: str) -> Track | None:  # noqa: A002
    audible = (track for track in tracks if track.kind is not TrackKind.SUBTITLES)
    return next((one for one in audible if one.track_id == track_id and format in one.formats), None)
