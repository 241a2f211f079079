"""Speech in many languages, made by espeak-ng: robotic, but the same everywhere and without a recording.

espeak-ng is under the GPL, so it is a dependency of the tests alone and nothing of ours links to it: the library of the
package `espeakng-loader` is called through ctypes (docs/decisions/0015).
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import espeakng_loader
import numpy as np
import numpy.typing as npt
import soxr

RATE = 16_000  # Hz, of what is spoken
_WORDS_A_MINUTE = 140
# Names as in espeak-ng's speak_lib.h.
_SYNCHRONOUS, _RATE, _FROM_ITS_BEGINNING, _UTF_8 = 2, 1, 1, 1
_PAUSE = np.zeros(RATE // 2, np.float32)
_VOICES = {"en": "en-us", "zh": "cmn"}
# What whisper-base takes for the language that it is, or at least hardly for another (tried by hand).
SENTENCES = {
    "en": "Thank you very much for your kind letter and the beautiful flowers.",
    "es": "Buenos días a todos, y muchas gracias por venir hoy.",
    "fr": "Je voudrais une tasse de café avec du lait, s'il vous plaît.",
    "de": "Guten Morgen zusammen. Wir warten seit mehr als einer Stunde auf den Zug, und niemand sagt uns etwas.",
    "it": "Buongiorno a tutti. Aspettiamo il treno da più di un'ora e nessuno ci dice niente.",
    "ja": "おてがみと きれいな おはなを ありがとうございました。",
    "zh": "没有人告诉我们任何事情。",
    "vi": "Hôm nay trời đẹp, chúng ta đi công viên nhé.",
    "pl": "Dzień dobry wszystkim. Jak się państwo dzisiaj czują?",
    "hu": "Jó reggelt mindenkinek, és köszönöm szépen, hogy eljöttek.",
    "fi": "Kiitos paljon kirjeestänne ja kauniista kukista.",
    "cs": "Dobré ráno všem. Čekáme na vlak už více než hodinu a nikdo nám nic neříká.",
}


@dataclass(frozen=True)
class Said:
    """A sentence of a language and where it lies, in ms."""

    language: str
    start_ms: int
    end_ms: int

    @property
    def middle_ms(self) -> int:
        return (self.start_ms + self.end_ms) // 2


def say(language: str, text: str | None = None) -> npt.NDArray[np.float32]:
    """Samples at 16 kHz in [-1, 1] of a text, or of the language's own sentence."""
    library, pieces = _espeak()
    assert library.espeak_SetVoiceByName(_VOICES.get(language, language).encode()) == 0, f"no voice for {language}"
    library.espeak_SetParameter(_RATE, _WORDS_A_MINUTE, 0)
    pieces.clear()
    said = (text or SENTENCES[language]).encode()
    library.espeak_Synth(said, ctypes.c_size_t(len(said) + 1), 0, _FROM_ITS_BEGINNING, 0, _UTF_8, None, None)
    return soxr.resample(np.concatenate(pieces).astype(np.float32) / 32_768, _own_rate(), RATE)


def after_one_another(
    parts: Iterable[tuple[str, npt.NDArray[np.float32]]],
) -> tuple[npt.NDArray[np.float32], tuple[Said, ...]]:
    """Languages with their samples, half a second between them, and where each of them lies."""
    samples, said, start = [], [], 0
    for language, part in parts:
        said.append(Said(language, start * 1000 // RATE, (start + len(part)) * 1000 // RATE))
        samples += [part, _PAUSE]
        start += len(part) + len(_PAUSE)
    return np.concatenate(samples), tuple(said)


@cache
def _espeak() -> tuple[ctypes.CDLL, list[npt.NDArray[np.int16]]]:
    """The library, and a list that fills while it speaks. One thread at a time."""
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    pieces: list[npt.NDArray[np.int16]] = []

    def keep(samples: ctypes._Pointer[ctypes.c_short], count: int, _events: int) -> int:
        if samples and count > 0:
            pieces.append(np.ctypeslib.as_array(samples, (count,)).copy())
        return 0

    kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
    library.soundstage_keeps = kind(keep)  # it must live as long as the library
    library.soundstage_rate = library.espeak_Initialize(_SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), 0)
    library.espeak_SetSynthCallback(library.soundstage_keeps)
    return library, pieces


def _own_rate() -> int:
    return int(_espeak()[0].soundstage_rate)
