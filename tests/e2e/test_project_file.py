"""A project leaves one installation as a file and opens on another: the same document, the same bytes."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass

import httpx
import pytest
from tests import asking
from tests.e2e.kept import assert_nothing_half_made
from tests.server import Server, running_server

from soundstage.domain.account import Scope
from soundstage.media.exports.formats import FORMATS
from soundstage.media.test_card import write_test_card


@dataclass(frozen=True)
class Home:
    """A project where it was set up, and its two files."""

    client: httpx.Client
    run_id: int
    reference: bytes
    whole: bytes


@pytest.fixture(scope="module")
def home(server: Server, clips, tmp_path_factory):
    film = tmp_path_factory.mktemp("film") / "inaugural.mp4"
    write_test_card(clips / "jfk.flac", film)
    with server.client() as client:
        task_id = asking.set_up(client, asking.upload(client, film), target_languages=["en-gb", "es-es"])
        run_id = asking.succeeded(client, task_id)["run_id"]
        files = [exported(client, run_id, media=media) for media in ("reference", "include")]
        yield Home(client, run_id, *files)


@pytest.fixture(scope="module")
def abroad(tmp_path_factory):
    """Another installation, with a data folder of its own."""
    settings = {"setup_tasks": "0", "sound_tasks": "0"}
    with running_server(tmp_path_factory.mktemp("abroad") / "data", settings=settings) as running:
        yield running


def exported(client: httpx.Client, run_id: int, **query: str) -> bytes:
    answer = client.get(f"/apis/projects/{run_id}/exports/zip", params=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    return answer.content


def opened(client: httpx.Client, data: bytes, **body) -> dict:
    media_url = asking.upload_bytes(client, data, "talk.soundstage.zip")
    task_id = asking.task_id_of(client.post("/apis/projects/import", json={"media_url": media_url, **body}))
    return asking.succeeded(client, task_id)


@pytest.mark.parametrize("media", ["reference", "include"])
def test_there_and_back(home: Home, abroad: Server, media: str) -> None:
    data = home.whole if media == "include" else home.reference
    with abroad.client(abroad.new_key(team=media)) as client:
        body = opened(client, data)
        there, here = f"/apis/projects/{body['run_id']}", f"/apis/projects/{home.run_id}"
        document = client.get(there).json()
        assert document == home.client.get(here).json()
        for name in FORMATS:
            first, second = (one.get(f"{at}/exports/{name}") for one, at in ((home.client, here), (client, there)))
            assert (first.status_code, first.content) == (second.status_code, second.content), name
        for tag in ("en-gb", "es-es"):
            first, second = (
                one.get(f"{at}/exports/srt?language={tag}") for one, at in ((home.client, here), (client, there))
            )
            assert first.status_code == second.status_code
            assert first.status_code == 404 or first.content == second.content
        for track in (one for one in document["tracks"] if one["kind"] != "subtitles"):
            path = f"tracks/{track['track_id']}.flac"
            assert client.get(f"{there}/{path}").content == home.client.get(f"{here}/{path}").content
        assert exported(client, body["run_id"], media=media) == data, "the same bytes again"
        page = client.get(f"/apis/project-setup-result/{body['run_id']}").json()
        assert page["project_details"]["project_name"] == document["project_name"]
        assert [one["run_id"] for one in client.get("/apis/projects").json()["items"]] == [body["run_id"]]
        video = client.get(f"{there}/video")
        if media == "include":
            assert video.content == home.client.get(f"{here}/video").content
        else:
            assert video.status_code == 404 and "reference only" in video.json()["error"]
            refused = client.get(f"{there}/exports/zip?media=include")
            assert refused.status_code == 404 and "media=reference" in refused.json()["error"]
            assert "reference only" in body["stages"][2]["summary"]


def test_the_file_says_what_it_holds(home: Home) -> None:
    with zipfile.ZipFile(io.BytesIO(home.reference)) as archive:
        assert archive.namelist()[:2] == ["manifest.json", "project.json"]
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}
        manifest = json.loads(archive.read("manifest.json"))
        assert archive.testzip() is None
    assert (manifest["format"], manifest["format_version"]) == ("soundstage-project", 1)
    media = manifest["media"]
    assert (media["file_name"], media["url"], media["included"]) == ("inaugural.mp4", None, False)
    assert "files/original.mp4" not in [file["path"] for file in manifest["files"]]
    with zipfile.ZipFile(io.BytesIO(home.whole)) as archive:
        assert len(archive.read("files/original.mp4")) == media["artifact"]["bytes"]


def test_it_is_kept_and_resumed(home: Home) -> None:
    address = f"/apis/projects/{home.run_id}/exports/zip"
    again = home.client.get(address)
    assert again.content == home.reference
    part = home.client.get(address, headers={"range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, home.reference[100:200])
    assert home.client.get(address, headers={"if-none-match": again.headers["etag"]}).status_code == 304
    assert 'filename="inaugural.soundstage.zip"' in again.headers["content-disposition"]


def test_creating_is_checked_and_done_once(home: Home, abroad: Server) -> None:
    with abroad.client(abroad.new_key(team="careful")) as client:
        media_url = asking.upload_bytes(client, home.reference, "talk.zip")
        plan = client.post("/apis/projects/import?dry_run=true", json={"media_url": media_url}).json()
        assert plan["valid"] is True and plan["warnings"] == ["the file holds a reference to its media, not the media"]
        assert [stage["name"] for stage in plan["stages"]] == ["ingest", "unpack", "prepare"]
        assert 0 < plan["disk_bytes"] <= len(home.reference)
        folder = client.post("/apis/folders/create", json={"folder_name": "From afar"}).json()["folder_id"]
        body, once = {"media_url": media_url, "folder_id": folder}, {"idempotency-key": "import-1"}
        first, second = (client.post("/apis/projects/import", json=body, headers=once).json() for _ in range(2))
        assert first == second
        run_id = asking.succeeded(client, first["task_id"])["run_id"]
        assert client.get("/apis/projects").json()["items"][0]["folder_id"] == folder
        task = client.get(f"/apis/tasks/{first['task_id']}").json()
        (first_revision,) = client.get(f"/apis/projects/{run_id}/revisions").json()["items"]
        assert (first_revision["revision"], first_revision["origin"], first_revision["head"]) == (1, "import", True)
        again = client.post(f"/apis/projects/{run_id}/rerun", json={"stage": "translate"})
        assert again.status_code == 400 and f"POST /apis/projects/{run_id}/media first" in again.json()["error"]
        assert client.get(f"/apis/projects/{run_id}/compare").status_code == 200
        assert (task["kind"], task["studio_url"]) == ("project_import", f"{abroad.url}/studio/projects/{run_id}")
        reader = abroad.new_key(team="careful", scopes=frozenset({Scope.READ}))
        with abroad.client(reader) as looking:
            assert looking.post("/apis/projects/import", json=body).status_code == 403
            assert looking.get(f"/apis/projects/{run_id}/exports/zip").content == home.reference
        assert client.delete(f"/apis/projects/{run_id}").status_code == 204
        assert client.get(f"/apis/tasks/{first['task_id']}").status_code == 404
    assert_nothing_half_made(abroad.data)


def test_the_media_may_be_given_afterwards_and_stages_are_done_again_on_it(home: Home, server: Server, clips) -> None:
    with zipfile.ZipFile(io.BytesIO(home.whole)) as archive:
        film = archive.read("files/original.mp4")
    with server.client(server.new_key(team="the media comes later")) as client:
        run_id = opened(client, home.reference)["run_id"]
        project = f"/apis/projects/{run_id}"
        other = client.post(f"{project}/media", json={"media_url": asking.upload(client, clips / "jfk.flac")})
        assert other.status_code == 422 and "is not the media" in other.json()["detail"][0]["msg"]
        body = {"media_url": asking.upload_bytes(client, film, "another name.mov")}
        plan = client.post(f"{project}/media?dry_run=true", json=body).raise_for_status().json()
        stages = ["ingest", "probe", "decode", "separate", "detect_activity", "prepare"]
        assert (plan["valid"], [stage["name"] for stage in plan["stages"]]) == (True, stages)
        asked = [client.post(f"{project}/media", json=body, headers={"idempotency-key": "once"}) for _ in range(2)]
        given = asking.succeeded(client, asking.task_id_of(asked[0]))
        assert asking.task_id_of(asked[1]) == given["task_id"]
        assert (given["run_id"], given["revision"]) == (run_id, 2)
        assert client.get(project).json() == home.client.get(f"/apis/projects/{home.run_id}").json() | {"revision": 2}
        assert client.get(f"{project}/video").content == home.client.get(f"/apis/projects/{home.run_id}/video").content
        assert exported(client, run_id, media="include") == home.whole
        again = client.post(f"{project}/media", json=body)
        assert again.status_code == 400 and "has its media already" in again.json()["error"]
        redone = asking.task_id_of(client.post(f"{project}/rerun", json={"stage": "translate"}))
        assert asking.succeeded(client, redone)["revision"] == 3


def test_stages_are_done_again_on_what_came_with_its_media(home: Home, server: Server) -> None:
    with server.client(server.new_key(team="whole")) as client:
        run_id = opened(client, home.whole)["run_id"]
        before = client.get(f"/apis/projects/{run_id}").json()
        redone = client.post(f"/apis/projects/{run_id}/rerun", json={"stage": "segment"})
        status = asking.succeeded(client, asking.task_id_of(redone))
        after = client.get(f"/apis/projects/{run_id}").json()
        assert (status["revision"], after["revision"]) == (2, 2)
        told = {stage["name"]: stage["summary"] for stage in status["stages"]}
        assert told["ingest"] == "Taken over from revision 1: It came with the project file: inaugural.mp4."
        said = [" ".join(segment["text"] for segment in one["segments"]) for one in (before, after)]
        assert said[0] == said[1]
        assert after["tracks"][0] == before["tracks"][0]
        assert (after["original"], after["created_at"]) == (before["original"], before["created_at"])


@pytest.mark.parametrize("media_url", ["https://media.example/talk.zip", "upload://", "upload://../x", "talk.zip"])
def test_only_uploads_are_opened(client: httpx.Client, media_url: str) -> None:
    answer = client.post("/apis/projects/import", json={"media_url": media_url})
    assert answer.status_code == 422 and "POST /apis/uploads" in answer.json()["detail"][0]["msg"]


def test_what_is_no_project_file_leaves_nothing_behind(home: Home, abroad: Server) -> None:
    broken = bytearray(home.reference)
    at = broken.find(b"fLaC") + 5_000
    broken[at : at + 64] = bytes(64)
    with abroad.client(abroad.new_key(team="unlucky")) as client:
        for data, said in ((b"RIFF", "it is no ZIP"), (bytes(broken), "damaged")):
            media_url = asking.upload_bytes(client, data, "talk.zip")
            task_id = asking.task_id_of(client.post("/apis/projects/import", json={"media_url": media_url}))
            assert said in asking.ended(client, task_id)["message"]
            assert client.delete(f"/apis/uploads/{media_url.removeprefix('upload://')}").status_code == 204
            assert client.get("/apis/projects").json()["items"] == []
    assert_nothing_half_made(abroad.data)
