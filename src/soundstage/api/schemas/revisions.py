"""Revisions of a project, and what is asked of a re-run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from soundstage.api.schemas.fields import (
    Body,
    Clean,
    Id,
    Languages,
    NoBool,
    Reply,
    SourceLanguage,
    Time,
    UniqueIds,
)
from soundstage.api.schemas.options import Options
from soundstage.api.schemas.project_setup import MAX_TRANSCRIPT_CHARACTERS, EngineName
from soundstage.domain.brought import SourceTranscript
from soundstage.domain.options import SetupOptions
from soundstage.domain.request import SpeakerCount
from soundstage.domain.revision import Origin, Revision
from soundstage.domain.task import Priority
from soundstage.engines.spec import Capability
from soundstage.services.rerun_plan import Wish

if TYPE_CHECKING:
    from soundstage.services.page import Page

_CHANGES = ("source_language", "min_speakers", "max_speakers", "target_languages", "chosen_dictionaries")


class RevisionReply(Reply):
    """A revision of a project. It never changes; which one is the head does."""

    run_id: int
    revision: int
    head: bool = Field(description="It is what the project shows.")
    base: int | None = Field(description="The revision that it was made of.")
    origin: Origin
    stage: str | None = Field(description="What was done again.")
    note: str | None
    task_id: str = Field(description="The task whose stages stand behind it.")
    created_at: Time
    segments: int
    target_languages: list[int]

    @classmethod
    def of(cls, revision: Revision) -> RevisionReply:
        told = revision.model_dump(exclude={"product"})
        product = revision.product
        return cls(**told, segments=product["segments"], target_languages=product["target_languages"])


class RevisionPage(Reply):
    items: list[RevisionReply]
    next_cursor: str | None

    @classmethod
    def of(cls, page: Page[Revision]) -> RevisionPage:
        return cls(items=[RevisionReply.of(one) for one in page.items], next_cursor=page.next_cursor)


class RerunBody(Body):
    """What `POST /apis/projects/{run_id}/rerun` takes. What is left out stays as it was."""

    stage: Annotated[str, Field(min_length=1, max_length=64), Clean] = Field(
        description="The stage to do again; what follows from it is done again too."
    )
    revision: Id | None = Field(None, description="What to make it of; absent: what the project shows.")
    engines: dict[Capability, EngineName] = Field({}, description="An engine to use for a capability, by name.")
    options: Options | None = Field(None, description='Of stages: `{"separate": {"quality": "best"}}`.')
    source_language: SourceLanguage = None
    min_speakers: Annotated[SpeakerCount, NoBool] | None = None
    max_speakers: Annotated[SpeakerCount, NoBool] | None = None
    target_languages: Languages | None = None
    chosen_dictionaries: UniqueIds | None = None
    source_transcript: Annotated[str, Field(max_length=MAX_TRANSCRIPT_CHARACTERS)] | None = Field(
        None, description="What is said, as SRT, WebVTT or TTML text, with stage transcribe; null: it is heard again."
    )
    reuse: bool = Field(True, description="False: all of it is done anew, whatever an earlier task gave.")
    priority: Priority = Priority.NORMAL

    def wish(self, transcript: SourceTranscript | None = None) -> Wish:
        """Of the fields of a set-up those that were sent; null takes a hint back. `transcript`: what the text says."""
        changes: dict[str, Any] = {name: getattr(self, name) for name in _CHANGES if name in self.model_fields_set}
        if changes.get("target_languages", ()) is None:
            del changes["target_languages"]
        if changes.get("chosen_dictionaries", ()) is None:
            changes["chosen_dictionaries"] = ()
        if "source_transcript" in self.model_fields_set:
            changes["source_transcript"] = transcript
        return Wish(
            stage=self.stage,
            revision=self.revision,
            changes=changes,
            engines={capability.value: name for capability, name in self.engines.items()},
            options=self.options or SetupOptions(),
            reuse=self.reuse,
        )
