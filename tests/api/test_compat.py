"""Every client quirk, with the client that needs it."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from camb.client import AsyncCambAI, CambAI
from camb.core.api_error import ApiError
from camb.errors.unprocessable_entity_error import UnprocessableEntityError
from langchain_camb import CambTextToSoundTool

from soundstage.domain.task import TaskKind

SETUP = TaskKind.PROJECT_SETUP


@pytest.fixture
def camb(server):
    with httpx.Client(timeout=60, trust_env=False) as transport:
        yield CambAI(api_key=server.secret, base_url=f"{server.url}/apis", httpx_client=transport)


def test_camb_sdk_reads_the_set_up_status_as_a_list(camb, hand):
    waiting = hand.task(SETUP)
    assert camb.project_setup.create_project_setup_task_status(waiting) == []
    done, run_id = hand.project()
    (entry,) = camb.project_setup.create_project_setup_task_status(done)
    assert entry.run_id == run_id
    assert entry.project_details.project_name == "A talk"
    failed = hand.task(SETUP)
    hand.fail(failed)
    with pytest.raises(ApiError) as refused:
        camb.project_setup.create_project_setup_task_status(failed)
    assert refused.value.status_code == 400
    assert refused.value.body["exception_reason"] == "INVALID_SOURCE_DATA"
    assert refused.value.body["message"] == refused.value.body["error"] == refused.value.body["detail"]


@pytest.mark.parametrize("language", ["Python", "JAVA", "Go"])
def test_three_generated_clients_get_the_list(client, hand, language):
    answer = client.get(f"/apis/project-setup/{hand.task(SETUP)}", headers={"x-fern-language": language})
    assert answer.json() == []


@pytest.mark.parametrize("language", ["JavaScript", "", "Ruby"])
def test_others_get_the_object(client, hand, language):
    answer = client.get(f"/apis/project-setup/{hand.task(SETUP)}", headers={"x-fern-language": language})
    assert answer.json()["status"] == "PENDING"


def test_only_the_set_up_status_is_a_list(client, hand):
    task_id = hand.task(SETUP)
    headers = {"x-fern-language": "Python"}
    assert client.get(f"/apis/tasks/{task_id}", headers=headers).json()["status"] == "PENDING"
    assert client.get(f"/apis/text-to-sound/{hand.task()}", headers=headers).json()["status"] == "PENDING"


def test_the_setting_turns_the_list_off(server, hand):
    inner = server.inner(fern_list_replies=False)
    answer = inner.get(f"/apis/project-setup/{hand.task(SETUP)}", headers={"x-fern-language": "Python"})
    assert answer.json()["status"] == "PENDING"


def test_camb_sdk_reads_results(camb, hand):
    _, one = hand.project()
    _, two = hand.project()
    result = camb.project_setup.get_project_setup_result(one)
    assert result.project_details.source_language == 1
    assert result.project_details.studio_url.endswith(f"/studio/projects/{one}")
    both = camb.project_setup.get_project_setup_runs_results(run_ids=[one, two], run_id=one)
    assert [entry.run_id for entry in both] == [one, two]


def test_camb_sdk_reads_a_422(camb):
    with pytest.raises(UnprocessableEntityError) as refused:
        camb.text_to_audio.create_text_to_audio(prompt="")
    assert refused.value.body.detail[0].loc == ["body", "prompt"]


def test_camb_sdk_fetches_sounds(camb, hand):
    task_id, one = hand.sound()
    _, two = hand.sound()
    assert camb.text_to_audio.get_text_to_audio_status(task_id, run_id=1).run_id == one
    assert b"".join(camb.text_to_audio.get_text_to_audio_result(one)).startswith(b"RIFF")
    urls = camb.text_to_audio.get_text_to_sound_results(run_ids=[one, two])
    assert set(urls) == {str(one), str(two)}
    assert urls[str(one)].output_url


def test_camb_sdk_reads_the_catalogue(camb, tmp_path):
    assert len(camb.languages.get_source_languages()) == len(camb.languages.get_target_languages()) == 149
    camb.folders.create_folder(folder_name="sdk folder")
    assert camb.folders.list_folders(search_query="sdk folder")[0].name == "sdk folder"
    file = tmp_path / "terms.csv"
    file.write_text("en-us,es-es\nstage,escenario\n")
    with file.open("rb") as opened:
        made = camb.dictionaries.create_dictionary_from_file(dictionary_file=opened, dictionary_name="sdk words")
    number = made["dictionary_id"]
    camb.dictionaries.add_term_to_dictionary(number, translations=[{"translation": "light", "language": 1}])
    details = camb.dictionaries.get_dictionary_details(number)
    assert len(details.dictionary_terms) == 2
    assert number in [one.id for one in camb.dictionaries.get_dictionaries()]
    camb.dictionaries.delete_dictionary(number)
    assert isinstance(camb.voice_cloning.list_voices(), list)


async def _status(server, task_id):
    async with httpx.AsyncClient(timeout=60, trust_env=False) as transport:
        async_camb = AsyncCambAI(api_key=server.secret, base_url=f"{server.url}/apis", httpx_client=transport)
        return await async_camb.project_setup.create_project_setup_task_status(task_id)


def test_the_async_client_gets_the_list_too(server, hand):
    assert asyncio.run(_status(server, hand.task(SETUP))) == []


def test_langchain_camb_reads_failures(server, camb, hand):
    tool = CambTextToSoundTool(api_key=server.secret, base_url=f"{server.url}/apis", poll_interval=0.01)
    task_id = hand.task()
    hand.fail(task_id)
    with pytest.raises(RuntimeError, match="The media is broken"):
        tool._poll_task_status_sync(camb.text_to_audio.get_text_to_audio_status, task_id)
