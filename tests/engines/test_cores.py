"""Threads follow the setting, else the cores there are."""

from __future__ import annotations

import os

import pytest

from soundstage.engines.cores import threads


def test_the_setting_decides_and_else_the_cores_up_to_what_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(6)), raising=False)
    assert threads({}, 4) == 4
    assert threads({}, 16) == 6
    assert threads({"cpu_threads": 9}, 4) == 9
    assert threads({"cpu_threads": None}, 4) == 4
