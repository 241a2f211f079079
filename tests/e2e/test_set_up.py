"""A real talk all the way through HTTP, as a client sees it."""

from __future__ import annotations

import io
import re
import time
from dataclasses import dataclass

import httpx
import numpy as np
import pytest
import soundfile
from tests import asking
from tests.e2e.kept import assert_nothing_half_made
from tests.e2e.streams import Message, watch
from tests.pulled import comes_with
from tests.server import Server

from soundstage.media.test_card import write_test_card
from soundstage.pipelines.project_setup import PIPELINE

STAGES = (
    "ingest probe decode separate detect_activity diarize transcribe segment translate prepare".split()  # noqa: SIM905
)  # the order is API
WORDS = "ask not what your country can do for you"


@dataclass(frozen=True)
class Talk:
    """A finished set-up of the default team, and every message that its watcher got."""

    client: httpx.Client
    media_url: str
    task_id: str
    run_id: int
    messages: tuple[Message, ...]


@pytest.fixture(scope="module")
def talk(server: Server, clips, tmp_path_factory):
    film = tmp_path_factory.mktemp("talk") / "inaugural.mp4"
    write_test_card(clips / "jfk.flac", film)
    with server.client() as client:
        media_url = asking.upload(client, film)
        task_id = asking.set_up(client, media_url, source_language="auto", target_languages=["es-es"])
        messages = tuple(watch(client, f"/apis/project-setup/{task_id}/events"))
        run_id = asking.succeeded(client, task_id)["run_id"]
        yield Talk(client, media_url, task_id, run_id, messages)


def test_stages_come_in_order_and_progress_never_falls(talk):
    bodies = [message.data for message in talk.messages if message.event in ("status", "end")]
    assert bodies[0]["status"] == "PENDING"
    assert bodies[-1]["status"] == "SUCCESS"
    progress = [body["progress"] for body in bodies]
    assert progress == sorted(progress)
    assert progress[-1] == 1.0
    assert any(0 < one < 1 for one in progress)
    running = [body["substatus"] for body in bodies if body["substatus"]]
    assert [STAGES.index(name) for name in running] == sorted(STAGES.index(name) for name in running)
    for body in bodies:
        assert [stage["name"] for stage in body["stages"]] == STAGES
        states = {stage["name"]: stage["state"] for stage in body["stages"]}
        for name, waits in PIPELINE.waits.items():
            assert states[name] == "waiting" or all(states[one] in ("done", "skipped") for one in waits)


def test_findings_tell_what_each_stage_found(talk):
    found = {message.data["name"]: message.data for message in talk.messages if message.event == "finding"}
    assert sorted(found) == sorted(STAGES)
    assert found["probe"]["findings"]["audio_tracks"] == [0]
    assert {stream["kind"] for stream in found["probe"]["findings"]["streams"]} == {"audio", "video"}
    assert found["decode"]["findings"]["duration_ms"] == pytest.approx(11_000, abs=100)
    assert found["transcribe"]["findings"]["language"] == "en"
    assert found["segment"]["findings"]["words"] >= 20
    if comes_with("spleeter-2stems"):
        assert found["separate"]["findings"]["speech_to_background_db"] > 0
    if comes_with("campplus"):
        assert [speaker["name"] for speaker in found["diarize"]["findings"]["speakers"]] == ["Speaker 1"]
    for name, model in (("separate", "spleeter-2stems"), ("diarize", "campplus")):
        assert found[name]["state"] == ("done" if comes_with(model) else "skipped")
        assert comes_with(model) or f"models pull {model}" in found[name]["findings"]["cure"]
    assert found["translate"]["findings"]["targets"][0]["language"] == "es-es"
    assert all(stage["summary"] for stage in found.values())


