"""Recordings through the stages of set-up, and what each stage heard in them: what measures of quality look at.

    listener = Listener(tmp_path, {"talk": clip}, {"models_dir": str(models)})
    listener.hear("talk").text

Engines are this installation's defaults; each is loaded once, in this process or in those of a room.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from soundstage.domain.artifact import Artifact
from soundstage.domain.request import ProjectSetupRequest
from soundstage.domain.transcript import Transcript, Word
from soundstage.engines.diarization.contract import Diarization
from soundstage.engines.registry import Registry
from soundstage.engines.resident import EngineRoom
from soundstage.pipelines.documents import open_document
from soundstage.pipelines.project_setup import PIPELINE
from soundstage.pipelines.stages.separate import Separated, write_heard
from soundstage.testing.context import LocalContext
from soundstage.testing.diarization_error import Talk
from soundstage.testing.mixtures import Samples, read
from soundstage.testing.stage_walk import Outcomes, run_stage, walk_stages


@dataclass(frozen=True)
class Hearing:
    """What set-up made of one recording. What a stage told is there only where that stage was wanted."""

    context: LocalContext
    request: ProjectSetupRequest
    outcomes: Outcomes

    @property
    def words(self) -> tuple[Word, ...]:
        return self._words(self.outcomes)

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def listened_to(self) -> Literal["speech", "mix"]:
        """What was transcribed."""
        return "speech" if self.outcomes["separate"].output.analysis is not None else "mix"

    @property
    def talks(self) -> tuple[Talk, ...]:
        """Who speaks when, as the measure of it wants it."""
        kept = self.outcomes["diarize"].output.diarization
        turns = open_document(self.context, kept, Diarization).turns if kept else ()
        return tuple(Talk(one.span.start_ms / 1000, one.span.end_ms / 1000, one.speaker_id) for one in turns)

    @property
    def stems(self) -> tuple[Samples, Samples, Samples]:
        """Source, speech and background: (samples, 2) at 48 kHz."""
        parted = self.outcomes["separate"].output
        kept = (self.outcomes["decode"].output.source, parted.speech, parted.background)
        source, speech, background = (read(self.context.open(one)) for one in kept)
        return source, speech, background

    def text_from(self, source: Literal["speech", "mix"]) -> str:
        """The text as it is heard from one of the two, whichever set-up would choose."""
        if source == self.listened_to:
            return self.text
        outcome = self.outcomes["separate"]
        analysis = None if source == "mix" else self._analysis(outcome.output)
        other = {"separate": _with_output(outcome, analysis=analysis)}
        heard = run_stage(PIPELINE, "transcribe", self.context, self.request, self.outcomes | other)
        return " ".join(word.text for word in self._words({"transcribe": heard}))

    def _words(self, outcomes: Mapping[str, Any]) -> tuple[Word, ...]:
        kept = outcomes["transcribe"].output.transcript
        return open_document(self.context, kept, Transcript).words if kept else ()

    def _analysis(self, parted: Separated) -> Artifact:
        assert parted.speech is not None and parted.background is not None
        path = self.context.scratch() / "speech.wav"
        write_heard(self.context, self.context.open(parted.speech), self.context.open(parted.background), path)
        return self.context.put(path, name="speech.wav", media_type="audio/wav")


class Listener:
    """`recordings`: files by name. engine_settings: `models_dir` at least. room: real processes for the engines."""

    def __init__(
        self,
        folder: Path,
        recordings: Mapping[str, Path],
        engine_settings: Mapping[str, Any],
        room: EngineRoom | None = None,
    ) -> None:
        uploads = {f"upload://{name}": (path, path.name) for name, path in recordings.items()}
        self._context = LocalContext(
            folder, registry=Registry(), engine_settings=engine_settings, uploads=uploads, room=room
        )

    def hear(self, name: str, *stages: str) -> Hearing:
        """Set the recording up: these stages and what they wait for, or all without any."""
        request = ProjectSetupRequest.model_validate(
            {"media_url": f"upload://{name}", "source_language": None, "target_languages": (54,)}
        )
        wanted: Collection[str] | None = stages or None
        return Hearing(self._context, request, walk_stages(PIPELINE, self._context, request, wanted=wanted))


def _with_output(outcome: Any, **fields: Any) -> Any:
    return replace(outcome, output=outcome.output.model_copy(update=fields))
