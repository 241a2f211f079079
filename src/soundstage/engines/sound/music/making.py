"""An order for music carried out: the piece composed, its WAV, stems and MIDI file written."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from soundstage.domain.sound import MusicPlan
from soundstage.engines.progress import Report
from soundstage.engines.sound.contract import SAMPLE_RATE, Generated, MadeStem, SoundOrder
from soundstage.engines.sound.float_wav import write_float_wav
from soundstage.engines.sound.music.band import Band, soundfont_path
from soundstage.engines.sound.music.compose import Piece, Samples, compose
from soundstage.engines.sound.reel import blocks, place_of


def band() -> Band:
    """The band of this installation: on the soundfont that the build brought, or on synthesised instruments."""
    return Band(soundfont_path())


def make(plan: MusicPlan, order: SoundOrder, output: Path, report: Report, band: Band) -> Generated:
    """Writes the piece to `output`; with `order.stems` the stems and the MIDI file beside it."""
    folder = place_of(order.frames, output.parent)
    piece = compose(plan, order.frames, order.seed, report, band, loop=order.loop, stems=order.stems, folder=folder)
    write_float_wav(output, piece.samples, SAMPLE_RATE)
    peak, rms = _levels(piece.samples)
    stems, score = _beside(piece, output) if order.stems else ((), None)
    return Generated(
        frames=order.frames,
        peak_dbfs=_db(peak),
        rms_dbfs=_db(rms),
        notes=piece.notes,
        stems=stems,
        midi=score,
        ingredients=piece.ingredients,
    )


def _beside(piece: Piece, output: Path) -> tuple[tuple[MadeStem, ...], Path]:
    stems = tuple(MadeStem(name=name, path=output.with_suffix(f".{name}.wav")) for name in piece.stems)
    for stem in stems:
        write_float_wav(stem.path, piece.stems[stem.name], SAMPLE_RATE)
    score = output.with_suffix(".mid")
    score.write_bytes(piece.midi)
    return stems, score


def _levels(samples: Samples) -> tuple[float, float]:
    """Peak and RMS, linear."""
    peak = power = 0.0
    for part in blocks(samples.T):
        peak = max(peak, float(np.abs(samples[part]).max()))
        power += float(np.sum(np.square(samples[part]), dtype=np.float64))
    return peak, math.sqrt(power / samples.size)


def _db(value: float) -> float:
    return round(20 * math.log10(max(value, 1e-6)), 2)
