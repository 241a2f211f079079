"""Project files that somebody made up: each is refused with the reason, and nothing lands outside the folder."""

from __future__ import annotations

import json
import os
import stat
import struct
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.project_files import Entry, Parts, entry, parts, rewritten, sound, write

from soundstage.engines.progress import silent
from soundstage.errors import SourceFailure
from soundstage.media.portable.reading import look, unpack

Change = Callable[[list[Entry]], Iterable[Entry]]


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("honest")
    return write(folder, parts(folder))


@pytest.fixture
def file(honest: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "talk.zip"
    copy.write_bytes(honest.read_bytes())
    return copy


def refusal(path: Path) -> str:
    """Why it is refused; what is unpacked lies in the folder alone."""
    folder = path.parent / "out"
    folder.mkdir(exist_ok=True)
    before = set(path.parent.rglob("*"))
    with pytest.raises(SourceFailure) as error:
        unpack(path, folder, silent)
    assert all(new.parent == folder for new in set(path.parent.rglob("*")) - before)
    assert error.value.message.startswith("This is not a project file that can be opened: ")
    return error.value.message


def manifest(change: Callable[[dict[str, Any]], object]) -> Change:
    def changed(found: list[Entry]) -> Iterable[Entry]:
        info, data = found[0]
        told = json.loads(data)
        change(told)
        return [(info, json.dumps(told).encode()), *found[1:]]

    return changed


def more(*added: Entry) -> Change:
    return lambda found: [*found, *added]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("../../evil", "is not one that its entries can have"), ("/etc/passwd", "is not one that"),
        ("files/../../evil", "is not one that"), ("C:/evil", "is not one that"), ("files\\evil", "is not one that"),
        ("files//a", "is not one that"), ("~/evil", "is not one that"), ("files/é.flac", "is not one that"),
        ("files/" + "a" * 300, "is not one that"), ("files/.hidden", "is not one that"),
        ("files/extra.flac", "does not list"), ("__MACOSX/x", "does not list"), ("FILES/SOURCE.FLAC", "the same name"),
    ],
)  # fmt: skip
def test_names(file: Path, name: str, said: str) -> None:
    assert said in refusal(rewritten(file, more(entry(name, b"evil"))))


def test_a_name_that_ends_early(file: Path) -> None:
    rewritten(file, more(entry("files/evil_.flac", b"evil")))
    file.write_bytes(file.read_bytes().replace(b"evil_.flac", b"evil\x00.flac"))
    assert "is not one that" in refusal(file)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_the_same_name_twice(file: Path) -> None:
    assert "the same name" in refusal(rewritten(file, lambda found: [*found, found[2]]))


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFDIR])
def test_what_is_no_file(file: Path, kind: int) -> None:
    assert "not a file" in refusal(rewritten(file, more(entry("files/link", b"/etc/passwd", mode=kind | 0o777))))


def test_folders_do_no_harm_and_compression_none(file: Path, tmp_path: Path) -> None:
    rewritten(file, lambda found: [entry("files/", mode=0o40755), *found], deflated=True)
    (tmp_path / "out").mkdir()
    assert len(unpack(file, tmp_path / "out", silent).files) == 7


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_compression(file: Path, method: int) -> None:
    assert "compressed in a way" in refusal(rewritten(file, more(entry("files/x.flac", b"x", compress=method))))


def test_a_bomb(file: Path) -> None:
    huge = entry("files/x.flac", bytes(400 << 20), compress=zipfile.ZIP_DEFLATED)
    assert "which no project does" in refusal(rewritten(file, more(huge)))


def test_more_entries_than_a_project_has(file: Path) -> None:
    assert "more than the 2000" in refusal(rewritten(file, more(*(entry(f"files/{n}.flac") for n in range(2000)))))


def test_entries_over_one_another(file: Path) -> None:
    """Two directory entries, one content: the trick of the bombs that are no larger than a picture."""
    data = bytearray(file.read_bytes())
    places = [at for at in range(len(data)) if data[at : at + 4] == b"PK\x01\x02"]
    data[places[3] + 42 : places[3] + 46] = data[places[2] + 42 : places[2] + 46]
    file.write_bytes(data)
    assert "over one another" in refusal(file) or "is damaged" in refusal(file)


def test_an_encrypted_entry(file: Path) -> None:
    data = bytearray(file.read_bytes())
    place = data.find(b"PK\x01\x02")
    data[place + 8] |= 1
    file.write_bytes(data)
    assert "encrypted" in refusal(file)


def test_a_directory_too_large_to_read(file: Path) -> None:
    data = bytearray(file.read_bytes())
    end = data.rfind(b"PK\x05\x06")
    data[end + 12 : end + 16] = struct.pack("<I", 3 << 20)
    file.write_bytes(data)
    assert "its directory is" in refusal(file)


@pytest.mark.parametrize("keep", [0, 3, 100, -1, -30, -500])
def test_what_breaks_off(file: Path, keep: int) -> None:
    file.write_bytes(file.read_bytes()[:keep])
    assert "ZIP" in refusal(file)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda told: told.update(format_version=2), "version 2 of the format, and this server reads 1: update it"),
        (lambda told: told.update(format_version=2, future={"x": 1}), "update it"),
        (lambda told: told.update(format="something-else"), "is of something else"),
        (lambda told: told.update(future=True), "does not fit the format: future"),
        (lambda told: told.pop("files"), "does not fit the format: files"),
        (lambda told: told["files"][1].update(path="../x"), "must lie at files/source.flac"),
        (lambda told: told["files"][1].update(media_type="text/html"), "must be of media type audio/flac"),
        (lambda told: told["files"].append(told["files"][1]), "listed twice"),
        (lambda told: told["files"].pop(0), "the first file must be project.json"),
        (lambda told: told["files"].pop(), "does not list"),
        (lambda told: told["files"][1].update(sha256="0" * 64), "files/source.flac is not what"),
        (lambda told: told["files"][4].update(sha256="0" * 64), "SHA-256 is another"),
        (lambda told: told["files"][1].update(bytes=10), "not as long as"),
        (lambda told: told["media"].update(included=True), "does not fit to the files"),
        (lambda told: told["media"].update(url=None), "do not agree on the media"),
        (lambda told: told.update(media=None), "do not agree on the media"),
    ],
)  # fmt: skip
def test_manifests(file: Path, change: Callable[[dict[str, Any]], object], said: str) -> None:
    assert said in refusal(rewritten(file, manifest(change)))


