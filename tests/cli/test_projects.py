"""`soundstage projects` against a server: a real talk, listed, shown, exported."""

from __future__ import annotations

import json
import wave
from pathlib import Path

import opentimelineio
import pysubs2
import pytest
from tests.cli.conftest import Run

from soundstage.cli.console import FAILED, REFUSED, USAGE
from soundstage.media.exports.formats import FORMATS
from soundstage.media.test_card import write_test_card


@pytest.fixture(scope="module")
def run_id(ask: Run, clips: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    film = tmp_path_factory.mktemp("film") / "inaugural.mp4"
    write_test_card(clips / "jfk.flac", film)
    made = ask("setup", film, "--from", "en-us", "--to", "en-gb,es-es", "--name", "An inaugural", "--json")
    assert made.code == 0, made.err
    return str(made.json["run_id"])


@pytest.fixture(scope="module")
def document(ask: Run, run_id: str) -> dict:
    document: dict = ask("projects", "show", run_id, "--json").json
    return document


def test_a_project_is_listed_and_shown(ask: Run, run_id: str, document: dict) -> None:
    listed = ask("projects", "list", "--json").json
    assert run_id in [str(one["run_id"]) for one in listed["items"]]
    assert "An inaugural" in ask("projects", "list").out
    assert document["segments"]
    told = ask("projects", "show", run_id).out
    assert told.startswith("An inaugural\n") and "source    en-us" in told
    assert [tag for tag in document["target_languages"] if f"{tag} (no lines)" in told] == _missing(document)


def _missing(document: dict) -> list[str]:
    with_lines = {tag for segment in document["segments"] for tag in segment["translations"]}
    return sorted(set(document["target_languages"]) - with_lines)


def test_it_is_exported_in_every_form(ask: Run, run_id: str, document: dict, tmp_path: Path) -> None:
    for one in (FORMATS[name] for name in ("srt", "ttml", "json", "rttm", "otio")):
        target = tmp_path / f"x.{one.name}"
        made = ask("projects", "export", run_id, "--format", one.name, "-o", target, "--json")
        if one.has_turns and not document["speakers"]:
            assert (made.code, "not told apart" in made.err) == (REFUSED, True)
            continue
        assert made.code == 0, made.err
        assert made.json["files"] == [{"file": str(target), "bytes": target.stat().st_size}]
    spans = [segment["span"] for segment in document["segments"]]
    for name in ("srt", "ttml"):
        read = pysubs2.load(str(tmp_path / f"x.{name}"))
        starts, ends = {one.start for one in read}, {one.end for one in read}
        assert starts >= {span["start_ms"] for span in spans} and ends >= {span["end_ms"] for span in spans}
    timeline = opentimelineio.adapters.read_from_file(str(tmp_path / "x.otio"))
    lines = [clip for clip in timeline.find_clips() if "soundstage" in clip.metadata]
    assert sorted(clip.name for clip in lines) == sorted(" ".join(one["text"].split()) for one in document["segments"])
    video = next(stream for stream in document["media"]["streams"] if stream["kind"] == "video")
    (rate,) = {clip.source_range.duration.rate for clip in lines}
    assert rate == pytest.approx(video["frame_rate"], abs=0.001)
    assert json.loads((tmp_path / "x.json").read_text()) == document
    british = ask(
        "projects", "export", run_id, "-f", "txt", "--language", "en-gb", "--times", "-o", tmp_path / "gb.txt"
    )
    assert british.code == 0, british.err
    assert (tmp_path / "gb.txt").read_text().startswith("[00:00:0")


def test_its_stems_are_written_into_a_folder(ask: Run, run_id: str, document: dict, tmp_path: Path) -> None:
    """Speech and background where they were separated, else the server's word why not."""
    made = ask("projects", "export", run_id, "--format", "stems", "--output", tmp_path, "--json")
    if {"speech", "background"} <= {track["track_id"] for track in document["tracks"]}:
        assert made.code == 0, made.err
        assert len(made.json["files"]) == 2
        for file in made.json["files"]:
            with wave.open(file["file"]) as stem:
                assert round(1000 * stem.getnframes() / stem.getframerate()) == document["duration_ms"]
    else:
        assert (made.code, made.out) == (REFUSED, "")
        assert (
            "no speech stem: the source was not separated." in made.err
            and "Then do the stage separate again" in made.err
        )
    assert not list(tmp_path.glob(".*.part"))


def test_it_leaves_as_a_file_and_comes_in_again(ask: Run, run_id: str, document: dict, tmp_path: Path) -> None:
    """Out as a file and in again: another run of the same document."""
    doubtful = ask("projects", "review", run_id, "--json").json
    assert [one["segment_id"] for one in doubtful["items"]] == [one["segment_id"] for one in document["review"]]
    target = tmp_path / "talk.soundstage.zip"
    made = ask("projects", "export", run_id, "-f", "zip", "--media", "include", "-o", target, "--json")
    assert made.json["files"] == [{"file": str(target), "bytes": target.stat().st_size}]
    opened = ask("projects", "import", target, "--json")
    assert opened.code == 0, opened.err
    assert str(opened.json["run_id"]) != run_id
    assert ask("projects", "show", str(opened.json["run_id"]), "--json").json == document
    (tmp_path / "x.srt").write_text("1\n00:00:00,000 --> 00:00:01,000\nHello.\n")
    refused = ask("projects", "import", tmp_path / "x.srt")
    assert (refused.code, "it is no ZIP" in refused.err) == (FAILED, True)
    assert ask("projects", "import", tmp_path / "nothing.zip").code == USAGE
    given = ask("projects", "media", run_id, "https://media.example/talk.mp4")
    assert (given.code, "has its media already" in given.err) == (REFUSED, True)


def test_what_is_not_there_is_told(ask: Run, run_id: str, document: dict, tmp_path: Path) -> None:
    for tag in _missing(document):
        refused = ask("projects", "export", run_id, "--language", tag, "-o", tmp_path / "none.srt")
        assert (refused.code, f"no lines in {tag}" in refused.err) == (REFUSED, True)
    unknown = ask("projects", "export", run_id, "--format", "docx", "-o", tmp_path / "none.docx", "--json")
    assert (unknown.code, unknown.out) == (REFUSED, "")
    assert "srt, vtt, ass, ttml, txt, csv, json, rttm, otio, edl" in unknown.err
    assert not list(tmp_path.glob("none.*"))
    nowhere = ask("projects", "export", run_id, "-o", tmp_path / "no" / "x.srt")
    assert (nowhere.code, "there is no folder" in nowhere.err) == (USAGE, True)
    assert ask("projects", "export", run_id, "-f", "stems", "-o", tmp_path / "x.srt").code == USAGE
    assert ask("projects", "show", "999999").code == REFUSED


def test_a_stage_is_done_again_compared_and_chosen(ask: Run, run_id: str) -> None:
    made = ask("projects", "rerun", run_id, "translate", "--to", "en-gb,en-au", "--json")
    assert made.code == 0, made.err
    assert (made.json["revision"], made.json["base"], made.json["head"]) == (2, 1, True)
    assert "into English (Australia)" in made.json["comparison"]
    assert "2 *" in ask("projects", "revisions", run_id).out
    found = ask("projects", "compare", run_id, "--a", "1", "--b", "2").out
    assert found.startswith("Revision 2 against 1: translate with another target languages")
    assert "en-au:" in found
    assert ask("projects", "choose", run_id, "1", "--json").json["head"] is True
    assert "1 *" in ask("projects", "revisions", run_id).out
    wrong = ask("projects", "rerun", run_id, "probe")
    assert (wrong.code, "set up a new project" in wrong.err) == (REFUSED, True)
    assert ask("projects", "rerun", run_id, "diarize", "--engine", "campplus").code == USAGE


def test_the_help_names_every_format(ask: Run) -> None:
    told = " ".join(ask("projects", "export", "--help").out.replace("│", " ").split())
    assert ", ".join([*FORMATS, "zip", "stems"]) in told
