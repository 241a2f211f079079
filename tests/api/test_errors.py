"""Bad input that concerns HTTP: each gets the right code, the one body, and a sentence that says what to change."""

from __future__ import annotations

import json
import logging

import pytest

SETUP = {"media_url": "https://example.com/a.mp4", "source_language": 1, "target_languages": [54]}
JSON = {"content-type": "application/json"}


def names(detail):
    return {".".join(map(str, fault["loc"])) for fault in detail}


def test_unknown_address_and_method(client, refusal):
    refusal(client.get("/apis/nothing"), 404)
    refusal(client.get("/nothing"), 404)
    refusal(client.get("/apis/folders/"), 404)
    answer = client.delete("/apis/folders")
    refusal(answer, 405)
    assert "GET" in answer.headers["allow"]


def test_allow_names_every_method_of_the_address(client, refusal):
    for path, methods in (
        ("/apis/tasks/x", "DELETE, GET, HEAD"),
        ("/apis/text-to-sound-result/1", "GET, HEAD"),
        ("/apis/dictionaries/1", "DELETE, GET, HEAD"),
        ("/apis/folders/create", "POST"),
        ("/studio/static/x", "GET, HEAD"),
    ):
        answer = client.patch(path)
        refusal(answer, 405)
        assert answer.headers["allow"] == methods


@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"prompt" "x"}', b"[" * 5000, b'{"prompt": "\xff"}', b'{"prompt": "\\ud800"}', b"nonsense"]
)
def test_a_body_that_is_not_json(client, refusal, body):
    detail = refusal(client.post("/apis/text-to-sound", content=body, headers=JSON), 422)
    assert detail[0]["loc"][0] == "body"


def test_json_errors_name_the_position(client, refusal):
    detail = refusal(client.post("/apis/text-to-sound", content=b'{"prompt" "x"}', headers=JSON), 422)
    assert detail[0]["loc"] == ["body", 10]
    assert detail[0]["type"] == "json_invalid"


@pytest.mark.parametrize("body", [[], "text", 7, None])
def test_json_that_is_not_an_object(client, refusal, body):
    for path in ("/apis/text-to-sound", "/apis/project-setup", "/apis/folders/create", "/apis/text-to-sound-results"):
        answer = client.post(path, content=json.dumps(body), headers=JSON)
        assert refusal(answer, 422)[0]["msg"] == "The body must be a JSON object."


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_another_content_type(client, refusal, kind):
    detail = refusal(
        client.post("/apis/text-to-sound", content=b'{"prompt": "x"}', headers={"content-type": kind}), 422
    )
    assert names(detail) == {"header.content-type"}


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
def test_numbers_that_are_not_numbers_answer_422_never_500(client, refusal, number):
    content = b'{"prompt": "x", "duration": %s}' % number.encode()
    assert names(refusal(client.post("/apis/text-to-sound", content=content, headers=JSON), 422)) == {"body.duration"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("duration", -1), ("duration", 11), ("duration", 1e-9), ("duration", "long"), ("duration", True),
        ("duration", []),
        ("prompt", ""), ("prompt", "   "), ("prompt", "x" * 100_000), ("prompt", None), ("prompt", 5),
        ("prompt", "a\0b"),
        ("audio_type", "speech"), ("project_name", "ab"), ("project_name", "x" * 256), ("project_name", 7),
        ("project_name", "     "), ("project_description", " \n  "),
        ("project_description", "x" * 5001), ("folder_id", 0), ("folder_id", "x"), ("folder_id", True),
        ("folder_id", 2**70), ("seed", -1), ("seed", 2**32), ("seed", True), ("engine", "../../etc/passwd"),
        ("engine", "nobody"),
    ],
)  # fmt: skip
def test_text_to_sound_names_the_wrong_field(client, refusal, field, value):
    detail = refusal(client.post("/apis/text-to-sound", json={"prompt": "rain", field: value}), 422)
    assert names(detail) == {f"body.{field}"}


@pytest.mark.parametrize(
    ("field", "value", "place"),
    [
        ("media_url", "", ""), ("media_url", "talk.mp4", ""), ("media_url", "ftp://example.com/a.mp4", ""),
        ("media_url", "file:///etc/passwd", ""), ("media_url", "http://127.0.0.1/a", ""),
        ("media_url", "http://[::1]/", ""),
        ("media_url", "http://10.0.0.1/a", ""), ("media_url", "http://169.254.169.254/latest", ""),
        ("media_url", "http://localhost:99/a", ""), ("media_url", "http://2130706433/", ""),
        ("media_url", "x" * 9000, ""),
        ("media_url", "upload://../../x", ""), ("media_url", None, ""),
        ("source_language", "klingon", ""), ("source_language", 137, ""), ("source_language", 0, ""),
        ("source_language", True, ""), ("source_language", None, ""), ("source_language", [], ""),
        ("target_languages", [], ""), ("target_languages", "es-es", ""), ("target_languages", ["auto"], ".0"),
        ("target_languages", [54, 999], ".1"), ("target_languages", [1.5], ".0"),
        ("selected_audio_tracks", [-1], ".0"), ("selected_audio_tracks", 0, ""),
        ("add_output_as_an_audio_track", "maybe", ""), ("chosen_dictionaries", [0], ".0"),
        ("chosen_dictionaries", list(range(1, 200)), ""),
        ("min_speakers", 0, ""), ("max_speakers", 101, ""), ("max_speakers", True, ""),
        ("engines", {"singing": "x"}, ".singing.[key]"),
        ("engines", {"transcription": "/bin/sh"}, ".transcription"),
        ("engines", {"transcription": "nobody"}, ".transcription"), ("priority", "urgent", ""),
    ],
)  # fmt: skip
def test_project_setup_names_the_wrong_field(client, refusal, field, value, place):
    detail = refusal(client.post("/apis/project-setup", json={**SETUP, field: value}), 422)
    assert names(detail) == {f"body.{field}{place}"}


