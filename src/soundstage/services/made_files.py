"""Files that are made of a run when they are first asked for, and kept from then on.

Such a file is an artifact of the run's task: it counts in the team's quota and goes with the run. What is asked for
under a name that says what it was made of is made anew once that changes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from soundstage.domain.artifact import Artifact
from soundstage.domain.run import Run
from soundstage.errors import LimitReached, NotFound, QuotaExceeded
from soundstage.services.turns import TurnLimits, Turns
from soundstage.storage import artifacts, tasks
from soundstage.storage.blobs.store import BlobStore
from soundstage.storage.database import Database

FOUND_SECONDS = 60.0  # from finding a file to beginning to read it, on a machine that has much to do

RunIsolated = Callable[[str, dict[str, Any], float], Any]


@dataclass(frozen=True)
class MadeFile:
    """`artifact.name` is what a person calls it, such as `source.mp3`; `path` is where its bytes lie, read-only."""

    artifact: Artifact
    path: Path


@dataclass(frozen=True)
class Order:
    """What is to be made of a run.

    noun: what it is, for messages. stage, kept_name: under which it is kept; the name by what it is made of.
    replaces: the beginning of the kept names of those that it makes obsolete; None keeps them all.
    name, media_type: as a person gets it. least_bytes: it will not be smaller, so what cannot fit is not begun.
    make: writes it to a path where nothing is yet.
    """

    run: Run
    noun: str
    stage: str
    kept_name: str
    name: str
    media_type: str
    least_bytes: int
    make: Callable[[Path], object]
    replaces: str | None = None


class MadeFiles:
    """Makes a few at once, in turn between teams, and once for all who ask for the same.

    `run_isolated(function, arguments, timeout)` runs a function in a host process of its own, with limits.
    `delete_replaced`: deletes bytes that a newer file made obsolete. Who has just found them may be about to read them:
    what was found in the last `FOUND_SECONDS` it leaves where it is until they are over.
    """

    def __init__(
        self,
        database: Database,
        blobs: BlobStore,
        delete_blobs: Callable[[Sequence[str]], None],
        delete_replaced: Callable[[Sequence[str]], None],
        *,
        team_quota_bytes: int | None,
        run_isolated: RunIsolated,
        limits: TurnLimits | None = None,
        name: str,
    ) -> None:
        self.run_isolated = run_isolated
        self._database = database
        self._blobs = blobs
        self._delete_blobs = delete_blobs
        self._delete_replaced = delete_replaced
        self._quota = team_quota_bytes
        self._turns: Turns[MadeFile] = Turns(limits or TurnLimits(), name)

    def file(self, order: Order) -> Future[MadeFile]:
        """At once when it is kept, else when it is made; who asks for what is being made shares that.

        Raises LimitReached when too many wait. The future raises QuotaExceeded, StorageFull, NotFound when the run is
        deleted meanwhile, and whatever `make` raises.
        """
        kept = self._kept(order)
        if kept is not None:
            return at_once(kept)
        key = (order.run.task_id, order.stage, order.kept_name)
        return self._turns.ask(order.run.team_id, key, partial(self._make, order))

    def close(self) -> None:
        """Begin none any more; those at work end with their host processes."""
        self._turns.close()

    def _make(self, order: Order) -> MadeFile:
        kept = self._kept(order)  # by whom we stood behind
        if kept is not None:
            return kept
        self._check_room(order)
        draft = self._blobs.draft_path()
        try:
            order.make(draft)
            sha256, length = self._blobs.put(draft, move=True)
        finally:
            draft.unlink(missing_ok=True)
        made = Artifact(sha256=sha256, bytes=length, media_type=order.media_type, name=order.kept_name)
        self._record(order, made)
        return self._opened(order, made)

    def _kept(self, order: Order) -> MadeFile | None:
        with self._database.read() as connection:
            found = artifacts.of_stage(connection, order.run.task_id, order.stage, order.kept_name)
        if found is None or not self._blobs.renew(found.sha256):  # what is lost can be made again
            return None
        return self._opened(order, found)

    def _opened(self, order: Order, artifact: Artifact) -> MadeFile:
        return MadeFile(artifact.model_copy(update={"name": order.name}), self._blobs.path(artifact.sha256))

    def _record(self, order: Order, made: Artifact) -> None:
        """Refer to bytes that the store keeps, unless the run is gone or the quota used up by now."""
        run = order.run
        obsolete: tuple[str, ...] = ()
        try:
            with self._database.unit() as connection:
                if tasks.get(connection, run.task_id, team_id=run.team_id, lock=True) is None:
                    raise NotFound(f"run {run.run_id} was deleted while its {order.noun} was made")
                if order.replaces is not None:
                    obsolete = artifacts.release_made(
                        connection, run.task_id, order.stage, order.replaces, keep=made.name
                    )
                artifacts.refer(connection, made, team_id=run.team_id, task_id=run.task_id, stage=order.stage)
                if self._quota is not None and artifacts.team_bytes(connection, run.team_id) > self._quota:
                    raise self._quota_exceeded(order)
                if not self._blobs.renew(made.sha256):  # their last owner was deleted while we waited for our turn
                    raise LimitReached("the same bytes were deleted at this very moment; ask again", retry_after=1)
        except BaseException:
            self._delete_blobs([made.sha256])
            raise
        self._delete_replaced([sha256 for sha256 in obsolete if sha256 != made.sha256])

    def _check_room(self, order: Order) -> None:
        if self._quota is None:
            return
        with self._database.read() as connection:
            used = artifacts.team_bytes(connection, order.run.team_id)
        if used + order.least_bytes > self._quota:
            raise self._quota_exceeded(order)

    def _quota_exceeded(self, order: Order) -> QuotaExceeded:
        return QuotaExceeded(
            f"the {order.noun} would exceed your team's quota of {self._quota} bytes; take what is kept as it is, "
            "or delete projects, sounds or uploads you no longer need"
        )


def at_once(file: MadeFile) -> Future[MadeFile]:
    """What need not be made."""
    future: Future[MadeFile] = Future()
    future.set_result(file)
    return future
