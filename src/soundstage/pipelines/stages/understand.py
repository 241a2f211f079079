"""Understand: what a prompt asks for, as a plan that an engine can follow."""

from __future__ import annotations

from soundstage.domain.request import TextToSoundRequest
from soundstage.domain.sound import Layer, MusicPlan, Plan
from soundstage.domain.value import Share, Value
from soundstage.engines.spec import Capability, Readiness
from soundstage.errors import EngineFailure
from soundstage.pipelines.context import EngineHandle, StageContext
from soundstage.pipelines.stage import Outcome
from soundstage.pipelines.wording import counted, listed

DOUBTFUL = 0.35  # below this confidence the summary says first that little was understood
_WORDS_SHOWN = 5


class Understood(Value):
    """The plan, and the engine that made it and is to follow it."""

    plan: Plan
    engine: str
    engine_version: str


class UnderstandFindings(Value):
    """`confidence` 0–1. `unknown_words` changed nothing; `used_instead` is what is made where little was understood."""

    engine: str
    layers: tuple[Layer, ...]
    space: str | None
    music: MusicPlan | None
    confidence: Share
    unknown_words: tuple[str, ...]
    used_instead: str | None


def understand(context: StageContext, request: TextToSoundRequest) -> Outcome[Understood]:
    handle = sound_engine(context, request.engine)
    plan: Plan = handle.call("understand", prompt=request.prompt, audio_type=request.audio_type)
    described = describe(plan)
    doubtful = plan.confidence < DOUBTFUL
    return Outcome(
        output=Understood(plan=plan, engine=handle.spec.name, engine_version=handle.spec.version),
        findings=UnderstandFindings(
            engine=handle.spec.name,
            layers=plan.layers,
            space=plan.space,
            music=plan.music,
            confidence=plan.confidence,
            unknown_words=plan.unknown_words,
            used_instead=described if doubtful else None,
        ),
        summary=_summary(plan, described, doubtful=doubtful),
        engine=handle.spec.name,
        device=handle.spec.devices[0],
        media_seconds=request.duration,
    )


def sound_engine(context: StageContext, wanted: str | None) -> EngineHandle:
    """The engine for sound. Raises EngineFailure with the cure where there is none: without it there is no product."""
    found = context.engine(Capability.SOUND, wanted)
    if isinstance(found, Readiness):
        problem = (found.problem or "there is no engine for sound").rstrip(".")
        cure = (found.cure or "`soundstage engines` lists what there is").rstrip(".")
        raise EngineFailure(f"{problem[:1].upper()}{problem[1:]}. To cure it: {cure}.")
    return found


def describe(plan: Plan) -> str:
    """What will be heard, for a person: `heavy rain and distant thunder`, `pop music in A minor at 96 bpm, …`."""
    if plan.music is not None:
        music = plan.music
        drums = "with drums" if music.drums else "without drums"
        said = f"{music.style} music in {music.tonality} at {music.tempo:g} bpm, {drums}"
        return said + (
            f", with {listed([name.replace('_', ' ') for name in music.instruments])}" if music.instruments else ""
        )
    said = listed([_layer(layer) for layer in plan.layers]) or "a soft texture"
    return f"{said} ({plan.space.replace('_', ' ')})" if plan.space else said


def _layer(layer: Layer) -> str:
    words = []
    if layer.count is not None and layer.count > 1:
        words.append(f"{layer.count} ×")
    if layer.distance >= 0.5:
        words.append("distant")
    if layer.intensity >= 0.75:
        words.append("heavy")
    elif layer.intensity <= 0.25:
        words.append("light")
    return " ".join([*words, layer.sound.replace("_", " ")])


def _summary(plan: Plan, described: str, *, doubtful: bool) -> str:
    sure = f"(confidence {plan.confidence:.2f})"
    said = (
        f"Little of the prompt was understood {sure}; made instead: {described}."
        if doubtful
        else f"Understood as {described} {sure}."
    )
    if plan.unknown_words:
        shown = listed([f"“{word}”" for word in plan.unknown_words[:_WORDS_SHOWN]])
        more = len(plan.unknown_words) - _WORDS_SHOWN
        said += f" Not understood: {shown}" + (f" and {counted(more, 'word')} more." if more > 0 else ".")
    return said
