"""Languages, voices, folders, dictionaries."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("path", ["source-languages", "target-languages"])
def test_languages(client, path):
    body = client.get(f"/apis/{path}").json()
    assert len(body) == 149
    assert body[0] == {"id": 1, "language": "English (United States)", "short_name": "en-us"}


def test_voices_answer_a_list(client):
    assert isinstance(client.get("/apis/list-voices").json(), list)


def test_folders(client, refusal):
    made = client.post("/apis/folders/create", json={"folder_name": "Autumn"}).json()
    assert made["status"] == "success"
    assert set(made) == {"status", "folder_id", "folder_name", "message"}
    (found,) = client.get("/apis/folders?search_query=autum&limit=1").json()
    assert set(found) == {"team_id", "folder_id", "folder_name", "name", "run_count"}
    assert found["folder_id"] == made["folder_id"]
    refusal(client.post("/apis/folders/create", json={"folder_name": "Autumn"}), 400)


@pytest.mark.parametrize("name", ["ab", "x" * 256, "", None, 5, "a\0bc"])
def test_folder_names(client, refusal, name):
    refusal(client.post("/apis/folders/create", json={"folder_name": name}), 422)


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "search_query=a", "search_query=" + "x" * 256, "search_query=%00%00"])  # fmt: skip  # noqa: E501
def test_folder_queries(client, refusal, query):
    refusal(client.get(f"/apis/folders?{query}"), 422)


def make(client, name="Words", content=b"en-us,es-es\nstage,escenario\nlight,luz\n", **fields):
    return client.post(
        "/apis/dictionaries/create-from-file",
        files={"dictionary_file": ("terms.csv", content, "text/csv")},
        data={"dictionary_name": name, **fields},
    )


def test_a_dictionary_from_a_file(client):
    made = make(client, dictionary_description="For tests")
    assert made.status_code == 201, made.text
    number = made.json()["dictionary_id"]
    info = client.get(f"/apis/dictionaries/{number}").json()
    assert (info["name"], info["description"], info["languages"]) == ("Words", "For tests", [1, 54])
    assert info["updated_at"] == info["last_edited_at"]
    details = client.get(f"/apis/dictionaries/{number}/full-details").json()
    assert details["dictionary_terms"][0]["term_translations"] == [
        {"language": 1, "term_text": "stage"},
        {"language": 54, "term_text": "escenario"},
    ]
    assert len(client.get(f"/apis/dictionaries/{number}/full-details?limit=1").json()["dictionary_terms"]) == 1
    found = client.get(f"/apis/dictionaries/{number}/full-details?search_term=LUZ").json()["dictionary_terms"]
    assert len(found) == 1


def test_terms(client, refusal):
    number = make(client, name="Terms").json()["id"]
    body = {"translations": [{"translation": "rain", "language": "en-us"}, {"translation": "lluvia", "language": 54}]}
    term = client.post(f"/apis/dictionaries/{number}/add-term", json=body).json()["term_id"]
    changed = client.put(
        f"/apis/dictionaries/term/{number}/{term}", json={"translations": [{"translation": "Regen", "language": 31}]}
    )
    assert len(changed.json()["term_translations"]) == 3
    assert client.delete(f"/apis/dictionaries/term/{number}/{term}").status_code == 204
    refusal(client.delete(f"/apis/dictionaries/term/{number}/{term}"), 404)
    for wrong in ({"translations": []}, {}, {"translations": [{"translation": "", "language": 1}]}, {"translations": [{"translation": "x", "language": "xx"}]}):  # fmt: skip  # noqa: E501
        refusal(client.post(f"/apis/dictionaries/{number}/add-term", json=wrong), 422)
    assert client.delete(f"/apis/dictionaries/{number}").status_code == 204
    refusal(client.get(f"/apis/dictionaries/{number}"), 404)


def test_wrong_dictionary_files(server, client, refusal):
    refusal(make(client, name="x" * 101), 422)
    refusal(make(client, content=b""), 422)
    refusal(make(client, content=b"klingon\nx\n"), 422)
    refusal(make(client, colour="blue"), 422)
    refusal(client.post("/apis/dictionaries/create-from-file", data={"dictionary_name": "no file"}), 422)
    refusal(
        client.post("/apis/dictionaries/create-from-file", files={"dictionary_file": ("a.csv", b"en-us\nx\n")}), 422
    )
    inner = server.inner(max_dictionary_bytes=1000)
    refusal(make(inner, content=b"en-us\n" + b"word\n" * 40_000), 413)


def test_another_teams_dictionary(server, client, refusal):
    number = make(client, name="Ours").json()["id"]
    with server.client(server.key("others")) as stranger:
        refusal(stranger.get(f"/apis/dictionaries/{number}"), 404)
        refusal(stranger.delete(f"/apis/dictionaries/{number}"), 404)
        body = {"media_url": "https://example.com/a.mp4", "source_language": 1, "target_languages": [54]}
        detail = refusal(stranger.post("/apis/project-setup", json={**body, "chosen_dictionaries": [number]}), 422)
        assert detail[0]["loc"] == ["body", "chosen_dictionaries"]
