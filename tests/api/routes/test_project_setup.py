"""Creates of projects and their results."""

from __future__ import annotations

import json

import pytest

SETUP = {"media_url": "https://example.com/a.mp4", "source_language": 1, "target_languages": [54]}


def kept(server, client, **body):
    answer = client.post("/apis/project-setup", json={**SETUP, **body})
    assert answer.status_code == 200, answer.text
    assert set(answer.json()) == {"task_id"}
    return server.services.tasks.read_status(server.team_id, answer.json()["task_id"])


@pytest.mark.parametrize(("given", "language"), [(54, 54), ("54", 54), ("es-es", 54), ("ES_ES", 54), ("Auto", None)])
def test_source_languages(server, client, given, language):
    assert kept(server, client, source_language=given).parameters["source_language"] == language


def test_target_languages_are_read_in_every_form_and_once_each(server, client):
    task = kept(server, client, target_languages=["es-ES", 76, "54", "zh_cn", "76"])
    assert task.parameters["target_languages"] == [54, 76, 139]


def test_a_target_that_is_the_source_is_no_refusal(server, client):
    assert kept(server, client, source_language=1, target_languages=["en-us"])


def test_a_dry_run_warns_of_it(client):
    upload = client.post("/apis/uploads", files={"file": ("a.mp4", b"not media")}).json()
    body = {**SETUP, "media_url": upload["media_url"], "target_languages": [1]}
    plan = client.post("/apis/project-setup?dry_run=true", json=body).json()
    assert any("en-us" in warning for warning in plan["warnings"])
    assert plan["media"] is None


def test_a_near_miss_is_hinted_at(client, refusal):
    detail = refusal(client.post("/apis/project-setup", json={**SETUP, "source_language": "en"}), 422)
    assert "en-us" in detail[0]["msg"]


def test_everything_else_that_may_be_asked_for(server, client):
    engines = {line.capability: line.name for line in server.services.engines.report()}
    task = kept(
        server, client, project_name="Talk", project_description="About it", selected_audio_tracks=[0, 1, 1],
        add_output_as_an_audio_track=True, chosen_dictionaries=None, engines=engines,
        priority="high", folder_id=None, min_speakers=2, max_speakers=2,
    )  # fmt: skip
    assert task.priority.value == "high"
    assert (task.parameters["min_speakers"], task.parameters["max_speakers"]) == (2, 2)
    assert task.parameters["selected_audio_tracks"] == [0, 1]
    assert task.parameters["engines"] == engines


def test_options_are_kept_and_what_is_unknown_is_told_with_what_there_is(server, client, refusal):
    options = {"separate": {"quality": "none"}}
    assert kept(server, client, options=options).parameters["options"]["separate"]["quality"] == "none"
    for nothing in (None, {}, {"separate": {}}):
        assert kept(server, client, options=nothing).parameters["options"]["separate"]["quality"] is None
    for wrong, loc, says in (
        ({"separat": {}}, ["separat"], "separate"),
        ({"separate": {"qualty": "best"}}, ["separate", "qualty"], "quality"),
        ({"separate": {"quality": "better"}}, ["separate", "quality"], "'none', 'fast' or 'best'"),
        ({"separate": "best"}, ["separate"], "JSON object"),
        ("best", [], "JSON object"),
    ):
        [fault] = refusal(client.post("/apis/project-setup", json={**SETUP, "options": wrong}), 422)
        assert fault["loc"] == ["body", "options", *loc]
        assert says in fault["msg"]


def test_a_dry_run_knows_what_is_not_wanted(client):
    body = {**SETUP, "options": {"separate": {"quality": "none"}}, "media_url": "upload://" + "A" * 32}
    plan = client.post("/apis/project-setup?dry_run=true", json=body).json()
    [stage] = [stage for stage in plan["stages"] if stage["name"] == "separate"]
    assert stage == {"name": "separate", "engine": None, "ready": True, "cure": None}
    assert not any("separate" in warning for warning in plan["warnings"])


