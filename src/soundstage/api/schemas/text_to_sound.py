"""Sound and music: the request and the result."""

from __future__ import annotations

import secrets
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from soundstage.api.schemas.fields import AUTO, Body, Description, Id, Name, NoBool, Reply, Text
from soundstage.api.schemas.project_setup import EngineName
from soundstage.api.schemas.sound_plan import Tonality, plan_faults
from soundstage.api.settings import ApiSettings
from soundstage.domain.request import TextToSoundRequest
from soundstage.domain.sound import MOST_VARIATIONS, AudioType, Plan, Seed, Tempo
from soundstage.domain.value import Share
from soundstage.errors import Fault, Invalid

SHORTEST_SECONDS = 0.05


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


class TextToSoundBody(Body):
    """What `POST /apis/text-to-sound` takes. Limits that are settings are checked by `request`."""

    prompt: Text | None = Field(
        None,
        description="What should be heard; may be left out beside a `plan`. 1–10,000 characters unless the server is "
        "set otherwise.",
    )
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
    engine: EngineName | None = Field(None, description="`auto` or nothing: the server chooses; else an engine's name.")
    variations: Annotated[int, Field(ge=1, le=MOST_VARIATIONS), NoBool] | None = Field(
        None, description="How many takes, each with a seed of its own that follows from `seed`. 1 unless told."
    )
    loop: bool | None = Field(None, description="True: its end leads into its beginning without a seam.")
    negative_prompt: Text | None = Field(None, description="What must not be heard.")
    prompt_influence: Annotated[Share, NoBool] | None = Field(
        None, description="0 (free) to 1 (to the letter); absent: as the engine likes."
    )
    intensity: Annotated[Share, NoBool] | None = Field(
        None, description="0 (faint) to 1 (violent), of what the prompt says nothing about."
    )
    plan: Plan | None = Field(
        None, description="A plan as the findings of an earlier task showed it, edited: it is followed as it is."
    )
    bpm: Annotated[Tempo, NoBool] | None = Field(None, description="Of music: beats a minute.")
    key: Tonality | None = Field(None, description="Of music: such as `A minor`, `Eb major` or `F#m`.")
    stems: bool | None = Field(None, description="True: the parts that add up to it are kept, too.")

    def request(self, settings: ApiSettings) -> TextToSoundRequest:
        """Raises Invalid where a limit of this server is passed, or what is asked for contradicts itself."""
        duration = self.duration or settings.default_sound_seconds
        audio_type = self.audio_type or (AudioType.SOUND if self.plan is None else self.plan.audio_type)
        faults = [
            *_prompt_faults(self.prompt, settings, needed=self.plan is None),
            *_duration_faults(duration, settings),
            *_negative_faults(self.negative_prompt, settings),
            *_music_faults(self, audio_type),
            *plan_faults(self, audio_type),
        ]
        if faults:
            raise Invalid(faults)
        return TextToSoundRequest(
            prompt=self.prompt or "",
            duration=duration,
            audio_type=audio_type,
            seed=secrets.randbelow(2**32) if self.seed is None else self.seed,
            project_name=self.project_name,
            project_description=self.project_description,
            folder_id=self.folder_id,
            engine=None if self.engine == AUTO else self.engine,
            variations=self.variations or 1,
            loop=bool(self.loop),
            negative_prompt=self.negative_prompt or None,
            prompt_influence=self.prompt_influence,
            intensity=self.intensity,
            plan=self.plan,
            tempo=self.bpm,
            tonality=self.key,
            stems=bool(self.stems),
        )


class FileUrl(Reply):
    """An expiring, signed address of the file, under both names that clients read."""

    file_url: str
    output_url: str

    @classmethod
    def of(cls, url: str) -> FileUrl:
        return cls(file_url=url, output_url=url)


def _prompt_faults(prompt: str | None, settings: ApiSettings, *, needed: bool) -> list[Fault]:
    if prompt is None:
        return [Fault(("body", "prompt"), "This is required, unless a plan is sent.", "missing")] if needed else []
    if not prompt.strip():
        told = "The prompt is empty: say what should be heard."
        return [Fault(("body", "prompt"), told, "string_too_short")] if needed else []
    return _too_long("prompt", prompt, settings)


def _negative_faults(negative: str | None, settings: ApiSettings) -> list[Fault]:
    return _too_long("negative_prompt", negative or "", settings)


def _too_long(field: str, text: str, settings: ApiSettings) -> list[Fault]:
    most = settings.max_prompt_characters
    if len(text) <= most:
        return []
    told = f"The {field.replace('_', ' ')} has {len(text)} characters; at most {most} are taken."
    return [Fault(("body", field), told, "string_too_long")]


def _music_faults(body: TextToSoundBody, audio_type: AudioType) -> list[Fault]:
    """Tempo and tonality are of music only."""
    if audio_type is AudioType.MUSIC:
        return []
    told = 'Only music has one: send "audio_type": "music" or leave it out.'
    return [Fault(("body", name), told) for name in ("bpm", "key") if getattr(body, name) is not None]


def _duration_faults(duration: float, settings: ApiSettings) -> list[Fault]:
    most = settings.max_sound_seconds
    if duration < SHORTEST_SECONDS:
        return [Fault(("body", "duration"), f"At least {SHORTEST_SECONDS:g} seconds are made.", "greater_than_equal")]
    if duration <= most:
        return []
    return [Fault(("body", "duration"), f"At most {most:g} seconds can be made in one piece.", "less_than_equal")]