def test_a_manifest_that_is_none(file: Path) -> None:
    assert "has no manifest.json" in refusal(rewritten(file, lambda found: found[1:]))
    for text in (b"{", b"[" * 50_000, b"\xff", b"7", b'{"format": 1e999}'):
        write_again = rewritten(file, lambda found, text=text: [entry("manifest.json", text), *found[-3:]])
        assert "manifest.json" in refusal(write_again)


def test_a_file_that_is_missing(file: Path) -> None:
    assert "files/speech.flac is missing" in refusal(rewritten(file, lambda found: found[:3] + found[4:]))


def changed_document(**fields: Any) -> Callable[[Parts], None]:
    def change(made: Parts) -> None:
        told = json.loads(made.contents["project.json"])
        made.contents["project.json"] = json.dumps(told | fields).encode()

    return change


def changed_file(name: str, data: bytes) -> Callable[[Parts], None]:
    """Another content, of which the document knows."""

    def change(made: Parts) -> None:
        before = made.artifact(name)
        made.contents[name] = data
        after = made.artifact(name)
        written = made.contents["project.json"].decode(errors="ignore")
        if name == "project.json":
            return
        made.contents["project.json"] = (
            written.replace(before.sha256, after.sha256)
            .replace(f'"bytes":{before.bytes}', f'"bytes":{after.bytes}')
            .encode()
        )

    return change


LINE = {
    "segment_id": "s0001",
    "span": {"start_ms": 0, "end_ms": 4},
    "speaker_id": None,
    "text": "x",
    "words": [],
    "confidence": 1,
}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (changed_document(schema_version=2), "version 2, and this server reads 1"),
        (changed_document(schema_version=7, future=1), "version 7, and this server reads 1: update it"),
        (changed_document(future=1), "does not fit the schema at future"),
        (changed_document(segments=[{"segment_id": 1}]), "does not fit the schema at segments.0"),
        (changed_document(segments=[LINE, LINE]), "two segments of its document have the same id"),
        (changed_document(segments=[LINE | {"speaker_id": "nobody"}]), "a speaker whom it does not know"),
        (changed_document(segments=[LINE | {"translations": {"tlh": "x"}}]), "'tlh'"),
        (changed_document(target_languages=[]), "none are named"),
        (changed_document(target_languages=["xx"]), "cannot be used"),
        (changed_document(source_language="xx-xx"), "a language that is not known here"),
        (changed_document(project_name=""), "the name is empty"),
        (changed_document(project_name="x" * 300), "too long"),
        (changed_document(tracks=[]), "no source track"),
        (changed_document(review=[{"segment_id": "s9", "weight": 1, "doubts": [
            {"reason": "repeated", "sentence": "x", "weight": 1}]}]), "a line that its document does not have"),
        (changed_file("speech.flac", b"fLaC" + bytes(5000)), "speech.flac is no sound"),
        (changed_file("speech.flac", b"RIFF" + bytes(5000)), "speech.flac is no sound"),
        (changed_file("speech.flac", b"#!/bin/sh\n"), "speech.flac is no sound"),
        (changed_file("speech.flac", sound(1.5)), "lasts 1500 ms, and the document says 500 ms"),
        (changed_file("peaks.bin", b"SSPK\xff\xff\xff\xff"), "peaks.bin holds no waveform"),
        (changed_file("source.vtt", b"\xff\xfe\x00"), "source.vtt is no UTF-8 text"),
        (changed_file("diarization.json", b"{}"), "diarization.json does not fit its schema"),
        (changed_file("project.json", b"\xff"), "project.json is no UTF-8 text"),
        (changed_file("project.json", b"[]"), "does not fit the schema at its beginning"),
    ],
)  # fmt: skip
def test_contents(tmp_path: Path, change: Callable[[Parts], None], said: str) -> None:
    made = parts(tmp_path)
    change(made)
    assert said in refusal(write(tmp_path, made))


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=8)), min_size=1, max_size=4),
    st.booleans(),
)
def test_any_damage_is_refused_or_harmless(
    honest: Path, tmp_path: Path, hits: list[tuple[float, bytes]], tail: bool
) -> None:
    """Bytes struck anywhere, or in the directory at the end: refused in our words, or of no consequence."""
    data = bytearray(honest.read_bytes())
    directory = data.find(b"PK\x01\x02")
    for place, junk in hits:
        at = int(directory + place * (len(data) - directory)) if tail else int(place * len(data))
        data[at : at + len(junk)] = junk
    path = tmp_path / "struck.zip"
    path.write_bytes(data[: honest.stat().st_size])
    folder = tmp_path / os.urandom(8).hex()
    folder.mkdir()
    try:
        unpacked = unpack(path, folder, silent)
    except SourceFailure:
        assert all(one.parent == folder for one in folder.rglob("*"))
    else:
        assert unpacked.manifest == look(honest)
