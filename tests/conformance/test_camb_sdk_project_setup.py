"""`camb-sdk`: every call of project set-up, synchronous and asynchronous."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from camb.core.api_error import ApiError
from camb.errors.unprocessable_entity_error import UnprocessableEntityError
from tests import asking

from soundstage.testing.media import make_clip


@pytest.fixture
def reader(make_camb, server, made):
    """The client of the team that has finished work."""
    return make_camb(server.url, made.key)


def test_create_status_and_result(camb, server, team_key, tmp_path):
    with server.client(team_key) as client:
        media_url = asking.upload(client, make_clip(tmp_path / "tone.mp3", seconds=1, video=False))
    folder = camb(lambda sdk: sdk.folders.create_folder(folder_name="talks"))["folder_id"]
    accepted = camb(
        lambda sdk: sdk.project_setup.create_project(
            media_url=media_url,
            source_language=1,
            target_languages=[54, 76],
            project_name="A tone",
            project_description="Nothing but a tone",
            folder_id=folder,
            selected_audio_tracks=[0],
            add_output_as_an_audio_track=True,
            chosen_dictionaries=[],
        )
    )
    assert isinstance(accepted.task_id, str)
    early = camb(lambda sdk: sdk.project_setup.create_project_setup_task_status(accepted.task_id))
    assert all(entry.run_id for entry in early), "an empty list, or the entry where the task has ended by now"
    with server.client(team_key) as client:
        run_id = asking.succeeded(client, accepted.task_id)["run_id"]
    (entry,) = camb(lambda sdk: sdk.project_setup.create_project_setup_task_status(accepted.task_id, run_id=run_id))
    result = camb(lambda sdk: sdk.project_setup.get_project_setup_result(run_id))
    assert entry == result
    assert result.run_id == run_id
    details = result.project_details
    assert (details.project_name, details.project_description) == ("A tone", "Nothing but a tone")
    assert (details.source_language, details.target_languages) == (1, [54, 76])
    assert details.folder_id == folder
    assert details.duration == pytest.approx(1.0, abs=0.1)
    assert details.studio_url == f"{server.url}/studio/projects/{run_id}"
    assert timedelta(0) <= datetime.now(UTC) - details.created_at < timedelta(hours=1)


def test_a_failed_set_up_is_an_api_error_with_its_reason(reader, made):
    with pytest.raises(ApiError) as refused:
        reader(lambda sdk: sdk.project_setup.create_project_setup_task_status(made.failed_project))
    assert refused.value.status_code == 400
    body = refused.value.body
    assert body["exception_reason"] == "CONTENT_DOES_NOT_MATCH_EXTENSION"
    assert body["message"] == body["error"] == body["detail"]
    assert body["status"] == 400


def test_a_parked_set_up_is_pending_and_its_project_can_be_read(reader, made):
    task_id, run_id = made.parked_project
    assert reader(lambda sdk: sdk.project_setup.create_project_setup_task_status(task_id)) == []
    result = reader(lambda sdk: sdk.project_setup.get_project_setup_result(run_id))
    assert result.project_details.project_name == "Halfway"


def test_bulk_results_in_the_order_asked_for(reader, made):
    (_, one), (_, two) = made.projects
    entries = reader(lambda sdk: sdk.project_setup.get_project_setup_runs_results(run_ids=[two, one], run_id=one))
    assert [entry.run_id for entry in entries] == [two, one]
    assert [entry.project_details.project_name for entry in entries] == ["tone", "Tone"]


def test_refusals_are_readable(reader, made):
    calls = {
        404: lambda sdk: sdk.project_setup.get_project_setup_result(10**6),
        400: lambda sdk: sdk.project_setup.get_project_setup_result(made.sounds[0][1]),
    }
    for status, call in calls.items():
        with pytest.raises(ApiError) as refused:
            reader(call)
        assert refused.value.status_code == status
        assert set(refused.value.body) == {"detail", "error", "status"}
    with pytest.raises(ApiError) as unknown:
        reader(lambda sdk: sdk.project_setup.create_project_setup_task_status("no-such-task"))
    assert unknown.value.status_code == 404


def test_a_wrong_field_is_an_unprocessable_entity(reader):
    with pytest.raises(UnprocessableEntityError) as refused:
        reader(
            lambda sdk: sdk.project_setup.create_project(
                media_url="ftp://example.com/a.mp4", source_language=9999, target_languages=[54]
            )
        )
    assert ["body", "source_language"] in [fault.loc for fault in refused.value.body.detail]
    with pytest.raises(UnprocessableEntityError) as few:
        reader(lambda sdk: sdk.project_setup.get_project_setup_runs_results(run_ids=[1]))
    assert few.value.body.detail[0].loc == ["body", "run_ids"]
