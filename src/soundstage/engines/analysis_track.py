"""Reading the analysis track in windows: 16 kHz mono 16-bit WAV of any length, at flat memory."""

from __future__ import annotations

import wave
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING

from soundstage.domain.timing import Span
from soundstage.errors import EngineFailure

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

SAMPLE_RATE = 16_000  # Hz
SAMPLES_PER_MS = SAMPLE_RATE // 1000
_FULL_SCALE = 32_768.0


class AnalysisTrack:
    """An open analysis track. Thread-safe. Raises EngineFailure where the file is no 16 kHz mono 16-bit WAV."""

    def __init__(self, path: Path) -> None:
        try:
            self._wav = wave.open(str(path), "rb")  # noqa: SIM115 - closed by __exit__
        except (wave.Error, EOFError, OSError) as error:
            raise EngineFailure(f"the analysis track cannot be opened: {error}") from error
        found = (self._wav.getframerate(), self._wav.getnchannels(), self._wav.getsampwidth())
        if found != (SAMPLE_RATE, 1, 2):
            self._wav.close()
            raise EngineFailure(
                f"the analysis track must be 16000 Hz, 1 channel, 2 bytes a sample; "
                f"this one has {found[0]} Hz, {found[1]} channels, {found[2]} bytes: decode the source again"
            )
        self._reading = Lock()
        self.frames = self._wav.getnframes()
        self.duration_ms = self.frames // SAMPLES_PER_MS

    def __enter__(self) -> AnalysisTrack:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._wav.close()

    def read(self, start_ms: int, end_ms: int) -> npt.NDArray[np.float32]:
        """Samples of `[start_ms, end_ms)` in [-1, 1); shorter where the file ends."""
        import numpy as np  # noqa: PLC0415 - specs stay light

        first = min(start_ms * SAMPLES_PER_MS, self.frames)
        count = min(end_ms * SAMPLES_PER_MS, self.frames) - first
        with self._reading:
            self._wav.setpos(first)
            frames = self._wav.readframes(max(count, 0))
        pcm = np.frombuffer(frames, dtype="<i2")
        return pcm.astype(np.float32) / np.float32(_FULL_SCALE)

    def gather(self, spans: tuple[Span, ...]) -> npt.NDArray[np.float32]:
        """The samples of several spans, one after the other."""
        import numpy as np  # noqa: PLC0415

        return np.concatenate([self.read(span.start_ms, span.end_ms) for span in spans])
