"""Does memory grow with the media? Peak of the worker and its host processes on ten minutes of talk and on much more.

Needs the recordings of `../shared/clips`. Forty minutes for every day; `--hours 2` for the real thing, which takes about
half an hour of CPU. Also told: CPU for each minute of media, so that a cost that is not linear shows.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from benchmarks.measure import Row, Served, cpu_seconds, served, set_up, tell_table, wait_ended
from benchmarks.talk import write_talk

SHORT_MINUTES = 10.0
LONG_MINUTES = 40.0
EVERY_SECONDS = 0.5


class Peak:
    """The largest sum, in bytes, of what the server, its worker and their host processes hold together.

    Proportional: memory that processes share counts once (PSS of /proc/*/smaps_rollup), and pages of files do not count.
    """

    def __init__(self, root: psutil.Process) -> None:
        self.bytes = 0
        self.largest: dict[str, int] = {}
        self._root = root
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(EVERY_SECONDS):
            total = 0
            for one in [self._root, *self._root.children(recursive=True)]:
                held = _held(one.pid)
                total += held
                self.largest[str(one.pid)] = max(held, self.largest.get(str(one.pid), 0))
            self.bytes = max(self.bytes, total)


def _held(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:  # it has ended meanwhile
        return 0
    found = {line.split(":")[0]: int(line.split()[1]) << 10 for line in lines if line.endswith(" kB")}
    return found.get("Pss_Anon", 0) + found.get("Pss_Shmem", 0)


@contextmanager
def watched(server: Served) -> Iterator[Peak]:
    peak = Peak(server.process)
    try:
        yield peak
    finally:
        peak.stop()


def measured(folder: Path, minutes: float) -> tuple[float, float, float]:
    """Peak in MB, CPU seconds and wall seconds of one set-up on a server of its own."""
    folder.mkdir()
    audio = write_talk(folder / "talk.flac", minutes * 60)
    with served(folder / "data", max_media_seconds=str(8 * 3600)) as server, server.client() as client:
        wait_ended(client, set_up(client, write_talk(folder / "short.flac", 10)))
        before, begun = cpu_seconds(server.process, tree=True), time.monotonic()
        with watched(server) as peak:
            status = wait_ended(client, set_up(client, audio))
        assert status["state"] == "succeeded", status["message"]
        cpu, wall = cpu_seconds(server.process, tree=True) - before, time.monotonic() - begun
    print(f"  {minutes:g} minutes: {peak.bytes / 1e6:.0f} MB, {cpu:.0f} CPU-s, {wall:.0f} s; each process's own peak, MB:",
          *sorted((round(one / 1e6) for one in peak.largest.values()), reverse=True)[:8])  # fmt: skip
    return peak.bytes / 1e6, cpu, wall


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=LONG_MINUTES / 60, help="length of the long media")
    minutes = parser.parse_args().hours * 60
    with tempfile.TemporaryDirectory() as temporary:
        short, short_cpu, _ = measured(Path(temporary) / "short", SHORT_MINUTES)
        long, long_cpu, wall = measured(Path(temporary) / "long", minutes)
    per_minute = (long_cpu / minutes) / (short_cpu / SHORT_MINUTES)
    tell_table(
        "Does memory grow with the media",
        [
            Row("peak, MB", f"{SHORT_MINUTES:g} minutes", short),
            Row("peak, MB", f"{minutes:g} minutes", long),
            Row(
                "ratio of peaks",
                f"{minutes:g} to {SHORT_MINUTES:g} minutes",
                long / short,
                "at most 1.3",
                long <= 1.3 * short,
            ),
            Row("CPU seconds a minute", f"{SHORT_MINUTES:g} minutes", short_cpu / SHORT_MINUTES),
            Row("CPU seconds a minute", f"{minutes:g} minutes", long_cpu / minutes),
            Row("ratio of CPU a minute", "long to short", per_minute, "at most 1.1", per_minute <= 1.1),
            Row("wall seconds a minute", f"{minutes:g} minutes", wall / minutes),
        ],
    )


if __name__ == "__main__":
    main()
