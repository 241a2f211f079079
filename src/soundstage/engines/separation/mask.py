"""Which share of each frequency at each moment is speech, for sound of any length.

The network hears windows of 512 frames. Each reaches a little into the next, and there one mask fades into the other.
The spectra themselves know no windows: only the mask changes hands, so there is no seam to hear.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from typing import TYPE_CHECKING

from soundstage.engines.separation.spleeter_graph import BINS, FRAMES_MULTIPLE

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from soundstage.engines.separation.spectrum import Spectra

    Magnitudes = npt.NDArray[np.float32]  # (1, channels, frames, BINS)
    Mask = npt.NDArray[np.float32]  # (channels, frames, BINS): shares, 0–1, or the magnitudes they are found from
    Network = Callable[[Magnitudes], Magnitudes]

WINDOW = 512  # frames, 11.9 s: what the network was trained with
FADE = 32  # frames, 0.7 s
_STEP = WINDOW - FADE
# Above 11 kHz, where the network is deaf, a frame is speech as far as it is from 8 kHz up: sibilants pass, cymbals not.
_TOP = 743
# Root mean square of the magnitudes that the network hears best, about −23 dBFS of sound. Quiet sound it judges badly:
# mixtures that gain 9 dB there gained 5 at −47 dBFS and lost 2 at −57. A mask is a share, so no level has to come back.
_LEVEL = 4.0


def separated(spectra: Iterable[Spectra], network: Network, pool: Executor, at_once: int) -> Iterator[Spectra]:
    """The speech in these spectra, in order; `at_once` windows are heard in the pool at the same time."""
    before: Mask | None = None
    for step, mask in _heard(spectra, network, pool, at_once):
        count = step.shape[1]
        if mask is None:
            assert before is not None
            yield _masked(step, before[:, :count])
        else:
            yield _masked(step, mask[:, :count] if before is None else _faded(before, mask[:, :count]))
            before = mask[:, count:]


def _heard(
    spectra: Iterable[Spectra], network: Network, pool: Executor, at_once: int
) -> Iterator[tuple[Spectra, Mask | None]]:
    """Each step with the mask of the window that begins with it (None: the window before has heard all of it)."""
    waiting: deque[tuple[Spectra, Future[Mask] | None]] = deque()
    for step, heard in _windows(spectra):
        waiting.append((step, None if heard is None else pool.submit(_mask, heard, network)))
        if len(waiting) > at_once:
            yield _done(*waiting.popleft())
    for first in waiting:
        yield _done(*first)


def _done(step: Spectra, mask: Future[Mask] | None) -> tuple[Spectra, Mask | None]:
    return step, None if mask is None else mask.result()


def _windows(spectra: Iterable[Spectra]) -> Iterator[tuple[Spectra, Mask | None]]:
    """Each step with the magnitudes of the window that begins with it, and reaches into the next."""
    import numpy as np  # noqa: PLC0415 - specs stay light

    before: Spectra | None = None
    for step in _steps(spectra):
        if before is not None:
            yield before, np.concatenate([_magnitudes(before), _magnitudes(step[:, :FADE])], axis=1)
            if step.shape[1] <= FADE:  # the last
                yield step, None
                return
        before = step
    if before is not None:
        yield before, _magnitudes(before)


def _magnitudes(spectra: Spectra) -> Mask:
    import numpy as np  # noqa: PLC0415

    return np.abs(spectra[..., :BINS])


def _steps(spectra: Iterable[Spectra]) -> Iterator[Spectra]:
    """The same frames, `_STEP` at a time; only the last are fewer."""
    import numpy as np  # noqa: PLC0415

    waiting: list[Spectra] = []
    count = 0
    for block in spectra:
        waiting.append(block)
        count += block.shape[1]
        while count >= _STEP:
            joined = np.concatenate(waiting, axis=1)
            yield joined[:, :_STEP]
            waiting = [joined[:, _STEP:]]
            count -= _STEP
    if count:
        yield np.concatenate(waiting, axis=1)


def _mask(heard: Mask, network: Network) -> Mask:
    import numpy as np  # noqa: PLC0415

    channels, count, _ = heard.shape
    if not heard.any():
        return np.zeros_like(heard)
    padded = np.zeros((1, channels, -(-count // FRAMES_MULTIPLE) * FRAMES_MULTIPLE, BINS), np.float32)
    padded[0, :, :count] = heard * (_LEVEL / np.sqrt(np.mean(np.square(heard))))
    mask: Mask = network(padded)[0, :, :count]
    if np.array_equal(heard[0], heard[1]):  # the network hears left and right with other ears; mono stays mono
        mask[:] = mask.mean(axis=0)
    return mask


def _faded(before: Mask, mask: Mask) -> Mask:
    import numpy as np  # noqa: PLC0415

    share = ((np.arange(FADE, dtype=np.float32) + 0.5) / FADE)[: mask.shape[1], np.newaxis]
    count = len(share)
    mask[:, :count] = mask[:, :count] * share + before[:, :count] * (1 - share)
    return mask


def _masked(step: Spectra, mask: Mask) -> Spectra:
    """In place: a step is ours, and it is masked after the windows it lies in were heard."""
    step[..., :BINS] *= mask
    step[..., BINS:] *= mask[..., _TOP:].mean(axis=-1, keepdims=True)
    return step
