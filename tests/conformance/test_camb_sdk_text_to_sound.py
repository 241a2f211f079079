"""`camb-sdk`: every call of sound and music, synchronous and asynchronous."""

from __future__ import annotations

import io
import wave

import httpx
import orjson
import pytest
from camb.core.api_error import ApiError
from camb.errors.unprocessable_entity_error import UnprocessableEntityError
from tests import asking


@pytest.fixture
def reader(make_camb, server, made):
    return make_camb(server.url, made.key)


def test_create_status_and_result(camb, server, team_key):
    accepted = camb(
        lambda sdk: sdk.text_to_audio.create_text_to_audio(
            prompt="a bell",
            duration=1.5,
            audio_type="sound",
            project_name="Bell",
            project_description="One bell",
            traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        )
    )
    status = camb(lambda sdk: sdk.text_to_audio.get_text_to_audio_status(accepted.task_id))
    assert status.status in ("PENDING", "SUCCESS")
    with server.client(team_key) as client:
        asking.succeeded(client, accepted.task_id)
    status = camb(lambda sdk: sdk.text_to_audio.get_text_to_audio_status(accepted.task_id, run_id=1))
    assert status.status == "SUCCESS"
    assert status.exception_reason is None and status.message is None
    data = camb.bytes_of(lambda sdk: sdk.text_to_audio.get_text_to_audio_result(status.run_id))
    with wave.open(io.BytesIO(data)) as sound:
        assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (44_100, 2, 2)
        assert sound.getnframes() == 66_150


def test_pending_and_failed(make_camb, idle_server, made):
    camb = make_camb(idle_server.url, idle_server.key)
    waiting = camb(lambda sdk: sdk.text_to_audio.create_text_to_audio(prompt="rain"))
    pending = camb(lambda sdk: sdk.text_to_audio.get_text_to_audio_status(waiting.task_id))
    assert (pending.status, pending.run_id, pending.exception_reason) == ("PENDING", None, None)
    failed = camb(lambda sdk: sdk.text_to_audio.get_text_to_audio_status(made.cancelled_sound))
    assert (failed.status, failed.run_id, failed.exception_reason) == ("FAILED", None, "NONE")
    assert "cancelled" in failed.message
    assert failed.error == failed.message


@pytest.mark.parametrize("spelling", ["file_url", "FILE_URL", "File_Url"])
def test_file_url(reader, made, spelling):
    run_id = made.sounds[0][1]
    told = orjson.loads(
        reader.bytes_of(lambda sdk: sdk.text_to_audio.get_text_to_audio_result(run_id, output_type=spelling))
    )
    assert set(told) == {"file_url", "output_url"}
    assert told["file_url"] == told["output_url"]
    fetched = httpx.get(told["file_url"], trust_env=False, timeout=60)  # without a key
    assert fetched.headers["content-type"] == "audio/wav"
    raw = reader.bytes_of(lambda sdk: sdk.text_to_audio.get_text_to_audio_result(run_id, output_type="RAW_BYTES"))
    assert fetched.content == raw


def test_bulk_results(reader, made):
    (_, one), (_, two) = made.sounds
    urls = reader(lambda sdk: sdk.text_to_audio.get_text_to_sound_results(run_ids=[one, two], run_id=one))
    assert set(urls) == {str(one), str(two)}
    for entry in urls.values():
        assert httpx.get(entry.output_url, trust_env=False, timeout=60).content[:4] == b"RIFF"


def test_refusals_are_readable(reader, made):
    with pytest.raises(UnprocessableEntityError) as long:
        reader(lambda sdk: sdk.text_to_audio.create_text_to_audio(prompt="x" * 100_000))
    assert long.value.body.detail[0].loc == ["body", "prompt"]
    for run_id, status in ((10**6, 404), (made.projects[0][1], 400)):
        with pytest.raises(ApiError) as refused:
            reader.bytes_of(lambda sdk, run_id=run_id: sdk.text_to_audio.get_text_to_audio_result(run_id))
        assert refused.value.status_code == status
    with pytest.raises(ApiError) as unknown:
        reader(lambda sdk: sdk.text_to_audio.get_text_to_audio_status(made.projects[0][0]))
    assert unknown.value.status_code == 404  # asked for under the other kind's path


def test_a_wrong_key(make_camb, server):
    camb = make_camb(server.url, "not a key")
    with pytest.raises(ApiError) as refused:
        camb(lambda sdk: sdk.text_to_audio.create_text_to_audio(prompt="rain"))
    assert refused.value.status_code == 401
