"""Creates of sounds, their results, the library."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from soundstage.engines.sound.contract import Wish
from soundstage.engines.sound.neural.prompts import plan_of as neural_plan


def parameters(server, task_id):
    return server.services.tasks.read_status(server.team_id, task_id).parameters


def create(client, expect=200, headers=None, **body):
    answer = client.post("/apis/text-to-sound", json={"prompt": "rain", **body}, headers=headers)
    assert answer.status_code == expect, answer.text
    return answer.json()


def test_a_create_answers_only_the_task_id(client):
    assert set(create(client)) == {"task_id"}


@pytest.mark.parametrize("given", [{}, {"duration": 0}, {"duration": None}, {"duration": 0.0}])
def test_the_default_duration(server, client, given):
    assert parameters(server, create(client, **given)["task_id"])["duration"] == 8.0


def test_everything_that_may_be_asked_for(server, client):
    folder = client.post("/apis/folders/create", json={"folder_name": "for sounds"}).json()["folder_id"]
    wanted = {
        "prompt": "a slow waltz", "duration": 2.5, "audio_type": "Music", "project_name": "Waltz", "seed": 7,
        "project_description": "for the end", "folder_id": folder,
    }  # fmt: skip
    kept = parameters(server, create(client, **wanted)["task_id"])
    unsaid = {"engine": None, "negative_prompt": None, "prompt_influence": None, "intensity": None, "plan": None}
    unsaid |= {"variations": 1, "loop": False, "tempo": None, "tonality": None, "stems": False}
    assert kept == {**wanted, "audio_type": "music", **unsaid}


def test_everything_that_may_be_said_beside_the_prompt(server, client):
    said = {
        "variations": 3, "loop": True, "negative_prompt": "no voices", "prompt_influence": 0.4, "intensity": 0.7,
        "stems": True,
    }  # fmt: skip
    music = {"audio_type": "music", "bpm": 93.5, "key": "f# min", "engine": "auto"}
    kept = parameters(server, create(client, **said, **music)["task_id"])
    assert {name: kept[name] for name in said} == said
    assert (kept["tempo"], kept["tonality"], kept["engine"]) == (93.5, "F# minor", None)


RAIN = {"audio_type": "sound", "layers": [{"sound": "rain", "words": "", "intensity": 0.9}]}
WALTZ = {"audio_type": "music", "music": {"style": "waltz", "tonality": "A minor", "tempo": 90}}


def test_a_plan_instead_of_a_prompt(server, client):
    answer = client.post("/apis/text-to-sound", json={"plan": RAIN})
    kept = parameters(server, answer.raise_for_status().json()["task_id"])
    assert (kept["prompt"], kept["audio_type"], kept["plan"]["layers"][0]["sound"]) == ("", "sound", "rain")
    kept = parameters(server, create(client, plan=WALTZ)["task_id"])
    assert (kept["prompt"], kept["audio_type"], kept["plan"]["music"]["metre"]) == ("rain", "music", "4/4")


def test_the_plan_of_an_engine_that_reads_words_goes_back(server, client):
    plan = neural_plan(Wish(prompt="a slow waltz", audio_type="music", tempo=90)).model_dump(mode="json")
    assert plan["music"] is None
    assert parameters(server, create(client, plan=plan)["task_id"])["plan"] == plan


def layer(**fields):
    return {"plan": {**RAIN, "layers": [{"sound": "rain", "words": "", **fields}]}}


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"variations": 0}, "variations"),
        ({"variations": 9}, "variations"),
        ({"variations": True}, "variations"),
        ({"prompt_influence": 1.5}, "prompt_influence"),
        ({"intensity": -0.1}, "intensity"),
        ({"bpm": 90}, "bpm"),
        ({"key": "C"}, "key"),
        ({"audio_type": "music", "bpm": 1000}, "bpm"),
        ({"audio_type": "music", "key": "H minor"}, "key"),
        ({"audio_type": "music", "key": 7}, "key"),
        ({"negative_prompt": "x" * 10_001}, "negative_prompt"),
        ({"plan": {}}, "plan.audio_type"),
        ({"plan": {"audio_type": "sound"}}, "plan.layers"),
        ({"plan": {"audio_type": "music"}}, "plan.music"),
        ({"plan": {**RAIN, "colour": "blue"}}, "plan.colour"),
        ({"plan": RAIN, "audio_type": "music"}, "plan.audio_type"),
        ({"plan": {**RAIN, "music": WALTZ["music"]}}, "plan.music"),
        ({"plan": {**RAIN, "notes": ["x" * 250_000]}}, "plan"),
        ({"plan": {**RAIN, "notes": ["雨" * 22_000]}, "prompt": "😀" * 10_000}, "plan"),
        ({"plan": RAIN, "intensity": 0.5}, "intensity"),
        ({"plan": WALTZ, "bpm": 100}, "bpm"),
        ({"plan": {**WALTZ, "music": {**WALTZ["music"], "tonality": "very sad"}}}, "plan.music.tonality"),
        ({"plan": {**WALTZ, "music": {**WALTZ["music"], "metre": "13/16"}}}, "plan.music.metre"),
        (layer(intensity=2), "plan.layers.0.intensity"),
        (layer(onset=0.5, until=0.5), "plan.layers.0.until"),
        (layer(movement="flying"), "plan.layers.0.movement"),
        (layer(count=0), "plan.layers.0.count"),
        ({"plan": {**RAIN, "layers": [RAIN["layers"][0]] * 65}}, "plan.layers"),
        ({"plan": "rain"}, "plan"),
    ],
)
def test_what_is_refused_names_its_field(client, refusal, body, where):
    detail = refusal(client.post("/apis/text-to-sound", json={"prompt": "rain", **body}), 422)
    assert where in {".".join(map(str, one["loc"][1:])) for one in detail}
    assert all(one["msg"] for one in detail)


@pytest.mark.parametrize("body", [{}, {"prompt": None}, {"prompt": "  "}])
def test_something_has_to_be_asked_for(client, refusal, body):
    assert refusal(client.post("/apis/text-to-sound", json=body), 422)[0]["loc"] == ["body", "prompt"]


def test_a_seed_is_chosen_where_none_is_given(server, client):
    seeds = {parameters(server, create(client)["task_id"])["seed"] for _ in range(3)}
    assert len(seeds) == 3


def test_settings_raise_the_limits(server):
    inner = server.inner(max_sound_seconds=60, max_prompt_characters=20)
    assert inner.post("/apis/text-to-sound", json={"prompt": "rain", "duration": 45}).status_code == 200
    assert inner.post("/apis/text-to-sound", json={"prompt": "x" * 21}).status_code == 422


def test_another_teams_folder(server, client, refusal):
    folder = server.foreign_folder()
    body = {"prompt": "rain", "folder_id": folder}
    assert refusal(client.post("/apis/text-to-sound", json=body), 422)[0]["loc"] == ["body", "folder_id"]
    assert refusal(client.post("/apis/text-to-sound?dry_run=1", json=body), 422)[0]["loc"] == ["body", "folder_id"]


def test_a_dry_run_makes_no_task(client):
    before = len(client.get("/apis/tasks?limit=200").json()["items"])
    plan = client.post("/apis/text-to-sound?dry_run=true", json={"prompt": "rain"}).json()
    assert set(plan) == {"valid", "media", "stages", "eta_range_seconds", "disk_bytes", "warnings"}
    assert [stage["name"] for stage in plan["stages"]] == ["understand", "generate", "master", "encode"]
    assert set(plan["stages"][0]) == {"name", "engine", "ready", "cure"}
    assert len(client.get("/apis/tasks?limit=200").json()["items"]) == before


def test_the_same_key_and_body_make_one_task(client, refusal):
    headers = {"Idempotency-Key": "same-1"}
    first = create(client, headers=headers, duration=2)
    again = client.post(
        "/apis/text-to-sound",
        content=b'{"duration":2, "prompt":"rain"}',
        headers=headers | {"content-type": "application/json"},
    )
    assert again.json() == first
    detail = refusal(client.post("/apis/text-to-sound", json={"prompt": "snow"}, headers=headers), 422)
    assert detail[0]["loc"][0] == "header"
    assert create(client, headers={"Idempotency-Key": "same-2"}, duration=2) != first


def test_the_same_request_twice_at_once_makes_one_task(client):
    headers = {"Idempotency-Key": "at-once"}
    with ThreadPoolExecutor(8) as pool:
        made = {answer["task_id"] for answer in pool.map(lambda _: create(client, headers=headers), range(8))}
    assert len(made) == 1


@pytest.mark.parametrize("key", ["", "x" * 256, "two words"])
def test_a_key_that_cannot_be_kept(client, refusal, key):
    refusal(client.post("/apis/text-to-sound", json={"prompt": "rain"}, headers={"Idempotency-Key": key}), 422)


def test_the_wav(client, hand):
    _, run_id = hand.sound()
    path = f"/apis/text-to-sound-result/{run_id}"
    whole = client.get(path)
    assert whole.headers["content-type"] == "audio/wav"
    assert whole.content[:4] == b"RIFF"
    head = client.head(path)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-length", "etag", "accept-ranges"):
        assert head.headers[name] == whole.headers[name]
    known = client.get(path, headers={"if-none-match": whole.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")


@pytest.mark.parametrize(
    ("header", "start", "end"),
    [
        ("bytes=0-3", 0, 4),
        ("bytes=100-", 100, 2052),
        ("bytes=-10", 2042, 2052),
        ("bytes=5-99999", 5, 2052),
    ],
)
def test_a_range(client, hand, header, start, end):
    _, run_id = hand.sound()
    path = f"/apis/text-to-sound-result/{run_id}"
    whole = client.get(path).content
    part = client.get(path, headers={"range": header})
    assert part.status_code == 206
    assert part.content == whole[start:end]
    assert part.headers["content-range"] == f"bytes {start}-{end - 1}/{len(whole)}"


@pytest.mark.parametrize("header", ["bytes=9-2", "lines=1-2", "bytes=", "bytes=0-1,5-6", "nonsense"])
def test_a_range_that_is_none_is_ignored(client, hand, header):
    _, run_id = hand.sound()
    assert client.get(f"/apis/text-to-sound-result/{run_id}", headers={"range": header}).status_code == 200


@pytest.mark.parametrize("header", ["bytes=99999-", "bytes=-0"])
def test_a_range_outside_the_file(client, hand, refusal, header):
    _, run_id = hand.sound()
    answer = client.get(f"/apis/text-to-sound-result/{run_id}", headers={"range": header})
    refusal(answer, 416)
    assert answer.headers["content-range"] == "bytes */2052"


@pytest.mark.parametrize("word", ["file_url", "FILE_URL", "File_Url"])
def test_a_signed_address_works_without_a_key(server, client, hand, word):
    _, run_id = hand.sound()
    body = client.get(f"/apis/text-to-sound-result/{run_id}?output_type={word}").json()
    assert body["file_url"] == body["output_url"]
    assert body["file_url"].startswith(server.url)
    with server.client("") as nobody:
        assert nobody.get(body["file_url"]).content[:4] == b"RIFF"
        assert nobody.get(body["file_url"], headers={"range": "bytes=0-1"}).content == b"RI"
        assert nobody.get(body["file_url"][:-2] + "xx").status_code == 404


def test_output_types(client, hand, refusal):
    _, run_id = hand.sound()
    assert client.get(f"/apis/text-to-sound-result/{run_id}?output_type=RAW_BYTES").content[:4] == b"RIFF"
    refusal(client.get(f"/apis/text-to-sound-result/{run_id}?output_type=mp3"), 422)


def test_several_results(client, hand, refusal):
    ids = [hand.sound()[1] for _ in range(2)]
    body = client.post("/apis/text-to-sound-results", json={"run_ids": [str(ids[0]), ids[1]]}).json()
    assert set(body) == {str(run_id) for run_id in ids}
    assert set(body[str(ids[0])]) == {"file_url", "output_url"}
    for wrong in ([ids[0]], [1, 2, 3, 4, 5, 6], [], ["x", 1], "12", None):
        refusal(client.post("/apis/text-to-sound-results", json={"run_ids": wrong}), 422)


def test_the_library(client, hand):
    task_id, run_id = hand.sound()
    page = client.get("/apis/sounds?limit=1").json()
    assert page["items"][0]["run_id"] == run_id
    assert page["items"][0]["recipe"]["seed"] == 1
    older = client.get(f"/apis/sounds?limit=1&cursor={page['next_cursor']}").json() if page["next_cursor"] else None
    assert older is None or older["items"][0]["run_id"] < run_id
    assert client.delete(f"/apis/sounds/{run_id}").status_code == 204
    assert client.get(f"/apis/text-to-sound-result/{run_id}").status_code == 404
    assert client.get(f"/apis/tasks/{task_id}").status_code == 404
