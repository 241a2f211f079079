"""What is asked of a re-run, and what it would do."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from soundstage.domain.artifact import Artifact
from soundstage.domain.language import default_locale
from soundstage.domain.options import SetupOptions
from soundstage.domain.request import ProjectSetupRequest
from soundstage.errors import Fault
from soundstage.pipelines.stages.transcribe import Transcribed
from soundstage.services.carrying import Carried
from soundstage.services.runs import ProjectRun
from soundstage.storage.stage_results import StageResult

MEDIA_STAGES = ("ingest", "probe", "decode")
# The fields of a request that a stage reads; each may be given where that stage is done again.
READS: Mapping[str, tuple[str, ...]] = {
    "diarize": ("min_speakers", "max_speakers"),
    "transcribe": ("source_language", "source_transcript"),
    "translate": ("target_languages", "chosen_dictionaries"),
}


@dataclass(frozen=True)
class Wish:
    """What is asked of a re-run. `revision`: what it is made of, None for the head. `changes`: fields of the request
    that take the place of those of before; `engines` (by capability) and `options` (by stage) are added to these.
    `reuse`: take over what an earlier task gave for the same, such as the other languages of a translation.
    """

    stage: str
    revision: int | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)
    engines: Mapping[str, str] = field(default_factory=dict)
    options: SetupOptions = field(default_factory=SetupOptions)
    reuse: bool = True


@dataclass(frozen=True)
class Plan:
    """A re-run that can be made: its request, the stages that it does, and what those give that it takes over.

    `brought`: the project came as a project file, so there are no stages' files to go on with but these, by stage; None
    where its stages were done here.
    """

    project: ProjectRun
    request: ProjectSetupRequest
    redone: tuple[str, ...]
    results: Mapping[str, StageResult]
    carried: Carried
    brought: Mapping[str, Artifact] | None = None

    @property
    def foreseen(self) -> ProjectSetupRequest:
        """The request, with the language that was heard where it is not heard again."""
        heard = self.results.get("transcribe")
        code = None if heard is None else Transcribed.model_validate(heard.output).language
        locale = default_locale(code) if code and self.request.source_language is None else None
        return self.request.model_copy(update={"source_language": locale.id}) if locale else self.request


def unread(wish: Wish, redone: Collection[str]) -> list[Fault]:
    readable = [name for stage in redone for name in READS.get(stage, ())]
    told = f"{wish.stage} and what follows it do not read this; they read: {', '.join(readable) or 'nothing of that'}."
    faults = [Fault(("body", name), told, "unread") for name in wish.changes if name not in readable]
    other = f"Only stages that are done again take options: {', '.join(redone)}."
    faults += [
        Fault(("body", "options", name), other, "unread")
        for name in wish.options.model_fields_set
        if name not in redone
    ]
    return faults


def options_with(before: SetupOptions, wished: SetupOptions) -> SetupOptions:
    """Those of before, with what is wished in their places."""
    update = {}
    for stage in wished.model_fields_set:
        given = getattr(wished, stage)
        told = {name: getattr(given, name) for name in given.model_fields_set}
        update[stage] = getattr(before, stage).model_copy(update=told)
    return before.model_copy(update=update)