def test_events_are_numbered_and_resume(talk):
    numbered = [message for message in talk.messages if message.number is not None]
    numbers = [message.number for message in numbered]
    assert numbers == sorted(set(numbers))
    assert [message.event for message in talk.messages].count("end") == 1
    assert talk.messages[-1].event == "end"
    for path in ("project-setup", "tasks"):
        again = [one for one in watch(talk.client, f"/apis/{path}/{talk.task_id}/events") if one.number is not None]
        assert [one.number for one in again] == numbers
        middle = numbers[len(numbers) // 2]
        rest = list(watch(talk.client, f"/apis/{path}/{talk.task_id}/events", middle))
        assert [one.number for one in rest if one.number is not None] == [n for n in numbers if n > middle]
        assert rest[-1].event == "end"
    seen_all = {"last-event-id": str(numbers[-1])}
    assert talk.client.get(f"/apis/tasks/{talk.task_id}/events", headers=seen_all).status_code == 204


def test_etag_and_long_poll_of_an_ended_task(talk):
    address = f"/apis/project-setup/{talk.task_id}"
    first = talk.client.get(address)
    tag = first.headers["etag"]
    same = talk.client.get(address, headers={"if-none-match": tag})
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    assert talk.client.get(address, headers={"if-none-match": '"0"'}).json() == first.json()
    begun = time.monotonic()
    assert talk.client.get(address, params={"wait": 30}).json() == first.json()
    assert talk.client.get(address, params={"wait": 30}, headers={"if-none-match": tag}).status_code == 304
    assert time.monotonic() - begun < 25, "neither waits for the whole 30 s"


def test_the_document_holds_what_was_said(talk):
    details = talk.client.get(f"/apis/project-setup-result/{talk.run_id}").json()["project_details"]
    assert (details["source_language"], details["target_languages"]) == (1, [54])
    assert details["project_name"] == "inaugural"
    document = talk.client.get(f"/apis/projects/{talk.run_id}").json()
    assert document["schema_version"] == 1
    assert (document["source_language"], document["detected_language"]) == ("en-us", "en")
    assert WORDS in _plain(" ".join(segment["text"] for segment in document["segments"]))
    for segment in document["segments"]:
        assert segment["span"]["start_ms"] < segment["span"]["end_ms"] <= document["duration_ms"]
        times = [word["span"]["start_ms"] for word in segment["words"]]
        assert times == sorted(times)
        assert 0 <= segment["confidence"] <= 1
    assert {track["kind"] for track in document["tracks"]} >= {"source", "subtitles"}
    stems = {"speech", "background"} & {track["kind"] for track in document["tracks"]}
    assert len(stems) == 2 * comes_with("spleeter-2stems")


def test_exports(talk):
    address = f"/apis/projects/{talk.run_id}/exports"
    text = talk.client.get(f"{address}/txt")
    assert text.headers["content-type"].startswith("text/plain")
    assert WORDS in _plain(text.text.replace("\n", " "))
    srt = talk.client.get(f"{address}/srt")
    assert re.match(r"1\r?\n\d\d:\d\d:\d\d,\d{3} --> ", srt.text)
    vtt = talk.client.get(f"{address}/vtt")
    assert vtt.text.startswith("WEBVTT")
    assert "attachment" in vtt.headers["content-disposition"]
    assert talk.client.get(f"{address}/json").json() == talk.client.get(f"/apis/projects/{talk.run_id}").json()
    assert talk.client.head(f"{address}/srt").headers["content-length"] == str(len(srt.content))


def test_the_track_by_ranges(talk):
    address = f"/apis/projects/{talk.run_id}/tracks/source.flac"
    whole = talk.client.get(address)
    assert whole.content[:4] == b"fLaC"
    assert whole.headers["content-type"] == "audio/flac"
    half = len(whole.content) // 2
    parts = [
        talk.client.get(address, headers={"range": wanted}) for wanted in (f"bytes=0-{half - 1}", f"bytes={half}-")
    ]
    assert [part.status_code for part in parts] == [206, 206]
    assert b"".join(part.content for part in parts) == whole.content
    assert talk.client.get(address, headers={"if-none-match": whole.headers["etag"]}).status_code == 304
    missing = talk.client.get(f"/apis/projects/{talk.run_id}/tracks/dub.aiff")
    assert missing.status_code == 404
    assert "source.flac" in missing.json()["error"]


def test_the_track_as_wav_and_mp3(talk):
    address = f"/apis/projects/{talk.run_id}/tracks/source"
    kept, sounds = (io.BytesIO(talk.client.get(f"{address}.{ending}").content) for ending in ("flac", "wav"))
    assert np.array_equal(soundfile.read(kept, dtype="int32")[0], soundfile.read(sounds, dtype="int32")[0])
    half = talk.client.get(f"{address}.mp3", headers={"range": "bytes=0-999"})
    assert (half.status_code, half.headers["content-type"], len(half.content)) == (206, "audio/mpeg", 1000)
    assert half.content.startswith(b"ID3")
    srt = f"/apis/projects/{talk.run_id}/exports/srt"
    assert talk.client.get(f"{srt}?language=en-us").content == talk.client.get(srt).content


def test_the_pages_open_by_the_one_time_link(talk, server):
    login_url = server.new_login_url()
    with httpx.Client(base_url=server.url, trust_env=False, timeout=60) as browser:
        assert browser.get(f"/studio/projects/{talk.run_id}").status_code == 401
        entered = browser.get(login_url)
        assert entered.status_code == 303
        cookie = entered.headers["set-cookie"].lower()
        assert "httponly" in cookie and "samesite" in cookie
        page = browser.get(f"/studio/projects/{talk.run_id}")
        assert page.status_code == 200
        assert "country" in page.text
        assert "inaugural" in browser.get("/").text
        for link in re.findall(r'(?:href|src|data-peaks)="(/[^"#]+)"', page.text):
            assert browser.get(link).status_code == 200, link
        assert "Take in the media" in browser.get(f"/studio/tasks/{talk.task_id}").text
        assert browser.post(f"/apis/tasks/{talk.task_id}/cancel").status_code == 403  # not from one of our pages
        assert browser.get("/studio/projects/999999").status_code == 404
    with httpx.Client(base_url=server.url, trust_env=False, timeout=60) as second:
        assert second.get(login_url).status_code in (401, 404)


def test_a_dry_run_tells_before_the_work(talk):
    before = len(talk.client.get("/apis/tasks").json()["items"])
    body = asking.set_up_body(talk.media_url, source_language="en-us", target_languages=["es-es"])
    plan = talk.client.post("/apis/project-setup", params={"dry_run": "true"}, json=body).json()
    assert set(plan) == {"valid", "media", "stages", "eta_range_seconds", "disk_bytes", "warnings"}
    assert plan["valid"] is True
    assert plan["media"]["duration_ms"] == pytest.approx(11_000, abs=100)
    assert [stage["name"] for stage in plan["stages"]] == STAGES
    stages = {stage["name"]: stage for stage in plan["stages"]}
    assert stages["transcribe"] == {"name": "transcribe", "engine": "whisper-base", "ready": True, "cure": None}
    assert stages["separate"]["ready"] == comes_with("spleeter-2stems") == (stages["separate"]["cure"] is None)
    assert stages["diarize"]["ready"] == comes_with("campplus") == (stages["diarize"]["cure"] is None)
    assert any("Spanish" in warning for warning in plan["warnings"]), "a pair without an engine is a warning"
    low, high = plan["eta_range_seconds"]  # this installation has done one set-up by now
    assert 0 < low <= high
    assert plan["disk_bytes"] > 100_000
    sound = talk.client.post("/apis/text-to-sound?dry_run=true", json={"prompt": "rain"}).json()
    assert sound["valid"] is True and sound["media"] is None
    assert len(talk.client.get("/apis/tasks").json()["items"]) == before
    with_header = {"idempotency-key": "dry"}
    talk.client.post("/apis/text-to-sound?dry_run=true", json={"prompt": "rain"}, headers=with_header)
    assert len(talk.client.get("/apis/tasks").json()["items"]) == before


def test_deleting_the_project_takes_all_of_it(talk, server):
    film = talk.client.get(f"/apis/projects/{talk.run_id}/tracks/source.flac")
    assert film.status_code == 200
    copy = asking.set_up(talk.client, talk.media_url, target_languages=["fr-fr"], project_name="Copy")
    run_id = asking.succeeded(talk.client, copy)["run_id"]
    assert talk.client.delete(f"/apis/projects/{run_id}").status_code == 204
    for address in (f"/apis/projects/{run_id}", f"/apis/tasks/{copy}", f"/apis/project-setup-result/{run_id}"):
        assert talk.client.get(address).status_code == 404
    assert talk.client.get(f"/apis/projects/{talk.run_id}").status_code == 200, "shared bytes stay"
    assert_nothing_half_made(server.data)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[a-z']+", text.lower()))
