"""Contract tests for sound engines, beside those of `soundstage.testing.engines` and used like them."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import numpy as np
import soundfile

from soundstage.domain.sound import AudioType, Plan
from soundstage.engines.sound.contract import SAMPLE_RATE, Generated, SoundOrder, Vocabulary, Wish
from soundstage.engines.spec import Capability
from soundstage.testing.engines import EngineContract, Progress, travels


class SoundContract(EngineContract):
    """No fixtures; each of `prompts` is made twice."""

    capability = Capability.SOUND
    prompts: ClassVar[tuple[tuple[str, AudioType], ...]] = (
        ("heavy rain on a roof", AudioType.SOUND),
        ("calm piano music", AudioType.MUSIC),
        ("zxqv wrmpf", AudioType.SOUND),
    )

    def test_writes_exactly_what_was_ordered_the_same_each_time(self, tmp_path: Path) -> None:
        for prompt, kind in self.prompts:
            plan = self._plan(prompt, kind)
            order = SoundOrder(prompt=prompt, plan=plan, audio_type=kind, frames=SAMPLE_RATE + 1, seed=7)
            progress, one, two = Progress(), tmp_path / "one.wav", tmp_path / "two.wav"
            (generated,) = self.engine.generate((order,), (one,), progress)
            progress.check()
            assert isinstance(generated, Generated)
            travels(generated)
            self._check(one, generated, order)
            self.engine.generate((order,), (two,), Progress())
            assert one.read_bytes() == two.read_bytes()

    def test_takes_of_one_batch_differ(self, tmp_path: Path) -> None:
        prompt, kind = self.prompts[0]
        plan = self._plan(prompt, kind)
        orders = tuple(
            SoundOrder(prompt=prompt, plan=plan, audio_type=kind, frames=SAMPLE_RATE, seed=seed) for seed in (7, 8)
        )
        outputs = tuple(tmp_path / f"{order.seed}.wav" for order in orders)
        progress = Progress()
        made = self.engine.generate(orders, outputs, progress)
        progress.check()
        for output, generated, order in zip(outputs, made, orders, strict=True):
            self._check(output, generated, order)
        assert outputs[0].read_bytes() != outputs[1].read_bytes()

    def test_tells_what_it_knows(self) -> None:
        vocabulary = self.engine.vocabulary()
        assert isinstance(vocabulary, Vocabulary)
        travels(vocabulary)
        assert vocabulary.open or vocabulary.sounds or vocabulary.styles
        names = [sound.name for sound in vocabulary.sounds]
        assert len(set(names)) == len(names)

    def _plan(self, prompt: str, kind: AudioType) -> Plan:
        wish = Wish(prompt=prompt, audio_type=kind)
        plan = self.engine.understand(wish)
        assert isinstance(plan, Plan)
        travels(plan)
        assert self.engine.understand(wish) == plan
        return plan

    def _check(self, output: Path, generated: Generated, order: SoundOrder) -> None:
        info = soundfile.info(output)
        assert (info.channels, info.samplerate, info.frames) == (2, SAMPLE_RATE, order.frames)
        assert info.subtype == "FLOAT" and generated.frames == order.frames
        samples, _ = soundfile.read(output, dtype="float32")
        assert np.isfinite(samples).all() and np.abs(samples).max() > 0
