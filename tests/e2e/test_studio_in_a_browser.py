"""The Studio in a real browser, as a person sees, hears and uses it (`tests.e2e.studio`)."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Download, expect
from tests import asking
from tests.e2e.studio import Studio, opened
from tests.project_files import parts, write
from tests.server import Server

DRAWN = """() => {
  const canvas = document.querySelector("canvas.wave");
  const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  return data.some((value, at) => at % 4 === 3 && value > 0);
}"""


@pytest.fixture(scope="module")
def studio(server: Server) -> Iterator[Studio]:
    with opened(server) as studio:
        yield studio


@pytest.fixture(autouse=True)
def nothing_logged(studio: Studio) -> Iterator[None]:
    yield
    assert studio.errors == []


@pytest.fixture(scope="module")
def project(server: Server, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of a small project that came as a project file: half a second of sound, one line."""
    folder = tmp_path_factory.mktemp("project")
    file = write(folder, parts(folder))
    with server.client() as client:
        body = {"media_url": asking.upload(client, file)}
        task_id = asking.task_id_of(client.post("/apis/projects/import", json=body))
        return f"/studio/projects/{asking.succeeded(client, task_id)['run_id']}"


def test_a_stranger_is_asked_to_log_in_and_the_link_opens_the_home(studio: Studio, tmp_path: Path) -> None:
    studio.open("/")
    expect(studio.page.get_by_role("heading", name="Please log in")).to_be_visible()
    studio.expected("401")
    studio.page.goto(studio.server.new_login_url())
    expect(studio.page.get_by_role("heading", name="Tasks")).to_be_visible()
    studio.shown(tmp_path, "home")


def test_a_sound_asked_for_from_the_page_is_made_and_played(studio: Studio, tmp_path: Path) -> None:
    made = studio.call("POST", "/apis/text-to-sound", {"prompt": "a bell by the browser", "duration": 1, "seed": 1})
    assert made["status"] == 200, made
    studio.open(f"/studio/tasks/{made['body']['task_id']}")
    studio.page.wait_for_selector("#stages[data-state=succeeded]")
    studio.page.wait_for_selector("section.player audio")  # the page of what is made follows by itself
    studio.page.wait_for_function(DRAWN)
    studio.play()
    studio.shown(tmp_path, "sound")
    studio.open("/")
    expect(studio.page.get_by_role("link", name="a bell by the browser")).to_be_visible()


def test_a_project_is_seen_and_heard(studio: Studio, project: str, tmp_path: Path) -> None:
    studio.open(project)
    expect(studio.page.get_by_role("heading", name="A talk")).to_be_visible()
    line = studio.page.locator("table.segments tr[data-start]").last
    expect(line).to_contain_text("Ann")
    expect(line).to_contain_text("Hello.")
    studio.page.wait_for_function(DRAWN)
    studio.play()
    studio.shown(tmp_path, "project")
    studio.page.locator("#theme").click()
    studio.page.wait_for_function(DRAWN)
    studio.shown(tmp_path, "project-dark")
    studio.page.locator("#theme").click()


def test_a_line_is_edited_and_who_comes_late_is_told(studio: Studio, project: str, tmp_path: Path) -> None:
    studio.open(project)
    path = project.replace("/studio/", "/apis/")
    before = studio.call("GET", path)
    document = before["body"]
    document["segments"][0]["text"] = "Hello, edited."
    saved = studio.call("PUT", path, document, **{"if-match": before["tag"]})
    assert (saved["status"], saved["tag"]) == (200, '"2"')
    studio.page.reload()
    expect(studio.page.locator("table.segments")).to_contain_text("Hello, edited.")
    document["segments"][0]["text"] = "Too late."
    late = studio.call("PUT", path, document, **{"if-match": before["tag"]})
    assert late["status"] == 412 and 'If-Match: "2"' in late["body"]["error"]
    studio.expected("412")
    studio.page.reload()
    expect(studio.page.locator("table.segments")).to_contain_text("Hello, edited.")
    studio.shown(tmp_path, "edited")


def test_exports_are_downloaded_from_the_page(studio: Studio, project: str, tmp_path: Path) -> None:
    studio.open(project)
    files = {ending: taken(studio, ending, tmp_path) for ending in ("srt", "json", "zip")}
    assert "Hello, edited." in files["srt"].read_text()
    assert '"Hello, edited."' in files["json"].read_text()
    with zipfile.ZipFile(files["zip"]) as archive:
        assert archive.namelist()[:2] == ["manifest.json", "project.json"]


def taken(studio: Studio, ending: str, folder: Path) -> Path:
    link = studio.page.locator(f"table.exports a[download][href*='exports/{ending}']").first
    with studio.page.expect_download() as coming:
        link.click()
    download: Download = coming.value
    assert download.suggested_filename.endswith(f".{ending}")
    target = folder / download.suggested_filename
    download.save_as(target)
    return target
