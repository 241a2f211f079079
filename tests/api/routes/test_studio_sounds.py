"""The Studio's page of sounds as it is served: rows, filters, what is being made."""

from __future__ import annotations

import re

import pytest
from tests.api.routes.test_studio import browser

__all__ = ["browser"]


@pytest.fixture
def sound(hand, client):
    """A sound with marks that would be code on a careless page."""
    _, run_id = hand.sound()
    marks = {"name": f"Gate <i>{run_id}</i>", "tags": [f"tag&{run_id}"], "favourite": True}
    client.patch(f"/apis/sounds/{run_id}", json=marks).raise_for_status()
    yield run_id
    client.delete(f"/apis/sounds/{run_id}")


def shown(page) -> list[int]:
    return [int(run_id) for run_id in re.findall(r'<li class="sound"[^>]* data-run="(\d+)"', page.text)]


def test_a_row_has_all_of_a_sound(browser, client, sound):
    row = browser.get(f"/studio/sounds/{sound}").text
    assert f"Gate &lt;i&gt;{sound}&lt;/i&gt;" in row and "<i>" not in row
    assert f'href="/studio/sounds?tag=tag%26{sound}"' in row and 'aria-pressed="true"' in row
    formats = re.findall(r'data-format="(\w+)" href="([^"]+)"', row)
    assert [name for name, _ in formats] == ["wav", "flac", "mp3", "ogg", "opus"]
    assert f'src="/apis/sounds/{sound}/waveform.png?variation=0"' in row
    file = browser.get(formats[0][1].replace("&amp;", "&"))
    assert f'filename="gate-i-{sound}-i.wav"' in file.headers["content-disposition"]
    assert browser.get("/studio/sounds/999999999").status_code == 404


def test_the_list_is_narrowed_by_its_address(browser, hand, sound):
    _, other = hand.sound()
    everything = browser.get("/studio/sounds?search=&audio_type=&tag=&favourite=&sort=newest")
    assert shown(everything)[:2] == [other, sound]
    for query in (f"tag=TAG%26{sound}", f"search=gate+{sound}", "favourite=true"):
        page = browser.get(f"/studio/sounds?{query}")
        assert sound in shown(page) and other not in shown(page), query
    assert f'<option value="tag&amp;{sound}" selected>' in browser.get(f"/studio/sounds?tag=tag%26{sound}").text
    nothing = browser.get("/studio/sounds?search=gate&audio_type=music")
    assert shown(nothing) == [] and "No sound is like that." in nothing.text
    assert browser.get("/studio/sounds?sort=length").status_code == 422


def test_a_long_list_goes_on_elsewhere(browser, hand, monkeypatch):
    monkeypatch.setattr("soundstage.api.routes.studio_sounds.PAGE_SOUNDS", 2)
    made = [hand.sound()[1] for _ in range(3)]
    first = browser.get("/studio/sounds?search=tent")
    (more,) = re.findall(r'id="more" href="([^"]+)"', first.text)
    assert [*shown(first), *shown(browser.get(more.replace("&amp;", "&")))][:3] == made[::-1]


def test_what_is_being_made_is_followed_to_its_end(browser, hand):
    task_id = hand.task()
    hand.begin(task_id)
    hand.advance(task_id, 0.4)
    page = browser.get("/studio/sounds").text
    assert f'data-task="{task_id}"' in page and 'value="0.4"' in page
    hand.fail(task_id, message="Broken <b>badly</b>")
    assert f'data-task="{task_id}"' not in browser.get("/studio/sounds/coming").text
    followed = browser.get(f"/studio/sounds/coming?task={task_id}&task=no-such-task").text
    assert 'data-state="failed"' in followed and "Broken &lt;b&gt;badly&lt;/b&gt;" in followed
    assert 'data-verb="retry"' in followed and 'data-verb="cancel"' not in followed.split(task_id)[1].split("</li>")[0]


def test_the_page_is_guarded_and_loads_nothing_from_elsewhere(browser, server, sound):
    page = browser.get("/studio/sounds")
    assert "script-src 'self';" in page.headers["content-security-policy"]
    loaded = re.findall(r'(?:src|href)="([^"]*)"', page.text)
    assert not [address for address in loaded if "//" in address]
    assert not re.findall(r"\son[a-z]+=|style=", page.text)
    for address in [one for one in loaded if "static" in one]:
        script = browser.get(address)
        assert script.status_code == 200, address
        for name in re.findall(r'from "\./([^"]+)"|import "\./([^"]+)"', script.text):
            assert browser.get(f"/studio/static/{''.join(name)}").status_code == 200, name
    with server.client("") as nobody:
        assert nobody.get("/studio/sounds").status_code == 401
