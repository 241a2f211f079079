"""`langchain-camb`: its tools for sounds and voices, synchronous and asynchronous."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from langchain_camb import CambTextToSoundTool, CambVoiceListTool
from tests import asking

FRAMES_BYTES = 22_050 * 4  # half a second, stereo, 16 bits


@pytest.fixture
def tool(server, team_key) -> Iterator[CambTextToSoundTool]:
    tool = CambTextToSoundTool(
        api_key=team_key, base_url=f"{server.url}/apis", poll_interval=0.1, max_poll_attempts=1500
    )
    yield tool
    tool.sync_client._client_wrapper.httpx_client.httpx_client.close()


def test_a_sound_as_a_file(tool):
    path = Path(tool.invoke({"prompt": "rain on a roof", "duration": 0.5, "audio_type": "sound"}))
    try:
        assert path.read_bytes()[:4] == b"RIFF"
        assert path.stat().st_size > FRAMES_BYTES
    finally:
        path.unlink()


def test_music_in_base64_asynchronously(tool):
    async def make() -> str:
        text = await tool.ainvoke(
            {"prompt": "slow piano", "duration": 0.5, "audio_type": "music", "output_format": "base64"}
        )
        await tool.async_client._client_wrapper.httpx_client.httpx_client.aclose()
        return str(text)

    data = base64.b64decode(asyncio.run(make()))
    assert data[:4] == b"RIFF"
    assert len(data) > FRAMES_BYTES


def test_a_failure_is_told_with_its_reason(idle_server):
    tool = CambTextToSoundTool(api_key=idle_server.key, base_url=f"{idle_server.url}/apis", poll_interval=0.1)
    with idle_server.client() as client:
        task_id = asking.sound(client)
        client.post(f"/apis/text-to-sound/{task_id}/cancel").raise_for_status()
    with pytest.raises(RuntimeError, match="Task failed: The task was cancelled"):
        tool._poll_task_status_sync(tool.sync_client.text_to_audio.get_text_to_audio_status, task_id)

    async def poll() -> None:
        try:
            await tool._poll_task_status(tool.async_client.text_to_audio.get_text_to_audio_status, task_id)
        finally:
            await tool.async_client._client_wrapper.httpx_client.httpx_client.aclose()

    with pytest.raises(RuntimeError, match="Task failed: The task was cancelled"):
        asyncio.run(poll())
    tool.sync_client._client_wrapper.httpx_client.httpx_client.close()


def test_a_task_that_waits_is_polled_to_the_end_of_patience(idle_server):
    tool = CambTextToSoundTool(
        api_key=idle_server.key, base_url=f"{idle_server.url}/apis", poll_interval=0.01, max_poll_attempts=3
    )
    with idle_server.client() as client:
        task_id = asking.sound(client)
    with pytest.raises(TimeoutError):
        tool._poll_task_status_sync(tool.sync_client.text_to_audio.get_text_to_audio_status, task_id)
    tool.sync_client._client_wrapper.httpx_client.httpx_client.close()


def test_voices(server, team_key):
    tool = CambVoiceListTool(api_key=team_key, base_url=f"{server.url}/apis")

    async def voices() -> str:
        text = await tool.ainvoke({})
        await tool.async_client._client_wrapper.httpx_client.httpx_client.aclose()
        return str(text)

    told = json.loads(tool.invoke({}))
    assert told == json.loads(asyncio.run(voices()))
    assert all(set(voice) == {"id", "name", "gender", "age", "language"} for voice in told)
    tool.sync_client._client_wrapper.httpx_client.httpx_client.close()
