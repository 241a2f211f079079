"""Tiny neural models all the way through a server: variations, negative prompts, exact lengths, the same bytes."""

from __future__ import annotations

import io
import shutil
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests import asking, neural_models
from tests.server import Server, running_server

PROMPT = {"prompt": "heavy rain", "negative_prompt": "wind", "duration": 0.437, "variations": 2, "seed": 5}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_server(tmp_path_factory.mktemp("neural") / "data", settings={"sound_steps": "2"}) as running:
        yield running


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    with server.client() as client:
        yield client


def drop_in(server: Server, name: str) -> None:
    """Put a model where the server finds it, the only one there."""
    place = server.data / "models" / "sound"
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(neural_models.made() / name, place / name)


def made(client: httpx.Client, engine: str, **asked: Any) -> tuple[bytes, dict[str, Any]]:
    """The first take's WAV, and the findings of the stage that made it."""
    body = asking.succeeded(client, asking.sound(client, engine=engine, **(PROMPT | asked)))
    findings = next(stage["findings"] for stage in body["stages"] if stage["name"] == "generate")
    return client.get(f"/apis/text-to-sound-result/{body['run_id']}").raise_for_status().content, findings


@pytest.mark.slow
@pytest.mark.parametrize("name", ["stable-audio", "musicgen"])  # each family: tests/engines/sound/neural
def test_a_family_through_the_api(server: Server, client: httpx.Client, name: str) -> None:
    drop_in(server, name)
    engine = "musicgen" if name == "musicgen" else "diffusers"
    sound, findings = made(client, engine)
    with wave.open(io.BytesIO(sound)) as file:
        assert (file.getnframes(), file.getframerate(), file.getnchannels()) == (round(0.437 * 44_100), 44_100, 2)
    first, second = findings["takes"]
    assert first["seed"] == 5
    assert second["seed"] != 5
    assert (first["peak_dbfs"], first["rms_dbfs"]) != (second["peak_dbfs"], second["rms_dbfs"])
    assert (findings["device"], findings["dtype"], findings["batch"]) == ("cpu", "float32", 1)
    (ingredient,) = findings["ingredients"]
    card = (Path(neural_models.made()) / name / "README.md").read_text()
    assert ingredient["name"] == name
    assert ingredient["licence"] in card
    again, _ = made(client, engine, variations=1)
    assert again == sound, "the same order gives the same bytes, whatever is made beside it"


def test_without_a_model_it_says_what_to_do(server: Server, client: httpx.Client) -> None:
    shutil.rmtree(server.data / "models" / "sound", ignore_errors=True)
    body = asking.ended(client, asking.sound(client, engine="diffusers"))
    assert body["state"] == "failed"
    assert "hf download stabilityai/stable-audio-open-1.0" in body["message"]
