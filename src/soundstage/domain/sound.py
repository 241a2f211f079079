"""Sounds: what a prompt was understood to mean, the takes made of it, and the recipe that makes each again."""

from __future__ import annotations

import hashlib
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from soundstage.domain.artifact import Artifact
from soundstage.domain.value import Share, Value

MOST_VARIATIONS = 8
MOST_LAYERS_IN_A_PLAN = 64
LOWEST_TEMPO, HIGHEST_TEMPO = 30.0, 260.0  # beats a minute

Seed = Annotated[int, Field(ge=0, le=2**32 - 1)]
Tempo = Annotated[float, Field(ge=LOWEST_TEMPO, le=HIGHEST_TEMPO)]
Word = Annotated[str, Field(max_length=400)]


class AudioType(StrEnum):
    SOUND = "sound"
    MUSIC = "music"


class Movement(StrEnum):
    """How a layer's source moves while it is heard."""

    PASSING = "passing"
    APPROACHING = "approaching"
    LEAVING = "leaving"
    CIRCLING = "circling"
    LEFT_TO_RIGHT = "left_to_right"
    RIGHT_TO_LEFT = "right_to_left"


class Dynamics(StrEnum):
    """How loud the whole is over its length."""

    STEADY = "steady"
    BUILDING = "building"
    FADING = "fading"
    SWELLING = "swelling"


class Layer(Value):
    """One thing heard: `sound` is a class of the engine's vocabulary (`rain`), `words` what in the prompt asked for it.

    `intensity` 0 (faint) … 1 (violent); `distance` 0 (close) … 1 (far); `count` of discrete events or None.
    `pace` 0 (slow) … 1 (fast), 0.5 as usual; `material` is one the class knows (`gravel` of footsteps) or None;
    `onset` and `until` are where in the whole the layer begins and ends, 0 … 1, `onset` < `until`.
    `pan` −1 (left) … 1 (right), None where the engine likes. `confidence`: that this is what was meant. `nearest`: the
    word of the prompt that the engine does not know, and that `sound` stands for as the nearest that it does.
    `every`: seconds from the start of one happening to the next ("every two seconds"); None as is usual.
    """

    sound: Annotated[str, Field(min_length=1, max_length=80)]
    words: Word
    intensity: Share = 0.5
    distance: Share = 0.0
    count: Annotated[int, Field(ge=1, le=64)] | None = None
    pace: Share = 0.5
    material: Word | None = None
    onset: Share = 0.0
    until: Share = 1.0
    pan: Annotated[float, Field(ge=-1, le=1)] | None = None
    movement: Movement | None = None
    confidence: Share = 1.0
    nearest: Word | None = None
    every: Annotated[float, Field(gt=0, le=3600)] | None = None


class Space(Value):
    """Where it is heard: `name` is one the engine knows (`church`, `outdoors`), `size` 0 (tiny) … 1 (vast)."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    size: Share = 0.5
    outdoors: bool = False


class SectionKind(StrEnum):
    INTRO = "intro"
    VERSE = "verse"
    CHORUS = "chorus"
    BRIDGE = "bridge"
    BREAK = "break"
    ENDING = "ending"


class Section(Value):
    """A part of a piece of music, so many bars long."""

    kind: SectionKind
    bars: Annotated[int, Field(ge=1, le=256)]


class Metre(StrEnum):
    """Beats in a bar."""

    FOUR_FOUR = "4/4"
    THREE_FOUR = "3/4"
    SIX_EIGHT = "6/8"
    FIVE_FOUR = "5/4"
    SEVEN_EIGHT = "7/8"


class MusicPlan(Value):
    """`style` is one of the engine's styles; `tonality` such as `A minor`; `tempo` in beats a minute.

    `words`: what in the prompt asked for it. `instruments`: those asked for, as the engine calls them; `without`: those
    that must not be heard. `sections`: the form; empty leaves it to the engine. `swing` 0 (straight) … 1 (a dotted
    eighth), None as the style has it.
    """

    style: Annotated[str, Field(min_length=1, max_length=80)]
    tonality: Annotated[str, Field(min_length=1, max_length=40)]
    tempo: Tempo
    energy: Share = 0.5
    drums: bool = True
    instruments: Annotated[tuple[Word, ...], Field(max_length=32)] = ()
    words: Annotated[str, Field(max_length=4000)] = ""
    metre: Metre = Metre.FOUR_FOUR
    without: Annotated[tuple[Word, ...], Field(max_length=64)] = ()
    sections: Annotated[tuple[Section, ...], Field(max_length=64)] = ()
    swing: Share | None = None
    confidence: Share = 1.0


class Certainty(Value):
    """How sure one field of the plan is: `layers.0.sound`, `space`, `music.tempo` …

    `words`: what in the prompt says so; empty where it was assumed.
    """

    field: Annotated[str, Field(max_length=80)]
    confidence: Share
    words: Word = ""


class Plan(Value):
    """What will be made: layers of sound, or a piece of music. `confidence` tells how well the prompt was understood.

    `space` is where it is heard; None leaves every layer in its usual one. `excluded`: classes and words that must not
    be heard. `unknown_words` had no effect; `suggestions` are words that would. `notes`: what was decided where the
    prompt contradicts itself or asks for what cannot be, a sentence each.
    """

    audio_type: AudioType
    layers: Annotated[tuple[Layer, ...], Field(max_length=MOST_LAYERS_IN_A_PLAN)] = ()
    space: Space | None = None
    dynamics: Dynamics = Dynamics.STEADY
    music: MusicPlan | None = None
    confidence: Share = 1.0
    certainties: Annotated[tuple[Certainty, ...], Field(max_length=512)] = ()
    unknown_words: tuple[str, ...] = ()
    excluded: Annotated[tuple[Word, ...], Field(max_length=128)] = ()
    suggestions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Ingredient(Value):
    """What of others' is in this very sound (a soundfont, samples, weights), under which licence, from where."""

    name: str
    licence: str
    source: str


