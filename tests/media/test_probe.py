from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from soundstage.domain.media import StreamKind
from soundstage.errors import ExceptionReason, SourceFailure
from soundstage.media.probe import probe
from soundstage.testing import media

REASON = ExceptionReason


def failure(path: Path, name: str | None = None) -> SourceFailure:
    with pytest.raises(SourceFailure) as caught:
        probe(path, path.name if name is None else name)
    return caught.value


@pytest.mark.parametrize("ending", media.FORMATS)
def test_every_container(tmp_path: Path, ending: str) -> None:
    path = media.make_clip(tmp_path / f"clip.{ending}", seconds=1.0)
    info = probe(path, path.name)
    _, _, video, rate = media.FORMATS[ending]
    assert abs(info.duration_ms - 1000) < 100 and info.bytes == path.stat().st_size
    assert len(info.audio) == 1 and len(info.video) == (video is not None)
    sound = info.audio[0]
    assert (sound.sample_rate, sound.channels, sound.layout, sound.audio_index) == (rate, 2, "stereo", 0)
    for picture in info.video:
        assert (picture.width, picture.height, picture.frame_rate) == (media.WIDTH, media.HEIGHT, 25.0)


def test_what_is_told_of_streams(tmp_path: Path) -> None:
    info = probe(media.make_clip(tmp_path / "x.mp4", seconds=1.0), "x.mp4")
    (sound,), (picture,) = info.audio, info.video
    assert (picture.pixel_format, picture.variable_frame_rate, picture.start_ms) == ("yuv420p", False, 0)
    assert picture.profile == "High" and (picture.bit_rate or 0) > 1000
    assert sound.bits == 32 and (sound.bit_rate or 0) > 10_000 and sound.side_track is False
    assert probe(media.make_clip(tmp_path / "x.wav", seconds=0.2), "x.wav").audio[0].bits == 16


def test_two_tracks_with_languages(tmp_path: Path) -> None:
    for name in ("two.mkv", "two.mp4"):
        info = probe(media.make_two_tracks(tmp_path / name, seconds=0.5), name)
        assert [(stream.audio_index, stream.language) for stream in info.audio] == [(0, "eng"), (1, "spa")]
    assert [stream.kind for stream in info.streams] == [StreamKind.VIDEO, StreamKind.AUDIO, StreamKind.AUDIO]


def test_titles(tmp_path: Path) -> None:
    info = probe(media.make_two_tracks(tmp_path / "two.mkv", seconds=0.5), "two.mkv")
    assert [stream.title for stream in info.audio] == ["Original", "Doblaje"]


def test_video_without_sound_is_probed_well(tmp_path: Path) -> None:
    info = probe(media.make_silent_film(tmp_path / "film.mp4"), "film.mp4")
    assert info.audio == () and len(info.video) == 1


def test_a_name_says_nothing_about_media_that_is_media(tmp_path: Path) -> None:
    path = media.make_clip(tmp_path / "talk.mp3", seconds=0.5)
    assert probe(path, "talk.mp4").container == probe(path, "talk").container == "mp3"


def test_empty(tmp_path: Path) -> None:
    error = failure(media.make_empty(tmp_path / "x.mp4"))
    assert error.reason is REASON.INVALID_SOURCE_DATA and "empty" in error.message


def test_broken_index(tmp_path: Path) -> None:
    error = failure(media.make_broken_index(tmp_path / "x.mp4"))
    assert error.reason is REASON.INVALID_SOURCE_DATA and "index" in error.message


def test_truncated_before_its_index(tmp_path: Path) -> None:
    path = media.make_clip(tmp_path / "x.mp4", seconds=1.0)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert failure(path).reason is REASON.INVALID_SOURCE_DATA


@pytest.mark.parametrize("name", ["x.mp4", "x.MP3", "talk.final.wav"])
def test_renamed_text(tmp_path: Path, name: str) -> None:
    error = failure(media.make_text(tmp_path / name))
    assert error.reason is REASON.CONTENT_DOES_NOT_MATCH_EXTENSION and "holds text" in error.message


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("notes.txt", b"hello\n", "text"),
        ("notes", "héllo wörld".encode() * 1000, "text"),
        ("notes", "hello".encode("utf-16"), "text"),
        ("page.html", b"\xef\xbb\xbf<!DOCTYPE html><p>", "web page"),
        ("report.pdf", b"%PDF-1.7\n" + bytes(100), "PDF"),
        ("a.docx", b"PK\x03\x04" + bytes(100), "ZIP"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(100), "PNG"),
        ("a.jpg", b"\xff\xd8\xff\xe0" + bytes(100), "JPEG"),
        ("a.webp", b"RIFF\x10\x00\x00\x00WEBPVP8 " + bytes(100), "WebP"),
        ("a.exe", b"MZ" + bytes(100), "program"),
        ("a.bin", os.urandom(0) + bytes(range(1, 256)) * 40, "no kind"),
    ],
)
def test_not_media(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    error = failure(path, name)
    assert error.reason is REASON.SOURCE_TYPE_NOT_SUPPORTED and says in error.message
    assert failure(path, "talk.mp4").reason in (
        REASON.CONTENT_DOES_NOT_MATCH_EXTENSION,
        REASON.INVALID_SOURCE_DATA,
        REASON.SOURCE_TYPE_NOT_SUPPORTED,
    )


@pytest.mark.parametrize("disguise", ["x.mp4", "x.m3u8", "x.mp3"])
def test_playlists_open_nothing(tmp_path: Path, site: Any, disguise: str) -> None:
    victim = media.make_clip(tmp_path / "victim.mp3", seconds=0.5)
    for address in (f"{site.url}/media/a.ts", f"file://{victim}"):
        path = media.make_playlist(tmp_path / disguise, address)
        assert failure(path).reason in (REASON.CONTENT_DOES_NOT_MATCH_EXTENSION, REASON.SOURCE_TYPE_NOT_SUPPORTED)
    assert site.asked == []


def test_a_playlist_behind_binary_is_not_followed(tmp_path: Path, site: Any) -> None:
    from soundstage.media.container import open_media

    path = tmp_path / "x.mp4"
    path.write_bytes(b"#EXTM3U\n#EXTINF:10,\n" + f"{site.url}/media/a.ts\n".encode() + b"\x00\x01")
    with pytest.raises(SourceFailure):
        open_media(path, path.name)
    assert site.asked == []


def test_a_sparse_peek_can_be_probed(tmp_path: Path) -> None:
    path = media.make_clip(tmp_path / "x.mp4", seconds=8.0)
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(size // 3)
        file.write(bytes(size // 4))  # the hole between what was read of beginning and end
    info = probe(path, "x.mp4")
    assert info.duration_ms == 8000 and len(info.audio) == 1


# In a process of its own: other tests' servers open and close files and threads here as they like.
_COUNTS = """
import sys
from pathlib import Path
from soundstage.media.probe import probe

def count():
    print(*(len(list(Path(folder).iterdir())) for folder in ("/proc/self/fd", "/proc/self/task")))

path = Path(sys.argv[1])
probe(path, "x.mp4")
count()
for _ in range(5):
    probe(path, "x.mp4")
count()
"""


def test_leaves_no_thread_and_no_file_open(tmp_path: Path) -> None:
    path = media.make_clip(tmp_path / "x.mp4", seconds=0.2)
    if not Path("/proc/self/fd").exists():
        pytest.skip("this system has no /proc")
    seen = subprocess.run([sys.executable, "-c", _COUNTS, path], check=True, capture_output=True, text=True).stdout
    before, after = seen.splitlines()
    assert before == after
