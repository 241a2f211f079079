"""Media, engines and values that the tests of stages share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import soundfile

from soundstage.domain.artifact import Artifact
from soundstage.domain.request import ProjectSetupRequest
from soundstage.domain.timing import Span
from soundstage.domain.transcript import Passage, Transcript, Word
from soundstage.engines.registry import Registry
from soundstage.engines.spec import Capability, EngineSpec, Readiness
from soundstage.media.peaks import write_peaks
from soundstage.pipelines.stages.decode import DecodedAudio
from soundstage.testing.context import LocalContext, LocalSettings

RATE = 48_000
MakeContext = Callable[..., LocalContext]


@pytest.fixture
def make_context(tmp_path: Path) -> MakeContext:
    """`make_context(media, name)`: a context whose upload `upload://media` is that file; engines by `specs`."""

    def make(
        media: Path | None = None, name: str | None = None, *, specs: Sequence[EngineSpec] = (), **keywords: Any
    ) -> LocalContext:
        uploads = {"upload://media": (media, name or media.name)} if media else {}
        settings = {key: keywords.pop(key) for key in list(keywords) if hasattr(LocalSettings, key)}
        return LocalContext(
            tmp_path / "context",
            registry=keywords.pop("registry", Registry.of(*specs)),
            uploads=uploads,
            settings=LocalSettings(**settings),
            **keywords,
        )

    return make


@pytest.fixture
def request_for() -> Callable[..., ProjectSetupRequest]:
    """A request for the upload `upload://media`, from any language to Spanish unless told otherwise."""

    def make(**fields: Any) -> ProjectSetupRequest:
        whole = {"media_url": "upload://media", "source_language": None, "target_languages": (54,)} | fields
        return ProjectSetupRequest.model_validate(whole)

    return make


@pytest.fixture
def decoded_audio() -> Callable[[LocalContext], DecodedAudio]:
    """Ten seconds of decoded silence, kept in a context."""

    def make(context: LocalContext) -> DecodedAudio:
        source, analysis = context.scratch() / "source.flac", context.scratch() / "analysis.wav"
        soundfile.write(source, np.zeros((10 * RATE, 2), dtype=np.int16), RATE)
        soundfile.write(analysis, np.zeros(10 * 16_000, dtype=np.int16), 16_000)
        peaks = context.scratch() / "peaks.bin"
        write_peaks(source, peaks)
        kept: list[Artifact] = [
            context.put(path, name=path.name, media_type=media_type)
            for path, media_type in (
                (source, "audio/flac"),
                (analysis, "audio/wav"),
                (peaks, "application/octet-stream"),
            )
        ]
        return DecodedAudio(source=kept[0], analysis=kept[1], peaks=kept[2], duration_ms=10_000)

    return make


@pytest.fixture
def engine() -> Callable[..., EngineSpec]:
    """A spec of an engine whose `load` is a dotted name; ready, unless told what is missing."""

    def make(capability: Capability, load: str, **fields: Any) -> EngineSpec:
        readiness: Readiness = fields.pop("readiness", Readiness.yes())
        return EngineSpec(
            name=fields.pop("name", "small"),
            capability=capability,
            version="1",
            title="A small engine",
            load=load,
            check=lambda _settings: readiness,
            licence="Apache-2.0",
            **fields,
        )

    return make


def transcript_of(*texts: str, language: str = "en", confidence: float = 0.9) -> Transcript:
    """Passages of words 250 ms long, 300 ms apart, one second of silence between passages."""
    passages, at = [], 500
    for text in texts:
        words = []
        for word in text.split():
            words.append(Word(text=word, span=Span(start_ms=at, end_ms=at + 250), confidence=confidence))
            at += 300
        span = Span(start_ms=words[0].span.start_ms, end_ms=words[-1].span.end_ms)
        passages.append(Passage(text=text, span=span, words=tuple(words), confidence=confidence))
        at += 1_000
    return Transcript(language=language, language_confidence=0.98, passages=tuple(passages))


@pytest.fixture
def transcript() -> Callable[..., Transcript]:
    return transcript_of


@pytest.fixture
def tone(tmp_path: Path) -> Callable[..., Path]:
    """A WAV of a sine (or of silence, or far too loud) of some seconds."""

    def make(name: str = "tone.wav", *, seconds: float = 2.0, level: float = 0.3) -> Path:
        time = np.arange(int(seconds * RATE)) / RATE
        wave = np.clip(level * np.sin(2 * np.pi * 440 * time), -1.0, 1.0)
        path = tmp_path / name
        soundfile.write(path, np.stack([wave, wave], axis=1), RATE, subtype="PCM_16")
        return path

    return make


@pytest.fixture
def movie(tmp_path: Path) -> Callable[..., Path]:
    """A small MP4: a black picture, and one AAC stream of a sine for each language named."""

    def make(name: str = "movie.mp4", *, languages: Sequence[str] = (), seconds: float = 1.0) -> Path:
        path = tmp_path / name
        with av.open(str(path), "w") as container:
            video = container.add_stream("mpeg4", rate=10)
            video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
            audio = []
            for language in languages:
                stream = container.add_stream("aac", rate=RATE, layout="stereo")
                stream.metadata["language"] = language
                audio.append(stream)
            for _ in range(int(seconds * 10)):
                frame = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), dtype=np.uint8), format="rgb24")
                container.mux(video.encode(frame))
            container.mux(video.encode(None))
            for number, stream in enumerate(audio, start=1):
                _sine(container, stream, 220.0 * number, seconds)
        return path

    return make


def _sine(container: Any, stream: Any, hertz: float, seconds: float) -> None:
    wave = 0.3 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE)
    for start in range(0, len(wave), 1024):
        block = np.repeat(wave[None, start : start + 1024], 2, axis=0).astype(np.float32)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts = RATE, start
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))