class Recipe(Value):
    """Everything needed to make this very file again bit for bit; written into the WAV as JSON.

    `seed` is the take's own: a request with the recipe's prompt, plan, seed, duration and engine makes the same file,
    whichever variation of its task it was.
    """

    soundstage: str
    engine: str
    engine_version: str
    prompt: str
    seed: Seed
    duration: Annotated[float, Field(gt=0)]
    frames: Annotated[int, Field(gt=0)]
    sample_rate: Annotated[int, Field(gt=0)]
    audio_type: AudioType
    plan: dict[str, Any]
    licence: str
    loop: bool = False
    negative_prompt: str | None = None
    prompt_influence: Share | None = None
    ingredients: tuple[Ingredient, ...] = ()


class Seam(Value):
    """Where a loop closes: behind its last frame, at `frames`.

    `step_db`: the step there against the largest one among the samples around it, in dB; at most 0 is unheard.
    """

    step_db: float
    frames: Annotated[int, Field(gt=0)]


class Stem(Value):
    """One part of a take: the stems of a take add up to it."""

    name: str
    audio: Artifact


class SoundTake(Value):
    """One variation: the WAV and its recipe; `seam` where it is a loop."""

    audio: Artifact
    recipe: Recipe
    peaks: Artifact | None = None
    stems: tuple[Stem, ...] = ()
    midi: Artifact | None = None
    seam: Seam | None = None

    @property
    def files(self) -> tuple[Artifact, ...]:
        """Every file of the take, the WAV first."""
        others = (self.peaks, self.midi)
        return (self.audio, *(one for one in others if one is not None), *(stem.audio for stem in self.stems))


class SoundProduct(Value):
    """The product of a text-to-sound task: its takes in the order of their variations, all of one length."""

    takes: Annotated[tuple[SoundTake, ...], Field(min_length=1, max_length=MOST_VARIATIONS)]
    duration_ms: Annotated[int, Field(gt=0)]

    @property
    def first(self) -> SoundTake:
        """Variation 0: what a client gets who asks for no other."""
        return self.takes[0]


class SoundMarks(Value):
    """What people have said of a sound: its name in the library, whether it is a favourite, tags without capitals."""

    name: str | None = None
    favourite: bool = False
    tags: tuple[str, ...] = ()


class SoundSort(StrEnum):
    """The order of a list of sounds; `name`: by what the list shows, the name or, where there is none, the prompt."""

    NEWEST = "newest"
    OLDEST = "oldest"
    NAME = "name"


class TagUse(Value):
    """A tag, and how many sounds have it."""

    tag: str
    sounds: Annotated[int, Field(gt=0)]


class SoundFilter(Value):
    """Which sounds; None: whatever they are. `search`: every word of it is in the name or the prompt."""

    search: str | None = None
    audio_type: AudioType | None = None
    engine: str | None = None
    favourite: bool | None = None
    tag: str | None = None
    folder_id: int | None = None
    created_after: datetime | None = None


def seed_of(seed: int, variation: int) -> int:
    """The seed of a variation: the task's own for variation 0, else the first 32 bits of SHA-256 of `seed/variation`.

    The same on every machine and in every version.
    """
    if variation == 0:
        return seed
    return int.from_bytes(hashlib.sha256(f"{seed}/{variation}".encode()).digest()[:4], "big")
