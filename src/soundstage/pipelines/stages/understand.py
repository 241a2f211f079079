"""Understand: what a prompt asks for, as a plan that an engine can follow."""

from __future__ import annotations

from soundstage.domain.request import TextToSoundRequest
from soundstage.domain.sound import Plan, Seed, seed_of
from soundstage.domain.value import Value
from soundstage.engines.sound.contract import SAMPLE_RATE, Wish
from soundstage.engines.spec import Capability, Readiness
from soundstage.errors import EngineFailure
from soundstage.pipelines.context import EngineHandle, StageContext
from soundstage.pipelines.stage import Outcome
from soundstage.pipelines.stages.plan_in_words import describe
from soundstage.pipelines.wording import counted, listed

DOUBTFUL = 0.35  # below this confidence the summary says first that little was understood
_WORDS_SHOWN = 5


class Understood(Value):
    """The plan, the engine that made it and is to follow it, and the prompt for engines that read one.

    `prompt` is the client's, else the plan in words.
    """

    plan: Plan
    prompt: str
    engine: str
    engine_version: str


class UnderstandFindings(Value):
    """The plan as it will be followed, to be read, edited and sent back, and the seed of each take.

    `given`: the plan was sent, not understood. `chosen`: why this engine; `passed_over`: engines that would have come
    first, and why they did not. `used_instead` is what is made where little was understood.
    """

    engine: str
    chosen: str
    passed_over: tuple[str, ...]
    licence: str
    given: bool
    plan: Plan
    used_instead: str | None
    seeds: tuple[Seed, ...]


def understand(context: StageContext, request: TextToSoundRequest) -> Outcome[Understood]:
    handle = sound_engine(context, request.engine)
    plan = request.plan or _understood(handle, request)
    described = describe(plan)
    doubtful = request.plan is None and plan.confidence < DOUBTFUL
    return Outcome(
        output=Understood(
            plan=plan,
            prompt=request.prompt or described,
            engine=handle.spec.name,
            engine_version=handle.spec.version,
        ),
        findings=UnderstandFindings(
            engine=handle.spec.name,
            chosen=_why(context, handle, request.engine),
            passed_over=handle.passed_over,
            licence=handle.spec.licence,
            given=request.plan is not None,
            plan=plan,
            used_instead=described if doubtful else None,
            seeds=tuple(seed_of(request.seed, variation) for variation in range(request.variations)),
        ),
        summary=f"The plan was given: {described}."
        if request.plan is not None
        else _summary(plan, described, doubtful=doubtful),
        engine=handle.spec.name,
        device=handle.spec.devices[0],
        media_seconds=request.duration * request.variations,
    )


def _understood(handle: EngineHandle, request: TextToSoundRequest) -> Plan:
    wish = Wish(
        prompt=request.prompt,
        audio_type=request.audio_type,
        negative_prompt=request.negative_prompt,
        intensity=request.intensity,
        tempo=request.tempo,
        tonality=request.tonality,
        prompt_influence=request.prompt_influence,
        frames=frames_of(request.duration),
        loop=request.loop,
    )
    plan: Plan = handle.call("understand", wish=wish)
    return plan


def _why(context: StageContext, handle: EngineHandle, wanted: str | None) -> str:
    name = handle.spec.name
    if wanted is not None:
        return f"{name} was asked for by name."
    if context.settings.engines.get(Capability.SOUND.value) == name:
        return f"{name} is this server's default."
    return f"{name} comes first by rank of the engines that are ready."


def frames_of(duration: float) -> int:
    """Frames at 44.1 kHz of a length in seconds, at least one."""
    return max(1, round(duration * SAMPLE_RATE))


def sound_engine(context: StageContext, wanted: str | None) -> EngineHandle:
    """The engine for sound. Raises EngineFailure with the cure where there is none: without it there is no product."""
    found = context.engine(Capability.SOUND, wanted)
    if isinstance(found, Readiness):
        problem = (found.problem or "there is no engine for sound").rstrip(".")
        cure = (found.cure or "`soundstage engines` lists what there is").rstrip(".")
        raise EngineFailure(f"{problem[:1].upper()}{problem[1:]}. To cure it: {cure}.")
    return found


def _summary(plan: Plan, described: str, *, doubtful: bool) -> str:
    sure = f"(confidence {plan.confidence:.2f})"
    said = (
        f"Little of the prompt was understood {sure}; made instead: {described}."
        if doubtful
        else f"Understood as {described} {sure}."
    )
    said += _nearest(plan)
    if plan.unknown_words:
        shown = listed([f"“{word}”" for word in plan.unknown_words[:_WORDS_SHOWN]])
        more = len(plan.unknown_words) - _WORDS_SHOWN
        said += f" Not understood: {shown}" + (f" and {counted(more, 'word')} more." if more > 0 else ".")
    return said


def _nearest(plan: Plan) -> str:
    """Which words of the prompt a near class stands for."""
    instead = [(layer.nearest, layer.sound.replace("_", " ")) for layer in plan.layers if layer.nearest]
    return "".join(f" For “{words[:80]}” the nearest is made: {sound}." for words, sound in instead[:_WORDS_SHOWN])
