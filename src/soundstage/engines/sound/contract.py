"""Sound and music from a prompt."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Protocol

from pydantic import Field

from soundstage.domain.sound import AudioType, Ingredient, Plan, Seed, Tempo
from soundstage.domain.value import Share, Value
from soundstage.engines.progress import Report

SAMPLE_RATE = 44_100  # Hz, of every engine's output; stereo


class Wish(Value):
    """What is to be understood: a prompt and what was said beside it. Nothing said is None.

    `negative_prompt`: what must not be heard. `intensity`: of what the prompt leaves open. `tempo` in beats a minute,
    `tonality` such as `A minor`. `frames` at 44.1 kHz and `loop` of what will be made, where the plan depends on them
    (the tempo of a loop that is to be a whole number of bars).
    """

    prompt: str
    audio_type: AudioType
    negative_prompt: str | None = None
    intensity: Share | None = None
    tempo: Tempo | None = None
    tonality: str | None = None
    prompt_influence: Share | None = None
    frames: Annotated[int, Field(gt=0)] | None = None
    loop: bool = False


class SoundOrder(Value):
    """`frames` at 44.1 kHz, exactly as many are written.

    `loop`: circular, so that frame `frames` would be frame 0 again: what rings on rings into the beginning, and neither
    end is faded. `stems`: the parts are written, too; the whole is the same with and without.
    """

    prompt: str
    plan: Plan
    audio_type: AudioType
    frames: Annotated[int, Field(gt=0)]
    seed: Seed
    loop: bool = False
    stems: bool = False
    negative_prompt: str | None = None
    prompt_influence: Share | None = None


class MadeStem(Value):
    """`path`: stereo float32 WAV of as many frames as the whole, which the stems add up to, sample by sample."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
    path: Path


class MadeOn(Value):
    """Where a model has truly made a sound: torch's name of the device (`cpu`, `cuda`), what people call it, the type
    of the model's numbers, and how many sounds came out of the same call of the model, other tasks' among them."""

    device: str
    title: str
    dtype: str
    batch: Annotated[int, Field(ge=1)]


class Generated(Value):
    """What was written: stereo float32 raw WAV, peak and RMS in dBFS, and notes for the findings.

    `stems` and `midi` lie beside the WAV: `<output's stem>.<name>.wav` and `.mid`. `midi`: where there is a score.
    `ingredients`: what of others' is in this very sound. `made_on`: where the engine chooses between devices.
    """

    frames: int
    peak_dbfs: float
    rms_dbfs: float
    notes: tuple[str, ...] = ()
    stems: tuple[MadeStem, ...] = ()
    midi: Path | None = None
    ingredients: tuple[Ingredient, ...] = ()
    made_on: MadeOn | None = None


class SoundWord(Value):
    """A class of sound: its `name` in plans, a `title` for people, the words that ask for it, a prompt that works."""

    name: str
    title: str
    family: str
    words: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    example: str = ""


class Vocabulary(Value):
    """What an engine knows. `open`: it takes any text, and what is listed is only known to work."""

    sounds: tuple[SoundWord, ...] = ()
    spaces: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    instruments: tuple[str, ...] = ()
    tonalities: tuple[str, ...] = ()
    open: bool = False


class SoundEngine(Protocol):
    def understand(self, wish: Wish) -> Plan:
        """Never refuses: a prompt that says nothing known becomes a texture with low confidence."""
        ...

    def vocabulary(self) -> Vocabulary: ...

    def generate(
        self, orders: tuple[SoundOrder, ...], outputs: tuple[Path, ...], report: Report
    ) -> tuple[Generated, ...]:
        """Writes a stereo float32 44.1 kHz WAV of exactly `frames` for each order to the output of the same place.

        The same order gives the same bytes in any process on the same engine version.
        """
        ...
