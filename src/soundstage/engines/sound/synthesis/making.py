"""The default engine at work: sound by synthesis, music by composing; the same bytes every time."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from soundstage.domain.sound import AudioType, Plan
from soundstage.engines.progress import Report
from soundstage.engines.sound.contract import SAMPLE_RATE, Generated, SoundOrder, Vocabulary, Wish
from soundstage.engines.sound.float_wav import write_float_wav
from soundstage.engines.sound.synthesis import finish, mix, parse
from soundstage.engines.sound.synthesis.remarks import notes_on
from soundstage.engines.sound.synthesis.sounds import Stereo

if TYPE_CHECKING:
    from soundstage.engines.sound.music.band import Band


class SynthesisEngine:
    """Understands by lexicon and grammar, makes sound by physically informed models, music by composing.

    The band that plays music is kept for the next piece, with what it has decoded.
    """

    def __init__(self) -> None:
        self._band: Band | None = None

    def understand(self, wish: Wish) -> Plan:
        """Never refuses: a prompt that says nothing known becomes a texture with low confidence."""
        if wish.audio_type == AudioType.MUSIC:
            from soundstage.engines.sound.music import understand as music  # noqa: PLC0415 - lazy

            return music.understand(wish)
        return parse.understand(wish)

    def vocabulary(self) -> Vocabulary:
        """Every class, space, style and instrument there is."""
        from soundstage.engines.sound.synthesis.known import vocabulary  # noqa: PLC0415 - lazy

        return vocabulary()

    def generate(
        self, orders: tuple[SoundOrder, ...], outputs: tuple[Path, ...], report: Report
    ) -> tuple[Generated, ...]:
        """One order after the other: each writes a stereo float32 44.1 kHz WAV of exactly its `frames`."""
        made = []
        for number, (order, output) in enumerate(zip(orders, outputs, strict=True)):
            made.append(self._one(order, output, _part(report, number, len(orders))))
        report(1.0)
        return tuple(made)

    def _one(self, order: SoundOrder, output: Path, report: Report) -> Generated:
        if order.audio_type == AudioType.MUSIC:
            return self._music(order, output, report)
        samples = self._sound(order, report)
        levels, notes = finish.finished(samples, order.plan, order.seed), notes_on(order.plan)
        write_float_wav(output, samples, SAMPLE_RATE)
        return Generated(frames=order.frames, peak_dbfs=_db(levels.peak), rms_dbfs=_db(levels.rms), notes=notes)

    def _sound(self, order: SoundOrder, report: Report) -> Stereo:
        plan = order.plan if order.plan.layers else parse.understand(_wish_of(order))
        samples = np.empty((order.frames, 2), np.float32)
        done = 0
        for block in mix.mixed(plan, order.frames, order.seed):
            samples[done : done + len(block)] = block
            done += len(block)
            report(0.9 * done / order.frames)
        return samples

    def _music(self, order: SoundOrder, output: Path, report: Report) -> Generated:
        from soundstage.engines.sound.music import making, understand  # noqa: PLC0415 - lazy

        plan = order.plan.music or understand.understand(_wish_of(order)).music
        if plan is None:
            raise ValueError("the music room understood a prompt without a plan of music")
        if self._band is None:
            self._band = making.band()
        return making.make(plan, order, output, report, self._band)


def _wish_of(order: SoundOrder) -> Wish:
    """For an order whose plan leaves open what is made."""
    return Wish(
        prompt=order.prompt,
        audio_type=order.audio_type,
        negative_prompt=order.negative_prompt,
        prompt_influence=order.prompt_influence,
        frames=order.frames,
        loop=order.loop,
    )


def _part(report: Report, number: int, of: int) -> Report:
    return lambda fraction: report((number + fraction) / of)


def _db(value: float) -> float:
    return round(20 * math.log10(max(value, 1e-6)), 2)
