"""Generate: the engine makes every take, exactly as many frames as were asked for."""

from __future__ import annotations

import time
from pathlib import Path

from soundstage.domain.artifact import Artifact
from soundstage.domain.request import TextToSoundRequest
from soundstage.domain.sound import Ingredient, Seed, Stem, seed_of
from soundstage.domain.value import Value
from soundstage.engines.sound.contract import SAMPLE_RATE, Generated, SoundOrder
from soundstage.errors import EngineFailure
from soundstage.pipelines.context import EngineHandle, StageContext
from soundstage.pipelines.stage import Outcome
from soundstage.pipelines.stages.understand import Understood, frames_of, sound_engine
from soundstage.pipelines.wording import counted


class RawTake(Value):
    """`audio` and the stems: stereo float32 WAV at 44.1 kHz, as the engine left it."""

    seed: Seed
    audio: Artifact
    stems: tuple[Stem, ...] = ()
    midi: Artifact | None = None
    ingredients: tuple[Ingredient, ...] = ()


class GeneratedSound(Value):
    """The takes, all of `frames`, in the order of their variations; and who made them, for the recipe."""

    takes: tuple[RawTake, ...]
    frames: int
    engine: str
    engine_version: str
    licence: str


class TakeFindings(Value):
    """Levels in dBFS, before mastering. `notes` are the engine's own. `batch`: how many sounds its model made in the
    same call; the same take may have others' beside it."""

    variation: int
    seed: Seed
    peak_dbfs: float
    rms_dbfs: float
    stems: tuple[str, ...]
    midi: bool
    notes: tuple[str, ...]
    batch: int


class GenerateFindings(Value):
    """`speed` is seconds of sound made in a second.

    As the engine told after the work: `device` it was done on (`cpu`, `cuda`) and what people call that, `dtype` of the
    model's numbers (None: no such model), and `batch`, the most sounds that its model made in one call, other tasks'
    among them.
    """

    engine: str
    engine_version: str
    licence: str
    ingredients: tuple[Ingredient, ...]
    frames: int
    seconds: float
    speed: float
    device: str
    device_title: str
    dtype: str | None
    batch: int
    takes: tuple[TakeFindings, ...]


def generate(context: StageContext, request: TextToSoundRequest, understood: Understood) -> Outcome[GeneratedSound]:
    handle = sound_engine(context, understood.engine)
    frames = frames_of(request.duration)
    orders = _orders(request, understood, frames)
    folder = context.scratch()
    outputs = tuple(folder / f"take-{number}.wav" for number in range(len(orders)))
    began = time.monotonic()
    made = _made(context, handle, orders, outputs)
    took = max(time.monotonic() - began, 1e-3)
    _check(handle.spec.name, made, orders)
    raw = tuple(_kept(context, number, *one) for number, one in enumerate(zip(orders, outputs, made, strict=True)))
    findings = _findings(handle, raw, made, took)
    return Outcome(
        output=GeneratedSound(
            takes=raw,
            frames=frames,
            engine=handle.spec.name,
            engine_version=handle.spec.version,
            licence=handle.spec.licence,
        ),
        findings=findings,
        summary=_summary(handle, findings, took),
        engine=handle.spec.name,
        device=findings.device,
        media_seconds=frames / SAMPLE_RATE * len(raw),
    )


def _orders(request: TextToSoundRequest, understood: Understood, frames: int) -> tuple[SoundOrder, ...]:
    first = SoundOrder(
        prompt=understood.prompt,
        plan=understood.plan,
        audio_type=request.audio_type,
        frames=frames,
        seed=request.seed,
        loop=request.loop,
        stems=request.stems,
        negative_prompt=request.negative_prompt,
        prompt_influence=request.prompt_influence,
    )
    return tuple(
        first.model_copy(update={"seed": seed_of(request.seed, variation)}) for variation in range(request.variations)
    )


def _made(
    context: StageContext, handle: EngineHandle, orders: tuple[SoundOrder, ...], outputs: tuple[Path, ...]
) -> tuple[Generated, ...]:
    """As many at once as help the engine."""
    made: list[Generated] = []
    size = max(1, handle.spec.batch)
    for begin in range(0, len(orders), size):
        some = slice(begin, min(begin + size, len(orders)))
        with context.portion(some.start / len(orders), some.stop / len(orders)):
            made += handle.call("generate", orders=orders[some], outputs=outputs[some])
        context.check()
    return tuple(made)


def _check(engine: str, made: tuple[Generated, ...], orders: tuple[SoundOrder, ...]) -> None:
    if len(made) != len(orders):
        raise EngineFailure(f"{engine} made {len(made)} takes instead of {len(orders)}. Use another engine.")
    for one, order in zip(made, orders, strict=True):
        if one.frames != order.frames:
            raise EngineFailure(f"{engine} made {one.frames:,} frames instead of {order.frames:,}. Use another engine.")


def _kept(context: StageContext, number: int, order: SoundOrder, output: Path, made: Generated) -> RawTake:
    def put(path: Path, name: str, media_type: str = "audio/wav") -> Artifact:
        return context.put(path, name=name, media_type=media_type)

    return RawTake(
        seed=order.seed,
        audio=put(output, f"raw-{number}.wav"),
        stems=tuple(Stem(name=s.name, audio=put(s.path, f"raw-{number}.{s.name}.wav")) for s in made.stems),
        midi=None if made.midi is None else put(made.midi, f"raw-{number}.mid", "audio/midi"),
        ingredients=made.ingredients,
    )


def _findings(
    handle: EngineHandle, raw: tuple[RawTake, ...], made: tuple[Generated, ...], took: float
) -> GenerateFindings:
    frames, first = made[0].frames, made[0].made_on
    return GenerateFindings(
        engine=handle.spec.name,
        engine_version=handle.spec.version,
        licence=handle.spec.licence,
        ingredients=tuple(dict.fromkeys(one for take in raw for one in take.ingredients)),
        frames=frames,
        seconds=round(frames / SAMPLE_RATE, 3),
        speed=round(frames * len(made) / SAMPLE_RATE / took, 1),
        device=first.device if first else handle.spec.devices[0],
        device_title=first.title if first else handle.spec.devices[0],
        dtype=first.dtype if first else None,
        batch=max(map(_batch, made)),
        takes=tuple(
            TakeFindings(
                variation=variation,
                seed=take.seed,
                peak_dbfs=one.peak_dbfs,
                rms_dbfs=one.rms_dbfs,
                stems=tuple(stem.name for stem in take.stems),
                midi=take.midi is not None,
                notes=one.notes,
                batch=_batch(one),
            )
            for variation, (take, one) in enumerate(zip(raw, made, strict=True))
        ),
    )


def _batch(made: Generated) -> int:
    return made.made_on.batch if made.made_on else 1


def _summary(handle: EngineHandle, findings: GenerateFindings, took: float) -> str:
    takes, engine = findings.takes, f"{handle.spec.title} {handle.spec.version}"
    if len(takes) == 1:
        made, seeds = f"{findings.seconds:.2f} s", f"seed {takes[0].seed}"
    else:
        made = f"{counted(len(takes), 'take')} of {findings.seconds:.2f} s"
        seeds = f"seeds {', '.join(str(take.seed) for take in takes)}"
    place = f" on {findings.device_title} in {findings.dtype}" if findings.dtype else ""
    batch = f", up to {findings.batch} at once" if findings.batch > 1 else ""
    return f"Made {made} with {engine}{place}, {seeds}{batch}, in {took:.2f} s."
