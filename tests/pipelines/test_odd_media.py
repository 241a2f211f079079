"""Media that is unlike what one expects, from ingest to decode: what is made of it, or which reason is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from soundstage.errors import ExceptionReason as Reason
from soundstage.errors import StageFailure
from soundstage.pipelines.stages.decode import DecodeFindings, decode
from soundstage.pipelines.stages.ingest import ingest
from soundstage.pipelines.stages.probe import ProbeFindings, probe
from soundstage.testing import media, odd_media

Made = tuple[ProbeFindings, DecodeFindings, np.ndarray]


@pytest.fixture
def taken(make_context, request_for) -> Callable[..., Made]:
    """Findings of probe and decode, and the source track's left channel."""

    def run(path: Path | None, name: str | None = None, *, tracks: tuple[int, ...] | None = None, **settings) -> Made:
        context, request = make_context(path, name, **settings), request_for(selected_audio_tracks=tracks)
        ingested = ingest(context, request).output
        probed = probe(context, request, ingested)
        decoded = decode(context, ingested, probed.output)
        samples, _ = soundfile.read(context.open(decoded.output.source), dtype="float32")
        return probed.findings, decoded.findings, samples[:, 0]

    return run


def level(samples: np.ndarray, hertz: float) -> float:
    """Amplitude of one frequency in the middle of a sound."""
    middle = samples[len(samples) // 5 : -len(samples) // 5]
    return float(2 * abs(np.mean(middle * np.exp(-2j * np.pi * hertz * np.arange(len(middle)) / 48_000))))


@pytest.mark.parametrize("ending", ["mp4", "mkv"])
def test_variable_frame_rate(taken, tmp_path: Path, ending: str) -> None:
    probed, decoded, samples = taken(odd_media.make_uneven_pictures(tmp_path / f"x.{ending}"))
    if ending == "mp4":  # Matroska does not tell it
        assert next(one for one in probed.streams if one.kind == "video").variable_frame_rate
    assert decoded.duration_ms == pytest.approx(3000, abs=25) and level(samples, 440) == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("ending", ["mp4", "mov"])
def test_edit_lists_and_times_before_zero(taken, tmp_path: Path, ending: str) -> None:
    """What the edit list hides is not heard."""
    probed, decoded, samples = taken(odd_media.make_edit_list(tmp_path / f"x.{ending}"))
    assert probed.duration_ms == 3000 and decoded.duration_ms == pytest.approx(3000, abs=25)
    assert level(samples, 440) == pytest.approx(0.5, abs=0.03) and level(samples[:9600], 880) < 0.02


def test_times_that_begin_later_than_zero(taken, tmp_path: Path) -> None:
    """Matroska counts its length from zero all the same: nothing is missing for that."""
    probed, decoded, samples = taken(odd_media.make_late_beginning(tmp_path / "x.mkv"))
    assert (probed.duration_ms, decoded.duration_ms) == pytest.approx((3000, 3000), abs=50)
    assert decoded.missing_ms == 0 and decoded.warnings == () and level(samples, 440) == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("ending", ["mov", "mxf", "mkv"])
def test_many_tracks(taken, tmp_path: Path, ending: str) -> None:
    path = odd_media.make_mono_tracks(tmp_path / f"x.{ending}")
    probed, _, samples = taken(path)
    assert sum(one.kind == "audio" for one in probed.streams) == 8 and probed.audio_tracks == (0,)
    assert level(samples, 200) == pytest.approx(0.3, abs=0.01) and level(samples, 900) < 0.01
    probed, _, samples = taken(path, tracks=(7, 2))
    assert probed.audio_tracks == (2, 7) and "averaged" in probed.audio_tracks_why
    assert [level(samples, hertz) for hertz in (400, 900)] == pytest.approx([0.15, 0.15], abs=0.01)


@pytest.mark.parametrize(("ending", "channels", "rate"), [("mp4", 6, 48_000), ("mkv", 6, 48_000), ("m4a", 1, 8_000)])
def test_surround_and_telephone(taken, tmp_path: Path, ending: str, channels: int, rate: int) -> None:
    path = media.make_clip(tmp_path / f"x.{ending}", tones=[media.Tone(channels=channels)], rate=rate)
    probed, decoded, samples = taken(path)
    (sound,) = [one for one in probed.streams if one.kind == "audio"]
    assert (sound.channels, sound.sample_rate) == (channels, rate)
    assert level(samples, 440) == pytest.approx(0.5, abs=0.05)
    assert (decoded.correlation or 0) > 0.999 and (decoded.dual_mono or channels == 1 or ending == "mp4")


@pytest.mark.parametrize(
    ("rate", "subtype"),
    [(8_000, "ULAW"), (8_000, "PCM_U8"), (11_025, "PCM_16"), (96_000, "PCM_24"), (192_000, "FLOAT")],
)
def test_rates_and_sample_formats(taken, tmp_path: Path, rate: int, subtype: str) -> None:
    wave = media.sine(440.0, 2.0, rate)
    _, decoded, samples = taken(media.make_wav(tmp_path / "x.wav", wave, rate, subtype))
    assert decoded.duration_ms == 2000 and level(samples, 440) == pytest.approx(0.5, abs=0.01)
    assert decoded.true_peak_dbtp == pytest.approx(-6.0, abs=0.3) and decoded.warnings == ()


def test_an_empty_track_beside_a_full_one(taken, tmp_path: Path) -> None:
    path = odd_media.make_empty_track(tmp_path / "x.mkv")
    assert level(taken(path)[2], 440) == pytest.approx(0.5, abs=0.03)
    with pytest.raises(StageFailure, match="Choose another with selected_audio_tracks") as caught:
        taken(path, tracks=(1,))
    assert caught.value.reason is Reason.INVALID_SOURCE_DATA


def lying_about_its_length(path: Path) -> Path:
    """An MP3 without a length tag that lasts five seconds."""
    data = media.make_clip(path, seconds=5.0).read_bytes()
    path.write_bytes(data.replace(b"Info", b"\0\0\0\0").replace(b"Xing", b"\0\0\0\0"))
    return path


def cut_before_its_index(path: Path) -> Path:
    data = media.make_clip(path).read_bytes()
    path.write_bytes(data[: len(data) // 2])
    return path


def without_samples(path: Path) -> Path:
    return media.make_wav(path, np.zeros((0, 1), np.float32), 8000)


FAILURES: list[tuple[str, str, Callable[[Path], Path], Reason, dict[str, object]]] = [
    ("no such upload", "x.mp4", lambda _: None, Reason.SOURCE_NOT_FOUND, {}),
    ("empty file", "x.mp4", media.make_empty, Reason.INVALID_SOURCE_DATA, {}),
    ("broken index", "x.mov", media.make_broken_index, Reason.INVALID_SOURCE_DATA, {}),
    ("cut before its index", "x.mp4", cut_before_its_index, Reason.INVALID_SOURCE_DATA, {}),
    ("no samples", "x.wav", without_samples, Reason.INVALID_SOURCE_DATA, {}),
    ("text named as film", "x.mp4", media.make_text, Reason.CONTENT_DOES_NOT_MATCH_EXTENSION, {}),
    ("page named as film", "x.mkv", media.make_page, Reason.CONTENT_DOES_NOT_MATCH_EXTENSION, {}),
    ("text", "x.txt", media.make_text, Reason.SOURCE_TYPE_NOT_SUPPORTED, {}),
    ("silent film", "x.mp4", media.make_silent_film, Reason.VIDEO_DOES_NOT_HAVE_AUDIO_STREAMS, {}),
    ("no such track", "x.mkv", media.make_two_tracks, Reason.INVALID_AUDIO_TRACKS_SELECTION, {"tracks": (2,)}),
    ("unknown codec", "x.wav", odd_media.make_unknown_codec, Reason.MISMATCHED_SOURCE_CODEC, {}),
    ("not what its header says", "x.m4a", odd_media.make_wrong_codec, Reason.MISMATCHED_SOURCE_CODEC, {}),
    ("too long", "x.mp4", media.make_clip, Reason.SOURCE_TOO_LONG, {"max_media_seconds": 1.0}),
    ("longer than told", "x.mp3", lying_about_its_length, Reason.SOURCE_TOO_LONG, {"max_media_seconds": 4.0}),
    ("too large", "x.mp4", media.make_clip, Reason.SOURCE_TOO_LARGE, {"max_media_bytes": 1000}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "make", "reason", "told"), [row[1:] for row in FAILURES], ids=[r[0] for r in FAILURES]
)
def test_failures_tell_reason_and_cure(
    taken, tmp_path: Path, name: str, make: Callable[[Path], Path], reason: Reason, told: dict[str, object]
) -> None:
    path = make(tmp_path / name)
    with pytest.raises(StageFailure) as caught:
        taken(path, **told)
    assert caught.value.reason is reason and not caught.value.retryable
    assert len(caught.value.message.split()) > 4


def test_an_index_that_points_outside_does_not_keep_us(taken, tmp_path: Path) -> None:
    """A packet said to be half a gigabyte long: FFmpeg gives an error each time it is asked for the next."""
    path = odd_media.make_edit_list(tmp_path / "x.mov")
    data = bytearray(path.read_bytes())
    sizes = data.index(b"stsz") + 16
    data[sizes + 4 * 100 : sizes + 4 * 100 + 4] = (0x20000000).to_bytes(4)
    path.write_bytes(data)
    _, decoded, samples = taken(path)
    assert decoded.damaged_packets > 0 and 500 < decoded.duration_ms < 3000
    assert level(samples, 440) > 0.3 and any("damaged" in one for one in decoded.warnings)
