"""Separation by Spleeter's 2-stems network, run by onnxruntime: speech out of the mix, the background is the rest."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from soundstage.engines.cores import threads
from soundstage.engines.model_catalogue import identity, model
from soundstage.engines.model_store import folder_of
from soundstage.engines.onnx_model import readiness, session
from soundstage.engines.progress import Report
from soundstage.engines.separation import spleeter_graph
from soundstage.engines.separation.contract import Stems
from soundstage.engines.separation.mask import separated
from soundstage.engines.separation.spectrum import Analysis, Synthesis
from soundstage.engines.separation.stem_files import RATE, Mix, StemFiles
from soundstage.engines.spec import Capability, EngineSpec, Readiness
from soundstage.engines.weights import models_dir
from soundstage.errors import EngineFailure

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from soundstage.engines.separation.spectrum import Samples, Spectra
    from soundstage.engines.separation.stem_files import Integers

NAME = "spleeter-2stems"
_HEARS = 44_100  # Hz, what the network was trained at
_AT_A_TIME = 64  # frames turned back into sound: a second and a half, which stays in the cache
_MOST_THREADS = 2  # that hear a window each, at 200 MB; the thread that calls is busy with all else about as long


def check(settings: dict[str, Any]) -> Readiness:
    return readiness(NAME, settings)


def load(settings: dict[str, Any]) -> SpleeterSeparator:
    """The network out of the models folder, where it is put first if only its package is installed."""
    network = session(folder_of(model(NAME), models_dir(settings)) / spleeter_graph.MODEL)
    return SpleeterSeparator(network, max(1, min(_MOST_THREADS, threads(settings, 2 * _MOST_THREADS) // 2)))


class SpleeterSeparator:
    """`session`: an `onnxruntime.InferenceSession` of `spleeter_graph`. Memory is flat, whatever the length."""

    def __init__(self, session: Any, threads: int) -> None:
        self._session = session
        self._threads = threads

    def separate(self, mix: Path, speech: Path, background: Path, report: Report) -> Stems:
        import numpy as np  # noqa: PLC0415

        with (
            Mix(mix) as source,
            StemFiles(speech, background, source.bits) as stems,
            ThreadPoolExecutor(self._threads) as pool,
        ):
            waiting = _Waiting()
            scale = np.float32(0.5 ** (source.bits - 1))
            sound = (block.astype(np.float32) * scale for block in waiting.passing(source.blocks(RATE)))
            spectra = separated(_spectra(_resampled(sound, RATE, _HEARS)), self._network, pool, self._threads)
            done = 0
            for found in _resampled(_sound(spectra), _HEARS, RATE):
                block = waiting.take(len(found))
                stems.write(block, found[: len(block)])
                done += len(block)
                report(min(1.0, done / max(1, source.frames)))
            rest = waiting.take(source.frames)  # rounding of the two rates may end the speech a sample early
            stems.write(rest, np.zeros(rest.shape, np.float32))
        report(1.0)
        return stems.levels

    def _network(self, magnitudes: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        try:
            mask: npt.NDArray[np.float32] = self._session.run(["mask"], {"magnitude": magnitudes})[0]
        except RuntimeError as error:
            raise EngineFailure(f"the network {NAME} could not hear this audio: {error}") from error
        return mask


class _Waiting:
    """What of the mix was read and is not yet written; no more than a few windows."""

    def __init__(self) -> None:
        import numpy as np  # noqa: PLC0415

        self._blocks: deque[Integers] = deque()
        self._none: Integers = np.zeros((0, 2), np.int32)

    def passing(self, blocks: Iterable[Integers]) -> Iterator[Integers]:
        for block in blocks:
            self._blocks.append(block)
            yield block

    def take(self, count: int) -> Integers:
        """The oldest `count` frames, or all where there are fewer."""
        import numpy as np  # noqa: PLC0415

        taken = [self._none]
        while count and self._blocks:
            block = self._blocks.popleft()
            taken.append(block[:count])
            if len(block) > count:
                self._blocks.appendleft(block[count:])
            count -= len(taken[-1])
        return np.concatenate(taken)


def _resampled(blocks: Iterable[Samples], from_rate: int, to_rate: int) -> Iterator[Samples]:
    import numpy as np  # noqa: PLC0415
    import soxr  # noqa: PLC0415

    converter = soxr.ResampleStream(from_rate, to_rate, 2, dtype="float32", quality="HQ")
    for block in blocks:
        yield converter.resample_chunk(block)
    yield converter.resample_chunk(np.zeros((0, 2), np.float32), last=True)


def _spectra(blocks: Iterable[Samples]) -> Iterator[Spectra]:
    analysis = Analysis(channels=2)
    for block in blocks:
        yield analysis.push(block)
    yield analysis.flush()


def _sound(spectra: Iterable[Spectra]) -> Iterator[Samples]:
    synthesis = Synthesis(channels=2)
    for frames in spectra:
        for start in range(0, frames.shape[1], _AT_A_TIME):
            yield synthesis.push(frames[:, start : start + _AT_A_TIME])


SPEC = EngineSpec(
    name=NAME,
    capability=Capability.SEPARATION,
    version="spleeter-2stems/1",
    title="Spleeter 2 stems: speech and background",
    load="soundstage.engines.separation.spleeter:load",
    check=check,
    licence="MIT (code and weights)",
    memory_mb=700,  # two windows at once; one, on fewer than four cores, takes 510
    rank=10,
    settings=("models_dir", "cpu_threads"),
    model=lambda _settings: identity(NAME),
)
