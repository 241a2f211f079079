"""The Studio's pages: logged in or not, what they show, and that they load nothing from elsewhere."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
import soundfile

from soundstage.api.pages.render import STATIC
from soundstage.domain.task import TaskKind


@pytest.fixture
def browser(server):
    token = server.soundstage.sessions.issue(server.team_id)
    with server.client("", follow_redirects=True) as browser:
        browser.get(f"/studio/login?token={token}").raise_for_status()
        yield browser


def test_without_a_session_a_page_says_how_to_log_in(server):
    with server.client("") as nobody:
        for path in ("/", "/studio/tasks/x", "/studio/projects/1"):
            answer = nobody.get(path)
            assert answer.status_code == 401
            assert "soundstage serve" in answer.text


def test_the_list(browser, hand):
    task_id, (_, run_id) = hand.task(), hand.project()
    text = browser.get("/").text
    assert f"/studio/tasks/{task_id}" in text
    assert f"/studio/projects/{run_id}" in text
    assert "s3cret" not in text


def test_a_running_task(browser, hand):
    task_id = hand.task(TaskKind.PROJECT_SETUP)
    hand.begin(task_id)
    hand.advance(task_id, 0.4)
    page = browser.get(f"/studio/tasks/{task_id}")
    assert "40 %" in page.text
    assert 'data-verb="cancel"' in page.text
    assert "s3cret" not in page.text
    part = browser.get(f"/studio/tasks/{task_id}/stages").text
    assert part.strip().startswith("<div") or 'id="stages"' in part


def test_a_failed_task_says_why(browser, hand):
    task_id = hand.task()
    hand.fail(task_id, message="Broken <script>alert(1)</script>")
    text = browser.get(f"/studio/tasks/{task_id}").text
    assert "INVALID_SOURCE_DATA" in text
    assert "<script>alert" not in text
    assert 'data-verb="retry"' in text


def test_a_finished_sound_can_be_heard(browser, hand):
    task_id, run_id = hand.sound()
    text = browser.get(f"/studio/tasks/{task_id}").text
    assert f'src="/apis/text-to-sound-result/{run_id}"' in text
    assert browser.get(f"/apis/text-to-sound-result/{run_id}").content[:4] == b"RIFF"
    assert f'src="/apis/sounds/{run_id}/spectrogram.png?variation=0"' in text
    assert f'href="/apis/text-to-sound-result/{run_id}?format=mp3"' in text
    assert f'data-sound="{run_id}"' in text and "<summary>Plan</summary>" in text
    marks = {"name": "Tent <b>", "tags": ["wet"], "favourite": True}
    browser.patch(f"/apis/sounds/{run_id}", json=marks, headers={"sec-fetch-site": "same-origin"}).raise_for_status()
    text = browser.get(f"/studio/tasks/{task_id}").text
    assert 'value="Tent &lt;b&gt;"' in text and 'value="wet"' in text and " checked>" in text


def test_a_project(browser, hand):
    file = io.BytesIO()
    soundfile.write(file, np.full((4800, 2), 0.1), 48_000, "PCM_16", format="FLAC")
    _, run_id = hand.project(file.getvalue())
    text = browser.get(f"/studio/projects/{run_id}").text
    assert "1 of 1 lines are worth a second look" in text and "<p>Not sure to have heard “there” right.</p>" in text
    assert "Hello &lt;b&gt;there&lt;/b&gt;." in text
    assert "Hola." in text
    links = set(re.findall(r'href="(/apis/projects/[^"]+)"', text))
    assert {f"/apis/projects/{run_id}/tracks/source.{ending}" for ending in ("flac", "wav", "mp3")} <= links
    assert {f"/apis/projects/{run_id}/exports/{name}?language=es-es" for name in ("srt", "ttml", "otio")} <= links
    assert {f"/apis/projects/{run_id}/exports/{name}" for name in ("srt", "vtt", "edl", "json")} <= links
    assert not any("rttm" in link for link in links), "there are no speakers"
    for link in links:
        assert browser.get(link).status_code == 200, link
    assert '<rect class="bar" x="0.0" width="600.0"' in text, "the line takes 900 of 1500 ms"
    assert "<audio" in text and "<video" not in text
    assert browser.get(f"/studio/projects/{run_id}/peaks").content[:4] == b"SSPK"


def test_another_teams_pages_do_not_exist(server, hand):
    (task_id, run_id), (sound_task, sound_id) = hand.project(), hand.sound()
    _, secret = server.soundstage.keys.create(name="x", team="others")
    team_id = server.services.keys.authenticate(secret).team_id
    with server.client("", follow_redirects=True) as stranger:
        stranger.get(f"/studio/login?token={server.soundstage.sessions.issue(team_id)}")
        assert stranger.get(f"/studio/projects/{run_id}").status_code == 404
        assert stranger.get(f"/studio/tasks/{task_id}").status_code == 404
        assert stranger.get(f"/studio/sounds/{sound_id}").status_code == 404
        assert f'data-run="{sound_id}"' not in stranger.get("/studio/sounds").text
        assert sound_task not in stranger.get(f"/studio/sounds/coming?task={sound_task}").text


def test_pages_are_guarded_and_load_nothing_from_elsewhere(browser, hand):
    task_id, run_id = hand.project()
    for path in ("/", f"/studio/tasks/{task_id}", f"/studio/projects/{run_id}", "/apis/docs", "/apis/redocs"):
        page = browser.get(path)
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert page.headers["x-content-type-options"] == "nosniff"
        assert page.headers["referrer-policy"] == "no-referrer"
        loaded = re.findall(r'(?:src|href)="([^"]*)"', page.text)
        assert not [address for address in loaded if "//" in address]
        assert not re.findall(r"<script(?![^>]*src)", page.text)
        assert not re.findall(r"\son[a-z]+=|style=", page.text)
        for address in loaded:
            if "static" in address or "assets" in address:
                full = address if address.startswith("/") else f"/apis/{address}"
                assert browser.get(full).status_code == 200, address


def test_static_files_name_no_other_server():
    for path in STATIC.iterdir():
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "http" not in text.replace("https", "http") or "://" not in text, path.name


def test_a_base_path_of_public_url_is_kept(server, hand):
    inner = server.inner(public_url="https://sound.example/tools")
    token = server.soundstage.sessions.issue(server.team_id)
    answer = inner.get(f"/studio/login?token={token}", follow_redirects=False)
    assert answer.headers["location"] == "/tools/"


def test_a_sound_of_a_plan_alone_has_a_title(browser, client):
    plan = {"audio_type": "sound", "layers": [{"sound": name, "words": ""} for name in ("rain", "door_slam")]}
    task_id = client.post("/apis/text-to-sound", json={"plan": plan}).raise_for_status().json()["task_id"]
    assert "<h1>rain, door slam</h1>" in browser.get(f"/studio/tasks/{task_id}").text
    assert browser.get("/").status_code == 200
