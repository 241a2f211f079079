"""Translation by models in CTranslate2's form: OPUS-MT for a pair of languages, NLLB, M2M100 or MADLAD for many."""

from __future__ import annotations

import importlib.util
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from soundstage.domain.language import code_of
from soundstage.engines.cores import threads
from soundstage.engines.progress import Report
from soundstage.engines.spec import Capability, EngineSpec, Readiness
from soundstage.engines.transcription.whisper_languages import UNSPACED
from soundstage.engines.translation import ct2_models
from soundstage.engines.translation.contract import Translation, TranslationOrder
from soundstage.engines.translation.ct2_folder import ModelFolder
from soundstage.engines.translation.language_tokens import Style
from soundstage.engines.translation.pieces import cut, joined
from soundstage.errors import EngineFailure, Misconfigured

log = logging.getLogger("soundstage.engines")

SETTINGS = ("models_dir", "translation_models", "cpu_threads")
_PACKAGES = ("ctranslate2", "sentencepiece")
_BEAM = 4
_MOST_TOKENS = 200  # of a piece of the source: a third of what the smallest models hold, so that its translation fits
_LONGEST = 450  # tokens of a translation; OPUS-MT has 512 positions
_BATCH_TOKENS = 1024
_AT_ONCE = 32  # pieces between two reports
_KEPT = 2  # models in memory
_MOST_THREADS = 4
_REPEATS = 4  # in a row, of a run of up to `_RUN` tokens
_RUN = 8


