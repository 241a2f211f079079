"""How findings, times and sizes read on the pages."""

from __future__ import annotations

import re

import pytest

from soundstage.api.pages import render


@pytest.mark.parametrize(
    ("function", "value", "text"),
    [
        (render.clock_of, 1234, "0:01.2"),
        (render.clock_of, 59_999, "1:00.0"),
        (render.clock_of, 3_661_500, "1:01:01.5"),
        (render.duration_of, 0.2, "1 s"), (render.duration_of, 61, "1 min 1 s"),
        (render.duration_of, 3700, "1 h 1 min"),
        (render.bytes_of, 999, "999 bytes"), (render.bytes_of, 1_500_000, "1.5 MB"),
        (render.number_of, 44100.0, "44100"),
        (render.number_of, -17.123, "-17.12"), (render.number_of, 0.0, "0"), (render.words_of, "a_b", "a b"),
        (render.moment_of, "2026-01-02T03:04:05Z", "2026-01-02 03:04 UTC"),
    ],
)  # fmt: skip
def test_wording(function, value, text):
    assert function(value) == text


def test_findings_of_every_shape_are_shown_and_escaped():
    findings = {
        "codec": "<aac>", "nothing": None, "sure": True, "loudness": -17.123, "empty": [], "tags": ["a", "b"],
        "speakers": [{"name": "A", "inner": {"x": 1}}] * 25,
    }  # fmt: skip
    stage = {"name": "probe", "title": "Probe", "state": "done", "progress": 1.0, "summary": None, "findings": findings}
    status = {
        "state": "running", "run_id": None, "progress": 0.5, "queue_position": 3, "eta_seconds": 5.0,
        "eta_range_seconds": [4.0, 61.0], "attempt": 2, "message": None, "stages": [stage],
    }  # fmt: skip
    text = bytes(render.html("_stages.html", status=status).body).decode()
    for expected in (
        "&lt;aac&gt;",
        "yes",
        "-17.12",
        "a, b",
        "and 5 more",
        "number 3 in the queue",
        "1 min 1 s",
        "attempt 2",
    ):
        assert expected in text


@pytest.mark.parametrize(
    ("state", "verbs"), [("parked", ["continue", "cancel"]), ("running", ["cancel"]), ("failed", ["retry"])]
)
def test_each_state_offers_what_can_be_done_about_it(state, verbs):
    status = {
        "state": state, "run_id": 7, "progress": 0.5, "queue_position": None, "eta_seconds": None, "attempt": 1,
        "message": None, "stages": [], "studio_url": "http://here/studio/projects/7",
    }  # fmt: skip
    text = bytes(render.html("_stages.html", status=status).body).decode()
    assert re.findall(r'data-verb="(\w+)"', text) == verbs
    assert ("http://here/studio/projects/7" in text) == (state == "parked")
