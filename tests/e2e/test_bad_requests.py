"""Requests that are wrong in themselves: refused over TCP with the field's name, and nothing is made of them."""

from __future__ import annotations

import pytest
from tests import asking

SOUND, SETUP = "/apis/text-to-sound", "/apis/project-setup"
MEDIA = "https://example.com/talk.mp4"


def _sound(**fields):
    return {"prompt": "rain", **fields}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (_sound(duration=-1), "duration"),
        (_sound(duration=11), "duration"),
        (_sound(duration=10.0001), "duration"),
        (_sound(duration="long"), "duration"),
        (_sound(duration=True), "duration"),
        (_sound(prompt=""), "prompt"),
        (_sound(prompt="   \n"), "prompt"),
        (_sound(prompt="x" * 100_000), "prompt"),
        (_sound(prompt=None), "prompt"),
        (_sound(prompt=["rain"]), "prompt"),
        (_sound(prompt="rain\u0000"), "prompt"),
        ({}, "prompt"),
        (_sound(audio_type="voice"), "audio_type"),
        (_sound(project_name="ab"), "project_name"),
        (_sound(project_name="x" * 256), "project_name"),
        (_sound(project_description="x" * 5001), "project_description"),
        (_sound(folder_id=0), "folder_id"),
        (_sound(folder_id=2**40), "folder_id"),
        (_sound(folder_id=999_999), "folder_id"),
        (_sound(seed=-1), "seed"),
        (_sound(seed=2**32), "seed"),
        (_sound(engine="no-such-engine"), "engine"),
        (_sound(model_dir="/etc"), "model_dir"),
        (_sound(lenght=3), "lenght"),
    ],
)
def test_a_sound(client, refused, body, field):
    detail = refused(client.post(SOUND, json=body), 422)
    assert detail[0]["loc"][:2] == ["body", field]
    assert client.get("/apis/tasks").json()["items"] == []


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"source_language": 137}, "source_language"),
        ({"source_language": "en"}, "source_language"),
        ({"source_language": "xx-yy"}, "source_language"),
        ({"source_language": None}, "source_language"),
        ({"source_language": 1.5}, "source_language"),
        ({"target_languages": []}, "target_languages"),
        ({"target_languages": ["es-es", 152]}, "target_languages"),
        ({"target_languages": "es-es"}, "target_languages"),
        ({"target_languages": ["auto"]}, "target_languages"),
        ({"project_name": "ab"}, "project_name"),
        ({"project_name": "x" * 256}, "project_name"),
        ({"project_description": "x" * 5001}, "project_description"),
        ({"folder_id": "one"}, "folder_id"),
        ({"folder_id": 999_999}, "folder_id"),
        ({"selected_audio_tracks": [-1]}, "selected_audio_tracks"),
        ({"selected_audio_tracks": 0}, "selected_audio_tracks"),
        ({"chosen_dictionaries": [999_999]}, "chosen_dictionaries"),
        ({"add_output_as_an_audio_track": "perhaps"}, "add_output_as_an_audio_track"),
        ({"media_url": None}, "media_url"),
        ({"media_url": 5}, "media_url"),
        ({"engines": {"transcription": "../../evil"}}, "engines"),
        ({"engines": {"transcription": "no-such-engine"}}, "engines"),
        ({"engines": {"sorcery": "x"}}, "engines"),
        ({"priority": "highest"}, "priority"),
        ({"device": "cuda:0"}, "device"),
        ({"media_file": "x"}, "media_file"),
    ],
)
def test_a_set_up(client, refused, fields, field):
    detail = refused(client.post(SETUP, json=asking.set_up_body(MEDIA) | fields), 422)
    assert detail[0]["loc"][:2] == ["body", field]
    assert client.get("/apis/tasks").json()["items"] == []


@pytest.mark.parametrize(
    "raw",
    [
        b'{"prompt": "rain", "duration": NaN}',
        b'{"prompt": "rain", "duration": Infinity}',
        b'{"prompt": "rain", "duration": 1e999}',
        b'{"prompt": "rain", "duration": -1e999}',
        b"",
        b"not JSON",
        b'{"prompt": "rain"',
        b'["rain"]',
        b'"rain"',
        b"null",
        b'{"prompt": "\xff"}',
        b'{"prompt": "\\ud800"}',
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
    ],
)
@pytest.mark.parametrize("path", [SOUND, SETUP])
def test_a_body_that_is_no_right_json(client, refused, path, raw):
    answer = client.post(path, content=raw, headers={"content-type": "application/json"})
    refused(answer, 422)
    assert client.get("/apis/tasks").json()["items"] == []


