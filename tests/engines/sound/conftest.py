"""Making sounds in tests, and looking at them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from soundstage.domain.request import AudioType
from soundstage.engines.progress import silent
from soundstage.engines.sound.contract import SAMPLE_RATE, SoundOrder, Wish
from soundstage.engines.sound.float_wav import read_float_wav
from soundstage.engines.sound.synthesis.engine import load

Make = Callable[..., NDArray[np.float32]]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """make(prompt, seconds, seed) → (frames, 2): the whole way, through the engine and its file."""

    def made(prompt: str, seconds: float = 4.0, seed: int = 1, loop: bool = False) -> NDArray[np.float32]:
        engine = load({})
        plan = engine.understand(Wish(prompt=prompt, audio_type=AudioType.SOUND))
        frames = round(seconds * SAMPLE_RATE)
        order = SoundOrder(prompt=prompt, plan=plan, audio_type=AudioType.SOUND, frames=frames, seed=seed, loop=loop)
        engine.generate((order,), (tmp_path / "sound.wav",), silent)
        samples, rate = read_float_wav(tmp_path / "sound.wav")
        assert rate == SAMPLE_RATE
        return np.array(samples)

    return made
