"""One file in which twelve languages are spoken, through the whole set-up as a client sees it.

The voices are robotic and whisper-base small, so not every language is heard for what it is. What is asserted: most
are, whatever is not is told as uncertain, and no line is lost on the way.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
from tests import asking
from tests.server import Server
from tests.tongues import SENTENCES, Said, after_one_another, say

from soundstage.testing.engines import write_wav

pytestmark = pytest.mark.timeout(900)  # an hour of waiting for a busy machine is shared by one fixture
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True)
class Babel:
    client: httpx.Client
    run_id: int
    said: tuple[Said, ...]
    stages: dict[str, Any]
    document: dict[str, Any]

    def own(self, segment: dict[str, Any]) -> str:
        """The language of a line."""
        return segment["language"] or self.document["detected_language"]

    def export(self, kind: str) -> str:
        return self.client.get(f"/apis/projects/{self.run_id}/exports/{kind}").raise_for_status().text


@pytest.fixture(scope="module")
def babel(server: Server, tmp_path_factory: pytest.TempPathFactory):
    samples, said = after_one_another((language, say(language)) for language in SENTENCES)
    path = write_wav(tmp_path_factory.mktemp("babel") / "babel.wav", samples)
    with server.client() as client:
        media_url = asking.upload(client, path)
        task_id = asking.set_up(
            client,
            media_url,
            source_language="auto",
            target_languages=["es-es"],
            options={"separate": {"quality": "none"}},
        )
        body = asking.succeeded(client, task_id, seconds=600)
        stages = {stage["name"]: stage for stage in body["stages"]}
        document = client.get(f"/apis/projects/{body['run_id']}").raise_for_status().json()
        yield Babel(client, body["run_id"], said, stages, document)


def test_most_languages_are_heard_for_what_they_are_and_the_rest_is_told_as_uncertain(babel: Babel):
    stretches = babel.stages["transcribe"]["findings"]["stretches"]
    heard = {
        one.language: next(s for s in stretches if s["start_ms"] <= one.middle_ms < s["end_ms"]) for one in babel.said
    }
    assert len(heard) == 12
    wrong = {language: one for language, one in heard.items() if one["language"] != language}
    assert len(wrong) <= 3, wrong
    doubted = {
        line["segment_id"]
        for line in babel.document["review"]
        if {"language_uncertain", "other_language"} & {doubt["reason"] for doubt in line["doubts"]}
    }
    for one in wrong.values():
        lines = [s for s in babel.document["segments"] if one["start_ms"] <= _middle(s["span"]) < one["end_ms"]]
        assert one["confidence"] < 0.75
        assert lines and (one["confidence"] >= 0.6 or all(line["segment_id"] in doubted for line in lines))


def test_findings_tell_shares_and_the_summary_says_so(babel: Babel):
    stage = babel.stages["transcribe"]
    languages = stage["findings"]["languages"]
    assert len(languages) >= 9
    assert sum(one["share"] for one in languages) == pytest.approx(1.0, abs=0.01)
    assert [one["share"] for one in languages] == sorted((one["share"] for one in languages), reverse=True)
    assert all(0 < one["confidence"] <= 1 and one["speech_ms"] > 1_000 for one in languages)
    assert f"Heard {len(languages)} languages, {languages[0]['name']}" in stage["summary"]


def test_every_line_is_in_one_language_and_tells_which(babel: Babel):
    assert sum(one["language"] is not None for one in babel.document["segments"]) >= 8
    counts: dict[str, int] = {}
    for segment in babel.document["segments"]:
        counts[babel.own(segment)] = counts.get(babel.own(segment), 0) + 1
        inside = [one.language for one in babel.said if one.start_ms <= _middle(segment["span"]) < one.end_ms]
        assert len(inside) == 1, "no line reaches over two sentences"
    assert babel.stages["segment"]["findings"]["languages"] == counts
    japanese = "".join(s["text"] for s in babel.document["segments"] if babel.own(s) == "ja")
    assert any("\u3040" <= letter <= "\u30ff" for letter in japanese), "written in kana"


def test_lines_in_the_target_language_stay_and_the_others_name_their_cure(babel: Babel):
    (target,) = babel.stages["translate"]["findings"]["targets"]
    sources = {one["language"]: one for one in target["sources"]}
    assert sources.pop("es")["state"] == "copied"
    assert all(one["state"] == "missing" and one["problem"] and one["cure"] for one in sources.values())
    assert sum(one["lines"] for one in target["sources"]) == len(babel.document["segments"])
    for segment in babel.document["segments"]:
        expected = {"es-es": segment["text"]} if babel.own(segment) == "es" else {}
        assert segment["translations"] == expected
    assert "Spanish (Spain)" in babel.stages["translate"]["summary"]


def test_exports_and_studio_show_the_languages(babel: Babel, server: Server):
    marked = {s["language"] for s in babel.document["segments"]} - {None}
    assert "ja" in marked
    vtt = babel.export("vtt")
    assert all(f"<lang {language}>" in vtt for language in marked)
    ttml = ElementTree.fromstring(babel.export("ttml"))
    assert {one.get(LANG) for one in ttml.iter() if one.tag.endswith("}p")} - {None} == marked
    rows = list(csv.DictReader(io.StringIO(babel.export("csv").removeprefix("\ufeff"))))
    assert [row["language"] for row in rows] == [babel.own(s) for s in babel.document["segments"]]
    with httpx.Client(base_url=server.url, trust_env=False, timeout=60) as browser:
        assert browser.get(server.new_login_url()).status_code == 303
        page = browser.get(f"/studio/projects/{babel.run_id}").raise_for_status().text
    assert "Japanese" in page and 'lang="ja"' in page


def _middle(span: dict[str, int]) -> int:
    return (span["start_ms"] + span["end_ms"]) // 2