def test_a_trace_context_is_accepted(server, client):
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    for value in (trace, "garbage"):
        assert client.post("/apis/project-setup", json=SETUP, headers={"traceparent": value}).status_code == 200


def test_an_upload_that_is_not_there(client):
    body = {**SETUP, "media_url": "upload://" + "A" * 32}
    assert client.post("/apis/project-setup", json=body).status_code in (200, 422)  # the task tells


def test_the_result_holds_both_documented_shapes(server, client, hand):
    _, run_id = hand.project()
    body = client.get(f"/apis/project-setup-result/{run_id}").json()
    assert body["run_id"] == run_id
    assert body["project_details"] == {
        "project_name": "A talk", "project_description": None, "created_at": "2026-01-02T03:04:05.000Z",
        "source_language": 1, "target_languages": [54], "duration": 1.5, "folder_id": None,
        "studio_url": f"{server.url}/studio/projects/{run_id}",
    }  # fmt: skip
    assert body["run_details"] == {
        "name": "A talk", "desc": None, "created_at": "2026-01-02T03:04:05.000Z", "primary_source_language": 1,
        "target_languages": [54], "duration": 1.5, "team_id": server.team_id, "folder_id": None,
    }  # fmt: skip


def test_several_results_in_the_order_asked_for(client, hand, refusal):
    one, two = hand.project()[1], hand.project()[1]
    body = client.post("/apis/project-setup-results", json={"run_ids": [two, str(one)]}).json()
    assert [entry["run_id"] for entry in body] == [two, one]
    refusal(client.post("/apis/project-setup-results", json={"run_ids": [one]}), 422)
    refusal(client.post("/apis/project-setup-results", json={"run_ids": [one, 10**8]}), 404)


SRT = "1\n00:00:01,000 --> 00:00:02,500\nAnna: Hello there.\n"


def test_a_transcript_may_be_brought(server, client):
    task = kept(server, client, source_transcript=SRT)
    brought = task.parameters["source_transcript"]
    assert (brought["form"], brought["cues"], brought["ends_at_ms"]) == ("srt", 1, 2500)
    document = json.loads(server.blobs.path(brought["document"]["sha256"]).read_text())
    assert document["cues"][0]["parts"] == [{"text": "Anna: Hello there.", "speaker": None}]


def test_a_transcript_that_is_none_is_refused_with_its_line(client, refusal):
    backwards = SRT.replace("00:00:02,500", "00:00:00,500")
    for query in ("", "?dry_run=true"):
        detail = refusal(
            client.post("/apis/project-setup" + query, json={**SETUP, "source_transcript": backwards}), 422
        )
        assert detail[0]["loc"] == ["body", "source_transcript"]
        assert detail[0]["msg"].startswith("Line 2: the cue must end after it begins")


def test_a_long_transcript_is_taken_and_a_far_too_long_one_refused(client, refusal):
    long = "\n".join(
        f"{n}\n00:{n // 60:02}:{n % 60:02},000 --> 00:{n // 60:02}:{n % 60:02},900\n{'ä' * 900}\n" for n in range(1000)
    )
    assert client.post("/apis/project-setup", json={**SETUP, "source_transcript": long}).status_code == 200
    detail = refusal(client.post("/apis/project-setup", json={**SETUP, "source_transcript": "x" * 1_000_001}), 422)
    assert detail[0]["loc"] == ["body", "source_transcript"]


def test_a_dry_run_tells_that_a_transcript_outlasts_the_media(client, clips):
    upload = client.post("/apis/uploads", files={"file": ("jfk.flac", (clips / "jfk.flac").read_bytes())}).json()
    text = SRT.replace("00:00:02,500", "00:00:30,000")
    body = {**SETUP, "media_url": upload["media_url"], "source_transcript": text}
    plan = client.post("/apis/project-setup?dry_run=true", json=body).json()
    assert any("goes on to 30.0 s but the media ends at 11.0 s" in warning for warning in plan["warnings"])
