"""Editing a project through HTTP: what is refused, with the field's name, and what never goes wrong."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from tests.api.conftest import Hand, Server

from soundstage.domain.account import Scope


@pytest.fixture
def path(hand: Hand) -> str:
    return f"/apis/projects/{hand.project()[1]}"


def send(client: httpx.Client, path: str, document: Any, tag: str | None = '"1"') -> httpx.Response:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    headers = {"content-type": "application/json"} | ({} if tag is None else {"if-match": tag})
    return client.put(path, content=body, headers=headers)


def test_an_edit_makes_the_next_revision(client: httpx.Client, path: str) -> None:
    document = client.get(path).json()
    document["segments"][0]["translations"] = {"es-es": "¡Buenas!"}
    made = client.put(path, params={"note": "a greeting"}, json=document, headers={"if-match": '"1"'})
    assert made.status_code == 200, made.text
    assert made.json() | {"created_at": None, "task_id": None} == {
        "run_id": int(path.rpartition("/")[2]),
        "revision": 2,
        "head": True,
        "base": 1,
        "origin": "edit",
        "stage": None,
        "note": "a greeting",
        "task_id": None,
        "created_at": None,
        "segments": 1,
        "target_languages": [54],
    }
    assert "¡Buenas!" in client.get(f"{path}/exports/vtt", params={"language": "es-es"}).text
    now = client.get(path).json()
    assert {track["track_id"] for track in now["tracks"]} == {"source", "subtitles-source", "subtitles-es-es"}
    listed = client.get(f"{path}/revisions", params={"limit": 1}).json()
    assert [one["revision"] for one in listed["items"]] == [2]
    following = client.get(f"{path}/revisions", params={"limit": 1, "cursor": listed["next_cursor"]}).json()
    assert ([one["revision"] for one in following["items"]], following["next_cursor"]) == ([1], None)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"schema_version": 2}, "schema_version"),
    ({"revision": 9}, "revision"),
    ({"created_at": "2020-01-01T00:00:00Z"}, "created_at"),
    ({"duration_ms": 10**6}, "duration_ms"),
    ({"target_languages": ["fr-fr"]}, "target_languages"),
    ({"tracks": []}, "tracks"),
    ({"media": {"container": "wav", "duration_ms": 1, "bytes": 1, "bit_rate": None, "streams": []}}, "media"),
    ({"project_name": ""}, "project_name"),
    ({"project_name": "a\u0000b"}, "project_name"),
    ({"project_description": "x" * 5001}, "project_description"),
    ({"unheard": 1}, "unheard"),
    ({"segments": "none"}, "segments"),
    ({"segment": {"span": {"start_ms": 5, "end_ms": 5}}}, "span"),
    ({"segment": {"span": {"start_ms": 0, "end_ms": 99_000}}}, "span"),
    ({"segment": {"segment_id": "../1"}}, "segment_id"),
    ({"segment": {"speaker_id": "nobody"}}, "speaker_id"),
    ({"segment": {"confidence": 7}}, "confidence"),
    ({"segment": {"text": "x" * 10_001}}, "text"),
    ({"segment": {"text": "bell\u0007"}}, "text"),
    ({"segment": {"translations": {"fr-fr": "Salut."}}}, "fr-fr"),
    ({"segment": {"words": [{"text": "a", "span": {"start_ms": 0, "end_ms": 1_400}, "confidence": 1}]}}, "span"),
    ({"segment": {"overlaps": [{"speaker_id": "ghost", "share": 0.5}]}}, "0"),
    ({"twice": True}, "segment_id"),
    ({"backwards": True}, "span"),
]


@pytest.mark.parametrize(("change", "field"), WRONG, ids=[str(n) for n in range(len(WRONG))])
def test_what_is_wrong_is_named_and_nothing_is_changed(
    client: httpx.Client, path: str, refusal, change: dict[str, Any], field: str
) -> None:
    document = client.get(path).json()
    line = document["segments"][0]
    if "segment" in change:
        line |= change["segment"]
    elif "twice" in change:
        document["segments"].append(line)
    elif "backwards" in change:
        line["span"] = {"start_ms": 400, "end_ms": 900}
        document["segments"].append({**line, "segment_id": "2", "span": {"start_ms": 0, "end_ms": 300}})
    else:
        document |= change
    faults = refusal(send(client, path, document), 422)
    assert field in [str(part) for part in faults[0]["loc"]], faults
    assert [one["revision"] for one in client.get(f"{path}/revisions").json()["items"]] == [1]


@pytest.mark.parametrize("tag", [None, "*", "1", 'W/"1"', '"one"', '"1", "2"', '""'])
def test_an_edit_says_what_it_was_made_of(client: httpx.Client, path: str, refusal, tag: str | None) -> None:
    (fault,) = refusal(send(client, path, client.get(path).json(), tag), 422)
    assert fault["loc"] == ["header", "if-match"]


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b"\xff\xfe", b'{"project_name": "\\ud800"}', b"[" * 100_000, b"NaN"]
)
def test_what_is_no_document_is_refused(client: httpx.Client, path: str, refusal, body: bytes) -> None:
    refusal(send(client, path, body), 422)


def test_what_is_sent_as_something_else_or_too_large(server: Server, client: httpx.Client, path: str, refusal) -> None:
    refusal(client.put(path, content=b"{}", headers={"if-match": '"1"', "content-type": "text/plain"}), 422)
    small = server.inner(max_document_bytes=100)
    assert small.put(path, content=b"x" * 101, headers={"if-match": '"1"'}).status_code == 413


def test_who_may_read_may_not_edit(server: Server, path: str, refusal) -> None:
    with server.client(server.key("default", Scope.READ)) as reader:
        document = reader.get(path).json()
        refusal(send(reader, path, document), 403)
        refusal(reader.post(f"{path}/rerun", json={"stage": "translate"}), 403)
        refusal(reader.post(f"{path}/revisions/1/choose"), 403)
        assert reader.get(f"{path}/compare").json()["same"]


def test_of_edits_sent_at_once_one_is_taken_and_the_others_are_told(client: httpx.Client, path: str) -> None:
    document = client.get(path).json()

    def edit(number: int) -> int:
        mine = {**document, "project_name": f"Name {number}"}
        return send(client, path, mine).status_code

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(edit, range(4)))
    assert answers == [200, 412, 412, 412]
    assert len(client.get(f"{path}/revisions").json()["items"]) == 2


def test_what_there_is_not(client: httpx.Client, hand: Hand, path: str, refusal) -> None:
    _, sound = hand.sound()
    for number, status in ((10**9, 404), (sound, 400)):
        address = f"/apis/projects/{number}"
        refusal(client.get(f"{address}/revisions"), status)
        refusal(client.get(f"{address}/compare"), status)
        refusal(client.post(f"{address}/rerun", json={"stage": "translate"}), status)
        refusal(client.put(address, json={}, headers={"if-match": '"1"'}), status)
    refusal(client.get(path, params={"revision": 2}), 404)
    refusal(client.get(f"{path}/exports/srt", params={"revision": 2}), 404)
    refusal(client.get(f"{path}/tracks/source.flac", params={"revision": 2}), 404)
    refusal(client.get(f"{path}/compare", params={"a": 1, "b": 2}), 404)
    refusal(client.post(f"{path}/revisions/{10**18}/choose"), 404)
    refusal(client.get(f"{path}/revisions", params={"cursor": "x"}), 422)
    refusal(client.get(f"{path}/compare", params={"a": 0}), 422)
    refusal(client.post(f"{path}/rerun", json={"stage": "translate", "volume": 11}), 422)
    told = refusal(client.post(f"{path}/rerun", json={"stage": "translate"}), 400)
    assert "before ingest was done" in told
