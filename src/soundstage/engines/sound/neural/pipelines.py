"""`diffusers` text-to-audio pipelines behind one face: what differs from class to class stands in one table."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from soundstage.engines.progress import Report
from soundstage.engines.sound.neural.model_folder import Family, ModelFolder
from soundstage.engines.sound.neural.samplers import Ask, Place, Sampler, Waves, in_full, place, scale
from soundstage.errors import Misconfigured

_SHORTEST = 1.0  # seconds: the models know nothing shorter, and it costs nothing
_MORE = 0.02  # seconds, so that no rounding makes it too short


@dataclass(frozen=True)
class _Manners:
    """How one class of pipelines is asked.

    duration: what its argument is called. rate, longest: in Hz and seconds, read off the loaded pipeline.
    dtype: on a GPU, as the class's own documentation has it. decoders: parts that turn latents into sound, and by
    which method. most_tokens: of a prompt. mixes: as a sampler's. guided: whether guidance is not distilled into the
    weights. guidance: where the class's own default is none although the model takes it.
    """

    duration: str
    rate: Callable[[Any], int]
    decoders: tuple[tuple[str, str], ...]
    most_tokens: int
    longest: Callable[[Any], float | None] = lambda _: None
    dtype: str = "float16"
    guided: Callable[[Any], bool] = lambda _: True
    negates: bool = True
    mixes: bool = True
    guidance: float | None = None
    beside: Mapping[str, str] | None = None


_MANNERS = {
    Family.STABLE_AUDIO: _Manners(
        duration="audio_end_in_s",
        rate=lambda pipeline: int(pipeline.vae.config.sampling_rate),
        longest=lambda pipeline: _latents(pipeline) * pipeline.vae.hop_length / pipeline.vae.config.sampling_rate,
        decoders=(("vae", "decode"),),
        most_tokens=128,
    ),
    Family.STABLE_AUDIO_3: _Manners(
        duration="duration",
        rate=lambda pipeline: int(pipeline.vae.config.sampling_rate),
        longest=lambda pipeline: float(pipeline.duration_embedder.config.max_val),
        decoders=(("vae", "decode"),),
        most_tokens=256,
        guided=lambda pipeline: not pipeline.scheduler.config.stochastic_sampling,  # true of the distilled ones
        guidance=7.0,  # that of Stable Audio Open's class: this one's default suits the distilled weights
    ),
    Family.AUDIOLDM2: _Manners(
        duration="audio_length_in_s",
        rate=lambda pipeline: int(pipeline.vocoder.config.sampling_rate),
        decoders=(("vae", "decode"), ("vocoder", "forward")),
        most_tokens=512,
        mixes=False,  # texts are filled up to the longest, and the language model goes on from what fills them
    ),
    Family.ACE_STEP: _Manners(
        duration="audio_duration",
        rate=lambda pipeline: int(pipeline.sample_rate),
        decoders=(("vae", "decode"),),
        most_tokens=200,  # 256, less what the class writes around it
        dtype="bfloat16",
        guided=lambda pipeline: not pipeline.is_turbo,
        negates=False,
        mixes=False,  # texts are filled up to the longest, and the transformer is given no mask
        beside={"lyrics": "[Instrumental]"},
    ),
}


def load(folder: ModelFolder, settings: dict[str, Any]) -> tuple[Sampler, Place]:
    """Raises Misconfigured where the folder cannot be loaded."""
    import diffusers  # noqa: PLC0415 - only where a model is loaded
    import torch  # noqa: PLC0415

    assert folder.family is not None
    manners = _MANNERS[folder.family]
    there = place(settings, manners.dtype)
    diffusers.utils.logging.disable_progress_bar()
    try:
        pipeline = getattr(diffusers, folder.family).from_pretrained(
            folder.path, dtype=getattr(torch, there.dtype), use_safetensors=True, local_files_only=True
        )
    except (OSError, ValueError, TypeError, KeyError, ImportError, RuntimeError) as error:
        raise Misconfigured(f"the model {folder.name} cannot be loaded: {error}") from error
    pipeline.set_progress_bar_config(disable=True)
    pipeline.to(there.device)
    for part, method in manners.decoders:
        in_full(getattr(pipeline, part), method)
    return PipelineSampler(pipeline, manners, settings.get("sound_steps")), there


class PipelineSampler:
    """A loaded pipeline. steps: of its diffusion; None: its own default."""

    def __init__(self, pipeline: Any, manners: _Manners, steps: int | None) -> None:
        self._pipeline = pipeline
        self._manners = manners
        self._arguments = inspect.signature(pipeline.__call__).parameters
        self._steps = steps or self._arguments["num_inference_steps"].default
        self.sample_rate = manners.rate(pipeline)
        self.longest = manners.longest(pipeline)
        self.guided = manners.guided(pipeline)
        self.negates = manners.negates
        self.mixes = manners.mixes

    def reads_all_of(self, text: str) -> bool:
        tokenizer = self._pipeline.tokenizer
        return bool(len(tokenizer(text).input_ids) <= min(tokenizer.model_max_length, self._manners.most_tokens))

    def sample(self, ask: Ask, report: Report) -> Waves:
        import torch  # noqa: PLC0415

        named: dict[str, Any] = {
            "prompt": list(ask.texts),
            "generator": [torch.Generator().manual_seed(seed) for seed in ask.seeds],  # of the CPU: alike everywhere
            "num_inference_steps": self._steps,
            self._manners.duration: self._seconds(ask.seconds),
            **self._guidance(ask),
            **self._telling(report),
        }
        for name, value in (self._manners.beside or {}).items():
            named[name] = [value] * len(ask.texts)
        made = self._pipeline(**named).audios
        waves = np.asarray(made.float().cpu().numpy() if hasattr(made, "cpu") else made, np.float32)
        return waves[:, None, :] if waves.ndim == 2 else waves

    def _seconds(self, seconds: float) -> float:
        wanted = max(seconds, _SHORTEST) + _MORE
        return wanted if self.longest is None else min(wanted, self.longest)

    def _guidance(self, ask: Ask) -> dict[str, Any]:
        if not self.guided:
            return {"guidance_scale": 1.0}
        own = self._manners.guidance or self._arguments["guidance_scale"].default
        named: dict[str, Any] = {"guidance_scale": scale(own, ask.influence)}
        if ask.negatives is not None and self.negates:
            named["negative_prompt"] = list(ask.negatives)
        return named

    def _telling(self, report: Report) -> dict[str, Any]:
        """The argument by which this class tells of each step: there are two in use."""
        if "callback_on_step_end" not in self._arguments:

            def callback(step: int, _time: Any, _latents: Any) -> None:
                report((step + 1) / (self._steps or 1))

            return {"callback": callback}

        def on_step_end(pipeline: Any, step: int, _time: Any, _named: dict[str, Any]) -> dict[str, Any]:
            report((step + 1) / pipeline.num_timesteps)
            return {}

        return {"callback_on_step_end": on_step_end}


def _latents(pipeline: Any) -> int:
    return int(pipeline.transformer.config.sample_size)
