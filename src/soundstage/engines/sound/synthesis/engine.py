"""The default engine: sound by synthesis, music by composing; no weights, no network, the same bytes every time."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from soundstage.domain.request import AudioType
from soundstage.domain.sound import Plan
from soundstage.engines.progress import Report
from soundstage.engines.sound.contract import SAMPLE_RATE, Generated, SoundOrder
from soundstage.engines.sound.float_wav import write_float_wav
from soundstage.engines.sound.synthesis import finish, mix, parse
from soundstage.engines.sound.synthesis.sounds import Stereo
from soundstage.engines.sound.synthesis.vocabulary import CLASSES, UNKNOWN
from soundstage.engines.spec import Capability, EngineSpec, Readiness


def _check(settings: dict[str, Any]) -> Readiness:  # noqa: ARG001 - the contract hands settings to every engine
    return Readiness.yes()


_NO_NOTES: tuple[str, ...] = ()

SPEC = EngineSpec(
    name="synthesis",
    capability=Capability.SOUND,
    version="2",
    title="Procedural synthesis",
    load="soundstage.engines.sound.synthesis.engine:load",
    check=_check,
    licence="Apache-2.0",
    memory_mb=400,
    rank=100,
)


class SynthesisEngine:
    """Understands by lexicon and grammar, makes sound by physically informed models."""

    def understand(self, prompt: str, audio_type: AudioType) -> Plan:
        """Never refuses: a prompt that says nothing known becomes a texture with low confidence."""
        if audio_type == AudioType.MUSIC:
            from soundstage.engines.sound.music import understand as music  # noqa: PLC0415 - lazy

            return music.understand(prompt)
        return parse.understand(prompt)

    def generate(self, order: SoundOrder, output: Path, report: Report) -> Generated:
        """Writes a stereo float32 44.1 kHz WAV of exactly `order.frames` to `output`."""
        if order.audio_type == AudioType.MUSIC:
            samples = self._music(order, report)
            levels, notes = finish.measured(samples), _NO_NOTES
        else:
            samples = self._sound(order, report)
            levels, notes = finish.finished(samples, order.plan, order.seed), notes_on(order.plan)
        write_float_wav(output, samples, SAMPLE_RATE)
        report(1.0)
        return Generated(frames=order.frames, peak_dbfs=_db(levels.peak), rms_dbfs=_db(levels.rms), notes=notes)

    def _sound(self, order: SoundOrder, report: Report) -> Stereo:
        plan = order.plan if order.plan.layers else parse.understand(order.prompt)
        samples = np.empty((order.frames, 2), np.float32)
        done = 0
        for block in mix.mixed(plan, order.frames, order.seed):
            samples[done : done + len(block)] = block
            done += len(block)
            report(0.9 * done / order.frames)
        return samples

    def _music(self, order: SoundOrder, report: Report) -> Stereo:
        from soundstage.engines.sound.music import compose, understand  # noqa: PLC0415 - lazy

        plan = order.plan.music or understand.understand(order.prompt).music
        if plan is None:
            raise ValueError("the music room understood a prompt without a plan of music")
        return compose.compose(plan, order.frames, order.seed, report)


def notes_on(plan: Plan) -> tuple[str, ...]:
    """What a person should know about how the prompt was taken."""
    notes = []
    missed = ", ".join(plan.unknown_words[:8]) + (" …" if len(plan.unknown_words) > 8 else "")
    invented = [layer.sound for layer in plan.layers if layer.sound not in CLASSES]
    if any(layer.sound == UNKNOWN for layer in plan.layers):
        known = ", ".join(sorted(set(CLASSES) - {UNKNOWN})).replace("_", " ")
        notes.append(
            f"The prompt names no sound that is known{f' ({missed})' if missed else ''}, "
            "so a texture was drawn from its words. "
            f"Sounds that work: {known}."
        )
    elif missed:
        notes.append(f"These words were not understood and had no effect: {missed}.")
    if invented:
        notes.append(f"The plan names sounds that do not exist, each became a texture: {', '.join(invented[:8])}.")
    if len(plan.layers) >= parse.MOST_LAYERS:
        notes.append(f"At most {parse.MOST_LAYERS} sounds are taken from one prompt.")
    return tuple(notes)


def _db(value: float) -> float:
    return round(20 * math.log10(max(value, 1e-6)), 2)


def load(settings: dict[str, Any]) -> SynthesisEngine:  # noqa: ARG001 - the contract hands settings to every engine
    """The engine; nothing to load."""
    return SynthesisEngine()
