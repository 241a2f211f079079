"""The default engine at work: sound by synthesis, music by composing; the same bytes every time."""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from soundstage.domain.sound import AudioType, Dynamics, Layer, Plan
from soundstage.engines.progress import Report
from soundstage.engines.sound.contract import SAMPLE_RATE, Generated, SoundOrder, Vocabulary, Wish
from soundstage.engines.sound.float_wav import write_float_wav
from soundstage.engines.sound.reel import place_of
from soundstage.engines.sound.synthesis import finish, mix, nearest, parse
from soundstage.engines.sound.synthesis.remarks import notes_on
from soundstage.engines.sound.synthesis.vocabulary import UNKNOWN

if TYPE_CHECKING:
    from soundstage.engines.sound.music.band import Band


class SynthesisEngine:
    """Understands by lexicon and grammar, makes sound by physically informed models, music by composing.

    The band that plays music is kept for the next piece, with what it has decoded. folder: where vectors of the classes
    are kept for the next process; None: nowhere.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._band: Band | None = None
        self._known = partial(nearest.meanings, folder)

    def understand(self, wish: Wish) -> Plan:
        """Never refuses: a prompt that says nothing known becomes a texture with low confidence."""
        if wish.audio_type == AudioType.MUSIC:
            from soundstage.engines.sound.music import understand as music  # noqa: PLC0415 - lazy

            return music.understand(wish)
        return parse.understand(wish, self._known)

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
        plan = self._plan(order)
        samples = mix.played(plan, order.frames, order.seed, order.loop, report, place_of(order.frames, output.parent))
        levels = finish.finished(samples, plan, order.seed, order.loop)
        notes = (*notes_on(order.plan), *_notes_on_loop(order))
        write_float_wav(output, samples, SAMPLE_RATE)
        return Generated(frames=order.frames, peak_dbfs=_db(levels.peak), rms_dbfs=_db(levels.rms), notes=notes)

    def _plan(self, order: SoundOrder) -> Plan:
        """The order's plan, with layers: of the prompt where it has none, a texture where all of them are unwanted."""
        plan = order.plan if order.plan.layers else parse.understand(_wish_of(order), self._known)
        if mix.heard(plan):
            return plan
        return plan.model_copy(update={"layers": (Layer(sound=UNKNOWN, words=order.prompt[:400]),), "excluded": ()})

    def _music(self, order: SoundOrder, output: Path, report: Report) -> Generated:
        from soundstage.engines.sound.music import making, understand  # noqa: PLC0415 - lazy

        plan = order.plan.music or understand.understand(_wish_of(order)).music
        if plan is None:
            raise ValueError("the music room understood a prompt without a plan of music")
        if self._band is None:
            self._band = making.band()
        return making.make(plan, order, output, report, self._band)


def _notes_on_loop(order: SoundOrder) -> tuple[str, ...]:
    if order.loop and order.plan.dynamics in (Dynamics.BUILDING, Dynamics.FADING):
        return ("A loop cannot build up or fade away without a jump at its seam, so it swells and sinks.",)
    return ()


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
