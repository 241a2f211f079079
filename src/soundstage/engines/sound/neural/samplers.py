"""What a loaded neural model can be asked, whatever its library, and where it runs."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from soundstage.engines.cores import threads
from soundstage.engines.progress import Report
from soundstage.engines.sound.neural.places import ON_GPU

Waves = NDArray[np.float32]  # (sounds, channels, samples)

_MOST_THREADS = 8


@dataclass(frozen=True)
class Ask:
    """Sounds to be made in one go: of one length and one influence, all with a negative prompt or none of them.

    guidance: None leaves it to the model.
    """

    texts: tuple[str, ...]
    negatives: tuple[str, ...] | None
    seeds: tuple[int, ...]
    seconds: float
    influence: float | None


class Sampler(Protocol):
    """A loaded model. `longest` seconds it can make at once, where it says so; `guided`: whether guidance is its own to
    change, without which a negative prompt and `prompt_influence` do nothing; `negates`: whether it takes the former.
    `mixes`: whether texts of several lengths go together without one's padding being heard in the other.
    """

    sample_rate: int
    longest: float | None
    guided: bool
    negates: bool
    mixes: bool

    def reads_all_of(self, text: str) -> bool:
        """Whether the text is within what its text encoder takes."""
        ...

    def sample(self, ask: Ask, report: Report) -> Waves:
        """The sounds, each as its seed says whatever the others are; a little longer than asked for, or as long."""
        ...


@dataclass(frozen=True)
class Place:
    """Where a model runs: torch's name of the device and of the type of its numbers, what people call the device."""

    device: str
    dtype: str
    called: str
    at_once: int

    @property
    def title(self) -> str:
        return f"{self.called} in {self.dtype}"

    @property
    def on_cpu(self) -> bool:
        return self.device == "cpu"


def place(settings: dict[str, Any], dtype_on_gpu: str) -> Place:
    """The GPU where torch sees one, in `dtype_on_gpu` (bfloat16 falls back to float16); else the CPU in float32.

    One at a time on the CPU: there the sum of two numbers may depend on how many sounds are made together, so each
    is made alone and its bytes depend on nothing but its order. The setting `sound_batch` says otherwise.
    """
    import torch  # noqa: PLC0415 - only where a model is loaded

    wanted = settings.get("sound_batch")
    torch.use_deterministic_algorithms(True, warn_only=True)
    if not torch.cuda.is_available():
        torch.set_num_threads(threads(settings, _MOST_THREADS))
        return Place("cpu", "float32", "the CPU", wanted or 1)
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # without it cuBLAS is not deterministic (CUDA manual)
    if dtype_on_gpu == "bfloat16" and not torch.cuda.is_bf16_supported():
        dtype_on_gpu = "float16"
    return Place("cuda", dtype_on_gpu, torch.cuda.get_device_name(), wanted or ON_GPU)


def scale(own: float, influence: float | None) -> float:
    """The guidance scale of a `prompt_influence`: 0.5 is the model's own, 0 none (1.0), 1 twice as far from 1.0."""
    return own if influence is None or own <= 1 else 1 + 2 * (own - 1) * influence


def in_full(module: Any, method: str) -> None:
    """Keep a decoder in float32: what it gives is the sound itself, where half the bits would be heard as noise."""
    module.float()
    half = getattr(module, method)

    def full(first: Any, *rest: Any, **named: Any) -> Any:
        return half(first.float(), *rest, **named)

    setattr(module, method, full)
