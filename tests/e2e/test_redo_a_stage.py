"""Editing a project and doing its stages again, all the way: nothing that a person or a stage made is ever lost."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests import asking
from tests.pulled import comes_with
from tests.server import Server

EDITED = "Ask not, by hand, what your country can do for you."


class Project:
    """One set-up for all tests here, which go on from where the one before left it, as a person at work does."""

    def __init__(self, client: httpx.Client, task_id: str, run_id: int) -> None:
        self.client = client
        self.task_id = task_id
        self.path = f"/apis/projects/{run_id}"
        self.run_id = run_id

    def document(self, revision: int | None = None) -> dict[str, Any]:
        asked = {} if revision is None else {"revision": revision}
        document: dict[str, Any] = self.client.get(self.path, params=asked).raise_for_status().json()
        return document

    def revisions(self) -> dict[int, dict[str, Any]]:
        items = self.client.get(f"{self.path}/revisions").raise_for_status().json()["items"]
        return {one["revision"]: one for one in items}

    @property
    def head(self) -> int:
        return next(number for number, one in self.revisions().items() if one["head"])

    def edit(self, document: dict[str, Any], base: int) -> httpx.Response:
        return self.client.put(self.path, json=document, headers={"if-match": f'"{base}"'})

    def begin(self, stage: str, **asked: Any) -> str:
        return asking.task_id_of(self.client.post(f"{self.path}/rerun", json={"stage": stage, **asked}))

    def redo(self, stage: str, **asked: Any) -> dict[str, Any]:
        """The status of the re-run once it has succeeded."""
        return asking.succeeded(self.client, self.begin(stage, **asked))

    def compare(self, **asked: int) -> dict[str, Any]:
        found: dict[str, Any] = self.client.get(f"{self.path}/compare", params=asked).raise_for_status().json()
        return found


@pytest.fixture(scope="module")
def project(server: Server, clips):
    with server.client(server.new_key("redo")) as client:
        media_url = asking.upload(client, clips / "jfk.flac")
        task_id = asking.set_up(client, media_url, target_languages=["en-gb"], project_name="Inaugural")
        status = asking.succeeded(client, task_id)
        assert status["revision"] == 1
        yield Project(client, task_id, status["run_id"])


def test_a_project_begins_with_one_revision(project: Project) -> None:
    (first,) = project.revisions().values()
    assert (first["head"], first["base"], first["origin"], first["task_id"]) == (True, None, "setup", project.task_id)
    answer = project.client.get(project.path)
    assert answer.headers["etag"] == '"1"'
    assert project.client.get(project.path, headers={"if-none-match": '"1"'}).status_code == 304
    assert project.compare()["same"]


def test_an_edit_is_a_revision_and_what_is_made_of_the_document_agrees(project: Project) -> None:
    document = project.document()
    document["segments"][0]["text"] = EDITED
    document["project_name"] = "Inaugural, edited"
    answer = project.edit(document, 1)
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    assert (answer.json()["base"], answer.json()["origin"], answer.json()["head"]) == (1, "edit", True)
    now = project.document()
    assert (now["revision"], now["segments"][0]["text"]) == (2, EDITED)
    exports = f"{project.path}/exports"
    assert "by hand" in project.client.get(f"{exports}/srt").text
    assert "by hand" not in project.client.get(f"{exports}/srt", params={"revision": 1}).text
    assert project.client.get(f"{exports}/json").json() == now
    assert project.client.get(f"{project.path}/tracks/source.flac").status_code == 200
    details = project.client.get(f"/apis/project-setup-result/{project.run_id}").json()["project_details"]
    assert details["project_name"] == "Inaugural, edited"
    assert project.edit(now, 2).json()["revision"] == 2, "what is as it was makes no revision"
    found = project.compare(a=1, b=2)
    assert found["fields"] == ["project_name"]
    assert found["segments"]["text"] == 1
    assert 0 < found["word_difference_rate"] < 1
    assert found["stages"] == []


def test_a_late_edit_is_refused_and_says_what_to_do(project: Project) -> None:
    late = project.document(1)
    late["segments"][0]["text"] = "Too late."
    answer = project.edit(late, 1)
    assert answer.status_code == 412
    assert 'If-Match: "2"' in answer.json()["error"]
    assert project.head == 2


def test_translating_again_takes_the_edited_lines_and_leads(project: Project) -> None:
    task_id = project.begin("translate", target_languages=["en-gb", "en-au"])
    status = asking.succeeded(project.client, task_id)
    assert (status["run_id"], status["revision"]) == (project.run_id, 3)
    stages = {stage["name"]: stage for stage in status["stages"]}
    assert stages["transcribe"]["summary"].startswith("Taken over from revision 2: ")
    assert stages["segment"]["summary"].startswith("Taken over from revision 2, with its edits: ")
    assert not stages["translate"]["summary"].startswith("Taken over")
    assert project.head == 3
    document = project.document()
    assert document["project_name"] == "Inaugural, edited"
    assert document["created_at"] == project.document(1)["created_at"]
    assert document["segments"][0]["text"] == EDITED
    assert document["segments"][0]["translations"] == {"en-gb": EDITED, "en-au": EDITED}
    found = project.compare()
    assert (found["a"], found["b"]) == (2, 3), "of a newest head, what it was made of"
    assert [one["stage"] for one in found["stages"]] == ["translate"]
    assert {one["language"] for one in found["translations"]} == {"en-au", "en-gb"}


def test_what_would_do_an_edit_over_stays_beside(project: Project) -> None:
    status = project.redo("segment")
    assert status["revision"] == 4
    assert "beside what the project shows" in status["stages"][-1]["summary"]
    assert project.head == 3
    assert project.document()["segments"][0]["text"] == EDITED
    assert project.document(4)["segments"][0]["text"] == project.document(1)["segments"][0]["text"]
    assert (project.compare()["a"], project.compare()["b"]) == (3, 4)


def test_speakers_are_told_apart_again(project: Project) -> None:
    status = project.redo("diarize", max_speakers=1, revision=1)
    assert project.revisions()[status["revision"]]["base"] == 1
    found = project.compare(a=1, b=status["revision"])
    if comes_with("campplus"):
        (stage,) = found["stages"]
        assert (stage["stage"], stage["a"]["options"]["max_speakers"], stage["b"]["options"]["max_speakers"]) == (
            "diarize",
            None,
            1,
        )
    assert project.head == 3, "it was made of the first, which is not the head"


def test_of_two_at_once_one_leads_and_the_other_stays_beside(project: Project) -> None:
    head = project.head
    begun = [project.begin("prepare"), project.begin("prepare")]
    made = [asking.succeeded(project.client, task_id)["revision"] for task_id in begun]
    assert len(set(made)) == 2
    assert project.head in made
    assert {project.revisions()[number]["base"] for number in made} == {head}
    assert project.document()["segments"][0]["text"] == EDITED


def test_a_revision_is_chosen(project: Project) -> None:
    project.client.post(f"{project.path}/revisions/1/choose").raise_for_status()
    assert project.head == 1
    assert project.document()["project_name"] == "Inaugural"
    stale = project.edit(project.document(2), 2)
    assert stale.status_code == 412
    assert project.client.post(f"{project.path}/revisions/99/choose").status_code == 404


@pytest.mark.parametrize(
    ("asked", "field", "told"),
    [
        ({"stage": "ingest"}, "stage", "set up a new project"),
        ({"stage": "probe"}, "stage", "set up a new project"),
        ({"stage": "sing"}, "stage", "no such stage"),
        ({"stage": "translate", "min_speakers": 2}, "min_speakers", "do not read this"),
        ({"stage": "translate", "engines": {"transcription": "whisper-base"}}, "transcription", "translation"),
        ({"stage": "diarize", "min_speakers": 3, "max_speakers": 2}, "max_speakers", "at least min_speakers"),
        ({"stage": "translate", "options": {"separate": {"quality": "none"}}}, "separate", "done again"),
        ({"stage": "transcribe", "engines": {"transcription": "nobody"}}, "transcription", "no such engine"),
        ({"stage": "translate", "chosen_dictionaries": [999]}, "chosen_dictionaries", "no dictionary"),
    ],
)
def test_what_cannot_be_done_again_says_why(project: Project, asked: dict[str, Any], field: str, told: str) -> None:
    answer = project.client.post(f"{project.path}/rerun", json=asked)
    assert answer.status_code == 422, answer.text
    (fault,) = answer.json()["detail"]
    assert fault["loc"][-1] == field
    assert told in fault["msg"]


def test_a_dry_run_tells_what_would_be_done(project: Project) -> None:
    before = len(project.revisions())
    asked = {"stage": "translate", "target_languages": ["en-gb"]}
    answer = project.client.post(f"{project.path}/rerun", params={"dry_run": "true"}, json=asked)
    plan = answer.raise_for_status().json()
    assert [stage["name"] for stage in plan["stages"]] == ["translate", "prepare"]
    assert plan["valid"] and plan["stages"][0]["ready"]
    assert len(project.revisions()) == before


def test_the_same_key_makes_one_re_run(project: Project) -> None:
    before = len(project.revisions())

    def ask(body: dict[str, Any]) -> httpx.Response:
        return project.client.post(f"{project.path}/rerun", json=body, headers={"idempotency-key": "again"})

    asked = [ask({"stage": "prepare"}), ask({"stage": "prepare"})]
    task_id = asking.task_id_of(asked[0])
    asking.succeeded(project.client, task_id)
    asked.append(ask({"stage": "prepare"}))  # the project has moved on from what the first was made of
    assert [asking.task_id_of(answer) for answer in asked] == [task_id] * 3
    other = ask({"stage": "translate"})
    assert other.status_code == 422, other.text
    assert other.json()["detail"][0]["loc"] == ["header", "Idempotency-Key"]
    assert len(project.revisions()) == before + 1


def test_strangers_see_nothing(project: Project, server: Server) -> None:
    with server.client(server.new_key("strangers to redo")) as stranger:
        for method, path in (
            ("GET", "/revisions"),
            ("GET", "/compare"),
            ("POST", "/revisions/1/choose"),
            ("POST", "/rerun"),
            ("PUT", ""),
        ):
            body = {"json": {"stage": "prepare"}} if method != "GET" else {}
            answer = stranger.request(method, project.path + path, headers={"if-match": '"1"'}, **body)
            assert answer.status_code == 404, (method, path, answer.text)


def test_a_task_whose_revision_is_needed_stays_and_the_project_goes_with_all(project: Project) -> None:
    revisions = project.revisions()
    needed = revisions[3]["task_id"]
    refused = project.client.delete(f"/apis/tasks/{needed}")
    assert refused.status_code == 400
    assert "later ones were made of" in refused.json()["error"]
    beside = revisions[4]["task_id"]
    assert project.client.delete(f"/apis/tasks/{beside}").status_code == 204
    assert 4 not in project.revisions()
    at_work = project.begin("transcribe")
    answer = project.client.delete(project.path)
    if answer.status_code == 400:
        assert at_work in answer.json()["error"]
        project.client.post(f"/apis/tasks/{at_work}/cancel")
        answer = project.client.delete(project.path)
    assert answer.status_code == 204
    for task_id in {at_work, project.task_id, *(one["task_id"] for one in revisions.values())}:
        assert project.client.get(f"/apis/tasks/{task_id}").status_code == 404
    assert project.client.get(project.path).status_code == 404
