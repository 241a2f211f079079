"""Decode: lengths, levels, and what is said of media that is not whole."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from soundstage.errors import ExceptionReason, SourceFailure
from soundstage.pipelines.stages.decode import decode
from soundstage.pipelines.stages.ingest import ingest
from soundstage.pipelines.stages.probe import probe


@pytest.fixture
def decoded(make_context, request_for):
    def run(media: Path, *, tracks=None, context=None):
        context = context or make_context(media)
        request = request_for(selected_audio_tracks=tracks)
        ingested = ingest(context, request).output
        return context, decode(context, ingested, probe(context, request, ingested).output)

    return run


def test_both_tracks_have_the_right_form_and_length(decoded, tone) -> None:
    context, outcome = decoded(tone(seconds=2.5))
    source, analysis = (
        soundfile.info(context.open(artifact)) for artifact in (outcome.output.source, outcome.output.analysis)
    )
    assert (source.format, source.samplerate, source.channels, source.frames) == ("FLAC", 48_000, 2, 120_000)
    assert (analysis.format, analysis.samplerate, analysis.channels, analysis.frames) == ("WAV", 16_000, 1, 40_000)
    assert outcome.output.duration_ms == 2500
    assert outcome.findings.peak_dbfs == pytest.approx(-10.5, abs=0.2)
    assert outcome.findings.true_peak_dbtp == pytest.approx(-10.5, abs=0.2)
    assert outcome.findings.integrated_lufs is not None
    assert outcome.findings.warnings == ()
    assert outcome.summary.startswith("Decoded 2.5 s, loudness -")
    assert max(context.reported) <= 1.0


def test_the_same_media_again_gives_the_same(decoded, movie) -> None:
    media = movie(languages=["eng", "spa"])
    assert decoded(media, tracks=(0, 1))[1] == decoded(media, tracks=(0, 1))[1]


def test_silence_is_said(decoded, tone) -> None:
    _, outcome = decoded(tone(level=0.0))
    assert outcome.findings.silence_share == 1.0
    assert outcome.findings.integrated_lufs is None
    assert "The audio is silent throughout." in outcome.summary


def stereo(path: Path, left: float, right: float) -> Path:
    """Four seconds of noise, at these factors on the two sides."""
    noise = np.random.default_rng(1).normal(0, 0.1, 4 * 48_000)
    soundfile.write(path, np.stack([noise * left, noise * right], axis=1), 48_000)
    return path


def test_dual_mono_is_said(decoded, tmp_path: Path) -> None:
    _, outcome = decoded(stereo(tmp_path / "x.wav", 1.0, 1.0))
    findings = outcome.findings
    assert (findings.sides, findings.dual_mono, findings.correlation) == ("same", True, 1.0)
    assert findings.loudness_range_lu == pytest.approx(0.0, abs=0.5) and findings.warnings == ()
    assert outcome.summary.endswith("left and right the same.") and " LU), true peak -" in outcome.summary


def test_one_channel_is_no_dual_mono(decoded, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "x.wav", np.random.default_rng(1).normal(0, 0.1, 48_000), 48_000)
    findings = decoded(tmp_path / "x.wav")[1].findings
    assert (findings.sides, findings.dual_mono) == ("same", False)


def test_channels_out_of_phase_are_said(decoded, tmp_path: Path) -> None:
    _, outcome = decoded(stereo(tmp_path / "x.wav", 1.0, -1.0))
    assert (outcome.findings.correlation, outcome.findings.out_of_phase_share) == (-1.0, 1.0)
    assert "out of phase for 100 % of the time" in outcome.summary and "polarity" in outcome.summary


@pytest.mark.parametrize(("left", "right", "there"), [(1.0, 0.0, "left"), (0.0, 1.0, "right")])
def test_an_empty_channel_is_said(decoded, tmp_path: Path, left: float, right: float, there: str) -> None:
    _, outcome = decoded(stereo(tmp_path / "x.wav", left, right))
    assert outcome.findings.sides == f"{there}_only" and f"All sound is on the {there} channel" in outcome.summary


def test_clipping_is_said(decoded, tone) -> None:
    _, outcome = decoded(tone(level=4.0))
    assert outcome.findings.clipped_samples > 0
    assert "clipped" in outcome.summary


def test_a_truncated_file_gives_what_it_holds_and_says_so(decoded, tone) -> None:
    whole = tone(seconds=6.0)
    cut = whole.with_name("cut.wav")
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    _, outcome = decoded(cut)
    assert outcome.output.duration_ms == pytest.approx(3000, abs=100)
    assert ("may be cut off" in outcome.summary) == (outcome.findings.missing_ms > 0)


def test_a_truncated_recording_gives_what_it_holds(decoded, clips: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.flac"
    cut.write_bytes((clips / "jfk.flac").read_bytes()[:200_000])
    _, outcome = decoded(cut)
    assert 1_000 < outcome.output.duration_ms < 10_000
    assert outcome.findings.missing_ms == pytest.approx(11_000 - outcome.output.duration_ms, abs=50)
    assert "before its header says: it may be cut off." in outcome.summary


def test_what_lasts_longer_than_its_header_tells_is_refused(make_context, request_for, tone) -> None:
    request = request_for()
    context = make_context(tone())
    ingested = ingest(context, request).output
    probed = probe(context, request, ingested).output
    with pytest.raises(SourceFailure) as caught:
        decode(make_context(max_media_seconds=1.5), ingested, probed)
    assert caught.value.reason is ExceptionReason.SOURCE_TOO_LONG
