"""`Idempotency-Key` over HTTP, on every route that creates."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import update

from soundstage.storage.tables import idempotency

CSV = b"en-us,es-es\nstage,escenario\n"
SET_UP = {"media_url": "https://example.com/a.mp4", "source_language": 1, "target_languages": [54]}
READS = {"/apis/project-setup-results", "/apis/text-to-sound-results", "/apis/sounds/recipe"}
# What needs a project is tried where projects are, what answers with a sound in tests/conformance/test_elevenlabs.py.
ELSEWHERE = {"/apis/projects/{run_id}/rerun", "/apis/projects/{run_id}/media", "/v1/sound-generation"}
VERBS = ("/cancel", "/retry", "/continue", "/choose")


class Creates:
    """Every create as `send(client, key, what)`; `what` tells one request from another."""

    def __init__(self, number):
        self.number = number  # of a dictionary of the client's team

    def task(self, client, key, what):
        return client.post("/apis/text-to-sound", json={"prompt": what}, headers=key)

    def set_up(self, client, key, what):
        return client.post("/apis/project-setup", json=SET_UP | {"project_name": what}, headers=key)

    def folder(self, client, key, what):
        return client.post("/apis/folders/create", json={"folder_name": what}, headers=key)

    def dictionary(self, client, key, what):
        return client.post(
            "/apis/dictionaries/create-from-file",
            files={"dictionary_file": ("terms.csv", CSV, "text/csv")},
            data={"dictionary_name": what},
            headers=key,
        )

    def term(self, client, key, what):
        body = {"translations": [{"translation": what, "language": 1}]}
        return client.post(f"/apis/dictionaries/{self.number}/add-term", json=body, headers=key)

    def opening(self, client, key, what):
        body = {"media_url": f"upload://unknown-{what.replace(' ', '-')}"}
        return client.post("/apis/projects/import", json=body, headers=key)

    def upload(self, client, key, what):
        return client.post("/apis/uploads", files={"file": ("talk.wav", what.encode())}, headers=key)


NAMES = [name for name in vars(Creates) if not name.startswith("_")]


@pytest.fixture
def ours(server):
    """A client of a team of this test's own."""
    with server.client(server.key(f"team {uuid.uuid4()}")) as client:
        yield client


@pytest.fixture
def creates(ours):
    made = Creates(0).dictionary(ours, {}, "For terms")
    return Creates(made.json()["dictionary_id"])


@pytest.fixture(params=NAMES)
def send(request, creates):
    return getattr(creates, request.param)


def key(text="key"):
    return {"Idempotency-Key": text}


def test_every_create_takes_the_header(client):
    """A POST that neither reads nor moves a task on makes something, and says so in OpenAPI."""
    paths = client.get("/apis/openapi.json").json()["paths"]
    creating = {path for path, one in paths.items() if "post" in one and path not in READS and not path.endswith(VERBS)}
    taking = {
        path
        for path, methods in paths.items()
        for operation in methods.values()
        for parameter in operation.get("parameters", [])
        if (parameter["name"], parameter["in"]) == ("idempotency-key", "header")
        and parameter["schema"]["pattern"]
        and not parameter["required"]
    }
    assert creating == taking
    assert taking >= ELSEWHERE and len(taking - ELSEWHERE) == len(NAMES)


def test_the_same_again_answers_the_same(ours, send):
    first = send(ours, key(), "first")
    assert first.status_code in (200, 201), first.text
    again = send(ours, key(), "first")
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert send(ours, key("another"), "second").json() != first.json()


def test_another_body_is_refused(ours, send, refusal):
    first = send(ours, key(), "first")
    detail = refusal(send(ours, key(), "second"), 422)
    assert detail[0]["loc"] == ["header", "Idempotency-Key"]
    assert send(ours, key(), "first").json() == first.json()


def test_another_route_is_refused(ours, creates, send, refusal):
    send(ours, key(), "first")
    for other in (creates.task, creates.folder, creates.dictionary, creates.upload):
        if other != send:
            detail = refusal(other(ours, key(), "first"), 422)
            assert detail[0]["loc"] == ["header", "Idempotency-Key"]


def test_another_team_is_not_touched(server, ours, send, creates, refusal):
    first = send(ours, key(), "first").json()
    with server.client(server.key(f"team {uuid.uuid4()}")) as others:
        answer = send(others, key(), "first")
        if send == creates.term:
            refusal(answer, 404)  # the dictionary is ours
        else:
            assert answer.json() != first


def test_at_once_one_is_made(ours, send):
    gate = threading.Barrier(4)

    def at_once(_):
        gate.wait()
        return send(ours, key(), "first")

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(at_once, range(4)))
    assert len({answer.status_code for answer in answers}) == 1, [answer.text for answer in answers]
    assert all(answer.json() == answers[0].json() for answer in answers)


def test_after_its_hours_a_key_is_free(server, ours, send):
    text = str(uuid.uuid4())
    first = send(ours, key(text), "first").json()
    with server.soundstage.database.unit() as connection:
        old = idempotency.c.created_at - 24 * 3_600_000 - 1
        connection.execute(update(idempotency).where(idempotency.c.key == text).values(created_at=old))
    again = send(ours, key(text), "second")
    assert again.status_code in (200, 201), again.text
    assert again.json() != first


@pytest.mark.parametrize("text", ["", "a b", "x" * 256])
def test_keys_of_the_wrong_form(ours, send, refusal, text):
    assert refusal(send(ours, key(text), "first"), 422)[0]["loc"] == ["header", "idempotency-key"]
    assert send(ours, key(), "first").status_code in (200, 201)


def test_a_refusal_takes_no_key(ours, creates, refusal):
    creates.folder(ours, {}, "Taken")
    refusal(creates.folder(ours, key(), "Taken"), 400)
    refusal(ours.post("/apis/uploads", files={"file": (None, b"x")}, headers=key()), 422)
    refusal(creates.dictionary(ours, key(), "x" * 101), 422)
    refusal(Creates(4711).term(ours, key(), "light"), 404)
    assert creates.folder(ours, key(), "Not taken").status_code == 200


def test_a_form_with_another_boundary_is_the_same(ours):
    def send(boundary):
        content = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'
            f"bytes\r\n--{boundary}--\r\n"
        )
        headers = key() | {"content-type": f"multipart/form-data; boundary={boundary}"}
        return ours.post("/apis/uploads", content=content.encode(), headers=headers).json()

    assert send("one") == send("two-which-is-longer")


def test_the_same_bytes_under_another_name_are_another_request(ours):
    for name, data, status in (("a.wav", b"x", 201), ("b.wav", b"x", 422), ("a.wav", b"y", 422), ("a.wav", b"x", 201)):
        answer = ours.post("/apis/uploads", files={"file": (name, data)}, headers=key())
        assert answer.status_code == status, answer.text


def test_what_was_deleted_is_made_anew(ours, creates, refusal):
    first = creates.upload(ours, key(), "first").json()["upload_id"]
    assert ours.delete(f"/apis/uploads/{first}").status_code == 204
    second = creates.upload(ours, key(), "first").json()["upload_id"]
    assert second != first
    creates.term(ours, key("term"), "light")
    assert ours.delete(f"/apis/dictionaries/{creates.number}").status_code == 204
    refusal(creates.term(ours, key("term"), "light"), 404)