def test_fewer_speakers_at_most_than_at_least(client, refusal):
    detail = refusal(client.post("/apis/project-setup", json={**SETUP, "min_speakers": 3, "max_speakers": 2}), 422)
    assert names(detail) == {"body.max_speakers"}


def test_sentences_are_about_json_and_text_not_about_python(client, refusal):
    told = []
    for path, body in (
        ("project-setup", {**SETUP, "media_url": ""}),
        ("project-setup", {**SETUP, "target_languages": "es-es"}),
        ("folders/create", {"folder_name": "ab"}),
        ("folders/create", {"folder_name": "x" * 256}),
        ("text-to-sound-results", {"run_ids": 1}),
        ("dictionaries/1/add-term", {"translations": []}),
        ("dictionaries/1/add-term", {"translations": [{"translation": "", "language": 1}]}),
    ):
        told += refusal(client.post(f"/apis/{path}", json=body), 422)
    assert len(told) == 7  # one fault each: a wrong item is not a short list too
    for fault in told:
        assert not {"tuple", "dictionary", "Value"} & set(fault["msg"].split()), fault
        if fault["loc"][-1] in ("folder_name", "translation", "media_url"):
            assert "characters" in fault["msg"] or "character" in fault["msg"]


def test_missing_and_unknown_fields_are_all_named(client, refusal):
    detail = refusal(client.post("/apis/project-setup", json={"media": "x", "voice": 1}), 422)
    expected = {"media_url", "source_language", "target_languages", "media", "voice"}
    assert names(detail) == {f"body.{name}" for name in expected}


def test_the_input_is_never_echoed(client):
    secret = "https://user:hunter2@127.0.0.1/a?token=hunter2"
    assert "hunter2" not in client.post("/apis/project-setup", json={**SETUP, "media_url": secret}).text
    assert "hunter2" not in client.post("/apis/text-to-sound", json={"prompt": ["hunter2"]}).text


def test_unknown_query_parameters_are_named_but_run_id_is_tolerated_everywhere(client, refusal, hand):
    assert names(refusal(client.get("/apis/folders?lmit=3"), 422)) == {"query.lmit"}
    assert client.get("/apis/folders?run_id=7").status_code == 200
    assert client.get(f"/apis/tasks/{hand.task()}?run_id=x").status_code == 200
    assert client.post("/apis/text-to-sound?run_id=7", json={"prompt": "rain"}).status_code == 200


@pytest.mark.parametrize("run_id", [0, -1, 999_999, 10**12, 10**30])
def test_unknown_runs(client, refusal, run_id):
    for path in ("text-to-sound-result", "project-setup-result", "projects"):
        refusal(client.get(f"/apis/{path}/{run_id}"), 404)


@pytest.mark.parametrize("task_id", ["nothing", "x" * 300, "%00", "a%20b", "..%2f..%2fx"])
def test_unknown_tasks(client, refusal, task_id):
    for path in ("text-to-sound", "project-setup", "tasks"):
        refusal(client.get(f"/apis/{path}/{task_id}"), 404)
        refusal(client.post(f"/apis/{path}/{task_id}/cancel"), 404)


def test_a_run_id_that_is_no_number(client, refusal):
    assert names(refusal(client.get("/apis/text-to-sound-result/abc"), 422)) == {"path.run_id"}


def test_runs_of_the_other_kind(client, refusal, hand):
    _, sound = hand.sound()
    _, project = hand.project()
    refusal(client.get(f"/apis/project-setup-result/{sound}"), 400)
    refusal(client.get(f"/apis/text-to-sound-result/{project}"), 400)
    refusal(client.post("/apis/project-setup-results", json={"run_ids": [project, sound]}), 400)
    refusal(client.delete(f"/apis/projects/{sound}"), 400)


def test_an_unexpected_error_tells_a_reference_and_logs_the_rest(server, refusal, caplog, monkeypatch):
    def explode(*_args, **_kwargs):
        raise RuntimeError("the secret is 42")

    monkeypatch.setattr(type(server.services.folders), "list", explode)
    with caplog.at_level(logging.ERROR, logger="soundstage.api"):
        answer = server.inner().get("/apis/folders")
    detail = refusal(answer, 500)
    assert "42" not in answer.text
    reference = detail.split("reference ")[1].rstrip(".")
    assert reference in caplog.text
    assert "the secret is 42" in caplog.text
