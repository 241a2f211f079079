"""What a second set-up of the same media costs against the first, in CPU and wall seconds: the same, then another
target language, then another hint for the speakers. A minute of talk as a film, so that its picture counts as well.

    .venv/bin/python benchmarks/setup_again.py [FILE]     FILE: media of your own
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx
import psutil
from benchmarks.measure import cpu_seconds, served, tell, wait_ended

from soundstage.media.test_card import write_test_card

CLIP = Path(__file__).resolve().parents[2] / "shared" / "clips" / "conv2.wav"
WARMING = Path(__file__).resolve().parents[2] / "shared" / "clips" / "jfk.flac"
AGAIN = {
    "the same again": {},
    "another target language": {"target_languages": ["fr-fr"]},
    "another hint for the speakers": {"max_speakers": 3},
}


def set_up(client: httpx.Client, server: psutil.Process, media: Path, **fields: Any) -> tuple[float, float, list[str]]:
    """CPU and wall seconds of one set-up, from its acceptance to its end, and the stages that were taken over."""
    with media.open("rb") as file:
        media_url = client.post("/apis/uploads", files={"file": (media.name, file)}).json()["media_url"]
    body = {"media_url": media_url, "source_language": "auto", "target_languages": ["es-es"], **fields}
    cpu, begun = cpu_seconds(server, tree=True), time.monotonic()
    status = wait_ended(client, client.post("/apis/project-setup", json=body).json()["task_id"])
    assert status["state"] == "succeeded", status["message"]
    wall = time.monotonic() - begun
    taken = [stage["name"] for stage in status["stages"] if stage.get("taken_over_from")]
    return cpu_seconds(server, tree=True) - cpu, wall, taken


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        media = Path(sys.argv[1]) if len(sys.argv) > 1 else folder / "talk.mp4"
        if len(sys.argv) == 1:
            write_test_card(CLIP, media)
        with served(folder / "data") as server, server.client() as client:
            set_up(client, server.process, WARMING)  # models are loaded by then: they are nobody's cost here
            first_cpu, first_wall, taken = set_up(client, server.process, media)
            assert not taken, taken
            rows: dict[str, Any] = {"first, CPU seconds": first_cpu, "first, wall seconds": first_wall}
            for what, fields in AGAIN.items():
                cpu, wall, taken = set_up(client, server.process, media, **fields)
                rows |= {
                    f"{what}, ratio of CPU": cpu / first_cpu,
                    f"{what}, ratio of wall": wall / first_wall,
                    f"{what}, CPU seconds": cpu,
                    f"{what}, wall seconds": wall,
                    f"{what}, taken over": ", ".join(taken),
                }
    tell("The same media again", "the same again at most 0.1 x the CPU of the first", rows)


if __name__ == "__main__":
    main()
