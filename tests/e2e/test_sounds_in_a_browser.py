"""The Studio's page of sounds in a real browser: made, found, heard, marked, made again from its file, deleted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect
from tests.e2e.studio import PATIENCE_MS, Studio, opened
from tests.server import Server

expect.set_options(timeout=PATIENCE_MS)
PICTURED = "row => { const made = row.querySelector('.picture img'); return made.complete && made.naturalWidth > 0; }"
PLAYED = "row => parseFloat(row.querySelector('.playhead').style.left) > 5"
DROPPED = """async address => {
  const carried = new DataTransfer();
  carried.items.add(new File([await (await fetch(address)).blob()], "take.flac"));
  const fall = new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true });
  document.querySelector(".drop").dispatchEvent(fall);
}"""
TAG = "async address => (await fetch(address, { method: 'HEAD' })).headers.get('etag')"


@pytest.fixture(scope="module")
def studio(server: Server) -> Iterator[Studio]:
    with opened(server) as studio:
        studio.page.goto(server.new_login_url())
        yield studio


@pytest.fixture(autouse=True)
def nothing_logged(studio: Studio) -> Iterator[None]:
    yield
    assert studio.errors == []


def row_of(studio: Studio, title: str) -> Locator:
    return studio.page.locator("li.sound").filter(has=studio.page.get_by_role("link", name=title, exact=True))


def test_a_sound_is_made_on_the_page_and_lands_in_the_list(studio: Studio, tmp_path: Path) -> None:
    studio.open("/studio/sounds")
    form = studio.page.locator("#making")
    form.get_by_label("What should be heard").fill("  ")
    form.get_by_role("button", name="Make").click()
    expect(form.get_by_role("status")).to_have_text("The prompt is empty: say what should be heard.")
    studio.expected("422")
    form.get_by_label("What should be heard").fill("a bell in the library")
    form.get_by_label("Seconds").fill("0.5")
    form.get_by_label("Takes").fill("2")
    form.get_by_label("What should be heard").press("Enter")
    row = row_of(studio, "a bell in the library")
    expect(row).to_contain_text("0.5 s")
    expect(studio.page.locator("#coming li")).to_have_count(0)
    row.get_by_role("button", name="Take 2").click()
    studio.page.wait_for_function(PICTURED, arg=row.element_handle())
    row.get_by_role("button", name="Play").click()
    studio.page.wait_for_function(PLAYED, arg=row.element_handle())
    row.locator("summary").click()
    with studio.page.expect_download() as coming:
        row.get_by_role("link", name="FLAC").click()
    assert coming.value.suggested_filename == "a-bell-in-the-library-1.flac"
    studio.shown(tmp_path, "sounds")


def test_a_sound_is_marked_and_found(studio: Studio, tmp_path: Path) -> None:
    studio.open("/studio/sounds")
    row = row_of(studio, "a bell in the library")
    row.get_by_role("button", name="Favourite").click()
    row.get_by_role("button", name="Edit").click()
    row.get_by_label("Name").fill("Desk bell <3")
    row.get_by_label("Tags").fill("Bell, desk")
    row.get_by_label("Tags").press("Enter")
    row = row_of(studio, "Desk bell <3")
    expect(row).to_be_focused()
    row.get_by_role("link", name="desk", exact=True).click()
    expect(studio.page.get_by_label("Tag", exact=True)).to_have_value("desk")
    studio.page.get_by_label("Favourites").check()
    studio.page.wait_for_url("**/studio/sounds?*favourite=true*")
    expect(studio.page.locator("li.sound")).to_have_count(1)
    studio.page.keyboard.press("/")
    studio.page.keyboard.type("nothing like it")
    expect(studio.page.locator("#library")).to_contain_text("No sound is like that.")
    studio.page.get_by_role("link", name="Show all").click()
    expect(row).to_be_visible()
    studio.page.set_viewport_size({"width": 390, "height": 844})
    assert studio.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
        "a phone need not scroll sideways"
    )
    studio.shown(tmp_path, "narrow")
    studio.page.set_viewport_size({"width": 1280, "height": 900})


def test_a_file_that_is_let_fall_on_the_page_is_made_again(studio: Studio, tmp_path: Path) -> None:
    studio.open("/studio/sounds?search=desk")
    made = row_of(studio, "Desk bell <3")
    made.get_by_role("button", name="Take 2").click()
    address = str(made.get_attribute("data-audio"))
    studio.page.evaluate(DROPPED, f"{address}&format=flac")
    card = studio.page.locator("#recipe")
    expect(card.locator("dl")).to_contain_text("a bell in the library")
    card.get_by_role("button", name="Make it again").click()
    again = row_of(studio, "a bell in the library")
    expect(again).to_be_visible()
    assert studio.page.evaluate(TAG, again.get_attribute("data-audio")) == studio.page.evaluate(TAG, address)
    studio.shown(tmp_path, "again")


def test_a_sound_is_deleted_by_the_keys_once_that_is_sure(studio: Studio) -> None:
    studio.open("/studio/sounds?search=in+the+library")
    rows = studio.page.locator("li.sound")
    expect(rows).to_have_count(2)
    rows.first.focus()
    studio.page.keyboard.press("ArrowDown")
    expect(rows.last).to_be_focused()
    run_id = rows.last.get_attribute("data-run")
    studio.page.keyboard.press("Delete")
    studio.page.keyboard.press("Escape")
    expect(rows).to_have_count(2)
    expect(rows.last).to_be_focused()
    studio.page.keyboard.press("Delete")
    studio.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(rows).to_have_count(1)
    expect(rows.first).to_be_focused()
    assert studio.call("GET", f"/apis/sounds/{run_id}")["status"] == 404
    studio.expected("404")