def test_a_form_where_json_is_wanted_and_the_reverse(client, refused):
    refused(client.post(SOUND, data={"prompt": "rain"}), 422)
    refused(client.post("/apis/uploads", json={"file": "x"}), 422)
    refused(client.post("/apis/uploads", files={"other": ("a.wav", b"RIFF")}), 422)
    refused(client.post("/apis/uploads", files=[("file", ("a", b"1")), ("file", ("b", b"2"))]), 422)


@pytest.mark.parametrize("run_ids", [[], [1], [1, 2, 3, 4, 5, 6], ["a", "b"], [0, -1], [True, 1], "12", None])
@pytest.mark.parametrize("path", ["/apis/text-to-sound-results", "/apis/project-setup-results"])
def test_bulk_results(client, refused, path, run_ids):
    refused(client.post(path, json={"run_ids": run_ids}), 422)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/apis/text-to-sound/unknown", 404),
        ("/apis/project-setup/unknown", 404),
        ("/apis/tasks/unknown", 404),
        ("/apis/tasks/unknown/events", 404),
        ("/apis/tasks/..%2f..%2fetc", 404),
        ("/apis/text-to-sound-result/999999", 404),
        ("/apis/text-to-sound-result/99999999999999999999", 404),
        ("/apis/text-to-sound-result/-1", 404),
        ("/apis/project-setup-result/999999", 404),
        ("/apis/projects/999999", 404),
        ("/apis/projects/999999/exports/srt", 404),
        ("/apis/projects/999999/tracks/source.flac", 404),
        ("/apis/dictionaries/999999", 404),
        ("/apis/files/forged-token", 404),
        ("/apis/nothing", 404),
        ("/apis/text-to-sound-result/one", 422),
        ("/apis/tasks?limit=0", 422),
        ("/apis/tasks?limit=9999", 422),
        ("/apis/tasks?state=happy", 422),
        ("/apis/tasks?created_after=yesterday", 422),
        ("/apis/tasks?cursor=%21%21", 422),
        ("/apis/folders?search_query=a", 422),
        ("/apis/folders?color=red", 422),
        ("/apis/tasks/x?wait=NaN", 422),
        ("/apis/tasks/x?wait=-1", 422),
    ],
)
def test_addresses(client, refused, address, status):
    refused(client.get(address), status)


def test_the_wrong_kind_of_run(client, refused, tmp_path):
    from soundstage.testing.media import make_clip

    sound = asking.sound(client)
    project = asking.set_up(client, asking.upload(client, make_clip(tmp_path / "tone.wav", seconds=0.5)))
    sound_run = asking.succeeded(client, sound)["run_id"]
    project_run = asking.succeeded(client, project)["run_id"]
    for address in (
        f"/apis/text-to-sound-result/{project_run}",
        f"/apis/project-setup-result/{sound_run}",
        f"/apis/projects/{sound_run}",
        f"/apis/projects/{sound_run}/exports/srt",
    ):
        refused(client.get(address), 400)
    refused(client.post("/apis/text-to-sound-results", json={"run_ids": [sound_run, project_run]}), 400)
    refused(client.post("/apis/project-setup-results", json={"run_ids": [sound_run, project_run]}), 400)
    refused(client.delete(f"/apis/sounds/{project_run}"), 400)
    refused(client.delete(f"/apis/projects/{sound_run}"), 400)
    refused(client.get(f"/apis/text-to-sound/{project}"), 404)
    refused(client.get(f"/apis/project-setup/{sound}"), 404)
    for verb in ("cancel", "retry", "continue"):
        refused(client.post(f"/apis/tasks/{sound}/{verb}"), 400)
    refused(client.get(f"/apis/projects/{project_run}/exports/docx"), 400)
    refused(client.get(f"/apis/projects/{project_run}/exports/srt?language=klingon"), 422)
    refused(client.get(f"/apis/projects/{project_run}/exports/txt?language=de-de"), 404)
    refused(client.get(f"/apis/projects/{project_run}/tracks/..%2fsource.flac"), 404)


def test_a_target_that_is_the_source_is_a_warning(client, tmp_path):
    from soundstage.testing.media import make_clip

    media_url = asking.upload(client, make_clip(tmp_path / "tone.wav", seconds=0.5))
    body = asking.set_up_body(media_url, target_languages=["en-us", "es-es"])
    plan = client.post(SETUP, json=body, params={"dry_run": "true"}).json()
    assert plan["valid"] is True
    assert any("en-us is both source and target" in warning for warning in plan["warnings"])
    asking.succeeded(client, asking.task_id_of(client.post(SETUP, json=body)))
