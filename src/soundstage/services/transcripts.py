"""Transcripts that clients bring with a set-up: read once, when they come, and kept as what was read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from soundstage.domain.account import Scope
from soundstage.domain.artifact import Artifact
from soundstage.domain.brought import BroughtTranscript, SourceTranscript
from soundstage.domain.task import Task
from soundstage.errors import Conflict
from soundstage.services.actor import Actor
from soundstage.storage import artifacts
from soundstage.storage.blobs.store import BlobStore
from soundstage.storage.database import Connection

PARSE = "soundstage.media.subtitles.parsing:parse"  # by name: text from outside is read in a host process
NAME = "source-transcript.json"
STAGE = "request"  # that the task's own request brought the file, no stage of it

RunIsolated = Callable[[str, dict[str, Any]], Any]


class TranscriptsService:
    """`run_isolated(dotted name, arguments)` runs a function in a host process and gives its answer as JSON."""

    def __init__(self, blobs: BlobStore, run_isolated: RunIsolated) -> None:
        self._blobs = blobs
        self._run_isolated = run_isolated

    def take_in(self, actor: Actor, text: str | None) -> SourceTranscript | None:
        """Read SRT, WebVTT or TTML and keep what it says; None for None.

        Nobody refers to the bytes until a task does (`refer`); without one the janitor removes them.
        Raises Forbidden, StorageFull, and Invalid, which names the lines that are wrong.
        """
        if text is None:
            return None
        actor.require(Scope.WRITE)
        brought = BroughtTranscript.model_validate(self._run_isolated(PARSE, {"text": text}))
        draft = self._blobs.draft()
        try:
            draft.write(brought.model_dump_json().encode())
            sha256, length = draft.keep()
        finally:
            draft.discard()
        return SourceTranscript(
            document=Artifact(sha256=sha256, bytes=length, media_type="application/json", name=NAME),
            form=brought.form,
            cues=len(brought.cues),
            ends_at_ms=max(cue.span.end_ms for cue in brought.cues),
            language=brought.language,
        )


def refer(
    connection: Connection, transcript: SourceTranscript, task: Task, renew: Callable[[str], bool] | None = None
) -> None:
    """From now on the task keeps the bytes. `renew`: the blob store's. Raises Conflict where they are gone."""
    artifacts.refer(connection, transcript.document, team_id=task.team_id, task_id=task.task_id, stage=STAGE)
    if renew is not None and not renew(transcript.document.sha256):
        raise Conflict("the last task with this transcript was deleted at this very moment; send the request again")
