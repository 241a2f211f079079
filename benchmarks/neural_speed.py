"""How many seconds of sound does a second make: a neural engine against the plain call of its library, 1 and 8 at once?

Random weights: the time does not depend on them. Where torch sees no GPU the models are the tests' tiny ones, which
tell what our own work costs beside the library's; `--size full` builds the real architectures. The plain call is the
pipeline as its documentation has it, in the type of numbers that the engine uses there. The CPU in its default makes
each sound alone; here the engine is told to make all at once, as the plain call does. A GPU's second is one on the
wall, a CPU's is one of CPU time, in one thread, so that what else the machine does is left out.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import neural_sizes
from benchmarks.measure import Row, tell_table
from tests import neural_models

from soundstage.domain.sound import AudioType
from soundstage.engines.progress import silent
from soundstage.engines.sound.contract import SAMPLE_RATE, MadeOn, SoundOrder, Wish
from soundstage.engines.sound.neural.loading import load_diffusers, load_musicgen

PROMPT = "heavy rain on a tin roof"
FAIR = 0.9  # of the plain call's speed, at full size: of a tiny model our own work is a large part
# What each class of pipelines calls the length, and what must be said beside the prompt.
_LENGTHS = {"stable-audio": "audio_end_in_s", "audioldm2": "audio_length_in_s", "ace-step": "audio_duration"}

Call = Callable[[], Any]


@dataclass(frozen=True)
class Asked:
    """What is measured: models of real size or tiny ones, seconds a sound, steps of diffusion, how often, batches."""

    full: bool
    seconds: float
    steps: int
    rounds: int
    batches: tuple[int, ...]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=("tiny", "full"), help="of the models; full where there is a GPU")
    parser.add_argument("--seconds", type=float, help="of a sound: 10 at full size, else 1")
    parser.add_argument("--steps", type=int, default=10, help="of a diffusion")
    parser.add_argument("--rounds", type=int, default=3, help="of which the fastest counts")
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 8], help="sounds at once")
    parser.add_argument("--families", nargs="+", choices=neural_sizes.SIZES, default=list(neural_sizes.SIZES))
    told = parser.parse_args()
    full = (told.size or ("full" if _gpu() else "tiny")) == "full"
    asked = Asked(full, told.seconds or (10.0 if full else 1.0), told.steps, told.rounds, tuple(told.batches))
    makers = neural_sizes.SIZES if full else neural_models.FAMILIES
    rows, place = [], None
    for family in told.families:
        with tempfile.TemporaryDirectory() as folder:
            makers[family](Path(folder))
            for batch in asked.batches:
                place, row = _measured(family, Path(folder), batch, asked)
                rows.append(row)
    assert place is not None
    size = "full size" if full else "tiny"
    tell_table(f"Seconds of sound a second by neural engines, {size}, on {place.title} in {place.dtype}", rows)


def _measured(family: str, folder: Path, batch: int, asked: Asked) -> tuple[MadeOn, Row]:
    """Engine and plain call take turns, so that what else the machine does falls on both."""
    place, ours = _ours(folder, batch, asked)
    plain = _plain_musicgen(folder, batch, asked) if family == "musicgen" else _plain(family, folder, batch, asked)
    clock = time.process_time if place.device == "cpu" else time.perf_counter
    took: dict[Call, list[float]] = {ours: [], plain: []}
    for _ in range(asked.rounds + 1):
        for call, times in took.items():
            began = clock()
            call()
            times.append(clock() - began)
    of_ours, of_plain = (asked.seconds * batch / min(times[1:]) for times in took.values())  # the first warms up
    ratio = of_ours / of_plain
    row = Row(
        measure=f"{family}, {batch} at once",
        what="engine / plain call",
        figure=ratio,
        goal=f"≥ {FAIR}" if asked.full else "",
        met=ratio >= FAIR if asked.full else None,
        others={"engine, s/s": of_ours, "plain, s/s": of_plain},
    )
    return place, row


def _ours(folder: Path, batch: int, asked: Asked) -> tuple[MadeOn, Call]:
    """Where the engine says it made a first batch, and the call that makes one."""
    settings = {"sound_models": {"any": str(folder)}, "sound_steps": asked.steps, "sound_batch": batch}
    settings["cpu_threads"] = 1
    engine = (load_musicgen if (folder / "config.json").is_file() else load_diffusers)(settings)
    plan = engine.understand(Wish(prompt=PROMPT, audio_type=AudioType.SOUND))
    frames = round(asked.seconds * SAMPLE_RATE)
    orders = tuple(
        SoundOrder(prompt=PROMPT, plan=plan, audio_type=AudioType.SOUND, frames=frames, seed=seed)
        for seed in range(batch)
    )
    outputs = tuple(folder / f"{number}.wav" for number in range(batch))
    made_on = engine.generate(orders, outputs, silent)[0].made_on
    assert made_on is not None and made_on.batch == batch
    return made_on, lambda: engine.generate(orders, outputs, silent)


def _plain(family: str, folder: Path, batch: int, asked: Asked) -> Call:
    import diffusers
    import torch

    half = torch.bfloat16 if family == "ace-step" else torch.float16
    pipeline = diffusers.DiffusionPipeline.from_pretrained(folder, dtype=half if _gpu() else torch.float32)
    pipeline.to("cuda" if _gpu() else "cpu").set_progress_bar_config(disable=True)
    named = {_LENGTHS[family]: asked.seconds, "num_inference_steps": asked.steps}
    if family == "ace-step":
        named["lyrics"] = ["[Instrumental]"] * batch

    def call() -> Any:
        seeds = [torch.Generator().manual_seed(seed) for seed in range(batch)]
        made = pipeline([PROMPT] * batch, generator=seeds, **named).audios
        return made.float().cpu().numpy() if hasattr(made, "cpu") else made

    return call


def _plain_musicgen(folder: Path, batch: int, asked: Asked) -> Call:
    import torch
    from transformers import AutoTokenizer, MusicgenForConditionalGeneration

    model = MusicgenForConditionalGeneration.from_pretrained(folder, dtype=torch.float16 if _gpu() else torch.float32)
    model.to("cuda" if _gpu() else "cpu").eval()
    told = AutoTokenizer.from_pretrained(folder)([PROMPT] * batch, return_tensors="pt").to(model.device)
    told.pop("token_type_ids", None)
    tokens = round(asked.seconds * model.config.audio_encoder.frame_rate) + 3  # the delay of the codebooks

    def call() -> Any:
        made = model.generate(**told, do_sample=True, guidance_scale=3.0, max_new_tokens=tokens)
        return made.float().cpu().numpy()

    return call


def _gpu() -> bool:
    import torch

    return bool(torch.cuda.is_available())


if __name__ == "__main__":
    main()
