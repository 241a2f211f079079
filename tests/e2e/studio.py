"""The Studio in a real browser: the system's Chromium, or the program that STUDIO_BROWSER names.

A test uses it as a person does, and what the browser logs as an error fails the test.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright
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


@contextmanager
def opened(server: Server) -> Iterator[Studio]:
    """A browser with one empty page, not logged in; the test is skipped where there is none."""
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
