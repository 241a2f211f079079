"""The Studio in a real browser, as a person sees, hears and uses it. What the browser logs as an error fails the test.

The browser is the system's Chromium, or the program that STUDIO_BROWSER names.
"""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Download, Page, expect, sync_playwright
from tests import asking
from tests.project_files import parts, write
from tests.server import Server

PATIENCE_MS = 120_000  # two slow cores may be busy with other tests
NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox",  # as root, in a container
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--mute-audio",
    "--autoplay-policy=no-user-gesture-required",
)
PLAYED = "sound => { const made = document.querySelector(sound); return made.currentTime > 0.1 && !made.error; }"
DRAWN = """() => {
  const canvas = document.querySelector("canvas.wave");
  const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  return data.some((value, at) => at % 4 === 3 && value > 0);
}"""
CALL = """async ([method, path, body, headers]) => {
  const answer = await fetch(path, { method, body: body && JSON.stringify(body),
                                     headers: { "content-type": "application/json", ...headers } });
  return { status: answer.status, tag: answer.headers.get("etag"), body: await answer.json() };
}"""


@dataclass
class Studio:
    """A page of a logged-in browser. `errors`: what the browser has logged and no test has expected yet."""

    page: Page
    server: Server
    errors: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        self.page.goto(f"{self.server.url}{path}", wait_until="load")

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> dict[str, Any]:
        """What the page's own scripts would get from the API, by the browser's session."""
        answer: dict[str, Any] = self.page.evaluate(CALL, [method, path, body, headers])
        return answer

    def expected(self, said: str) -> None:
        """An error that is as it should be: the browser logs every refusal."""
        told = [one for one in self.errors if said in one]
        assert len(told) == 1, self.errors
        self.errors.remove(told[0])

    def play(self) -> None:
        self.page.wait_for_function("() => document.querySelector('audio').readyState >= 2")
        self.page.evaluate("() => document.querySelector('audio').play()")
        self.page.wait_for_function(PLAYED, arg="audio")

    def shown(self, folder: Path, name: str) -> None:
        self.page.screenshot(path=folder / f"{name}.png", full_page=True)


@pytest.fixture(scope="module")
def studio(server: Server) -> Iterator[Studio]:
    program = os.environ.get("STUDIO_BROWSER") or next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip(f"no browser is here ({', '.join(NAMES)}, or what STUDIO_BROWSER names)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        page = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme="light")
        page.set_default_timeout(PATIENCE_MS)
        studio = Studio(page, server)
        page.on("console", lambda told: studio.errors.append(told.text) if told.type == "error" else None)
        page.on("pageerror", lambda error: studio.errors.append(str(error)))
        yield studio
        browser.close()


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
