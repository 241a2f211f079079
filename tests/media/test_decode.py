from __future__ import annotations

import resource
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from soundstage.errors import ExceptionReason, SourceFailure, StorageFull
from soundstage.media.choose import choose_streams
from soundstage.media.decode import Decoded, decode
from soundstage.media.downmix import stereo_matrix
from soundstage.media.probe import probe
from soundstage.testing import media


def decoded(path: Path, selected: tuple[int, ...] | None = None, **more: object) -> Decoded:
    streams = choose_streams(probe(path, path.name), selected).streams
    folder = path.parent
    indexes = tuple(stream.index for stream in streams)
    return decode(path, indexes, folder / "source.flac", folder / "analysis.wav", **more)  # type: ignore[arg-type]


def source(path: Path) -> np.ndarray:
    samples, rate = soundfile.read(path.parent / "source.flac", dtype="float32", always_2d=True)
    assert rate == 48_000 and samples.shape[1] == 2
    return samples


def level(samples: np.ndarray, hertz: float, rate: int = 48_000) -> float:
    """Amplitude of one frequency in a mono signal."""
    t = np.arange(len(samples)) / rate
    return float(2 * abs(np.mean(samples * np.exp(-2j * np.pi * hertz * t))))


@pytest.mark.parametrize("ending", media.FORMATS)
def test_every_container(tmp_path: Path, ending: str) -> None:
    path = media.make_clip(tmp_path / f"clip.{ending}", seconds=2.0)
    answer = decoded(path)
    assert abs(answer.duration_ms - 2000) < 60 and answer.damaged_packets == 0 and answer.missing_ms == 0
    assert answer.analysis_frames == -(-answer.source_frames // 3)
    assert abs((answer.integrated_lufs or 0) + 6.7) < 0.5 and answer.silence_share < 0.03
    samples = source(path)
    assert len(samples) == answer.source_frames
    assert level(samples[4800:91200, 0], 440.0) == pytest.approx(0.5, rel=0.06)  # LAME takes 5 % off
    analysis, rate = soundfile.read(tmp_path / "analysis.wav", dtype="int16")
    assert rate == 16_000 and analysis.shape == (answer.analysis_frames,)
    assert soundfile.info(tmp_path / "analysis.wav").subtype == "PCM_16"
    assert soundfile.info(tmp_path / "source.flac").subtype == "PCM_16" and answer.bits == 16
    assert level(analysis[1600:30400] / 32768, 440.0, 16_000) == pytest.approx(0.5, rel=0.06)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(frames=st.integers(1, 200_000), rate=st.sampled_from([8000, 11025, 16000, 22050, 32000, 44100, 48000, 96000]))
def test_lengths_are_exact(tmp_path: Path, frames: int, rate: int) -> None:
    path = media.make_wav(tmp_path / "x.wav", np.full((frames, 1), 0.1, np.float32), rate)
    answer = decoded(path)
    assert answer.source_frames == (frames * 48_000 * 2 + rate) // (2 * rate)
    assert answer.analysis_frames == -(-answer.source_frames // 3)
    assert soundfile.info(tmp_path / "source.flac").frames == answer.source_frames
    assert soundfile.info(tmp_path / "analysis.wav").frames == answer.analysis_frames


@pytest.mark.parametrize(("subtype", "bits"), [("PCM_16", 16), ("PCM_24", 24)])
def test_lossless_at_48_khz_is_kept_bit_for_bit(tmp_path: Path, subtype: str, bits: int) -> None:
    samples = np.random.default_rng(1).uniform(-1, 1, (100_000, 2)).astype(np.float32)
    path = media.make_wav(tmp_path / "x.wav", samples, 48_000, subtype)
    answer = decoded(path)
    assert answer.bits == bits and soundfile.info(tmp_path / "source.flac").subtype == subtype
    before, _ = soundfile.read(path, dtype="int32")
    after, _ = soundfile.read(tmp_path / "source.flac", dtype="int32")
    assert np.array_equal(before, after)


def test_selected_tracks_are_averaged(tmp_path: Path) -> None:
    path = media.make_two_tracks(tmp_path / "two.mkv")
    for selected, first, second in ((None, 0.5, 0.0), ((1,), 0.0, 0.5), ((0, 1), 0.25, 0.25)):
        decoded(path, selected)
        samples = source(path)[:, 0]
        assert level(samples, 440.0) == pytest.approx(first, abs=0.01)
        assert level(samples, 880.0) == pytest.approx(second, abs=0.01)


def test_tracks_of_unequal_length_are_mixed_to_the_longest(tmp_path: Path) -> None:
    tones = (media.Tone(440.0), media.Tone(880.0, start=1.5))
    path = media.make_clip(tmp_path / "x.mkv", seconds=3.0, tones=tones)
    answer = decoded(path, (0, 1))
    samples = source(path)[:, 0]
    assert answer.source_frames == 3 * 48_000
    assert level(samples[:48_000], 880.0) < 0.01 and level(samples[96_000:], 880.0) == pytest.approx(0.25, abs=0.01)


def test_a_late_track_begins_with_silence(tmp_path: Path) -> None:
    path = media.make_clip(tmp_path / "x.mkv", seconds=2.0, tones=(media.Tone(start=0.5),))
    answer = decoded(path)
    samples = source(path)
    assert answer.source_frames == 96_000 and answer.silence_share == pytest.approx(0.25, abs=0.01)
    assert not samples[:23_900].any() and samples[24_000:24_200].any()


def test_surround_and_mono(tmp_path: Path) -> None:
    for channels in (1, 6):
        path = media.make_clip(tmp_path / f"x{channels}.mkv", tones=(media.Tone(channels=channels),))
        decoded(path)
        samples = source(path)
        assert np.array_equal(samples[:, 0], samples[:, 1]) and np.abs(samples).max() == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("channels", [7, 8, 9, 16])
def test_many_channels_in_planes(tmp_path: Path, channels: int) -> None:
    """Every channel is heard in its place (7.1 crashed PyAV, and all beyond)."""
    path = tmp_path / "x.wv"
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("wavpack", rate=48_000, layout=f"{channels} channels")
        tones = [media.sine(200.0 + 100 * n, 1.0, 48_000, level=0.5)[:, 0] for n in range(channels)]
        planar = (np.stack(tones) * 32767).astype(np.int16)
        resampler = av.AudioResampler(stream.codec_context.format.name, f"{channels} channels", 48_000)
        packed = av.AudioFrame.from_ndarray(planar.T.reshape(1, -1), format="s16", layout=f"{channels} channels")
        packed.sample_rate, packed.pts, packed.time_base = 48_000, 0, Fraction(1, 48_000)
        for frame in resampler.resample(packed):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    answer = decoded(path)
    samples = source(path)
    assert answer.source_frames == 48_000 and answer.damaged_packets == 0
    with av.open(str(path)) as container:
        weights = stereo_matrix([one.name for one in container.streams.audio[0].codec_context.layout.channels])
    for side in (0, 1):
        heard = [level(samples[:, side], 200.0 + 100 * n) for n in range(channels)]
        assert heard == pytest.approx(list(0.5 * weights[:, side]), abs=0.001)


def test_frames_of_changing_rate_and_layout(tmp_path: Path) -> None:
    path = tmp_path / "x.aac"
    parts = [
        media.make_clip(tmp_path / f"{rate}.aac", seconds=1.0, rate=rate, tones=(media.Tone(channels=channels),))
        for rate, channels in ((44_100, 2), (48_000, 1), (22_050, 2))
    ]
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    answer = decoded(path)
    assert abs(answer.duration_ms - 3000) < 300
    samples = source(path)[:, 0]
    for second in range(3):
        middle = samples[second * 48_000 + 14_000 : second * 48_000 + 38_000]
        assert level(middle, 440.0) == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("ending", ["mp4", "mkv", "webm", "mov", "mxf", "wav", "mp3", "flac"])
def test_truncated_media_gives_what_is_there_and_tells_the_loss(tmp_path: Path, ending: str) -> None:
    answer = decoded(media.make_truncated(tmp_path / f"x.{ending}", seconds=4.0, keep=0.6))
    assert 1500 < answer.duration_ms < 3000
    assert abs(answer.duration_ms + answer.missing_ms - 4000) < 100


@pytest.mark.parametrize("ending", ["mp4", "mkv", "mp3", "flac", "aac"])
def test_damaged_packets_are_left_out(tmp_path: Path, ending: str) -> None:
    answer = decoded(media.make_damaged(tmp_path / f"x.{ending}", every=10_000))
    assert answer.duration_ms > 1500


def test_damage_is_counted_and_keeps_its_place(tmp_path: Path) -> None:
    path = media.make_clip(tmp_path / "x.mp3", seconds=6.0)
    data = bytearray(path.read_bytes())
    data[len(data) // 3 : len(data) // 3 + 1500] = bytes(1500)
    path.write_bytes(data)
    assert decoded(path).damaged_packets > 0


@pytest.mark.parametrize("content", [b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00" + bytes(24)])
def test_media_without_a_sample(tmp_path: Path, content: bytes) -> None:
    path = media.make_wav(tmp_path / "x.wav", np.zeros((0, 1), np.float32), 8000)
    with pytest.raises(SourceFailure) as caught:
        decoded(path)
    assert caught.value.reason is ExceptionReason.INVALID_SOURCE_DATA


def test_a_stream_that_is_not_there(tmp_path: Path) -> None:
    path = media.make_clip(tmp_path / "x.wav", seconds=0.2)
    with pytest.raises(SourceFailure) as caught:
        decode(path, (3,), tmp_path / "s.flac", tmp_path / "a.wav")
    assert caught.value.reason is ExceptionReason.INVALID_AUDIO_TRACKS_SELECTION


def test_too_long_whatever_the_header_says(tmp_path: Path) -> None:
    path = media.make_clip(tmp_path / "x.mp3", seconds=5.0)
    with pytest.raises(SourceFailure) as caught:
        decoded(path, max_seconds=3.0)
    assert caught.value.reason is ExceptionReason.SOURCE_TOO_LONG and "max_media_seconds" in caught.value.message


def test_progress_rises_to_one(tmp_path: Path) -> None:
    seen: list[float] = []
    decoded(media.make_clip(tmp_path / "x.flac", seconds=4.0), report=seen.append)
    assert seen == sorted(seen) and seen[-1] == 1.0 and 0 < seen[0] < 1 and len(seen) >= 4


def test_the_same_media_gives_the_same_bytes(tmp_path: Path) -> None:
    path = media.make_clip(tmp_path / "x.mp3", seconds=2.0)
    files = [tmp_path / "source.flac", tmp_path / "analysis.wav"]
    decoded(path)
    first = [file.read_bytes() for file in files]
    decoded(path)
    assert [file.read_bytes() for file in files] == first


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    path = media.make_clip(tmp_path / "x.wav", seconds=3.0)
    with pytest.raises(StorageFull):
        decode(path, (0,), tmp_path / "s.flac", Path("/dev/full"))
    with pytest.raises(StorageFull):
        decode(path, (0,), Path("/dev/full"), tmp_path / "a.wav")


def test_a_real_recording(tmp_path: Path, clips: Path) -> None:
    path = tmp_path / "jfk.flac"
    path.write_bytes((clips / "jfk.flac").read_bytes())
    answer = decoded(path)
    assert answer.duration_ms == 11_000 and answer.source_frames == 528_000 and answer.analysis_frames == 176_000
    assert -30 < (answer.integrated_lufs or 0) < -10 and answer.silence_share < 0.5


def test_memory_stays_flat(tmp_path: Path) -> None:
    """Four minutes of 48 kHz stereo are 92 MB as float32; decoding must not hold a quarter of it."""
    path = tmp_path / "long.flac"
    with soundfile.SoundFile(path, "w", 48_000, 2) as file:
        second = media.sine(220.0, 1.0, 48_000, channels=2)
        for _ in range(240):
            file.write(second)
    decoded(media.make_clip(tmp_path / "warm.flac", seconds=2.0))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer = decoded(path)
    assert answer.source_frames == 240 * 48_000
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < 23
