"""Sound and music: the request and the result."""

from __future__ import annotations

import secrets
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from soundstage.api.schemas.fields import Body, Description, Id, Name, NoBool, Reply, Text
from soundstage.api.schemas.project_setup import EngineName
from soundstage.api.settings import ApiSettings
from soundstage.domain.request import AudioType, Seed, TextToSoundRequest
from soundstage.errors import Fault, Invalid

SHORTEST_SECONDS = 0.05


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


class TextToSoundBody(Body):
    """What `POST /apis/text-to-sound` takes. Limits that are settings are checked by `request`."""

    prompt: Text = Field(description="What should be heard. 1–10,000 characters unless the server is set otherwise.")
    duration: Annotated[float, Field(ge=0), NoBool] | None = Field(
        None, description="Seconds, at most 10 unless the server is set otherwise; 0 or null: the default of 8."
    )
    audio_type: Annotated[AudioType, BeforeValidator(_lower)] | None = None
    project_name: Name | None = None
    project_description: Description | None = None
    folder_id: Id | None = None
    seed: Annotated[Seed, NoBool] | None = Field(
        None, description="Same prompt, seed and engine version: same bytes. Absent: chosen and told."
    )
    engine: EngineName | None = None

    def request(self, settings: ApiSettings) -> TextToSoundRequest:
        """Raises Invalid where a limit of this server is passed."""
        duration = self.duration or settings.default_sound_seconds
        faults = [*_prompt_faults(self.prompt, settings), *_duration_faults(duration, settings)]
        if faults:
            raise Invalid(faults)
        return TextToSoundRequest(
            prompt=self.prompt,
            duration=duration,
            audio_type=self.audio_type or AudioType.SOUND,
            seed=secrets.randbelow(2**32) if self.seed is None else self.seed,
            project_name=self.project_name,
            project_description=self.project_description,
            folder_id=self.folder_id,
            engine=self.engine,
        )


class FileUrl(Reply):
    """An expiring, signed address of the file, under both names that clients read."""

    file_url: str
    output_url: str

    @classmethod
    def of(cls, url: str) -> FileUrl:
        return cls(file_url=url, output_url=url)


def _prompt_faults(prompt: str, settings: ApiSettings) -> list[Fault]:
    most = settings.max_prompt_characters
    if not prompt.strip():
        return [Fault(("body", "prompt"), "The prompt is empty: say what should be heard.", "string_too_short")]
    if len(prompt) > most:
        return [
            Fault(
                ("body", "prompt"),
                f"The prompt has {len(prompt)} characters; at most {most} are taken.",
                "string_too_long",
            )
        ]
    return []


def _duration_faults(duration: float, settings: ApiSettings) -> list[Fault]:
    most = settings.max_sound_seconds
    if duration < SHORTEST_SECONDS:
        return [Fault(("body", "duration"), f"At least {SHORTEST_SECONDS:g} seconds are made.", "greater_than_equal")]
    if duration <= most:
        return []
    return [Fault(("body", "duration"), f"At most {most:g} seconds can be made in one piece.", "less_than_equal")]
