"""Neural sound engines: orders are sorted into batches for the model, and what it gives is brought into shape."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from soundstage.domain.sound import AudioType, Ingredient, Plan
from soundstage.engines.progress import Report
from soundstage.engines.sound.contract import SAMPLE_RATE, Generated, MadeOn, SoundOrder, Vocabulary, Wish
from soundstage.engines.sound.float_wav import write_float_wav
from soundstage.engines.sound.neural import places
from soundstage.engines.sound.neural.making import fitted, seconds_for
from soundstage.engines.sound.neural.model_folder import Family, ModelFolder
from soundstage.engines.sound.neural.prompts import negative_of, plan_of, text_of
from soundstage.engines.sound.neural.samplers import Ask, Place, Sampler
from soundstage.errors import EngineFailure

log = logging.getLogger("soundstage.engines")

Load = Callable[[ModelFolder, dict[str, Any]], tuple[Sampler, Place]]
_LOADED = 0.1  # of the work, where a model has to be loaded first
_LEAST = 1e-5  # amplitude below which nothing is heard (−100 dBFS)


@dataclass(frozen=True)
class _Loaded:
    folder: ModelFolder
    sampler: Sampler
    place: Place


@dataclass(frozen=True)
class _Wanted:
    """An order as the model is asked, and which of the orders it is."""

    index: int
    order: SoundOrder
    text: str
    negative: str | None
    seconds: float

    def kind(self, *, mixes: bool) -> tuple[object, ...]:
        """What is one for all of a batch; where texts cannot be mixed, they are, too."""
        texts = () if mixes else (self.text, self.negative)
        return self.seconds, self.order.prompt_influence, self.negative is None, texts


class NeuralSoundEngine:
    """Keeps the last model in memory: they take gigabytes."""

    def __init__(self, settings: dict[str, Any], families: frozenset[Family], load: Load) -> None:
        self._settings = settings
        self._families = families
        self._load = load
        self._loaded: _Loaded | None = None

    def understand(self, wish: Wish) -> Plan:
        return plan_of(wish)

    def vocabulary(self) -> Vocabulary:
        return Vocabulary(open=True)

    def generate(
        self, orders: tuple[SoundOrder, ...], outputs: tuple[Path, ...], report: Report
    ) -> tuple[Generated, ...]:
        """Orders of one kind go to the model together, as many as the device takes."""
        made: dict[int, Generated] = {}
        for audio_type in AudioType:
            of_type = [i for i, order in enumerate(orders) if order.audio_type == audio_type]
            if not of_type:
                continue
            loaded = self._model(audio_type)
            report(_LOADED)
            for batch in _batches([_wanted(i, orders[i], loaded) for i in of_type], loaded):
                waves = loaded.sampler.sample(_ask(batch), _portion(report, len(made), len(batch), len(orders)))
                for one, wave in zip(batch, waves, strict=True):
                    made[one.index] = _write(one, wave, outputs[one.index], loaded, len(batch))
        report(1.0)
        return tuple(made[i] for i in range(len(orders)))

    def _model(self, audio_type: AudioType) -> _Loaded:
        folder = places.find(self._settings, self._families, audio_type)
        if folder is None:
            raise EngineFailure(
                f"the model is gone: {places.fault(self._settings, self._families) or 'none is there'}; put it back"
            )
        if self._loaded is None or self._loaded.folder != folder:
            self._loaded = None  # its memory is free before the next takes as much
            self._loaded = _Loaded(folder, *self._load(folder, self._settings))
            log.info("the sound model %s runs on %s", folder.name, self._loaded.place.title)
        return self._loaded


def _wanted(index: int, order: SoundOrder, loaded: _Loaded) -> _Wanted:
    seconds = seconds_for(order.frames, loaded.sampler.longest, loop=order.loop, name=loaded.folder.name)
    negative = negative_of(order) if loaded.sampler.guided and loaded.sampler.negates else None
    return _Wanted(index, order, text_of(order), negative, seconds)


def _batches(wanted: Sequence[_Wanted], loaded: _Loaded) -> list[list[_Wanted]]:
    most, kinds = loaded.place.at_once, dict[tuple[object, ...], list[_Wanted]]()
    for one in wanted:
        kinds.setdefault(one.kind(mixes=loaded.sampler.mixes), []).append(one)
    return [these[start : start + most] for these in kinds.values() for start in range(0, len(these), most)]


def _ask(batch: Sequence[_Wanted]) -> Ask:
    negatives = tuple(one.negative for one in batch if one.negative is not None)
    return Ask(
        texts=tuple(one.text for one in batch),
        negatives=negatives or None,
        seeds=tuple(one.order.seed for one in batch),
        seconds=batch[0].seconds,
        influence=batch[0].order.prompt_influence,
    )


def _portion(report: Report, before: int, now: int, total: int) -> Report:
    def told(fraction: float) -> None:
        report(_LOADED + (0.98 - _LOADED) * (before + now * min(1.0, fraction)) / total)

    return told


def _write(one: _Wanted, wave: Any, output: Path, loaded: _Loaded, together: int) -> Generated:
    order, folder, place = one.order, loaded.folder, loaded.place
    sound = fitted(wave, loaded.sampler.sample_rate, order.frames, loop=order.loop, name=folder.name)
    if output.parent.is_dir():  # gone with a task that was cancelled: the others of the batch go on
        write_float_wav(output, sound, SAMPLE_RATE)
    return Generated(
        frames=len(sound),
        peak_dbfs=_dbfs(float(np.abs(sound).max())),
        rms_dbfs=_dbfs(math.sqrt(float(np.mean(np.square(sound, dtype=np.float64))))),
        notes=_notes(one, sound, loaded, together),
        ingredients=(Ingredient(name=folder.name, licence=places.licence_of(folder), source=_source(folder)),),
        made_on=MadeOn(device=place.device, title=place.called, dtype=place.dtype, batch=together),
    )


def _notes(one: _Wanted, sound: Any, loaded: _Loaded, together: int) -> tuple[str, ...]:
    """What a person should know of how it was made."""
    order, sampler, name = one.order, loaded.sampler, loaded.folder.name
    notes = [f"Made by the model {name} on {loaded.place.title}; its licence: {places.licence_of(loaded.folder)}."]
    if together > 1:
        notes.append(
            f"Made together with {together - 1} more; with others beside it the last bits of its samples may differ."
        )
    if negative_of(order) and one.negative is None:
        notes.append(f"{name} takes no negative prompt: it had no effect.")
    elif one.negative is not None and order.prompt_influence == 0:
        notes.append("A prompt influence of 0 leaves a negative prompt without effect.")
    if order.prompt_influence is not None and not sampler.guided:
        notes.append(f"{name} has its guidance in its weights: the prompt influence had no effect.")
    if not sampler.reads_all_of(one.text):
        notes.append(f"The prompt is longer than {name} reads: its end had no effect.")
    if order.audio_type == AudioType.SOUND and loaded.folder.family in places.MUSIC_ONLY:
        notes.append(f"{name} is made for music.")
    if order.stems:
        notes.append("A neural engine makes the whole at once: there are no stems.")
    if float(np.abs(sound).max()) < _LEAST:
        notes.append(f"{name} gave silence: try another seed or other words.")
    return tuple(notes)


def _source(folder: ModelFolder) -> str:
    """The hub's name, or that it is a folder of this server, whose whereabouts are nobody's business."""
    return folder.name if "/" in folder.name else f"folder {folder.name}"


def _dbfs(amplitude: float) -> float:
    return round(20 * math.log10(max(amplitude, 1e-6)), 2)
