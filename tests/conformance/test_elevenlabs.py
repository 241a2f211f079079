"""`elevenlabs`, their official client: sound in one call, synchronous and asynchronous."""

from __future__ import annotations

import asyncio
import io
import socket
import time
import wave
from collections.abc import Callable, Iterator
from typing import Any

import av
import httpx
import pytest
from elevenlabs.client import AsyncElevenLabs, ElevenLabs
from elevenlabs.core.api_error import ApiError
from elevenlabs.errors.unprocessable_entity_error import UnprocessableEntityError
from tests.asking import PATIENCE_SECONDS

Convert = Callable[..., bytes]


def synchronous(url: str, key: str) -> Convert:
    def whole(**wish: Any) -> bytes:
        with httpx.Client(timeout=240, trust_env=False) as transport:
            client = ElevenLabs(api_key=key, base_url=url, httpx_client=transport)
            return b"".join(client.text_to_sound_effects.convert(**wish))

    return whole


def asynchronous(url: str, key: str) -> Convert:
    async def whole(wish: dict[str, Any]) -> bytes:
        async with httpx.AsyncClient(timeout=240, trust_env=False) as transport:
            client = AsyncElevenLabs(api_key=key, base_url=url, httpx_client=transport)
            return b"".join([piece async for piece in client.text_to_sound_effects.convert(**wish)])

    return lambda **wish: asyncio.run(whole(wish))


@pytest.fixture(params=[synchronous, asynchronous])
def convert(request: pytest.FixtureRequest, server, team_key) -> Convert:
    return request.param(server.url, team_key)


@pytest.fixture
def team(server, team_key) -> Iterator[httpx.Client]:
    with server.client(team_key) as client:
        yield client


def test_text_alone_gives_an_mp3_of_the_default_length(convert):
    with av.open(io.BytesIO(convert(text="rain")), format="mp3") as container:
        stream = container.streams.audio[0]
        assert (stream.rate, stream.codec_context.bit_rate) == (44_100, 128_000)
        assert sum(frame.samples for frame in container.decode(stream)) == 8 * 44_100


def test_all_that_can_be_asked_for(convert, team):
    data = convert(
        text="wind over the moor", duration_seconds=1.5, loop=True, prompt_influence=0.7,
        model_id="eleven_text_to_sound_v2", output_format="wav_44100", enable_logging=True,
    )  # fmt: skip
    with wave.open(io.BytesIO(data)) as sound:
        assert (sound.getnchannels(), sound.getnframes()) == (2, 66_150)
    (item,) = team.get("/apis/sounds").json()["items"]
    (task,) = team.get("/apis/tasks").json()["items"]
    assert item["run_id"] == task["run_id"]
    recipe = item["recipe"]
    assert (recipe["prompt"], recipe["duration"], recipe["loop"]) == ("wind over the moor", 1.5, True)
    assert recipe["prompt_influence"] == 0.7


def test_wrong_fields_are_named_as_they_were_sent(convert):
    with pytest.raises(UnprocessableEntityError) as refused:
        convert(text="rain", duration_seconds=4000.0)
    assert refused.value.body["detail"][0]["loc"] == ["body", "duration_seconds"]
    with pytest.raises(UnprocessableEntityError) as refused:
        convert(text="rain", output_format="midi_44100")
    assert refused.value.body["detail"][0]["loc"] == ["query", "output_format"]
    with pytest.raises(UnprocessableEntityError) as refused:
        convert(text="   ")
    assert refused.value.body["detail"][0]["loc"] == ["body", "text"]


def test_a_wrong_key(server):
    with pytest.raises(ApiError) as refused:
        synchronous(server.url, "sk_nobody")(text="rain")
    assert refused.value.status_code == 401


def test_the_same_request_under_a_key_is_one_sound(team):
    body, once = {"text": "a bell", "duration_seconds": 0.5}, {"Idempotency-Key": "bell-1"}
    answers = [team.post("/v1/sound-generation", json=body, headers=once) for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert answers[0].headers["x-run-id"] == answers[1].headers["x-run-id"]
    assert len(team.get("/apis/sounds").json()["items"]) == 1


def test_who_goes_away_cancels_the_task(idle_server):
    key = idle_server.new_key(team="impatient")
    with idle_server.client(key) as team:
        go_away_once_queued(idle_server, key, team)
        until_state(team, "cancelled")


def test_who_goes_away_with_a_key_to_come_back_with_cancels_nothing(idle_server):
    key = idle_server.new_key(team="coming back")
    with idle_server.client(key) as team:
        go_away_once_queued(idle_server, key, team, "Idempotency-Key: bell-2\r\n")
        with idle_server.client(idle_server.new_key(team="impatient later")) as later:
            go_away_once_queued(idle_server, later.headers["x-api-key"], later)
            until_state(later, "cancelled")  # so the first has been noticed too
        until_state(team, "queued")


def go_away_once_queued(server, key: str, team: httpx.Client, header: str = "") -> None:
    url, body = httpx.URL(server.url), b'{"text": "rain"}'
    head = f"POST /v1/sound-generation HTTP/1.1\r\nHost: {url.host}\r\nxi-api-key: {key}\r\n{header}"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection((url.host, url.port)) as connection:
        connection.sendall(head.encode() + body)
        until_state(team, "queued")


def until_state(team: httpx.Client, state: str) -> None:
    """Wait until the team has one task and it is in that state."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        states = [task["state"] for task in team.get("/apis/tasks").json()["items"]]
        if states == [state]:
            return
        assert time.monotonic() < until, states
        time.sleep(0.05)
