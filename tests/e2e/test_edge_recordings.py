"""Recordings at the edge through the whole product: each succeeds, and its findings say what is there and what is not.

That nobody speaks is no failure. Recordings in many languages are not to be had here, nor anything that speaks them:
the one synthesizer that is packaged speaks English.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests import asking
from tests.server import Server

from soundstage.domain.request import AudioType
from soundstage.testing.mixtures import RATE, Samples, made, noise, read, write

Told = dict[str, dict[str, Any]]


@pytest.fixture
def set_up(server: Server, tmp_path: Path) -> Callable[[Samples], tuple[Told, dict[str, Any]]]:
    """Every stage of a set-up that has succeeded, by name, and its project."""

    def run(samples: Samples) -> tuple[Told, dict[str, Any]]:
        with server.client() as client:
            media_url = asking.upload(client, write(tmp_path / "recording.flac", samples))
            body = asking.succeeded(client, asking.set_up(client, media_url, source_language="auto"))
            project = client.get(f"/apis/projects/{body['run_id']}").raise_for_status().json()
        stages = {stage["name"]: stage for stage in body["stages"]}
        assert all(stage["state"] in ("done", "skipped") and stage["summary"] for stage in stages.values())
        return stages, project

    return run


NOBODY: dict[str, Callable[[], Samples]] = {
    "only music": lambda: made("cinematic orchestra", 10.0, AudioType.MUSIC),
    "rain": lambda: made("heavy rain", 8.0),
    "noise": lambda: noise(6.0, slope=1.0),
    "silence": lambda: np.zeros((5 * RATE, 2), np.float32),
    "a single click": lambda: np.pad(np.full((1, 2), 0.9, np.float32), ((RATE, RATE), (0, 0))),
}


@pytest.mark.parametrize("name", NOBODY)
def test_where_nobody_speaks_the_project_is_empty_and_says_so(set_up, name: str) -> None:
    stages, project = set_up(NOBODY[name]())
    heard = stages["transcribe"]["findings"]
    assert (heard["words"], heard["passages"]) == (0, 0)
    assert heard["language"] is None or heard["language_confidence"] is not None
    assert stages["segment"]["findings"]["segments"] == 0
    assert "no words" in stages["transcribe"]["summary"] or "no speech" in stages["transcribe"]["summary"]
    assert project["segments"] == []
    found = stages["detect_activity"]["findings"]
    assert found["speech"]["share"] < 0.1
    if name == "only music":
        assert found["music"]["share"] > 0.5
    if name == "silence":
        assert stages["decode"]["findings"]["silence_share"] == 1.0


def test_words_between_music_and_noise_stand_where_they_were_said(set_up, clips: Path) -> None:
    speech = read(clips / "jfk.flac")
    before, after = made("an upbeat pop song", 6.0, AudioType.MUSIC), noise(5.0, slope=1.0, level=0.02)
    stages, project = set_up(np.concatenate([before, speech, after]))
    heard = stages["transcribe"]["findings"]
    assert heard["language"] == "en" and 20 <= heard["words"] <= 24
    assert [speaker["name"] for speaker in stages["diarize"]["findings"]["speakers"]] == ["Speaker 1"]
    spans = [(one["span"]["start_ms"], one["span"]["end_ms"]) for one in project["segments"]]
    assert min(start for start, _ in spans) > 5_000 and max(end for _, end in spans) < 18_000
