from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from soundstage.domain.media import MediaInfo
from soundstage.errors import SourceFailure, StorageFull
from soundstage.media.choose import choose_streams
from soundstage.media.decode import decode
from soundstage.media.playable import ProxyPlan, Way, plan_proxy
from soundstage.media.probe import probe
from soundstage.media.proxy import WrittenProxy, write_proxy
from soundstage.testing import media


def made(
    path: Path, selected: tuple[int, ...] | None = None, limit: float = 120.0, **plan: Any
) -> tuple[MediaInfo, Path, WrittenProxy]:
    """The proxy of a file: what the probe says of it, where it is, what was written."""
    info = probe(path, path.name)
    chosen = choose_streams(info, selected).streams
    sound = path.with_name("source.flac")
    decode(path, tuple(one.index for one in chosen), sound, path.with_name("analysis.wav"))
    found = plan_proxy(info, chosen)
    assert found is not None
    found = ProxyPlan(**found.model_dump() | plan)
    output = path.with_name(f"proxy.{found.container}")
    index = chosen[0].index if found.copy_sound else None
    written = write_proxy(path, info.video[0].index, index, sound, output, found, limit)
    return probe(output, output.name), output, written


def pictures(path: Path) -> list[tuple[float, np.ndarray]]:
    with av.open(str(path)) as container:
        return [(float(frame.time), frame.to_ndarray(format="gray")) for frame in container.decode(video=0)]


def sound(path: Path) -> np.ndarray:
    decode(path, (probe(path, path.name).audio[0].index,), path.with_name("s.flac"), path.with_name("a.wav"))
    import soundfile

    samples, _ = soundfile.read(path.with_name("s.flac"), dtype="float32")
    return np.asarray(samples[:, 0])


@pytest.mark.parametrize("ending", ["mov", "mkv", "mxf"])
def test_what_comes_out_plays_and_is_as_long(tmp_path: Path, ending: str) -> None:
    info, output, written = made(media.make_clip(tmp_path / f"x.{ending}", seconds=3.0))
    again = plan_proxy(info, info.audio)
    assert again is not None and again.way is Way.SOURCE
    assert info.duration_ms == pytest.approx(3000, abs=50) and written.pictures == 75
    assert (written.width, written.height) == (media.WIDTH, media.HEIGHT)
    data = output.read_bytes()
    assert 0 < data.index(b"moov") < data.index(b"mdat"), "the index is in front"


def test_copied_pictures_are_the_same_pictures(tmp_path: Path) -> None:
    path = media.make_clip(tmp_path / "x.mkv", seconds=2.0)
    _, output, _ = made(path)
    before, after = pictures(path), pictures(output)
    assert len(before) == len(after) == 50
    for (at, picture), (then, same) in zip(before, after, strict=True):
        assert at == pytest.approx(then, abs=0.002) and np.array_equal(picture, same)


@pytest.mark.parametrize(("ending", "late"), [("mxf", False), ("mkv", False), ("mkv", True)])
def test_picture_and_sound_stay_together(tmp_path: Path, ending: str, late: bool) -> None:
    """The white bar's place tells each picture's time; the sound begins at one second."""
    path = media.make_clip(tmp_path / f"x.{ending}", seconds=3.0, tones=(media.Tone(start=1.0 if late else 0.0),))
    _, output, _ = made(path, way=Way.TRANSCODE, container="mp4", copy_sound=False)
    for at, picture in pictures(output):
        bar = int(np.argmax(picture[10:60].mean(axis=0)))
        assert abs(bar - round(at * media.FRAME_RATE) * 4 % media.WIDTH) <= 1
    heard = np.abs(sound(output)) > 0.05
    assert np.argmax(heard) / 48_000 == pytest.approx(1.0 if late else 0.0, abs=0.06)


