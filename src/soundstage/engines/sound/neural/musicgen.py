"""MusicGen, and AudioGen in its form, by `transformers`.

Copet et al. 2023, "Simple and Controllable Music Generation"; Kreuk et al. 2022, "AudioGen".

`generate` of the library draws all sounds of a batch from one stream of random numbers. Here each has its own: the
library picks the largest logit (greedy search), after noise of the sound's own generator was added to it. The largest
of logits plus Gumbel noise is a draw from their softmax (Gumbel 1954; Maddison et al. 2014, "A* Sampling", section 2).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from soundstage.engines.progress import Report
from soundstage.engines.sound.neural.model_folder import ModelFolder
from soundstage.engines.sound.neural.samplers import Ask, Place, Sampler, Waves, place, scale
from soundstage.errors import Misconfigured

_TOP_K = 250  # of the paper (section 4.1) and of the authors' own code
_GUIDANCE = 3.0  # of the paper, where the model's files say nothing
_MOST_TOKENS = 512


def load(folder: ModelFolder, settings: dict[str, Any]) -> tuple[Sampler, Place]:
    """Raises Misconfigured where the folder cannot be loaded."""
    import torch  # noqa: PLC0415 - only where a model is loaded
    import transformers  # noqa: PLC0415

    there = place(settings, "float16")
    transformers.utils.logging.disable_progress_bar()
    try:
        model = transformers.MusicgenForConditionalGeneration.from_pretrained(
            folder.path, dtype=getattr(torch, there.dtype), use_safetensors=True, local_files_only=True
        )
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder.path, local_files_only=True)
    except (OSError, ValueError, TypeError, KeyError, ImportError, RuntimeError) as error:
        raise Misconfigured(f"the model {folder.name} cannot be loaded: {error}") from error
    model.to(there.device).eval()
    model.audio_encoder.float()  # it gives the sound itself; what it is given are whole numbers
    return MusicgenSampler(model, tokenizer), there


class MusicgenSampler:
    """A loaded model of one or two channels."""

    longest: float | None
    guided = True
    negates = True
    mixes = True

    def __init__(self, model: Any, tokenizer: Any) -> None:
        self._model = model
        self._tokenizer = tokenizer
        codec, decoder = model.config.audio_encoder, model.config.decoder
        self.sample_rate = int(codec.sampling_rate)
        self._frame_rate = float(codec.frame_rate)
        self._delay = int(decoder.num_codebooks) // int(decoder.audio_channels)  # codebooks begin one after the other
        self.longest = (int(decoder.max_position_embeddings) - self._delay) / self._frame_rate

    def reads_all_of(self, text: str) -> bool:
        return len(self._tokenizer(text).input_ids) <= _MOST_TOKENS

    def sample(self, ask: Ask, report: Report) -> Waves:
        """The delay pattern takes a step more for every codebook but the first: they are asked for, and fall away."""
        import torch  # noqa: PLC0415
        from transformers import LogitsProcessorList  # noqa: PLC0415

        guidance = scale(self._model.generation_config.guidance_scale or _GUIDANCE, ask.influence)
        steps = math.ceil(ask.seconds * self._frame_rate) + self._delay - 1
        draw = _Draw(ask.seeds, guidance, steps, report)
        with torch.inference_mode():
            made = self._model.generate(
                **self._conditions(ask, guided=guidance > 1),
                logits_processor=LogitsProcessorList([draw]),
                guidance_scale=1.0,  # it is `draw` that guides, towards negative prompts as well
                do_sample=False,
                max_new_tokens=steps,
            )
        return np.asarray(made[: len(ask.texts)].float().cpu().numpy(), np.float32)

    def _conditions(self, ask: Ask, *, guided: bool) -> dict[str, Any]:
        """What the text encoder makes of the texts; where `guided`, behind them what to be led away from: the negative
        prompts, or nothing (zeros, which are masked), as the model was trained."""
        import torch  # noqa: PLC0415

        texts = [*ask.texts, *(ask.negatives or () if guided else ())]
        tokens = self._tokenizer(texts, padding=True, truncation=True, max_length=_MOST_TOKENS, return_tensors="pt")
        mask = tokens.attention_mask.to(self._model.device)
        states = self._model.text_encoder(tokens.input_ids.to(self._model.device), attention_mask=mask)[0]
        if guided and not ask.negatives:
            states, mask = (torch.cat([one, torch.zeros_like(one)]) for one in (states, mask))
        return {"encoder_outputs": (states,), "attention_mask": mask}


class _Draw:
    """A logits processor (`(rows, entries)` of float32, a row for each codebook of each sound) that guides and draws.

    Rows of the guided half come first, those to be led away from behind them (Ho & Salimans 2022, "Classifier-Free
    Diffusion Guidance"); both get the same token, so that they go on from the same sound.
    """

    def __init__(self, seeds: tuple[int, ...], guidance: float, steps: int, report: Report) -> None:
        import torch  # noqa: PLC0415

        self._generators = [torch.Generator().manual_seed(seed) for seed in seeds]  # of the CPU: alike everywhere
        self._guidance = guidance
        self._steps = steps
        self._report = report
        self._done = 0

    def __call__(self, _tokens: Any, scores: Any) -> Any:
        import torch  # noqa: PLC0415

        sounds, entries = len(self._generators), scores.shape[-1]
        halves = scores.view(2 if self._guidance > 1 else 1, sounds, -1, entries)
        logits = halves[0] if len(halves) == 1 else halves[1] + self._guidance * (halves[0] - halves[1])
        if entries > _TOP_K:
            logits = logits.masked_fill(logits < logits.topk(_TOP_K).values[..., -1:], -torch.inf)
        noise = [torch.empty(logits.shape[1:]).exponential_(generator=one).log() for one in self._generators]
        drawn = (logits - torch.stack(noise).to(logits.device)).argmax(-1, keepdim=True)
        picked = torch.full_like(logits, -torch.inf).scatter_(-1, drawn, 0.0)
        self._done += 1
        self._report(self._done / self._steps)
        return picked.expand(len(halves), *picked.shape).reshape(scores.shape)
