"""Speech by hibari-tts: English, one voice that lies in the package, about 130 times faster than real time."""

from __future__ import annotations

import importlib.util
import wave
from pathlib import Path
from typing import Any

from soundstage.engines.progress import Report
from soundstage.engines.spec import Capability, EngineSpec, Readiness
from soundstage.engines.speech.contract import SpeechOrder, Spoken, Voice
from soundstage.errors import EngineFailure

# The others of hibari's voices would be downloaded at the first use: they are not offered.
_VOICE = Voice(voice_id="heart", name="Heart", languages=("en",), gender="female")
_PEAK = 0.89  # −1 dBFS: louder speech is turned down as a whole
_SEED = 0  # of the breath noise: the same text gives the same bytes


def load(_settings: dict[str, Any]) -> HibariSpeaker:
    from hibari import Hibari  # noqa: PLC0415

    return HibariSpeaker(Hibari(voice=_VOICE.voice_id))


def check(_settings: dict[str, Any]) -> Readiness:
    if importlib.util.find_spec("hibari") is None:
        return Readiness.no("the package hibari-tts is not installed", "pip install 'hibari-tts>=0.2.1,<0.3'")
    return Readiness.yes()


class HibariSpeaker:
    """`model`: a `hibari.Hibari`."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def voices(self) -> tuple[Voice, ...]:
        return (_VOICE,)

    def speak(self, order: SpeechOrder, output: Path, report: Report) -> Spoken:
        import numpy as np  # noqa: PLC0415

        if order.language.lower().split("-")[0] != "en":
            raise EngineFailure(f"hibari speaks English only, not {order.language!r}: choose another engine")
        if order.voice_id not in (None, _VOICE.voice_id):
            raise EngineFailure(f"hibari has no voice {order.voice_id!r}: it has {_VOICE.voice_id!r}")
        sentences = self._model.phonemize(order.text)
        if not sentences:
            raise EngineFailure("there is nothing to say: the text holds no words")
        chance, parts = np.random.default_rng(_SEED), []
        for count, phonemes in enumerate(sentences, start=1):
            parts.append(self._model.from_ids(self._model.ids(phonemes), rng=chance))
            report(count / len(sentences))
        samples = np.concatenate(parts)
        if not len(samples):
            raise EngineFailure("there is nothing to say: the text holds no words that hibari can pronounce")
        return _write(output, samples, int(self._model.sample_rate))


def _write(output: Path, samples: Any, rate: int) -> Spoken:
    peak = float(abs(samples).max())
    pcm = (samples * (32_767.0 * min(1.0, _PEAK / peak if peak else 1.0))).round().astype("<i2")
    with wave.open(str(output), "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(rate)
        wav.writeframes(pcm.tobytes())
    return Spoken(sample_rate=rate, duration_ms=round(len(pcm) * 1000 / rate))


SPEC = EngineSpec(
    name="hibari",
    capability=Capability.SPEECH,
    version="hibari-tts-0.2/heart/1",
    title="Hibari: English, one female voice",
    load="soundstage.engines.speech.hibari:load",
    check=check,
    licence="Apache-2.0 (code and weights)",
    languages=frozenset({"en"}),
    memory_mb=230,
    rank=10,
)
