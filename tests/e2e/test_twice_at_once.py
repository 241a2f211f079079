"""The same request twice, at once and later, with and without `Idempotency-Key`."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

from tests import asking

AT_ONCE = 8
SOUND = {"prompt": "rain", "duration": 0.5, "seed": 7}


def _send_at_once(client, path, bodies, headers):
    """One answer for each body, all sent in the same moment."""
    gate = threading.Barrier(len(bodies))

    def send(body):
        gate.wait()
        return client.post(path, json=body, headers=headers)

    with ThreadPoolExecutor(len(bodies)) as threads:
        return list(threads.map(send, bodies))


def test_with_a_key_one_task_is_made_however_often_it_is_sent(client):
    headers = {"idempotency-key": str(uuid.uuid4())}
    answers = _send_at_once(client, "/apis/text-to-sound", [SOUND] * AT_ONCE, headers)
    (task_id,) = {asking.task_id_of(answer) for answer in answers}
    respelled = dict(reversed(SOUND.items()))  # another spelling of the same JSON
    later = client.post("/apis/text-to-sound", json=respelled, headers=headers)
    assert asking.task_id_of(later) == task_id
    asking.succeeded(client, task_id)
    after_its_end = client.post("/apis/text-to-sound", json=SOUND, headers=headers)
    assert asking.task_id_of(after_its_end) == task_id
    assert [item["task_id"] for item in client.get("/apis/tasks").json()["items"]] == [task_id]
    assert len(client.get("/apis/sounds").json()["items"]) == 1


def test_a_set_up_too(client):
    headers = {"idempotency-key": "one"}
    body = asking.set_up_body("upload://nothing-there-at-all")
    answers = _send_at_once(client, "/apis/project-setup", [body] * AT_ONCE, headers)
    (task_id,) = {asking.task_id_of(answer) for answer in answers}
    asking.failed(client, task_id, "SOURCE_NOT_FOUND")
    assert len(client.get("/apis/tasks").json()["items"]) == 1


def test_without_a_key_each_is_a_task(client):
    tasks = [asking.task_id_of(a) for a in _send_at_once(client, "/apis/text-to-sound", [SOUND] * 2, {})]
    assert len(set(tasks)) == 2
    runs = [asking.succeeded(client, task_id)["run_id"] for task_id in tasks]
    one, two = (client.get(f"/apis/text-to-sound-result/{run_id}").content for run_id in runs)
    assert one == two, "the same prompt and seed give the same bytes"


def test_another_body_or_path_under_the_same_key_is_refused(client, refused):
    headers = {"idempotency-key": "two"}
    asking.task_id_of(client.post("/apis/text-to-sound", json=SOUND, headers=headers))
    other = client.post("/apis/text-to-sound", json=SOUND | {"duration": 0.6}, headers=headers)
    detail = refused(other, 422)
    assert detail[0]["loc"] == ["header", "Idempotency-Key"]
    refused(client.post("/apis/project-setup", json=asking.set_up_body("upload://abcdefgh"), headers=headers), 422)
    assert len(client.get("/apis/tasks").json()["items"]) == 1


def test_different_bodies_at_once_under_one_key_make_one_task(client):
    bodies = [SOUND | {"seed": seed} for seed in range(AT_ONCE)]
    answers = _send_at_once(client, "/apis/text-to-sound", bodies, {"idempotency-key": "three"})
    assert sorted(answer.status_code for answer in answers) == [200] + [422] * (AT_ONCE - 1)
    assert len(client.get("/apis/tasks").json()["items"]) == 1


def test_a_key_belongs_to_its_team(client, server):
    headers = {"idempotency-key": "four"}
    mine = asking.task_id_of(client.post("/apis/text-to-sound", json=SOUND, headers=headers))
    with server.client(server.new_key(team="others")) as others:
        theirs = asking.task_id_of(others.post("/apis/text-to-sound", json=SOUND, headers=headers))
    assert mine != theirs


def test_a_key_of_the_wrong_form_and_a_refused_body(client, refused):
    for key in ("", "a b", "x" * 256):
        refused(client.post("/apis/text-to-sound", json=SOUND, headers={"idempotency-key": key}), 422)
    headers = {"idempotency-key": "five"}
    refused(client.post("/apis/text-to-sound", json=SOUND | {"duration": -1}, headers=headers), 422)
    asking.task_id_of(client.post("/apis/text-to-sound", json=SOUND, headers=headers))  # a refusal takes no key


def test_cancelling_retrying_and_deleting_at_once(client):
    task_id = asking.sound(client, prompt="slow piano", audio_type="music", duration=10)
    verbs = _send_at_once(client, f"/apis/tasks/{task_id}/cancel", [None] * 6, {})
    assert sorted({answer.status_code for answer in verbs} - {200}) in ([], [400])
    assert sum(answer.status_code == 200 for answer in verbs) <= 1
    body = asking.ended(client, task_id)
    if body["state"] == "cancelled":
        retried = _send_at_once(client, f"/apis/tasks/{task_id}/retry", [None] * 6, {})
        assert [answer.status_code for answer in retried].count(200) == 1
        assert asking.ended(client, task_id)["attempt"] == 2
    with ThreadPoolExecutor(4) as threads:
        deleted = list(threads.map(lambda _: client.delete(f"/apis/tasks/{task_id}").status_code, range(4)))
    assert sorted(deleted) == [204, 404, 404, 404]
