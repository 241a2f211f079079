"""Mix in, two stems out: FLAC of the mix's own depth that add up to it, sample by sample, to the last bit."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from soundstage.engines.separation.contract import Stems
from soundstage.errors import EngineFailure

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Integers = npt.NDArray[np.int32]  # (n, 2), of the mix's bits
    Samples = npt.NDArray[np.float32]  # (n, 2), full scale ±1

RATE = 48_000  # Hz
QUIETEST_DBFS = -120.0  # what silence reads as
_FLAC_LEVEL = 0.125  # libsndfile's 0–1 for 0–8, as for the source track


class Mix:
    """An open mix; `bits` are 16 where the file has those, else 24. Raises EngineFailure: it is no 48 kHz stereo."""

    def __init__(self, path: Path) -> None:
        import soundfile  # noqa: PLC0415 - specs stay light

        try:
            self._file: Any = soundfile.SoundFile(path)
        except (soundfile.SoundFileError, OSError) as error:
            raise EngineFailure(f"the mix cannot be opened: {error}") from error
        if (self._file.samplerate, self._file.channels) != (RATE, 2):
            found = f"{self._file.samplerate} Hz, {self._file.channels} channels"
            self._file.close()
            raise EngineFailure(f"the mix must be 48000 Hz, 2 channels; this one has {found}: decode the source again")
        self.frames: int = self._file.frames
        self.bits = 16 if self._file.subtype == "PCM_16" else 24

    def __enter__(self) -> Mix:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def blocks(self, frames: int) -> Iterator[Integers]:
        """The mix in blocks of so many frames; the last may be shorter."""
        import soundfile  # noqa: PLC0415

        try:
            while len(block := self._file.read(frames, dtype="int32", always_2d=True)):
                yield block >> (32 - self.bits)
        except soundfile.SoundFileError as error:
            raise EngineFailure(f"the mix cannot be read: {error}") from error


class StemFiles:
    """Writes both stems; their levels are known at the end."""

    def __init__(self, speech: Path, background: Path, bits: int) -> None:
        self._outputs = (_Stem(speech, bits), _Stem(background, bits))
        self._full = 1 << (bits - 1)

    def __enter__(self) -> StemFiles:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for output in self._outputs:
            output.close()

    def write(self, mix: Integers, speech: Samples) -> None:
        """The next samples of the mix and the speech found in them, as many."""
        import numpy as np  # noqa: PLC0415

        lowest, highest = -self._full, self._full - 1
        rounded = np.clip(np.rint(speech * np.float32(self._full)), lowest, highest).astype(np.int32)
        # Where the rest would pass full scale, speech takes what does not fit: it stays within, as the mix does.
        background = np.clip(mix - rounded, lowest, highest)
        for output, samples in zip(self._outputs, (mix - background, background), strict=True):
            output.write(samples)

    @property
    def levels(self) -> Stems:
        speech, background = (output.dbfs for output in self._outputs)
        return Stems(speech_dbfs=speech, background_dbfs=background)


class _Stem:
    def __init__(self, path: Path, bits: int) -> None:
        import soundfile  # noqa: PLC0415

        from soundstage.media.storage_full import full_disk_told  # noqa: PLC0415

        self._disk = partial(full_disk_told, path)
        self._bits = bits
        self._energy, self._count = 0.0, 0
        with self._disk():
            self._file: Any = soundfile.SoundFile(
                path, "w", RATE, 2, f"PCM_{bits}", format="FLAC", compression_level=_FLAC_LEVEL
            )

    def write(self, samples: Integers) -> None:
        import numpy as np  # noqa: PLC0415

        flat = samples.reshape(-1).astype(np.float64)
        self._energy += float(flat @ flat)
        self._count += len(flat)
        with self._disk():
            self._file.write(samples << (32 - self._bits))

    def close(self) -> None:
        with self._disk():
            self._file.close()

    @property
    def dbfs(self) -> float:
        power = self._energy / max(1, self._count) / 4.0 ** (self._bits - 1)
        return max(QUIETEST_DBFS, round(10 * math.log10(power), 2)) if power else QUIETEST_DBFS
