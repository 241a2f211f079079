"""Project set-up: the request and the result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from soundstage.api.addresses import project_url
from soundstage.api.schemas.fields import (
    Body,
    Clean,
    Description,
    Id,
    Languages,
    Name,
    NoBool,
    Reply,
    RunIds,
    SourceLanguage,
    Time,
    UniqueIds,
    UniqueIndexes,
    sized,
)
from soundstage.api.schemas.options import Options
from soundstage.domain.options import SetupOptions
from soundstage.domain.request import ProjectSetupRequest, SpeakerCount
from soundstage.domain.task import Priority
from soundstage.engines.spec import Capability
from soundstage.errors import Fault, Invalid
from soundstage.pipelines.project_setup import PIPELINE

if TYPE_CHECKING:
    from soundstage.services.runs import ProjectRun

MAX_TRANSCRIPT_CHARACTERS = 1_000_000  # a film has about 80,000


def _stop(name: str) -> str:
    if name not in PIPELINE.stops:
        raise PydanticCustomError(
            "unknown_stage",
            "A set-up cannot stop after this; it can after {stages}.",
            {"stages": ", ".join(PIPELINE.stops)},
        )
    return name


StopName = Annotated[str, AfterValidator(_stop), WithJsonSchema({"type": "string", "enum": list(PIPELINE.stops)})]
EngineName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]


class ProjectSetupBody(Body):
    """What `POST /apis/project-setup` takes."""

    media_url: Annotated[str, Field(min_length=1, max_length=8192), Clean] = Field(
        description="`http(s)://…` of the media, a share link, or `upload://…` as POST /apis/uploads answered it."
    )
    source_language: SourceLanguage
    target_languages: Languages
    project_name: Name | None = None
    project_description: Description | None = None
    folder_id: Id | None = None
    selected_audio_tracks: UniqueIndexes | None = Field(None, description="0-based, among the audio streams.")
    add_output_as_an_audio_track: bool | None = None
    chosen_dictionaries: UniqueIds | None = None
    engines: dict[Capability, EngineName] = Field({}, description="An engine to use for a capability, by name.")
    options: Options | None = Field(None, description='Of stages: `{"separate": {"quality": "best"}}`.')
    min_speakers: Annotated[SpeakerCount, NoBool] | None = Field(None, description="At least as many people speak.")
    max_speakers: Annotated[SpeakerCount, NoBool] | None = Field(None, description="At most as many people speak.")
    reuse: bool = Field(True, description="False: every stage is done anew, whatever an earlier task gave.")
    source_transcript: Annotated[str, Field(max_length=MAX_TRANSCRIPT_CHARACTERS)] | None = Field(
        None, description="What is said, as the text of an SRT, WebVTT or TTML file: it is taken instead of heard."
    )
    stop_after: Annotated[tuple[StopName, ...], *sized(0, len(PIPELINE.stops))] | None = Field(
        None, description="Stages after which the task waits for POST …/continue; meanwhile the project can be edited."
    )
    priority: Priority = Priority.NORMAL

    def request(self) -> ProjectSetupRequest:
        """All but the transcript, which is yet to be read. Raises Invalid where fields do not go together."""
        if self.min_speakers and self.max_speakers and self.max_speakers < self.min_speakers:
            least = f"max_speakers must be at least min_speakers, which is {self.min_speakers}."
            raise Invalid([Fault(("body", "max_speakers"), least, "greater_than_equal")])
        return ProjectSetupRequest(
            media_url=self.media_url.strip(),
            source_language=self.source_language,
            target_languages=self.target_languages,
            project_name=self.project_name,
            project_description=self.project_description,
            folder_id=self.folder_id,
            selected_audio_tracks=self.selected_audio_tracks or None,
            add_output_as_an_audio_track=self.add_output_as_an_audio_track,
            chosen_dictionaries=self.chosen_dictionaries or (),
            engines={capability.value: name for capability, name in self.engines.items()},
            options=self.options or SetupOptions(),
            min_speakers=self.min_speakers,
            max_speakers=self.max_speakers,
            stop_after=tuple(dict.fromkeys(self.stop_after or ())),
            reuse=self.reuse,
        )


class RunIdsBody(Body):
    """Several runs at once."""

    run_ids: RunIds = Field(description="2 to 5 run ids; numeric strings are accepted.")


class ProjectDetails(Reply):
    project_name: str
    project_description: str | None
    created_at: Time
    source_language: int
    target_languages: list[int]
    duration: float = Field(description="Seconds.")
    folder_id: int | None
    studio_url: str


class RunDetails(Reply):
    name: str
    desc: str | None
    created_at: Time
    primary_source_language: int
    target_languages: list[int]
    duration: float = Field(description="Seconds.")
    team_id: int
    folder_id: int | None


class ProjectSetupResult(Reply):
    """Both documented shapes in one object."""

    run_id: int
    project_details: ProjectDetails
    run_details: RunDetails

    @classmethod
    def of(cls, project: ProjectRun, base: str) -> ProjectSetupResult:
        """From a finished set-up; `base` begins the studio's address."""
        run, product = project.run, project.product
        seconds = product.duration_ms / 1000
        details = ProjectDetails(
            project_name=product.project_name,
            project_description=product.project_description,
            created_at=product.created_at,
            source_language=product.source_language,
            target_languages=list(product.target_languages),
            duration=seconds,
            folder_id=run.folder_id,
            studio_url=project_url(run.run_id, base),
        )
        return cls(run_id=run.run_id, project_details=details, run_details=_run_details(details, run.team_id))


def _run_details(details: ProjectDetails, team_id: int) -> RunDetails:
    return RunDetails(
        name=details.project_name,
        desc=details.project_description,
        created_at=details.created_at,
        primary_source_language=details.source_language,
        target_languages=details.target_languages,
        duration=details.duration,
        team_id=team_id,
        folder_id=details.folder_id,
    )
