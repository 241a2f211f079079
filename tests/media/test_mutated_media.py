"""A few of the mutations of `benchmarks/fuzz_media.py`, in a host process with the server's limits."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.fuzz_media import Told, mutated, originals, take

from soundstage.bootstrap import HOST_LIMITS
from soundstage.host.pool import HostPool


@pytest.mark.slow
def test_damaged_media_never_hangs_kills_or_surprises(tmp_path: Path) -> None:
    files = originals(tmp_path)
    contents, names = [one.read_bytes() for one in files], [one.name for one in files]
    told, work = Told(), tmp_path / "work"
    work.mkdir()
    hosts = HostPool(1, HOST_LIMITS)
    try:
        for number in range(40):
            name, data = mutated(number, contents, names)
            (work / "fuzzed").write_bytes(data)
            take(hosts, work / "fuzzed", name, told)
    finally:
        hosts.close()
    assert told.bad == []
    assert told.ends["decode: done"] > 10 and told.ends.total() > 60


def test_a_number_makes_the_same_mutation_again() -> None:
    first, again = (mutated(7, [bytes(range(256)) * 40, b"RIFF" * 900], ["a.mp4", "b.wav"]) for _ in range(2))
    assert first == again and first != mutated(8, [bytes(range(256)) * 40, b"RIFF" * 900], ["a.mp4", "b.wav"])
