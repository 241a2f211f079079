"""The three stages of an import, on small project files."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.project_files import parts, rewritten, write

from soundstage.domain.project import ProjectDocument, ProjectProduct, Video
from soundstage.domain.request import ProjectImportRequest
from soundstage.errors import ExceptionReason, SourceFailure, StageFailure
from soundstage.media.portable.manifest import Part
from soundstage.pipelines.documents import open_document
from soundstage.pipelines.project_import import PIPELINE
from soundstage.pipelines.stages.ingest_project import ingest_project
from soundstage.pipelines.stages.prepare_import import prepare_import
from soundstage.pipelines.stages.unpack import unpack
from soundstage.testing.context import LocalContext

REQUEST = ProjectImportRequest(media_url="upload://talk")


def context_of(folder: Path, file: Path) -> LocalContext:
    return LocalContext(folder / "context", uploads={"upload://talk": (file, "talk.soundstage.zip")})


def imported(folder: Path, file: Path):
    context = context_of(folder, file)
    taken = ingest_project(context, REQUEST)
    unpacked = unpack(context, taken.output)
    return context, taken, unpacked, prepare_import(context, unpacked.output)


def test_a_project_with_its_media(tmp_path: Path) -> None:
    made = parts(tmp_path, media=True)
    context, taken, unpacked, prepared = imported(tmp_path, write(tmp_path, made))
    assert taken.findings.media_included is True
    assert taken.summary.startswith("talk.soundstage.zip holds the project “A talk”: 8 files, ")
    assert unpacked.findings.parts == {
        Part.DOCUMENT: 1, Part.MEDIA: 1, Part.AUDIO: 2, Part.PEAKS: 1, Part.SUBTITLES: 2, Part.DIARIZATION: 1
    }  # fmt: skip
    product = prepared.output
    assert isinstance(product, ProjectProduct)
    assert open_document(context, product.document, ProjectDocument) == made.document
    assert {file.name: context.open(file).read_bytes() for file in product.files} == {
        name: data for name, data in made.contents.items() if name != "diarization.json"
    }
    assert unpacked.output.diarization == made.artifact("diarization.json")
    assert prepared.findings.media_here is True
    assert prepared.summary == "The project “A talk” is open: 0.5 s, 1 segment, 7 files."
    assert (product.source_language, product.target_languages) == (1, (54,))


def test_a_project_with_a_reference_to_its_media(tmp_path: Path) -> None:
    _, taken, _, prepared = imported(tmp_path, write(tmp_path, parts(tmp_path)))
    assert taken.findings.media_url == "https://media.example/A%20talk.flac"
    assert prepared.findings.media_here is False
    told = "The project file came with a reference only: the original media (A talk.flac) cannot be opened here "
    told += "until it is given to POST /apis/projects/RUN_ID/media (`soundstage projects media`)."
    assert prepared.findings.media_problem == told and prepared.summary.endswith(told)


def test_the_picture_stays_behind_with_the_media(tmp_path: Path) -> None:
    original = parts(tmp_path).original
    assert original is not None
    video = Video(way="source", why="The video is shown from the source.", artifact=original.artifact)
    _, _, _, prepared = imported(tmp_path, write(tmp_path, parts(tmp_path, video=video)))
    assert (prepared.output.video.way, prepared.output.video.artifact) == ("none", None)
    assert "the original media and its picture (A talk.flac)" in prepared.output.video.why


def test_nothing_is_unpacked_where_there_is_no_room(tmp_path: Path) -> None:
    context = context_of(tmp_path, write(tmp_path, parts(tmp_path)))
    taken = ingest_project(context, REQUEST)
    context.room_bytes = taken.output.manifest.bytes - 1
    with pytest.raises(StageFailure) as error:
        unpack(context, taken.output)
    assert error.value.reason is ExceptionReason.PAYMENT_REQUIRED
    assert not list(context.scratch().iterdir())


def test_a_file_that_is_not_kept_whole_is_not_kept_at_all(tmp_path: Path) -> None:
    file = write(tmp_path, parts(tmp_path))
    rewritten(
        file,
        lambda found: [
            (info, data[:-1] + b"x" if info.filename == "diarization.json" else data) for info, data in found
        ],
    )
    context = context_of(tmp_path, file)
    taken = ingest_project(context, REQUEST)
    kept = set((tmp_path / "context" / "artifacts").iterdir())
    with pytest.raises(SourceFailure, match="its SHA-256 is another"):
        unpack(context, taken.output)
    assert set((tmp_path / "context" / "artifacts").iterdir()) == kept


def test_media_that_is_none(tmp_path: Path) -> None:
    made = parts(tmp_path, media=True)
    before = made.artifact("original.flac")
    made.contents["original.flac"] = b"#!/bin/sh\n" * 40
    after = made.artifact("original.flac")
    assert made.original is not None and made.document is not None
    made.original = made.original.model_copy(update={"artifact": after})
    made.contents["project.json"] = (
        made.document.model_copy(update={"original": made.original}).model_dump_json().encode()
    )
    assert before != after
    context = context_of(tmp_path, write(tmp_path, made))
    with pytest.raises(SourceFailure, match=r"original\.flac in the project file is no media"):
        unpack(context, ingest_project(context, REQUEST).output)


def test_the_plan() -> None:
    assert [stage.name for stage in PIPELINE.stages] == ["ingest", "unpack", "prepare"]
    assert PIPELINE.product is ProjectProduct
