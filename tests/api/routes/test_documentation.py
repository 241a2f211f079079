"""OpenAPI, documentation pages, their index, health and metrics."""

from __future__ import annotations

import re

import pytest

from soundstage.api.routes.documentation import PAGES, page_list


def test_llms_txt_lists_every_page_and_every_link_works(server):
    with server.client("") as nobody:
        text = nobody.get("/llms.txt").text
        links = re.findall(r"\((http[^)]+\.md)\)", text)
        assert len(links) == len(list(PAGES.glob("*.md"))) >= 8
        for link in links:
            answer = nobody.get(link)
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith("text/markdown")
            assert "{base}" not in answer.text


def test_every_page_has_a_title_and_a_summary():
    for name, title, summary in page_list():
        assert title and summary, name
        assert not summary.startswith(("#", "```", "|")), name


def test_pages_that_are_not_there(server, refusal):
    with server.client("") as nobody:
        for path in ("/docs/nothing.md", "/docs/..%2fapp.md", "/docs/LLMS.md"):
            refusal(nobody.get(path), 404)


def test_every_operation_is_written_about(client):
    """A path of the API stands in one of the pages: an undocumented endpoint fails the build."""
    written = "\n".join(path.read_text(encoding="utf-8") for path in PAGES.glob("*.md"))
    missing = []
    for path in client.get("/apis/openapi.json").json()["paths"]:
        plain = re.sub(r"\{[^}]*\}", "{}", path)
        if plain not in re.sub(r"\{[^}]*\}", "{}", written):
            missing.append(path)
    assert missing == []


def test_the_openapi_document(client):
    document = client.get("/apis/openapi.json").json()
    assert document["openapi"].startswith("3.")
    assert document["components"]["securitySchemes"]["key"]["name"] == "x-api-key"
    operations = [one for methods in document["paths"].values() for one in methods.values()]
    assert all(one.get("description") for one in operations)
    names = [one["operationId"] for one in operations]
    assert len(names) == len(set(names))
    refs = set(re.findall(r'"#/components/schemas/([^"]+)"', client.get("/apis/openapi.json").text))
    assert refs <= set(document["components"]["schemas"])


def test_the_openapi_document_tells_every_limit(client):
    document = client.get("/apis/openapi.json").json()
    fields = document["components"]["schemas"]["RunIdsBody"]["properties"]
    assert fields["run_ids"]["items"]["minimum"] == 1
    polled = {one["name"]: one for one in document["paths"]["/apis/tasks/{task_id}"]["get"]["parameters"]}
    assert polled["wait"]["schema"]["anyOf"][0]["minimum"] == 0
    assert "404" in document["paths"]["/apis/files/{token}"]["get"]["responses"]
    assert "404" in document["paths"]["/docs/{name}.md"]["get"]["responses"]
    streamed = {one["name"]: one for one in document["paths"]["/apis/tasks/{task_id}/events"]["get"]["parameters"]}
    assert streamed["last-event-id"]["schema"]["pattern"]
    assert "204" in document["paths"]["/apis/tasks/{task_id}/events"]["get"]["responses"]
    track = document["paths"]["/apis/projects/{run_id}/tracks/{track}.{format}"]["get"]["responses"]
    assert {"audio/flac", "audio/wav", "audio/mpeg"} == set(track["200"]["content"])
    assert not [path for path, methods in document["paths"].items() if "head" in methods]
    assert {"206", "304", "416"} <= set(document["paths"]["/apis/text-to-sound-result/{run_id}"]["get"]["responses"])


@pytest.mark.parametrize("name", ["swagger-ui-bundle.js", "swagger-ui.css", "redoc.standalone.js"])
def test_the_browsers_of_openapi_come_from_here(client, name):
    assert len(client.get(f"/apis/docs/assets/{name}").content) > 100_000
    assert client.get("/apis/docs/assets/favicon.png").status_code == 404


def test_health(server, client, refusal, monkeypatch):
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ok"}

    def broken(*_):
        raise OSError("gone")

    monkeypatch.setattr(type(server.services.tasks), "read_status", broken)
    assert client.get("/healthz").status_code == 200
    refusal(client.get("/readyz"), 503)


def test_metrics_count_by_route_without_ids(client, hand):
    task_id = hand.task()
    client.get(f"/apis/text-to-sound/{task_id}")
    text = client.get("/metrics").text
    assert 'route="/apis/text-to-sound/{task_id}"' in text
    assert task_id not in text