def check(settings: dict[str, Any]) -> Readiness:
    missing = [name for name in _PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        return Readiness.no(f"the package {missing[0]} is not installed", f"pip install {' '.join(missing)}")
    if ct2_models.there(settings):
        return Readiness.yes()
    cure = "put one into the folder models/translation of the data folder (docs/how-to/translate.md)"
    return Readiness.no(ct2_models.fault(settings) or "no CTranslate2 model for translation is there", cure)


def check_pair(settings: dict[str, Any], source: str, target: str) -> Readiness:
    if any(importlib.util.find_spec(name) is None for name in _PACKAGES):
        return check(settings)
    if ct2_models.find(settings, source, target):
        return Readiness.yes()
    fault = ct2_models.fault(settings) or f"no CTranslate2 model for {source} → {target} is there"
    return Readiness.no(fault, ct2_models.cure(settings, source, target))


def load(settings: dict[str, Any]) -> Ct2Translator:
    """Models are opened when a pair first needs them."""
    return Ct2Translator(settings)


class Ct2Translator:
    """Keeps the models of the last pairs in memory. Every line comes back whole: it is cut where it is too long for the
    model, and a sentence of which nothing or an endless repetition comes back is tried again by itself, more strictly.
    """

    def __init__(self, settings: dict[str, Any]) -> None:
        self._settings = settings
        self._loaded: dict[Path, _Loaded] = {}

    def translate(self, order: TranslationOrder, audio: Path | None, report: Report) -> Translation:  # noqa: ARG002
        if not order.lines:
            return Translation(texts=())
        source, target = code_of(order.source), code_of(order.target)
        folder = ct2_models.find(self._settings, source, target)
        if folder is None:
            cure = ct2_models.cure(self._settings, source, target)
            raise EngineFailure(f"no CTranslate2 model for {source} → {target} is there: {cure}")
        model = self._model(folder)
        frame = _frame(folder, order)
        pieces = cut([line.text for line in order.lines], lambda text: len(model.tokens(text)), _MOST_TOKENS)
        texts: list[list[str]] = [[] for _ in order.lines]
        for piece, text in zip(
            pieces, _translated(model, frame, [piece.text for piece in pieces], report), strict=True
        ):
            texts[piece.line].append(text)
        report(1.0)
        return Translation(
            texts=tuple(
                joined(found, target not in UNSPACED) if line.text.strip() else line.text
                for line, found in zip(order.lines, texts, strict=True)
            )
        )

    def _model(self, folder: ModelFolder) -> _Loaded:
        loaded = self._loaded.pop(folder.path, None)
        if loaded is None:
            while len(self._loaded) >= _KEPT:
                self._loaded.pop(next(iter(self._loaded)))
            loaded = _Loaded.of(folder, threads(self._settings, _MOST_THREADS))
        self._loaded[folder.path] = loaded  # the last in line to go
        return loaded


@dataclass(frozen=True)
class _Frame:
    """Tokens that stand before and behind a source text, and those that its translation begins with."""

    before: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()
    opening: tuple[str, ...] = ()

    def around(self, tokens: Sequence[str]) -> list[str]:
        return [*self.before, *tokens, *self.behind]


def _frame(folder: ModelFolder, order: TranslationOrder) -> _Frame:
    behind = () if folder.adds_end else (folder.end_token,)
    source, target = folder.token(order.source), folder.token(order.target)
    if folder.style is None or target is None:
        return _Frame(behind=behind)
    if folder.style in (Style.MADLAD, Style.OPUS):
        return _Frame(before=(target,), behind=behind)
    return _Frame(before=(source or target,), behind=behind, opening=(target,))


@dataclass(frozen=True)
class _Loaded:
    """A `ctranslate2.Translator` with the SentencePiece models of its two sides."""

    translator: Any
    source: Any
    target: Any

    @classmethod
    def of(cls, folder: ModelFolder, at_once: int) -> _Loaded:
        import ctranslate2  # noqa: PLC0415
        import sentencepiece  # noqa: PLC0415

        pieces = folder.pieces
        if pieces is None:
            raise Misconfigured(f"the folder {folder.path.name} lacks {', '.join(folder.lacking)}")
        try:
            source, target = (sentencepiece.SentencePieceProcessor(model_file=str(path)) for path in pieces)
            # As it was converted: who wants it faster or more exact quantizes it so (the converter's --quantization).
            translator = _on_gpu(folder) if ctranslate2.get_cuda_device_count() > 0 else None
            if translator is None:
                translator = ctranslate2.Translator(str(folder.path), inter_threads=at_once, intra_threads=1)
        except (RuntimeError, ValueError, OSError) as error:
            raise Misconfigured(f"the translation model in {folder.path.name} cannot be loaded: {error}") from error
        return cls(translator, source, target)

    def tokens(self, text: str) -> list[str]:
        return list(self.source.encode(text, out_type=str))

    def decode(self, tokens: Sequence[str]) -> str:
        return " ".join(str(self.target.decode(list(tokens))).split())


def _on_gpu(folder: ModelFolder) -> Any:
    """The translator on the GPU; None where it cannot be used: that cuBLAS is missing is found out only by using it."""
    import ctranslate2  # noqa: PLC0415

    try:
        translator = ctranslate2.Translator(str(folder.path), device="cuda")
        translator.translate_batch([[folder.end_token]], max_decoding_length=2)
    except RuntimeError:
        return None
    return translator


def _translated(model: _Loaded, frame: _Frame, texts: Sequence[str], report: Report) -> list[str]:
    """Each text's translation, in order. A text that twice comes back empty or endless stays as it is: that is seen.

    The longest come first, so that those of a batch are of a length and memory is not needed later.
    """
    found = [""] * len(texts)
    order = sorted(range(len(texts)), key=lambda i: (-len(texts[i]), i))
    for start in range(0, len(order), _AT_ONCE):
        these = order[start : start + _AT_ONCE]
        sources = [model.tokens(texts[i]) for i in these]
        for i, source, answer in zip(these, sources, _run(model, frame, sources), strict=True):
            found[i] = _sound(model, source, answer) or _again(model, frame, source) or texts[i]
        report(min(len(order), start + _AT_ONCE) / len(order))
    return found


def _sound(model: _Loaded, source: Sequence[str], answer: Sequence[str]) -> str:
    """The answer's text; empty where it is endless."""
    return "" if _endless(answer, source) else model.decode(answer)


def _again(model: _Loaded, frame: _Frame, source: Sequence[str]) -> str:
    """By itself and more strictly."""
    log.warning("a sentence came back empty or endless and is translated again")
    (answer,) = _run(model, frame, [source], strict=True)
    return _sound(model, source, answer)


def _run(
    model: _Loaded, frame: _Frame, sources: Sequence[Sequence[str]], *, strict: bool = False
) -> list[tuple[str, ...]]:
    """The tokens of each translation. strict: no three tokens may come twice."""
    try:
        results = model.translator.translate_batch(
            [frame.around(source) for source in sources],
            target_prefix=[list(frame.opening)] * len(sources) if frame.opening else None,
            beam_size=_BEAM,
            max_batch_size=_BATCH_TOKENS,
            batch_type="tokens",
            max_input_length=0,  # nothing is cut off: it was cut at its pauses before
            max_decoding_length=_most(max(map(len, sources))),
            disable_unk=True,
            repetition_penalty=1.2 if strict else 1.0,
            no_repeat_ngram_size=3 if strict else 0,
        )
    except RuntimeError as error:
        raise EngineFailure(f"the translation model cannot translate this: {error}") from error
    return [_without_opening(result.hypotheses[0], frame) for result in results]


def _without_opening(tokens: Sequence[str], frame: _Frame) -> tuple[str, ...]:
    opening = len(frame.opening)
    return tuple(tokens[opening:] if tuple(tokens[:opening]) == frame.opening else tokens)


def _endless(answer: Sequence[str], source: Sequence[str]) -> bool:
    """Whether it was broken off at its greatest length, or says the same again and again, unlike the source."""
    return len(answer) >= _most(len(source)) or _repeats(answer) > max(_REPEATS - 1, _repeats(source))


def _most(tokens: int) -> int:
    """How long the translation of a text of so many tokens may be."""
    return min(_LONGEST, 2 * tokens + 40)


def _repeats(tokens: Sequence[str]) -> int:
    """How often a run of up to `_RUN` tokens follows on itself, at most."""
    most = 0
    for size in range(1, min(_RUN, len(tokens) // 2) + 1):
        same = 0
        for i in range(size, len(tokens)):
            same = same + 1 if tokens[i] == tokens[i - size] else 0
            most = max(most, 1 + same // size)
    return most


SPEC = EngineSpec(
    name="ct2",
    capability=Capability.TRANSLATION,
    version="ctranslate2-4/1",
    title="CTranslate2 models: OPUS-MT, NLLB, M2M100, MADLAD",
    load="soundstage.engines.translation.ct2:load",
    check=check,
    check_pair=check_pair,
    licence="MIT (code); that of the model",
    devices=("cpu", "cuda"),
    memory_mb=700,
    rank=20,
    settings=SETTINGS,
    model=ct2_models.fingerprint,
)
