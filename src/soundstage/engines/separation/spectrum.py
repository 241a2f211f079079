"""Sound to overlapping spectra and back, streaming: in blocks of any size it is the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Samples = npt.NDArray[np.float32]  # (n, channels), full scale ±1
    Spectra = npt.NDArray[np.complex64]  # (channels, frames, SIZE // 2 + 1)

SIZE = 4096  # samples a frame, under a Hann window
HOP = 1024
_LEAD = SIZE - HOP  # zeros before and after the sound, so that each of its samples lies in four frames
_GAIN = 1.5  # what the squared windows of four overlapping frames add up to


def _hann() -> npt.NDArray[np.float32]:
    import numpy as np  # noqa: PLC0415 - specs stay light

    return (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(SIZE) / SIZE)).astype(np.float32)


class Analysis:
    """Pushes samples in, takes spectra out. n samples give ceil((n + SIZE − HOP) / HOP) frames in all."""

    def __init__(self, channels: int) -> None:
        import numpy as np  # noqa: PLC0415

        self._window = _hann()
        self._waiting: Samples = np.zeros((_LEAD, channels), np.float32)

    def push(self, samples: Samples) -> Spectra:
        """The frames that these samples complete; none or many."""
        import numpy as np  # noqa: PLC0415
        from scipy import fft  # noqa: PLC0415

        joined = np.concatenate([self._waiting, samples])
        count = max(0, (len(joined) - SIZE) // HOP + 1)
        self._waiting = joined[count * HOP :]
        if not count:
            return np.zeros((joined.shape[1], 0, SIZE // 2 + 1), np.complex64)
        frames = np.lib.stride_tricks.sliding_window_view(joined.T, SIZE, axis=1)[:, : count * HOP : HOP]
        spectra: Spectra = fft.rfft(frames * self._window, axis=-1, overwrite_x=True)
        return spectra

    def flush(self) -> Spectra:
        """The frames that the end of the sound completes."""
        import numpy as np  # noqa: PLC0415

        # as many frames as begin before the sound's end
        short = (-len(self._waiting)) % HOP
        return self.push(np.zeros((short + _LEAD, self._waiting.shape[1]), np.float32))


class Synthesis:
    """The way back. What `Analysis` made of a sound becomes that sound, followed by less than a frame of silence."""

    def __init__(self, channels: int) -> None:
        import numpy as np  # noqa: PLC0415

        self._window = _hann() / np.float32(_GAIN)
        self._unfinished: Samples = np.zeros((_LEAD, channels), np.float32)
        self._skip = _LEAD

    def push(self, spectra: Spectra) -> Samples:
        """The samples that these frames finish: HOP for each, but for the lead before the sound."""
        import numpy as np  # noqa: PLC0415
        from scipy import fft  # noqa: PLC0415

        channels, count, _ = spectra.shape
        frames = fft.irfft(spectra, SIZE, axis=-1) * self._window
        # (channels, count, 4 hops): hop h of frame f lies at hop f + h of the sum
        hops = frames.reshape(channels, count, SIZE // HOP, HOP)
        added = np.zeros((channels, count + SIZE // HOP - 1, HOP), np.float32)
        added[:, : SIZE // HOP - 1] = self._unfinished.T.reshape(channels, -1, HOP)
        for place in range(SIZE // HOP):
            added[:, place : place + count] += hops[:, :, place]
        whole = added.reshape(channels, -1).T
        done, self._unfinished = whole[: count * HOP], whole[count * HOP :]
        skipped = min(self._skip, len(done))
        self._skip -= skipped
        return np.ascontiguousarray(done[skipped:])
