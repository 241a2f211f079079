"""The library: found by words and marks, named, tagged, kept apart by team."""

from __future__ import annotations

import pytest
from tests.api.conftest import Hand

from soundstage.domain.sound import AudioType, Recipe, SoundProduct, SoundTake
from soundstage.domain.task import TaskKind


@pytest.fixture(scope="module")
def library(server) -> dict[str, int]:
    """Four sounds by their prompts."""
    hand, made = Hand(server), {}
    told = (
        ("Heavy Rain on a tin roof", AudioType.SOUND, "synthesis"),
        ("a door, 100% creaking", AudioType.SOUND, "synthesis"),
        ("rainy day jazz", AudioType.MUSIC, "synthesis"),
        ("ÜBERALL Regen", AudioType.SOUND, "other"),
    )
    for prompt, audio_type, engine in told:
        recipe = Recipe(
            soundstage="0", engine=engine, engine_version="1", prompt=prompt, seed=1, duration=1.0, frames=44_100,
            sample_rate=44_100, audio_type=audio_type, plan={}, licence="CC0-1.0",
        )  # fmt: skip
        take = SoundTake(audio=hand.artifact("sound.wav", prompt.encode(), "audio/wav"), recipe=recipe)
        product = SoundProduct(takes=(take,), duration_ms=1000).model_dump(mode="json")
        made[prompt.split()[0]] = hand._finish(TaskKind.TEXT_TO_SOUND, product)[1]
    return made


@pytest.fixture
def find(client, library):
    """Which of the four are listed, the newest first."""
    names = {run_id: name for name, run_id in library.items()}

    def found(**query) -> list[str]:
        items = client.get("/apis/sounds", params={"limit": 200, **query}).raise_for_status().json()["items"]
        return [names[item["run_id"]] for item in items if item["run_id"] in names]

    return found


def test_sounds_are_found_by_words(find):
    assert find() == ["ÜBERALL", "rainy", "a", "Heavy"]
    assert find(search="rain") == ["rainy", "Heavy"]
    assert find(search="TIN rain") == ["Heavy"]
    assert find(search="überall") == ["ÜBERALL"]
    assert find(search="100%") == ["a"]
    assert find(search="1_0") == []
    assert find(search="rain", audio_type="music") == ["rainy"]
    assert find(engine="other") == ["ÜBERALL"]
    assert find(created_after="2999-01-01T00:00:00Z") == []
    assert len(find(created_after="2000-01-01")) == 4


def test_a_sound_is_named_tagged_and_liked(client, library, find):
    path = f"/apis/sounds/{library['a']}"
    marked = client.patch(path, json={"name": " The old gate ", "favourite": True, "tags": ["Door", "door", "Foley"]})
    item = marked.raise_for_status().json()
    assert (item["name"], item["favourite"], item["tags"]) == ("The old gate", True, ["door", "foley"])
    assert client.get(path).json() == item
    assert find(favourite=True) == find(tag="DOOR") == find(search="gate creaking") == ["a"]
    assert find(favourite=False) == ["ÜBERALL", "rainy", "Heavy"]
    again = client.patch(path, json={"tags": ["foley"]}).json()
    assert (again["name"], again["favourite"], again["tags"]) == ("The old gate", True, ["foley"])
    assert client.patch(path, json={"name": None, "favourite": False, "tags": []}).json()["name"] is None
    assert find(search="gate") == find(tag="foley") == find(favourite=True) == []


@pytest.mark.parametrize(
    "body",
    [
        {"name": ""}, {"name": "x" * 256}, {"tags": [""]}, {"tags": ["x"] * 33}, {"favourite": "yes!"}, {"colour": 1},
        {"tags": ["a, b"]}, {"tags": ["two\nlines"]}, {"name": "two\nlines"},
    ],
)  # fmt: skip
def test_marks_that_are_none(client, library, refusal, body):
    refusal(client.patch(f"/apis/sounds/{library['a']}", json=body), 422)


@pytest.mark.parametrize("query", [{"search": "rain\0"}, {"tag": "\0"}])
def test_what_no_text_can_hold_is_not_searched(client, refusal, query):
    (fault,) = refusal(client.get("/apis/sounds", params=query), 422)
    assert fault["loc"] == ["query", *query]


def test_another_team_sees_and_changes_nothing(server, library, refusal):
    with server.client(server.key("strangers to sounds")) as stranger:
        assert stranger.get("/apis/sounds?search=rain").json()["items"] == []
        refusal(stranger.patch(f"/apis/sounds/{library['a']}", json={"favourite": True}), 404)


def test_pages_keep_to_the_filter(client, library):
    first = client.get("/apis/sounds?search=rain&limit=1").json()
    assert [item["run_id"] for item in first["items"]] == [library["rainy"]]
    second = client.get(f"/apis/sounds?search=rain&limit=1&cursor={first['next_cursor']}").json()
    assert [item["run_id"] for item in second["items"]] == [library["Heavy"]]


def test_every_order_is_paged_through(client, find, library):
    names = {run_id: name for name, run_id in library.items()}
    orders = {"newest": find(), "oldest": find()[::-1], "name": ["a", "Heavy", "rainy", "ÜBERALL"]}
    for sort, order in orders.items():
        seen, cursor = [], None
        while cursor or not seen:
            query = {"limit": 1, "sort": sort} | ({"cursor": cursor} if cursor else {})
            page = client.get("/apis/sounds", params=query).raise_for_status().json()
            seen += [item["run_id"] for item in page["items"]]
            cursor = page["next_cursor"]
        assert [names[run_id] for run_id in seen if run_id in names] == order, sort
        assert len(seen) == len(set(seen))


@pytest.mark.parametrize("query", ["sort=name&cursor=7", "sort=name&cursor=Nw", "sort=name&cursor=eC55", "sort=length"])
def test_places_in_no_order(client, refusal, query):
    refusal(client.get(f"/apis/sounds?{query}"), 422)


def test_the_tags_in_use(client, library):
    for name, tags in (("a", ["door", "wet"]), ("Heavy", ["wet"])):
        client.patch(f"/apis/sounds/{library[name]}", json={"tags": tags}).raise_for_status()
    assert client.get("/apis/sounds/tags").json() == [{"tag": "wet", "sounds": 2}, {"tag": "door", "sounds": 1}]
    for name in ("a", "Heavy"):
        client.patch(f"/apis/sounds/{library[name]}", json={"tags": []}).raise_for_status()
    assert client.get("/apis/sounds/tags").json() == []


def test_a_deleted_sound_leaves_the_library(client, library, find):
    client.patch(f"/apis/sounds/{library['ÜBERALL']}", json={"tags": ["gone"]}).raise_for_status()
    assert find(tag="gone") == ["ÜBERALL"]
    assert client.delete(f"/apis/sounds/{library['ÜBERALL']}").status_code == 204
    assert find(tag="gone") == []
