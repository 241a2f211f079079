"""Diarization by two small networks, without torch: pyannote's segmentation and CAM++ voices, clustered.

The segmentation network hears where nobody, one or two people talk and where the speaker changes; pieces of two seconds
of one person become voice embeddings; clustering tells how many people there are; the likeliest way through them gives
each frame its speaker. About 0.06 CPU-s per second of audio; memory hardly grows with the length.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from soundstage.engines.analysis_track import SAMPLES_PER_MS, AnalysisTrack
from soundstage.engines.cores import threads
from soundstage.engines.diarization.contract import Diarization, DiarizationOptions
from soundstage.engines.diarization.frames import (
    FIRST_CENTRE,
    SAMPLES,
    WINDOW_MS,
    Grid,
    Window,
    seconds,
    window_starts,
)
from soundstage.engines.diarization.pieces import Piece, impure, pieces, runs
from soundstage.engines.model_catalogue import identity, model
from soundstage.engines.model_store import folder_of
from soundstage.engines.onnx_model import readiness
from soundstage.engines.progress import Report
from soundstage.engines.spec import Capability, EngineSpec, Readiness
from soundstage.engines.weights import models_dir

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from soundstage.engines.diarization.networks import Networks

    Floats = npt.NDArray[np.float32]

NAME = "campplus"
_MOST_THREADS = 4
_LISTENING, _VOICES = 0.4, 0.97  # of the progress, when each is done
_CORE_SECONDS = 1.2  # speech in a piece that counts for how many people there are
_FEWEST_FEATURES = 20  # frames of 10 ms that make a voice


def check(settings: dict[str, Any]) -> Readiness:
    return readiness(NAME, settings)


def load(settings: dict[str, Any]) -> CampplusDiarizer:
    """The networks out of the models folder, where they are put first if only their package is installed."""
    from soundstage.engines.diarization.networks import Networks  # noqa: PLC0415

    return CampplusDiarizer(
        Networks(folder_of(model(NAME), models_dir(settings))), min(_MOST_THREADS, threads(settings, _MOST_THREADS))
    )


class CampplusDiarizer:
    def __init__(self, networks: Networks, threads: int) -> None:
        self._networks = networks
        self._threads = threads

    def diarize(self, audio: Path, options: DiarizationOptions, report: Report) -> Diarization:
        with AnalysisTrack(audio) as track:
            nobody = Diarization(speakers=(), turns=())
            if not track.duration_ms:
                report(1.0)
                return nobody
            listener = _Listener(self._networks, track, self._threads)
            windows = listener.windows(report)
            grid = Grid.of(windows)
            run_list = runs(grid)
            cut = pieces(run_list)
            voices = listener.voices(cut, report)
            found = _answer(grid, windows, run_list, cut, voices, options, track.duration_ms)
        report(1.0)
        return found or nobody


class _Listener:
    """Asks the networks about parts of a track, several at once."""

    def __init__(self, networks: Networks, track: AnalysisTrack, threads: int) -> None:
        self._networks, self._track, self._threads = networks, track, threads
        self._reading = Lock()

    def windows(self, report: Report) -> list[Window]:
        starts = list(window_starts(self._track.duration_ms))
        heard = []
        with ThreadPoolExecutor(self._threads) as pool:
            for window in pool.map(lambda start: self._window(*start), starts):
                heard.append(window)
                report(_LISTENING * len(heard) / len(starts))
        return heard

    def voices(self, cut: Sequence[Piece], report: Report) -> list[Floats | None]:
        heard: list[Floats | None] = []
        with ThreadPoolExecutor(self._threads) as pool:
            for voice in pool.map(self._voice, cut):
                heard.append(voice)
                report(_LISTENING + (_VOICES - _LISTENING) * len(heard) / len(cut))
        return heard

    def _window(self, from_ms: int, frame: int) -> Window:
        import numpy as np  # noqa: PLC0415

        samples = self._read(from_ms, from_ms + WINDOW_MS)
        missing = WINDOW_MS * SAMPLES_PER_MS - len(samples)
        return Window(frame, self._networks.classes(np.pad(samples, (0, missing)) if missing else samples))

    def _voice(self, piece: Piece) -> Floats | None:
        """The voice of a piece; None where there is too little of it. Silences inside are left out."""
        import numpy as np  # noqa: PLC0415

        from soundstage.engines.diarization.kaldi_fbank import FRAME, HOP, fbank  # noqa: PLC0415

        edge = (SAMPLES + FRAME) // 2  # half a frame of each kind, so that the first one is heard
        first, last = (int(piece.frames[place]) * SAMPLES + FIRST_CENTRE for place in (0, -1))
        from_ms = max(0, first - edge) // SAMPLES_PER_MS
        features = fbank(self._read(from_ms, -(-(last + edge) // SAMPLES_PER_MS)))
        centres = np.arange(len(features)) * HOP + FRAME // 2 + from_ms * SAMPLES_PER_MS
        nearest = np.rint((centres - FIRST_CENTRE) / SAMPLES).astype(np.int32)
        mine = features[np.isin(nearest, piece.frames)]
        return self._networks.voice(mine) if len(mine) >= _FEWEST_FEATURES else None

    def _read(self, from_ms: int, to_ms: int) -> Floats:
        with self._reading:
            return self._track.read(from_ms, to_ms)


def _answer(
    grid: Grid,
    windows: Sequence[Window],
    run_list: Sequence[npt.NDArray[np.int32]],
    cut: Sequence[Piece],
    voices: Sequence[Floats | None],
    options: DiarizationOptions,
    duration_ms: int,
) -> Diarization | None:
    import numpy as np  # noqa: PLC0415

    from soundstage.engines.diarization import clustering, decoding, turns  # noqa: PLC0415

    core = _core(cut, voices)
    if not core:
        return None
    heard = np.stack([voice for i in core if (voice := voices[i]) is not None])
    lengths = np.array([seconds(len(cut[i].frames)) for i in core], np.float32)
    means = clustering.speakers(heard, lengths, options.min_speakers or 1, options.max_speakers)
    likeness = np.full((len(cut), len(means)), np.nan, np.float32)
    for number, voice in enumerate(voices):
        if voice is not None:
            likeness[number] = means @ voice
    alone = decoding.alone(run_list, cut, likeness, len(grid.speakers))
    talking = decoding.talking(grid, windows, alone.speakers, len(means))
    return turns.diarization(talking, _speakers_sureness(likeness), alone.sureness, duration_ms)


def _core(cut: Sequence[Piece], voices: Sequence[Floats | None]) -> list[int]:
    """Numbers of the pieces that tell how many people there are: long ones of one person, where there are such."""
    heard = [number for number, voice in enumerate(voices) if voice is not None]
    mixed = impure(cut, voices)
    core = [i for i in heard if seconds(len(cut[i].frames)) >= _CORE_SECONDS and i not in mixed]
    return core or heard


def _speakers_sureness(likeness: Floats) -> Floats:
    """How sure each speaker is, (speakers,), 0–1: on average of the pieces that sound most like them."""
    import numpy as np  # noqa: PLC0415

    from soundstage.engines.diarization.sureness import sureness  # noqa: PLC0415

    heard = likeness[~np.isnan(likeness[:, 0])]
    nearest, sure = heard.argmax(axis=1), sureness(heard)
    found = np.zeros(likeness.shape[1], np.float32)
    for speaker in np.unique(nearest):
        found[speaker] = float(sure[nearest == speaker, speaker].mean())
    return found


SPEC = EngineSpec(
    name=NAME,
    capability=Capability.DIARIZATION,
    version="campplus/2",
    title="CAM++ voices and pyannote segmentation",
    load="soundstage.engines.diarization.campplus:load",
    check=check,
    licence="Apache-2.0 (CAM++), MIT (segmentation)",
    memory_mb=260,
    rank=10,
    settings=("models_dir", "cpu_threads"),
    model=lambda _settings: identity(NAME),
)
