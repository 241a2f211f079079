"""How true is the ETA? What the status promised, at several moments of a run, against when the run ended.

Needs the recordings of `../shared/clips`. A new installation first learns from two runs of each kind. The goals are those
of set-ups of minutes; a clip shorter than whisper's window and a sound that takes a second are told beside them.
"""

from __future__ import annotations

import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import httpx
from benchmarks.measure import ENDED, Row, served, set_up, tell_table
from benchmarks.talk import write_talk

LEARNT = (60, 150)  # seconds of media of the first two set-ups
ASKED = (180, 90, 300, 120, 240, 150)  # … and of those that are measured
CLIPS = (55, 25, 40, 30, 50, 35)  # short ones after them: most of their time is a window or two of half a minute
SOUNDS = ("heavy rain", "a dog barks twice", "an upbeat pop song", "a car passing by")
SOUNDS_LEARNT, SOUNDS_ASKED = (4.0, 8.0), (3.0, 6.0, 10.0, 5.0, 9.5, 7.0, 4.0, 9.0)
MOMENTS = (0.1, 0.3, 0.5, 0.7)  # shares of the time that a run took


@dataclass(frozen=True)
class Promise:
    """What the status said at a moment, in seconds: what was left then, by the estimate and in truth."""

    eta: float
    low: float
    high: float
    truth: float

    @property
    def error(self) -> float:
        return abs(self.eta - self.truth) / self.truth

    @property
    def held(self) -> bool:
        return self.low <= self.truth <= self.high


def promises(client: httpx.Client, task_id: str) -> list[Promise | None]:
    """One for each moment; None where there was no estimate."""
    told: list[tuple[float, dict[str, Any]]] = []
    while True:
        status = client.get(f"/apis/tasks/{task_id}").json()
        told.append((time.monotonic(), status))
        if status["state"] in ENDED:
            break
        time.sleep(0.02)
    assert status["state"] == "succeeded", status["message"]
    begun, ended = told[0][0], told[-1][0]
    found: list[Promise | None] = []
    for moment in MOMENTS:
        when = begun + moment * (ended - begun)
        body = [status for at, status in told if at <= when][-1]
        eta, spread = body["eta_seconds"], body["eta_range_seconds"]
        found.append(None if eta is None else Promise(eta, *spread, ended - when))
    return found


def setups(client: httpx.Client, folder: Path, lengths: tuple[int, ...], begin: float) -> list[list[Promise | None]]:
    found = []
    for seconds in lengths:  # always other media: nothing is known of it
        found.append(promises(client, set_up(client, write_talk(folder / "talk.flac", seconds, begin=begin))))
        begin += seconds
    return found


def sounds(client: httpx.Client) -> list[list[Promise | None]]:
    found = []
    for number, seconds in enumerate((*SOUNDS_LEARNT, *SOUNDS_ASKED)):
        prompt = SOUNDS[number % len(SOUNDS)]
        audio_type = "music" if "song" in prompt else "sound"
        body = {"prompt": prompt, "duration": seconds, "audio_type": audio_type}
        found.append(promises(client, client.post("/apis/text-to-sound", json=body).json()["task_id"]))
    return found[len(SOUNDS_LEARNT) :]


def rows(kind: str, runs: list[list[Promise | None]], *, goal: bool = True) -> list[Row]:
    every = [one for run in runs for one in run]
    known = [one for one in every if one is not None]
    held = 100 * sum(one.held for one in known) / len(known)
    middle = 100 * median(one.error for one in known)
    answer = [
        _row("median error, %", kind, known, middle, ("at most 20", middle <= 20), goal=goal),
        _row("range holds the truth, %", kind, known, held, ("at least 90", held >= 90), goal=goal),
        Row("without an estimate", f"{kind}, of {len(every)} moments", len(every) - len(known)),
    ]
    for place, moment in enumerate(MOMENTS):
        at_moment = [run[place] for run in runs]
        there = [one for one in at_moment if one is not None]
        if there:
            share = 100 * sum(one.held for one in there) / len(there)
            wide = median((one.high - one.low) / one.truth for one in there)
            middle = 100 * median(one.error for one in there)
            others = {"held, %": share, "width / truth": wide}
            answer.append(Row("median error, %", f"{kind}, after {moment:.0%} of the time", middle, others=others))
    return answer


def _row(measure: str, kind: str, known: list[Promise], figure: float, wanted: tuple[str, bool], *, goal: bool) -> Row:
    said, met = wanted if goal else ("", None)
    return Row(measure, f"{kind}, {len(known)} moments", figure, said, met)


def main() -> None:
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        with served(folder / "data", rate_limit_per_minute="0") as server, server.client() as client:
            of_sounds = sounds(client)
            of_setups = setups(client, folder, LEARNT + ASKED, 0.0)[len(LEARNT) :]
            of_clips = setups(client, folder, CLIPS, float(sum(LEARNT + ASKED)))
    table = [*rows("set-ups of minutes", of_setups), *rows("set-ups of short clips", of_clips, goal=False)]
    table += rows("sounds of a second", of_sounds, goal=False)
    table.append(Row("load of the machine", "before, over a minute", before, others={"after": os.getloadavg()[0]}))
    tell_table("How true is the ETA", table)


if __name__ == "__main__":
    main()
