"""Whisper on real recordings and synthetic speech: words, times, language, and nothing that nobody said."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
from tests.tongues import after_one_another, say

from soundstage.domain.timing import Span
from soundstage.engines.activity import omnivad
from soundstage.engines.analysis_track import AnalysisTrack
from soundstage.engines.progress import silent
from soundstage.engines.speech import hibari
from soundstage.engines.speech.contract import SpeechOrder
from soundstage.engines.transcription import whisper
from soundstage.engines.transcription.contract import TranscriptionOptions
from soundstage.engines.transcription.listening_plan import plan
from soundstage.engines.transcription.whisper import WhisperTranscriber
from soundstage.errors import EngineFailure, Misconfigured
from soundstage.testing.engines import TranscriberContract, check_transcript, write_wav
from soundstage.testing.word_error import word_error, words_of


def analysis_track(source: Path, output: Path) -> Path:
    samples, rate = soundfile.read(source, dtype="float32", always_2d=True)
    return write_wav(output, soxr.resample(samples.mean(axis=1), rate, 16_000))


@pytest.fixture(scope="module")
def transcriber(tmp_path_factory: pytest.TempPathFactory) -> WhisperTranscriber:
    return whisper.load({"models_dir": str(tmp_path_factory.mktemp("models"))})


class TestContract(TranscriberContract):
    spec = whisper.SPEC

    @pytest.fixture
    def speech(self, clips: Path) -> Path:
        return clips / "austen-0880.wav"


def test_words_of_real_recordings(transcriber: WhisperTranscriber, clips: Path, tmp_path: Path) -> None:
    for name, source in (("jfk", "jfk.flac"), ("austen-0870", "austen-0870.wav"), ("LJ001-0005", "LJ001-0005.flac")):
        track = analysis_track(clips / source, tmp_path / f"{name}.wav")
        told: list[float] = []
        transcript = transcriber.transcribe(track, TranscriptionOptions(), told.append)
        assert told[0] > 0.0, "the language is known before anything is heard"
        assert all(0.0 <= after - before < 0.5 for before, after in pairwise([0.0, *told])), told
        assert told[-1] == 1.0
        text = " ".join(passage.text for passage in transcript.passages)
        assert word_error((clips / f"{name}.txt").read_text(), text).rate <= 0.06, text
        assert (transcript.language, transcript.language_confidence > 0.6) == ("en", True)


def test_words_begin_when_they_are_said(transcriber: WhisperTranscriber, clips: Path, tmp_path: Path) -> None:
    track = analysis_track(clips / "jfk.flac", tmp_path / "jfk.wav")
    speech = omnivad.load({}).detect(track, silent).speech
    transcript = transcriber.transcribe(track, TranscriptionOptions(language="en", speech=speech), silent)
    check_transcript(transcript, 11_000)
    starts = [(words_of(word.text)[0], word.span.start_ms) for word in transcript.words]
    # As the wave form shows: both times a pause ends with "ask", at 3.25 and 8.15 s.
    asks = [ms for text, ms in starts if text == "ask"]
    assert abs(asks[0] - 3_250) < 150 and abs(asks[1] - 8_150) < 150
    assert starts[0][0] == "and" and starts[0][1] < 700


def test_pieces_heard_side_by_side_lose_no_word(clips: Path, tmp_path: Path) -> None:
    sources = sorted(clips.glob("LJ*.flac"))[:6] + sorted(clips.glob("austen-08*.wav"))
    said, samples = [], [np.zeros(8_000, np.float32)]
    while sum(map(len, samples)) < 45 * 16_000:  # enough for two pieces
        source = sources[len(said) % len(sources)]
        with AnalysisTrack(analysis_track(source, tmp_path / "one.wav")) as one:
            samples += [one.read(0, one.duration_ms), np.zeros(8_000, np.float32)]
        said.append(source.with_suffix(".txt").read_text())
    track = write_wav(tmp_path / "long.wav", np.concatenate(samples))
    with AnalysisTrack(track) as whole:
        assert len(plan(whole, None)) == 2
    heard = [
        whisper.load({"models_dir": str(tmp_path), "cpu_threads": threads}).transcribe(
            track, TranscriptionOptions(language="en"), silent
        )
        for threads in (1, 2)
    ]
    assert heard[0] == heard[1], "a machine of one core and one of many hear the same"
    text = " ".join(passage.text for passage in heard[0].passages)
    assert word_error(" ".join(said), text).rate <= 0.06, text


def test_hears_what_stands_in_the_spans_only(transcriber: WhisperTranscriber, clips: Path, tmp_path: Path) -> None:
    track = analysis_track(clips / "jfk.flac", tmp_path / "jfk.wav")
    last = (Span(start_ms=8_000, end_ms=11_000),)
    transcript = transcriber.transcribe(track, TranscriptionOptions(language="en", speech=last), silent)
    assert transcript.words[0].span.start_ms >= 7_500
    assert "ask what you can do for your country" in " ".join(words_of(" ".join(w.text for w in transcript.words)))


def test_long_silence_is_left_out_and_times_hold(transcriber: WhisperTranscriber, clips: Path, tmp_path: Path) -> None:
    lines = [soundfile.read(clips / f"austen-{name}.wav", dtype="float32")[0] for name in ("0880", "0890")]
    texts = [(clips / f"austen-{name}.txt").read_text() for name in ("0880", "0890")]
    track = write_wav(tmp_path / "gaps.wav", np.concatenate([lines[0], np.zeros(16_000 * 40), lines[1]]))
    first_ms, later_ms, end_ms = len(lines[0]) // 16, len(lines[0]) // 16 + 40_000, sum(map(len, lines)) // 16 + 40_000
    speech = omnivad.load({}).detect(track, silent).speech
    transcript = transcriber.transcribe(track, TranscriptionOptions(language="en", speech=speech), silent)
    check_transcript(transcript, end_ms)
    first = [word.text for word in transcript.words if word.span.end_ms <= first_ms + 200]
    second = [word.text for word in transcript.words if word.span.start_ms >= later_ms - 200]
    assert len(first) + len(second) == len(transcript.words)
    assert word_error(texts[0], " ".join(first)).rate <= 0.25
    assert word_error(texts[1], " ".join(second)).rate <= 0.25


def test_noise_and_music_are_not_text(transcriber: WhisperTranscriber, tmp_path: Path) -> None:
    seconds = np.arange(16_000 * 8) / 16_000
    noise = np.random.default_rng(3).normal(size=len(seconds)) * 0.05
    chord = sum(0.1 * np.sin(2 * np.pi * hertz * seconds) for hertz in (220.0, 277.2, 329.6))
    for samples in (noise, chord):
        track = write_wav(tmp_path / "nobody.wav", samples)
        assert transcriber.transcribe(track, TranscriptionOptions(language="en"), silent).passages == ()


def test_understands_our_own_speech(transcriber: WhisperTranscriber, tmp_path: Path) -> None:
    text = "Good morning, and welcome to the show. The weather will be warm and sunny until Thursday."
    hibari.load({}).speak(SpeechOrder(text=text, language="en"), tmp_path / "speech.wav", silent)
    track = analysis_track(tmp_path / "speech.wav", tmp_path / "track.wav")
    transcript = transcriber.transcribe(track, TranscriptionOptions(), silent)
    assert word_error(text, " ".join(passage.text for passage in transcript.passages)).rate <= 0.1
    assert transcript.language == "en"


def test_faults_name_their_cure(transcriber: WhisperTranscriber, clips: Path, tmp_path: Path) -> None:
    with pytest.raises(EngineFailure, match="does not know the language 'tlh'"):
        transcriber.transcribe(clips / "austen-0880.wav", TranscriptionOptions(language="tlh"), silent)
    mine = {"whisper_model_dir": str(tmp_path)}
    assert "model.bin" in (whisper.SPEC.check(mine).problem or "")
    with pytest.raises(Misconfigured, match="whisper_model_dir"):
        whisper.load(mine)


def test_a_passage_in_another_language_is_heard_in_it_unless_one_is_given(
    transcriber: WhisperTranscriber, clips: Path, tmp_path: Path
) -> None:
    english = soundfile.read(analysis_track(clips / "LJ001-0004.flac", tmp_path / "english.wav"), dtype="float32")[0]
    samples, said = after_one_another([("en", english), ("de", say("de")), ("en", english)])
    track = write_wav(tmp_path / "both.wav", samples)
    speech = omnivad.load({}).detect(track, silent).speech
    found = transcriber.transcribe(track, TranscriptionOptions(speech=speech), silent)
    check_transcript(found, len(samples) // 16)
    assert [one.language for one in found.stretches] == ["en", "de", "en"]
    for stretch, sentence in zip(found.stretches, said, strict=True):
        assert abs(stretch.span.start_ms - sentence.start_ms) < 400 and abs(stretch.span.end_ms - sentence.end_ms) < 400
    german = " ".join(one.text for one in found.passages if one.language == "de")
    assert "Guten Morgen" in german and "Stunde auf den Zug" in german
    assert (found.language, {one.language for one in found.passages}) == ("en", {None, "de"})
    own = " ".join(one.text for one in found.passages if one.language is None)
    text = (clips / "LJ001-0004.txt").read_text()
    assert word_error(f"{text} {text}", own).rate <= 0.1, own

    given = transcriber.transcribe(track, TranscriptionOptions(language="en", speech=speech), silent)
    assert (given.language, {one.language for one in given.passages}) == ("en", {None})
    assert [one.language for one in given.stretches] == ["en", "de", "en"], "it is told all the same"
