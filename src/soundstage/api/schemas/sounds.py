"""The sound library: sounds, their takes, the words an engine knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from soundstage.api.schemas.fields import Body, Reply, Time
from soundstage.domain.sound import AudioType, Seam
from soundstage.engines.sound.contract import SoundWord
from soundstage.services.names import unprintable

if TYPE_CHECKING:
    from soundstage.services.runs import SoundRun
    from soundstage.services.vocabulary import EngineVocabulary


class TakeItem(Reply):
    """One variation of a sound and where its files are."""

    variation: int
    seed: int
    bytes: int
    url: str
    formats: list[str]
    stems: list[str]
    score_url: str | None = Field(description="A MIDI file, where the take was composed note by note.")
    waveform_url: str
    spectrogram_url: str
    seam: Seam | None


class SoundItem(Reply):
    run_id: int
    task_id: str
    name: str | None = Field(description="In the library, where a person has given one.")
    favourite: bool
    tags: list[str]
    prompt: str
    audio_type: AudioType
    duration: float
    created_at: Time
    folder_id: int | None
    engine: str
    recipe: dict[str, Any] = Field(description="Of the first take; that of another differs in the seed.")
    takes: list[TakeItem]
    studio_url: str

    @classmethod
    def of(cls, sound: SoundRun, base: str, formats: tuple[str, ...]) -> SoundItem:
        run, recipe = sound.run, sound.product.first.recipe
        return cls(
            run_id=run.run_id,
            task_id=run.task_id,
            name=sound.marks.name,
            favourite=sound.marks.favourite,
            tags=list(sound.marks.tags),
            prompt=recipe.prompt,
            audio_type=recipe.audio_type,
            duration=sound.product.duration_ms / 1000,
            created_at=run.created_at,
            folder_id=run.folder_id,
            engine=recipe.engine,
            recipe=recipe.model_dump(mode="json"),
            takes=takes_of(sound, base, formats),
            studio_url=f"{base}/studio/tasks/{run.task_id}",
        )


class SoundPage(Reply):
    items: list[SoundItem]
    next_cursor: str | None


def _one_line(text: str) -> str:
    if unprintable(text):
        raise PydanticCustomError("unprintable", "This must be one line without control characters.")
    return text


def _one_tag(text: str) -> str:
    if "," in text:
        raise PydanticCustomError("comma", "A tag has no comma; send several tags as several items.")
    return text


OneLine = AfterValidator(_one_line)
Tag = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50), OneLine, AfterValidator(_one_tag)
]
SoundName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255), OneLine]


class MarksBody(Body):
    """What is left out stays as it is; a name of null is taken away. Tags are kept without capitals."""

    name: SoundName | None = None
    favourite: bool | None = None
    tags: Annotated[tuple[Tag, ...], Field(max_length=32)] | None = Field(None, description="In place of what was.")

    def said(self) -> dict[str, Any]:
        told = self.model_dump(include=self.model_fields_set)
        return {name: value for name, value in told.items() if value is not None or name == "name"}


class VocabularyReply(Reply):
    """`open`: the engine takes any text, and what is listed is only known to work."""

    engine: str
    engine_version: str
    open: bool
    sounds: list[SoundWord]
    spaces: list[str]
    styles: list[str]
    instruments: list[str]
    tonalities: list[str]

    @classmethod
    def of(cls, found: EngineVocabulary) -> VocabularyReply:
        return cls(engine=found.engine, engine_version=found.version, **dict(found.vocabulary))


def takes_of(sound: SoundRun, base: str, formats: tuple[str, ...]) -> list[TakeItem]:
    run_id, items = sound.run.run_id, []
    for variation, take in enumerate(sound.product.takes):
        url = f"{base}/apis/text-to-sound-result/{run_id}?variation={variation}"
        pictures = f"{base}/apis/sounds/{run_id}"
        items.append(
            TakeItem(
                variation=variation,
                seed=take.recipe.seed,
                bytes=take.audio.bytes,
                url=url,
                formats=[name for name in formats if name != "mid" or take.midi is not None],
                stems=[stem.name for stem in take.stems],
                score_url=None if take.midi is None else f"{url}&format=mid",
                waveform_url=f"{pictures}/waveform.png?variation={variation}",
                spectrogram_url=f"{pictures}/spectrogram.png?variation={variation}",
                seam=take.seam,
            )
        )
    return items
