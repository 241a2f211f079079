"""Can damaged or hostile media hang, kill or bloat the server?

Mutates real files (flipped bits, cuts, splices, edited headers, blocks of zeros and noise, repeated parts) and gives
each to what a set-up and a video do with foreign bytes: probe, decode, posters and proxy, in host processes with the
server's own limits. Every mutation has a number from which it can be made again: `--only 123`. What was found is kept
every hundred mutations; `--resume` goes on from there.

    python -m benchmarks.fuzz_media --count 10000
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import psutil
from benchmarks.measure import RESULTS, tell

from soundstage.bootstrap import HOST_LIMITS
from soundstage.errors import HostDied, SourceFailure, StageFailure, StageTimeout
from soundstage.host.pool import HostPool
from soundstage.media.choose import choose_streams
from soundstage.media.playable import ProxyPlan, Way
from soundstage.testing import media, odd_media

CLIPS = Path(__file__).resolve().parents[2] / "shared" / "clips"
SECONDS = 60.0  # far more than a clip of two seconds takes: what takes longer hangs
EXTREMES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
Mutation = Callable[[bytearray, list[bytes], np.random.Generator], bytearray]


def flip_bits(data: bytearray, _: list[bytes], random: np.random.Generator) -> bytearray:
    for at in random.integers(0, len(data), int(2 ** random.uniform(0, 8))):
        data[at] ^= 1 << int(random.integers(8))
    return data


def cut(data: bytearray, _: list[bytes], random: np.random.Generator) -> bytearray:
    return data[: int(random.integers(1, len(data)))]


def splice(data: bytearray, others: list[bytes], random: np.random.Generator) -> bytearray:
    other = others[int(random.integers(len(others)))]
    return data[: int(random.integers(1, len(data)))] + other[int(random.integers(len(other))) :]


def edit_header(data: bytearray, _: list[bytes], random: np.random.Generator) -> bytearray:
    """Extreme numbers where lengths, counts and rates stand: in the first and last kilobytes."""
    for _number in range(int(random.integers(1, 6))):
        width = int(random.choice([1, 2, 4, 8]))
        near = int(min(len(data) - width - 1, random.integers(0, 2048)))
        at = near if random.random() < 0.6 else max(0, len(data) - width - near)
        value = int(EXTREMES[int(random.integers(len(EXTREMES)))]) & (256**width - 1)
        data[at : at + width] = value.to_bytes(width, "big" if random.random() < 0.5 else "little")
    return data


def edit_boxes(data: bytearray, _: list[bytes], random: np.random.Generator) -> bytearray:
    """The number before or after one of the names that containers are built of."""
    names = [b"moov", b"trak", b"stts", b"stsz", b"stco", b"ctts", b"elst", b"mvhd", b"mdhd", b"fmt ", b"data", b"fLaC"]
    names += [
        b"OggS",
        b"\x1a\x45\xdf\xa3",
        b"\x1f\x43\xb6\x75",
        b"\x06\x0e\x2b\x34",
        b"avcC",
        b"esds",
        b"stsd",
        b"RIFF",
    ]
    there = [data.find(name) for name in names if data.find(name) >= 0]
    if there:
        at = max(0, int(random.choice(there)) + int(random.choice([-4, 4, 8, 12, 16, 20])))
        value = int(EXTREMES[int(random.integers(len(EXTREMES)))])
        data[at : at + 4] = value.to_bytes(4, "big" if random.random() < 0.7 else "little")
    return data


def overwrite(data: bytearray, _: list[bytes], random: np.random.Generator) -> bytearray:
    at, length = int(random.integers(len(data))), int(2 ** random.uniform(0, 14))
    length = min(length, len(data) - at)
    data[at : at + length] = bytes(length) if random.random() < 0.5 else random.bytes(length)
    return data


def repeat(data: bytearray, _: list[bytes], random: np.random.Generator) -> bytearray:
    start, end = sorted(int(at) for at in random.integers(0, len(data), 2))
    return data[:end] + data[start:end] * int(random.integers(1, 4)) + data[end:]


MUTATIONS: tuple[Mutation, ...] = (flip_bits, cut, splice, edit_header, edit_boxes, overwrite, repeat)


@dataclass
class Told:
    """What became of the mutations: how each step ended, those that must not be, and what the host processes took."""

    done: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    bad: list[str] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")
    seconds: float = 0.0
    memory_mb: float = 0.0

    @classmethod
    def kept(cls, path: Path) -> Told:
        told = cls(**json.loads(path.read_text()))
        told.ends, told.slowest = Counter(told.ends), (told.slowest[0], told.slowest[1])
        return told

    def keep(self, path: Path) -> None:
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(vars(self)))


def originals(folder: Path) -> list[Path]:
    """One real file of every kind, and recordings where they lie beside the clone."""
    files = [media.make_clip(folder / f"clip.{ending}", seconds=1.5) for ending in media.FORMATS]
    files += [media.make_two_tracks(folder / f"two.{ending}", seconds=1.0) for ending in ("mkv", "mp4", "mov")]
    files += [odd_media.make_uneven_pictures(folder / "uneven.mp4"), odd_media.make_edit_list(folder / "edited.mov")]
    files += [odd_media.make_mono_tracks(folder / f"mono.{ending}") for ending in ("mxf", "mov")]
    for clip in sorted(CLIPS.glob("*"))[:6] if CLIPS.is_dir() else []:
        if clip.suffix in (".flac", ".wav", ".mp3"):
            files.append(folder / clip.name)
            files[-1].write_bytes(clip.read_bytes()[:400_000])
    return files


def mutated(number: int, files: list[bytes], names: list[str]) -> tuple[str, bytes]:
    """The mutation with this number: its file name, and its bytes."""
    random = np.random.default_rng(number)
    which = int(random.integers(len(files)))
    data = bytearray(files[which])
    kinds = []
    for _ in range(1 + int(random.random() < 0.3)):
        mutation = MUTATIONS[int(random.integers(len(MUTATIONS)))]
        kinds.append(mutation.__name__)
        data = mutation(data, files, random) or bytearray(b"\0")
    return f"{number}-{'-'.join(kinds)}-{names[which]}", bytes(data)


def take(hosts: HostPool, path: Path, name: str, told: Told) -> None:
    """One file through all that reads foreign bytes. Steps go on where the one before found enough to go on with."""
    out = path.parent

    def step(what: str, function: str, **arguments: object) -> object:
        begun = time.monotonic()
        end, answer = "done", None
        try:
            answer = hosts.run_typed(function, arguments, timeout=SECONDS)
        except SourceFailure as error:
            end = error.reason.value
        except StageTimeout:
            end = "HANGS"
        except HostDied as error:
            end = f"DIES {error.message[:120]}"
        except StageFailure as error:
            end = "memory limit" if "memory" in error.message else f"UNEXPLAINED {error.message[:160]}"
        told.slowest = max(told.slowest, (time.monotonic() - begun, f"{what} of {name}"))
        told.ends[f"{what}: {end.split(' ')[0] if end.isupper() or end[:4] in ('DIES', 'UNEX') else end}"] += 1
        if end.startswith(("HANGS", "DIES", "UNEXPLAINED")):
            told.bad.append(f"{what} of {name}: {end}")
            print(f"  {told.bad[-1]}", flush=True)
        return answer

    info = step("probe", "soundstage.media.probe:probe", path=path, file_name=name)
    if info is None:
        return
    try:
        chosen = choose_streams(info, None).streams  # type: ignore[arg-type]
    except SourceFailure as error:
        told.ends[f"choose: {error.reason.value}"] += 1
        return
    source = out / "source.flac"
    decoded = step(
        "decode",
        "soundstage.media.decode:decode",
        path=path,
        stream_indexes=(chosen[0].index,),
        source=source,
        analysis=out / "analysis.wav",
        peaks=out / "peaks.bin",
        max_seconds=600.0,
    )
    if decoded is None or not info.video:  # type: ignore[attr-defined]
        return
    picture = info.video[0].index  # type: ignore[attr-defined]
    step("posters", "soundstage.media.posters:write_posters", path=path, stream_index=picture, folder=out, count=2)
    for way, copy_sound in ((Way.COPY, True), (Way.TRANSCODE, False)):
        step(
            f"proxy ({way.value})",
            "soundstage.media.proxy:write_proxy",
            path=path,
            stream_index=picture,
            sound_index=chosen[0].index if copy_sound else None,
            sound=source,
            output=out / "proxy.mp4",
            plan=ProxyPlan(way=way, container="mp4", copy_sound=copy_sound, why="fuzzed"),
            limit_seconds=SECONDS / 2,
        )


@dataclass(frozen=True)
class Resources:
    """Of this process and its host processes."""

    files: int
    threads: int
    processes: int
    memory_mb: float

    @classmethod
    def now(cls) -> Resources:
        own = psutil.Process()
        hosts = [one for one in own.children(recursive=True) if one.status() != psutil.STATUS_ZOMBIE]
        memory = max((one.memory_info().rss / 2**20 for one in hosts), default=0.0)
        return cls(own.num_fds(), own.num_threads(), len(hosts), memory)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0, help="number of the first mutation")
    parser.add_argument("--resume", action="store_true", help="go on from where the run of this first number stopped")
    parser.add_argument("--only", type=int, help="make and try this one alone, and keep its file")
    options = parser.parse_args()
    first, count = (options.first, options.count) if options.only is None else (options.only, 1)
    state = RESULTS / f"mutated-media-from-{first}.json"
    told = Told.kept(state) if options.resume and state.exists() else Told()
    with tempfile.TemporaryDirectory() as temporary:
        rows = try_all(Path(temporary), first, count, told, state)
        if options.only is not None:
            name, data = mutated(first, *contents_of(originals(Path(temporary))))
            Path(name).write_bytes(data)
    tell("Mutated media", "no hang, no death, no unexplained end, no leak; at least 10,000 mutations", rows)
    if told.bad:
        raise SystemExit(1)


def contents_of(files: list[Path]) -> tuple[list[bytes], list[str]]:
    return [one.read_bytes() for one in files], [one.name for one in files]


def try_all(folder: Path, first: int, count: int, told: Told, state: Path) -> dict[str, object]:
    """Try the mutations that are not done yet, and give the table."""
    contents, names = contents_of(originals(folder))
    work = folder / "work"
    work.mkdir()
    hosts = HostPool(1, HOST_LIMITS, recycle_after=10**9)  # never renewed: what leaks is seen
    hosts.start()
    warm = after = Resources.now()
    mark, since = told.done + min(100, (count - told.done) // 4), time.monotonic() - told.seconds
    while told.done < count:
        name, data = mutated(first + told.done, contents, names)
        path = work / "fuzzed"
        path.write_bytes(data)
        take(hosts, path, name, told)
        after = Resources.now()
        told.done += 1
        told.memory_mb, told.seconds = max(told.memory_mb, after.memory_mb), time.monotonic() - since
        if told.done == mark:
            warm = after  # libraries loaded, caches filled
        if told.done % 100 == 0 or told.done == count:
            told.keep(state)
    left = len(list(work.iterdir()))
    hosts.close()
    return {
        "mutations": told.done,
        "must not be": len(told.bad),
        "slowest step, seconds": told.slowest[0],
        "slowest step": told.slowest[1],
        "files open, warm and at the end": f"{warm.files} {after.files}",
        "threads, warm and at the end": f"{warm.threads} {after.threads}",
        "host processes, warm and at the end": f"{warm.processes} {after.processes}",
        "memory of a host, warm and at the end, MB": f"{warm.memory_mb:.0f} {after.memory_mb:.0f}",
        "memory of a host at most, MB": told.memory_mb,
        "files in the folder (one of each kind)": left,
        "wall seconds": told.seconds,
        **dict(sorted(told.ends.items())),
    }


if __name__ == "__main__":
    main()
