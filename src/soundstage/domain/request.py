"""What a client asked for, after validation: the parameters of each kind of task."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from soundstage.domain.artifact import Artifact
from soundstage.domain.brought import SourceTranscript
from soundstage.domain.options import SetupOptions
from soundstage.domain.project import Original
from soundstage.domain.sound import MOST_VARIATIONS, Plan, Tempo
from soundstage.domain.sound import AudioType as AudioType  # noqa: PLC0414 - a part of what is asked for
from soundstage.domain.sound import Seed as Seed  # noqa: PLC0414
from soundstage.domain.value import Share, Value

MOST_SPEAKERS = 100
SpeakerCount = Annotated[int, Field(ge=1, le=MOST_SPEAKERS)]


class Basis(Value):
    """What a task goes on from that makes a further revision of a project: a revision of a run.

    `stage`: what is done again, with all that follows from it; None where a parked set-up goes on.
    `beside`: the new revision is to stay beside the head, whatever happens meanwhile. `edited`: stages that are not
    done again and give what a person has made of what they gave, here or in an earlier revision. `created_at`: the
    project's, where it is another task that goes on. `anew`: nothing else is asked for than before, so the stage is
    done again and not taken over.
    """

    run_id: int
    revision: int
    stage: str | None = None
    beside: bool = False
    edited: tuple[str, ...] = ()
    created_at: datetime | None = None
    anew: bool = True


class KeptStems(Value):
    """The stems of a project that came as a project file; None where the mix was not separated."""

    speech: Artifact | None = None
    background: Artifact | None = None


class ProjectSetupRequest(Value):
    """Set up a dubbing project from media.

    `media_url` is `http(s)://…` or `upload://…`. Languages are the integer ids of `domain.language`;
    `source_language` is None for `auto`. `selected_audio_tracks` are 0-based among the audio streams.
    `min_speakers` and `max_speakers`, in that order, are hints for telling speakers apart.
    `reuse`: take over what an earlier task of the team gave for the same; else every stage is done anew.
    `source_transcript`: what is said in the media, brought by the client instead of heard.
    `stop_after`: once these stages are over, nothing that waits for them begins until the client says so.
    `passed`: those of them for which it has. `basis`: the product becomes a further revision of a project that there
    is. Where that came as a project file, `original` is the media that it was made from, and what
    `media_url` gives must be its bytes; `stems` are taken as they are. All four are set by the server alone.
    """

    media_url: str
    source_language: int | None
    target_languages: tuple[int, ...]
    project_name: str | None = None
    project_description: str | None = None
    folder_id: int | None = None
    selected_audio_tracks: tuple[int, ...] | None = None
    add_output_as_an_audio_track: bool | None = None
    chosen_dictionaries: tuple[int, ...] = ()
    engines: dict[str, str] = Field(default_factory=dict)
    options: SetupOptions = SetupOptions()
    min_speakers: SpeakerCount | None = None
    max_speakers: SpeakerCount | None = None
    reuse: bool = True
    stop_after: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()
    basis: Basis | None = None
    original: Original | None = None
    stems: KeptStems | None = None
    source_transcript: SourceTranscript | None = None


class ProjectImportRequest(Value):
    """Open a project file that was uploaded. `media_url` is `upload://…`, of the project file."""

    media_url: str
    folder_id: int | None = None


class TextToSoundRequest(Value):
    """Make a sound or a piece of music. `duration` is in seconds; `seed` is always set before the task is accepted.

    `prompt` is empty only where there is a `plan`, which is followed instead of what the prompt would be understood to
    mean. `variations`: takes of it, each with a seed of its own (`sound.seed_of`). `loop`: its end leads into its
    beginning. `prompt_influence`: 0 (free) … 1 (to the letter), None as the engine likes; `intensity` of what the
    prompt leaves open; `tempo` in beats a minute; `tonality` such as `A minor`. `stems`: its parts are kept, too.
    """

    prompt: str
    duration: Annotated[float, Field(gt=0)]
    audio_type: AudioType
    seed: Seed
    project_name: str | None = None
    project_description: str | None = None
    folder_id: int | None = None
    engine: str | None = None
    variations: Annotated[int, Field(ge=1, le=MOST_VARIATIONS)] = 1
    loop: bool = False
    negative_prompt: str | None = None
    prompt_influence: Share | None = None
    intensity: Share | None = None
    plan: Plan | None = None
    tempo: Tempo | None = None
    tonality: str | None = None
    stems: bool = False


TaskRequest = ProjectSetupRequest | ProjectImportRequest | TextToSoundRequest
