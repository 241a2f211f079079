"""The same media twice: what is the same is not done twice, and the two projects do not need one another."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import soundfile
from tests import asking
from tests.e2e.web import Web
from tests.pulled import comes_with
from tests.server import Server

SECONDS = 4


@pytest.fixture(scope="module")
def talk(clips: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("talk") / "talk.flac"
    samples, rate = soundfile.read(clips / "jfk.flac", frames=SECONDS * 16_000)
    soundfile.write(path, samples, rate)
    return path


@pytest.fixture(scope="module")
def team(server: Server) -> Iterator[httpx.Client]:
    with server.client(server.new_key(team="the same media again")) as client:
        yield client


Project = dict[str, Any]
SetUp = Callable[..., Project]


@pytest.fixture(scope="module")
def set_up(team: httpx.Client, talk: Path) -> SetUp:
    """A finished set-up of the talk, uploaded anew: its status with its `task_id`, and stages by name."""

    def make(client: httpx.Client = team, name: str = "talk.flac", **fields: Any) -> Project:
        task_id = asking.set_up(client, asking.upload(client, talk, name), **fields)
        status = asking.succeeded(client, task_id)
        return {**status, "task_id": task_id, "stages": {stage["name"]: stage for stage in status["stages"]}}

    return make


@pytest.fixture(scope="module")
def first(set_up: SetUp) -> Project:
    return set_up()


# What there is to take over: a stage that lacks its model was skipped, and is never taken over.
ANALYSIS = {
    "decode",
    "detect_activity",
    "transcribe",
    "segment",
    *(["separate"] if comes_with("spleeter-2stems") else []),
    *(["diarize"] if comes_with("campplus") else []),
}


def taken_over(project: Project) -> dict[str, str]:
    """Task by stage."""
    return {name: s["taken_over_from"] for name, s in project["stages"].items() if "taken_over_from" in s}


def test_nothing_is_taken_over_the_first_time(first: Project) -> None:
    assert taken_over(first) == {}


def test_a_dry_run_foresees_it(first: Project, talk: Path, team: httpx.Client) -> None:
    body = asking.set_up_body(asking.upload(team, talk), target_languages=["fr-fr"])

    def plan(**fields: Any) -> tuple[list[str], float]:
        told = team.post("/apis/project-setup", params={"dry_run": "true"}, json=body | fields).json()
        foreseen = [warning for warning in told["warnings"] if "taken over from an earlier task" in warning]
        return foreseen, told["eta_range_seconds"][1]

    foreseen, soon = plan()
    assert len(foreseen) == 1
    assert all(name in foreseen[0] for name in ANALYSIS)
    assert "translate" not in foreseen[0] and "if the media has not changed" not in foreseen[0]
    anew, late = plan(reuse=False)
    assert anew == []
    assert soon < late, "what is not done takes no time"
    assert first["run_id"]


def test_other_target_languages_only_translate(set_up: SetUp, first: Project, team: httpx.Client) -> None:
    second = set_up(name="renamed.flac", target_languages=["en-gb"])
    assert taken_over(second) == dict.fromkeys(ANALYSIS, first["task_id"])
    for name in ANALYSIS:
        before, after = first["stages"][name], second["stages"][name]
        assert after["findings"] == before["findings"]
        assert after["summary"].removeprefix(before["summary"]) == (
            f" Taken over from task {first['task_id']}: nothing was done again."
        )
    assert "renamed.flac" in second["stages"]["ingest"]["summary"]
    documents = [team.get(f"/apis/projects/{one['run_id']}").json() for one in (first, second)]
    assert documents[1]["project_name"] == "renamed"
    spoken = [[segment["text"] for segment in document["segments"]] for document in documents]
    assert spoken[0] == spoken[1] != []
    assert all(segment["translations"].keys() == {"en-gb"} for segment in documents[1]["segments"])


def test_a_changed_hint_changes_what_looks_at_it(set_up: SetUp, first: Project) -> None:
    hinted = set_up(max_speakers=1)
    names = taken_over(hinted).keys()
    assert "diarize" not in names
    assert names >= (ANALYSIS - {"diarize", "segment"}) | {"probe"}
    assert hinted["run_id"] != first["run_id"]


def test_what_is_asked_for_anew_is_done_anew(set_up: SetUp, first: Project) -> None:
    anew = set_up(reuse=False)
    assert taken_over(anew) == {}
    assert anew["stages"]["transcribe"]["findings"] == first["stages"]["transcribe"]["findings"]
    assert taken_over(set_up())["transcribe"] == anew["task_id"], "the latest that was done is taken over"


def test_what_is_gone_from_the_disk_is_done_again(set_up: SetUp, first: Project, server: Server, team) -> None:
    document = team.get(f"/apis/projects/{first['run_id']}").json()
    source = next(track["artifact"]["sha256"] for track in document["tracks"] if track["kind"] == "source")
    kept = server.data / "artifacts" / source[:2] / source
    kept.unlink()
    again = set_up()
    assert "decode" not in taken_over(again)
    assert taken_over(again).keys() >= ANALYSIS - {"decode"}, "the same was decoded, so what follows is the same"
    assert kept.is_file()


def test_another_team_shares_nothing_and_a_deleted_project_takes_nothing_along(
    set_up: SetUp, first: Project, server: Server, team: httpx.Client
) -> None:
    second = set_up()
    with server.client(server.new_key(team="others")) as others:
        assert taken_over(set_up(others)) == {}
    assert team.delete(f"/apis/projects/{first['run_id']}").status_code == 204
    tracks = f"/apis/projects/{second['run_id']}/tracks/source.flac"
    assert team.get(tracks).content[:4] == b"fLaC"
    assert team.get(f"/apis/projects/{second['run_id']}/exports/srt").text
    assert taken_over(set_up()).keys() >= ANALYSIS


def test_a_url_is_not_downloaded_again_where_its_server_vouches_for_it(open_server: Server, web: Web) -> None:
    with open_server.client(open_server.new_key(team="web again")) as client:

        def fetched(path: str) -> dict[str, Any]:
            status = asking.succeeded(client, asking.set_up(client, f"{web.url}{path}?token=s3cret"))
            return {stage["name"]: stage for stage in status["stages"]}

        first, second = fetched("/kept.wav"), fetched("/kept.wav")
        assert (first["ingest"]["findings"]["downloaded"], second["ingest"]["findings"]["downloaded"]) == (True, False)
        assert re.search("has not changed since task .* not downloaded again", second["ingest"]["summary"])
        assert {"ingest", "probe", "decode"} <= {name for name in second if "taken_over_from" in second[name]}
        unvouched = fetched("/tone.wav")
        assert unvouched["ingest"]["findings"]["downloaded"]
        assert "taken_over_from" not in unvouched["ingest"]
        assert "taken_over_from" in unvouched["decode"], "the same bytes from elsewhere are the same"