def film(
    path: Path,
    size: tuple[int, int],
    *,
    rate: int = 25,
    seconds: float = 1.0,
    times: list[float] | None = None,
    aspect: Fraction | None = None,
) -> Path:
    """A Matroska of MPEG-4 pictures (upper half white) with silence."""
    with av.open(str(path), "w") as container:
        video: Any = container.add_stream("mpeg4", rate=rate)
        video.width, video.height, video.pix_fmt = *size, "yuv420p"
        video.codec_context.time_base = Fraction(1, 1000)
        if aspect is not None:
            video.codec_context.sample_aspect_ratio = aspect
        audio: Any = container.add_stream("flac", rate=48_000, layout="stereo")
        image = np.zeros((size[1], size[0], 3), np.uint8)
        image[: size[1] // 2] = 255
        for moment in times or [number / rate for number in range(round(seconds * rate))]:
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame.pts, frame.time_base = round(moment * 1000), Fraction(1, 1000)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        silence = np.zeros((1, round(seconds * 48_000) * 2), np.int16)
        frame = av.AudioFrame.from_ndarray(silence, format="s16", layout="stereo")
        frame.sample_rate, frame.pts = 48_000, 0
        container.mux(audio.encode(frame))
        container.mux(audio.encode(None))
    return path


@pytest.mark.parametrize(
    ("size", "becomes"),
    [((1920, 1080), (960, 540)), ((640, 360), (640, 360)), ((1080, 1920), (540, 960)), ((1440, 300), (960, 200))],
)
def test_at_most_540_lines(tmp_path: Path, size: tuple[int, int], becomes: tuple[int, int]) -> None:
    info, _, written = made(film(tmp_path / "x.mkv", size, seconds=0.4))
    assert (written.width, written.height) == (info.video[0].width, info.video[0].height) == becomes


def test_pixels_become_square(tmp_path: Path) -> None:
    _, _, written = made(film(tmp_path / "x.mkv", (720, 576), seconds=0.4, aspect=Fraction(64, 45)))
    assert (written.width, written.height) == (960, 540)


def test_phone_videos_stand_upright(tmp_path: Path) -> None:
    """The rotation in the header is done to the pictures."""
    path = film(tmp_path / "x.mkv", (320, 240), seconds=0.4).rename(tmp_path / "y.mkv")
    upright = tmp_path / "x.mp4"
    with av.open(str(path)) as source, av.open(str(upright), "w") as target:
        video = target.add_stream_from_template(source.streams.video[0])
        audio: Any = target.add_stream("aac", rate=48_000, layout="stereo")
        for packet in source.demux(source.streams.video[0]):
            if packet.dts is not None:
                packet.stream = video
                target.mux(packet)
        frame = av.AudioFrame.from_ndarray(np.zeros((2, 19_200), np.float32), format="fltp", layout="stereo")
        frame.sample_rate = 48_000
        target.mux(audio.encode(frame))
        target.mux(audio.encode(None))
    one, none = (65536).to_bytes(4), bytes(4)
    identity = one + none * 2 + none + one + none
    turned = none + one + none + (2**32 - 65536).to_bytes(4) + none * 2
    data = upright.read_bytes()
    at = data.index(identity, data.index(b"tkhd"))
    upright.write_bytes(data[:at] + turned + data[at + len(turned) :])
    _, output, written = made(upright)
    assert (written.width, written.height) == (240, 320)
    _, first = pictures(output)[0]
    assert first[:, -60:].mean() > 200 and first[:, :60].mean() < 60, "a quarter turn clockwise: white is on the right"


def test_fast_pictures_are_thinned_out_and_uneven_ones_keep_their_times(tmp_path: Path) -> None:
    _, _, fast = made(film(tmp_path / "x.mkv", (64, 48), rate=60, seconds=1.0))
    assert 29 <= fast.pictures <= 31
    times = [0.0, 0.1, 0.15, 0.5, 0.9, 1.4]
    _, output, _ = made(film(tmp_path / "y.mkv", (64, 48), seconds=1.5, times=times))
    assert [round(at, 2) for at, _ in pictures(output)] == times


def test_several_tracks_are_heard_as_they_are_mixed(tmp_path: Path) -> None:
    info, output, _ = made(media.make_two_tracks(tmp_path / "x.mp4"), (0, 1))
    assert [one.codec for one in info.audio] == ["aac"]
    samples = sound(output)[9600:57_600]
    t = np.arange(len(samples)) / 48_000
    for hertz in (440, 880):
        assert 2 * abs(np.mean(samples * np.exp(-2j * np.pi * hertz * t))) == pytest.approx(0.25, abs=0.03)


def test_another_track_than_the_first_is_copied(tmp_path: Path) -> None:
    info, _, _ = made(media.make_two_tracks(tmp_path / "x.mp4"), (1,))
    assert [(one.codec, one.language) for one in info.audio] == [("aac", "spa")]


@pytest.mark.parametrize("ending", ["mov", "mkv", "mxf"])
def test_damaged_and_cut_media(tmp_path: Path, ending: str) -> None:
    for path in (media.make_damaged(tmp_path / f"d.{ending}"), media.make_truncated(tmp_path / f"t.{ending}")):
        info, _, written = made(path)
        assert written.pictures > 20 and info.duration_ms > 1000


def test_time_is_limited(tmp_path: Path) -> None:
    path = media.make_clip(tmp_path / "x.mxf", seconds=1.0)
    with pytest.raises(SourceFailure, match="took longer than 0 s"):
        made(path, limit=0.0)


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    path = media.make_clip(tmp_path / "x.mov", seconds=1.0)
    _, proxy, _ = made(path)
    info = probe(path, path.name)
    plan = plan_proxy(info, info.audio)
    assert plan is not None
    with pytest.raises(StorageFull):
        write_proxy(path, 0, None, proxy.with_name("source.flac"), Path("/dev/full"), plan, 60.0)


def test_no_picture_at_all(tmp_path: Path) -> None:
    path = media.make_clip(tmp_path / "x.mxf", seconds=1.0)
    info = probe(path, path.name)
    data = bytearray(path.read_bytes())
    for start in range(len(data) - 4):
        if data[start : start + 3] == b"\x00\x00\x01" and data[start + 3] in (0xB3, 0x00):
            data[start + 3] = 0x7F  # neither sequence headers nor pictures
    path.write_bytes(data)
    plan = ProxyPlan(way=Way.TRANSCODE, container="mp4", copy_sound=False, why="so")
    decode(path, (info.audio[0].index,), tmp_path / "s.flac", tmp_path / "a.wav")
    with pytest.raises(SourceFailure):
        write_proxy(path, info.video[0].index, None, tmp_path / "s.flac", tmp_path / "o.mp4", plan, 60.0)
