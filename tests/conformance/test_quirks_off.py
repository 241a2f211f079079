"""Every quirk of `soundstage.api.compat`, with its client and with its setting off, over TCP."""

from __future__ import annotations

import pytest
from camb.core.pydantic_utilities import parse_obj_as
from camb.types.get_create_project_setup_response import GetCreateProjectSetupResponse
from pydantic import ValidationError
from tests import asking


@pytest.fixture
def waiting(idle_server):
    """A set-up that waits on the server whose quirks are off."""
    with idle_server.client() as client:
        return asking.set_up(client, "https://example.com/talk.mp4")


@pytest.mark.parametrize("language", ["Python", "JAVA", "Go", "python"])
def test_list_replies_off_is_the_object_for_all(idle_server, waiting, language):
    with idle_server.client() as client:
        answer = client.get(f"/apis/project-setup/{waiting}", headers={"x-fern-language": language})
        waited = client.get(f"/apis/project-setup/{waiting}?wait=0.01", headers={"x-fern-language": language})
    assert answer.json()["status"] == waited.json()["status"] == "PENDING"


@pytest.mark.parametrize("language", ["Python", "JAVA", "Go", "python"])
def test_list_replies_on_is_a_list_for_those_three(server, made, language):
    headers = {"x-fern-language": language}
    with server.client(made.key) as client:
        done = client.get(f"/apis/project-setup/{made.projects[0][0]}", headers=headers)
        failed = client.get(f"/apis/project-setup/{made.failed_project}", headers=headers)
    assert [set(entry) for entry in done.json()] == [{"run_id", "project_details", "run_details"}]
    assert failed.status_code == failed.json()["status"] == 400
    assert failed.json()["exception_reason"] == "CONTENT_DOES_NOT_MATCH_EXTENSION"


@pytest.mark.parametrize("headers", [{}, {"x-fern-language": "JavaScript"}, {"x-fern-language": "C#"}])
def test_all_others_read_the_object(server, made, headers):
    with server.client(made.key) as client:
        done = client.get(f"/apis/project-setup/{made.projects[0][0]}", headers=headers)
        failed = client.get(f"/apis/project-setup/{made.failed_project}", headers=headers)
    assert (done.json()["status"], failed.json()["status"], failed.status_code) == ("SUCCESS", "ERROR", 200)


def test_without_the_quirk_camb_sdk_cannot_read_the_set_up_status(make_camb, idle_server, waiting):
    camb = make_camb(idle_server.url, idle_server.key)
    with pytest.raises(ValidationError):
        parse_obj_as(list[GetCreateProjectSetupResponse], {"status": "PENDING"})
    with pytest.raises(ValidationError):
        camb(lambda sdk: sdk.project_setup.create_project_setup_task_status(waiting))


@pytest.mark.parametrize(
    "address",
    ["/apis/folders", "/apis/dictionaries", "/apis/source-languages", "/apis/list-voices", "/apis/tasks/{task_id}"],
)
def test_run_id_is_tolerated_as_a_query_everywhere_and_nothing_else(idle_server, waiting, address):
    with idle_server.client() as client:
        path = address.format(task_id=waiting)
        assert client.get(path, params={"run_id": 7}).status_code == 200
        refused = client.get(path, params={"walk_id": 7})
    assert refused.status_code == 422
    assert refused.json()["detail"][0]["loc"] == ["query", "walk_id"]
