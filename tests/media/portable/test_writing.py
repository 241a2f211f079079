"""Project files as they are written: the same bytes for the same project, readable by any ZIP program, of any size."""

from __future__ import annotations

import os
import time
import zipfile
from pathlib import Path

import pytest
from tests.project_files import manifest_of, parts, write

from soundstage.engines.progress import silent
from soundstage.errors import StageFailure
from soundstage.media.portable.manifest import Part, PortableFile, left_out
from soundstage.media.portable.reading import look, unpack
from soundstage.media.portable.writing import write_project


def test_the_same_project_gives_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = parts(tmp_path)
    first = write(tmp_path, made).read_bytes()
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    os.utime(tmp_path / "part-1", (1e9, 1e9))
    assert write(tmp_path, made).read_bytes() == first
    monkeypatch.delenv("TZ")
    time.tzset()


def test_it_comes_back(tmp_path: Path) -> None:
    made = parts(tmp_path, media=True)
    path = write(tmp_path, made)
    assert look(path) == manifest_of(made)
    (tmp_path / "out").mkdir()
    heard: list[float] = []
    unpacked = unpack(path, tmp_path / "out", heard.append)
    assert {one.file.name: one.path.read_bytes() for one in unpacked.files} == made.contents
    assert heard == sorted(heard) and heard[-1] == 1.0


def test_any_zip_program_reads_it(tmp_path: Path) -> None:
    made = parts(tmp_path)
    with zipfile.ZipFile(write(tmp_path, made)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [
            "manifest.json", "project.json", "files/source.flac", "files/speech.flac", "files/peaks.bin",
            "files/source.srt", "files/source.vtt", "diarization.json",
        ]  # fmt: skip


def test_a_damaged_store_is_told(tmp_path: Path) -> None:
    made = parts(tmp_path)
    write(tmp_path, made)
    sources = {name: tmp_path / f"part-{number}" for number, name in enumerate(made.contents)}
    sources["speech.flac"].write_bytes(made.contents["source.flac"][:-1])
    with pytest.raises(StageFailure, match=r"speech\.flac is damaged in the store"):
        write_project(manifest_of(made), sources, tmp_path / "again.zip", silent)


def test_what_stays_behind_without_the_media() -> None:
    names = ("project.json", "original.mp4", "video.webm", "poster-1.jpg", "source.flac", "es-es.srt")
    assert left_out(names, media=False) == {"original.mp4", "video.webm"}
    assert left_out(names, media=True) == frozenset()


@pytest.mark.parametrize(
    ("name", "media_type", "part"),
    [
        ("original.mov", "video/quicktime", Part.MEDIA), ("original.flac", "audio/flac", Part.MEDIA),
        ("original.bin", "application/octet-stream", Part.MEDIA), ("zh-cn.vtt", "text/vtt", Part.SUBTITLES),
        ("background.flac", "audio/flac", Part.AUDIO), ("poster-12.jpg", "image/jpeg", Part.PICTURE),
    ],
)  # fmt: skip
def test_parts(name: str, media_type: str, part: Part) -> None:
    assert PortableFile(path=f"files/{name}", sha256="0" * 64, bytes=1, media_type=media_type, name=name).part is part


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("original.html", "text/html"), ("source.flac", "text/html"), ("index.html", "text/html"),
        ("../a.flac", "audio/flac"), ("a/b.flac", "audio/flac"), ("poster-1.jpg", "image/svg+xml"),
        (".flac", "audio/flac"), ("original.mp4", "audio/x y"),
    ],
)  # fmt: skip
def test_names_and_types_that_no_project_has(name: str, media_type: str) -> None:
    with pytest.raises(ValueError):
        PortableFile(path=f"files/{name}", sha256="0" * 64, bytes=1, media_type=media_type, name=name)
