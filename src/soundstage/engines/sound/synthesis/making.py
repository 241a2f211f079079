"""The default engine at work: sound by synthesis, music by composing; the same bytes every time."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from soundstage.domain.sound import AudioType, Plan
from soundstage.engines.progress import Report
from soundstage.engines.sound.contract import SAMPLE_RATE, Generated, SoundOrder, Vocabulary, Wish
from soundstage.engines.sound.float_wav import write_float_wav
from soundstage.engines.sound.synthesis import finish, mix, parse
from soundstage.engines.sound.synthesis.sounds import Stereo
from soundstage.engines.sound.synthesis.vocabulary import CLASSES, UNKNOWN

_NO_NOTES: tuple[str, ...] = ()
_UNSAID = 0.5  # the intensity of a layer whose words tell none


class SynthesisEngine:
    """Understands by lexicon and grammar, makes sound by physically informed models."""

    def understand(self, wish: Wish) -> Plan:
        """Never refuses: a prompt that says nothing known becomes a texture with low confidence."""
        if wish.audio_type == AudioType.MUSIC:
            from soundstage.engines.sound.music import understand as music  # noqa: PLC0415 - lazy

            return _as_wished(music.understand(wish.prompt), wish)
        return _as_wished(parse.understand(wish.prompt), wish)

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
            samples = self._music(order, report)
            levels, notes = finish.measured(samples), _NO_NOTES
        else:
            samples = self._sound(order, report)
            levels, notes = finish.finished(samples, order.plan, order.seed), notes_on(order.plan)
        write_float_wav(output, samples, SAMPLE_RATE)
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


def _as_wished(plan: Plan, wish: Wish) -> Plan:
    """What was said beside the prompt counts more than what the prompt leaves open or says."""
    if plan.music is not None:
        told = {"tempo": wish.tempo, "tonality": wish.tonality, "energy": wish.intensity}
        told = {name: value for name, value in told.items() if value is not None}
        return plan.model_copy(update={"music": plan.music.model_copy(update=told)})
    if wish.intensity is None:
        return plan
    layers = tuple(
        layer.model_copy(update={"intensity": wish.intensity}) if layer.intensity == _UNSAID else layer
        for layer in plan.layers
    )
    return plan.model_copy(update={"layers": layers})


def _part(report: Report, number: int, of: int) -> Report:
    return lambda fraction: report((number + fraction) / of)


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
