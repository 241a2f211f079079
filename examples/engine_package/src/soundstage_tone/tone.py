"""The engine itself. Imported only in the host process that runs it, so heavy imports are welcome here."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from soundstage.domain.sound import Layer, Plan
from soundstage.engines.progress import Report
from soundstage.engines.sound.contract import SAMPLE_RATE, Generated, SoundOrder, SoundWord, Vocabulary, Wish
from soundstage.errors import EngineFailure

FREQUENCY = re.compile(r"(\d+(?:\.\d+)?)\s*hz", re.IGNORECASE)
FADE_FRAMES = 441  # 10 ms, so that the tone neither begins nor ends with a click
BLOCK_FRAMES = 65_536


class ToneEngine:
    """Keeps to `soundstage.engines.sound.contract.SoundEngine`."""

    def __init__(self, level_dbfs: float) -> None:
        self._amplitude = 10 ** (level_dbfs / 20)

    def understand(self, wish: Wish) -> Plan:
        asked = FREQUENCY.search(wish.prompt)
        layer = Layer(sound="tone", words=asked.group() if asked else "")
        return Plan(audio_type=wish.audio_type, layers=(layer,), confidence=1.0 if asked else 0.1)

    def vocabulary(self) -> Vocabulary:
        return Vocabulary(sounds=(SoundWord(name="tone", title="tone", family="tones", example="a 440 Hz tone"),))

    def generate(
        self, orders: tuple[SoundOrder, ...], outputs: tuple[Path, ...], report: Report
    ) -> tuple[Generated, ...]:
        return tuple(
            self._one(order, output, lambda fraction, done=done: report((done + fraction) / len(orders)))
            for done, (order, output) in enumerate(zip(orders, outputs, strict=True))
        )

    def _one(self, order: SoundOrder, output: Path, report: Report) -> Generated:
        asked = FREQUENCY.search(order.prompt)
        hertz = float(asked.group(1)) if asked else 220.0 + order.seed % 220
        if not 20 <= hertz <= 20_000:
            raise EngineFailure(f"{hertz:g} Hz cannot be heard: ask for a tone from 20 to 20000 Hz")
        peak, squares = 0.0, 0.0
        with soundfile.SoundFile(output, "w", SAMPLE_RATE, 2, "FLOAT", format="WAV") as file:
            for start in range(0, order.frames, BLOCK_FRAMES):
                frame = np.arange(start, min(start + BLOCK_FRAMES, order.frames))
                edge = np.minimum(np.minimum(frame, order.frames - 1 - frame) / FADE_FRAMES, 1.0)
                block = self._amplitude * edge * np.sin(2 * np.pi * hertz * frame / SAMPLE_RATE)
                file.write(np.stack([block, block], axis=1).astype(np.float32))
                peak = max(peak, float(np.abs(block).max()))
                squares += float(np.sum(block**2))
                report((start + len(block)) / order.frames)
        rms = (squares / order.frames) ** 0.5
        return Generated(frames=order.frames, peak_dbfs=_dbfs(peak), rms_dbfs=_dbfs(rms), notes=(f"{hertz:g} Hz",))


def load(settings: dict[str, Any]) -> ToneEngine:
    """Called once in a host process. Models are opened here; this engine has none."""
    return ToneEngine(level_dbfs=float(settings.get("tone", {}).get("level_dbfs", -12.0)))


def _dbfs(amplitude: float) -> float:
    return 20 * float(np.log10(max(amplitude, 1e-10)))
