"""A set-up with a text of one's own that stops to be looked through: edited, continued, and nothing of it lost."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests import asking
from tests.server import Server

SRT = """1
00:00:00,300 --> 00:00:04,500
KENNEDY: And so my fellow Americans,

2
00:00:05,300 --> 00:00:07,900
ask not what your contry can do for you,

3
00:00:08,000 --> 00:00:10,600
ask what you can do for your country.
"""


class Halfway:
    """The task and project that all tests here go on with, one after the other, as a person at work does."""

    def __init__(self, client: httpx.Client, task_id: str, status: dict[str, Any]) -> None:
        self.client = client
        self.task_id = task_id
        self.status = status
        self.path = f"/apis/projects/{status['run_id']}"

    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = self.client.get(self.path).raise_for_status().json()
        return document

    def post(self, verb: str) -> httpx.Response:
        return self.client.post(f"/apis/project-setup/{self.task_id}/{verb}")


@pytest.fixture(scope="module")
def halfway(server: Server, clips):
    with server.client(server.new_key("halfway")) as client:
        media_url = asking.upload(client, clips / "jfk.flac")
        fields = {"target_languages": ["en-gb"], "source_transcript": SRT, "stop_after": ["transcribe"]}
        task_id = asking.set_up(client, media_url, **fields)
        yield Halfway(client, task_id, asking.parked(client, task_id))


def test_it_waits_with_the_words_that_were_brought(halfway: Halfway) -> None:
    assert (halfway.status["status"], halfway.status["substatus"], halfway.status["message"]) == ("PENDING", None, None)
    stages = {stage["name"]: stage for stage in halfway.status["stages"]}
    assert [stages[name]["state"] for name in ("transcribe", "segment", "translate")] == ["done", "parked", "waiting"]
    findings = stages["transcribe"]["findings"]
    assert (findings["source"], findings["words"], findings["speakers"]) == ("brought", 22, ["KENNEDY"])
    assert findings["word_times"] == "aligned"
    assert findings["heard_share"] > 0.8


def test_the_project_as_far_as_it_is_opens_and_exports(halfway: Halfway) -> None:
    document = halfway.document()
    assert " ".join(segment["text"] for segment in document["segments"]).endswith("what you can do for your country.")
    assert [speaker["name"] for speaker in document["speakers"]] == ["KENNEDY"]
    assert {segment["speaker_id"] for segment in document["segments"]} == {document["speakers"][0]["speaker_id"]}
    ask = next(word for segment in document["segments"] for word in segment["words"] if word["text"] == "ask")
    assert 5300 <= ask["span"]["start_ms"] < 5900
    assert "your contry" in halfway.client.get(f"{halfway.path}/exports/srt").raise_for_status().text
    page = halfway.client.get("/apis/tasks?state=parked").raise_for_status().json()
    assert [item["task_id"] for item in page["items"]] == [halfway.task_id]


def test_it_leaves_as_one_file_and_opens_as_far_as_it_is(halfway: Halfway) -> None:
    data = halfway.client.get(f"{halfway.path}/exports/zip", params={"media": "include"}).raise_for_status().content
    media_url = asking.upload_bytes(halfway.client, data, "halfway.soundstage.zip")
    opened = asking.task_id_of(halfway.client.post("/apis/projects/import", json={"media_url": media_url}))
    run_id = asking.succeeded(halfway.client, opened)["run_id"]
    assert halfway.client.get(f"/apis/projects/{run_id}").json() == halfway.document()
    again = halfway.client.get(f"/apis/projects/{run_id}/exports/zip", params={"media": "include"}).raise_for_status()
    assert again.content == data


def test_what_is_corrected_meanwhile_is_what_is_translated(halfway: Halfway) -> None:
    document = halfway.document()
    for segment in document["segments"]:
        segment["text"] = segment["text"].replace("contry", "country")
    document["speakers"][0]["name"] = "John F. Kennedy"
    halfway.client.put(halfway.path, json=document, headers={"if-match": '"1"'}).raise_for_status()
    assert halfway.post("retry").status_code == 400
    assert halfway.post("continue").raise_for_status().json()["state"] in ("queued", "running")
    status = asking.succeeded(halfway.client, halfway.task_id)
    assert (status["run_id"], status["attempt"], status["revision"]) == (halfway.status["run_id"], 2, 3)
    segment = next(stage for stage in status["stages"] if stage["name"] == "segment")
    assert segment["summary"].startswith("Taken from revision 2 of the project, as a person left it: ")
    now = halfway.document()
    assert now["revision"] == 3
    assert [speaker["name"] for speaker in now["speakers"]] == ["John F. Kennedy"]
    assert [one["text"] for one in now["segments"]] == [one["text"] for one in document["segments"]]
    assert all(one["translations"] == {"en-gb": one["text"]} for one in now["segments"])
    revisions = halfway.client.get(f"{halfway.path}/revisions").raise_for_status().json()["items"]
    assert [(one["revision"], one["origin"]) for one in revisions] == [(3, "continue"), (2, "edit"), (1, "setup")]
    assert halfway.post("continue").status_code == 400


def test_a_stage_after_which_it_cannot_stop_is_refused_with_those_after_which_it_can(halfway: Halfway) -> None:
    body = asking.set_up_body("https://example.com/a.mp4", stop_after=["transcribe", "prepare"])
    answer = halfway.client.post("/apis/project-setup", json=body)
    assert answer.status_code == 422
    [fault] = answer.json()["detail"]
    assert fault["loc"] == ["body", "stop_after", 1]
    assert "it can after decode, separate, detect_activity, diarize, transcribe, segment, translate" in fault["msg"]
