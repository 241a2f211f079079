"""Reading a soundfont: which recordings a preset plays for a key, and how (SoundFont Technical Specification 2.04).

Recordings may be PCM (`.sf2`) or Ogg Vorbis (`.sf3`, as MuseScore writes them: offsets in bytes, loops in frames).
"""

from __future__ import annotations

import io
import mmap
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from soundstage.errors import Misconfigured

DRUM_BANK = 128
_COMPRESSED = 0x10  # of a sample's type
_INSTRUMENT, _SAMPLE, _KEYS, _VELOCITIES = 41, 53, 43, 44
_ATTENUATION = 0.04  # dB a centibel: what the first synthesisers did with it, and fonts are voiced for
# Generators (number, default) that a zone is made of; those of a preset are added to those of its instrument.
_DEFAULTS = {
    8: 13_500, 9: 0, 11: 0, 7: 0, 17: 0, 25: -12_000, 26: -12_000, 27: -12_000, 28: -12_000, 29: 0, 30: -12_000,
    33: -12_000, 34: -12_000, 35: -12_000, 36: -12_000, 37: 0, 38: -12_000, 39: 0, 40: 0, 48: 0, 51: 0, 52: 0,
    54: 0, 56: 100, 57: 0, 58: -1,
}  # fmt: skip
_NOT_ADDED = {54, 57, 58}
Generators = dict[int, int]


@dataclass(frozen=True)
class Envelope:
    """Seconds of each leg; `sustain` in dB below the top (for a filter's: a share of the way, 1 at the top)."""

    delay: float
    attack: float
    hold: float
    decay: float
    sustain: float
    release: float


@dataclass(frozen=True)
class Zone:
    """How one recording is played for some keys and velocities (each a range, both ends included).

    root: key at which it sounds as recorded; `cents` off it; `per_key` cents from key to key.
    loops: goes on between the recording's loop points for as long as the key is held.
    pan: −1 left … 1 right. attenuation: dB. cutoff: Hz of the low-pass, `resonance` in dB.
    sweep, bend: cents by which `shape` moves the cutoff and the pitch, at its top.
    """

    sample: int
    keys: tuple[int, int]
    velocities: tuple[int, int]
    root: int
    cents: float
    per_key: int
    loops: bool
    pan: float
    attenuation: float
    envelope: Envelope
    cutoff: float
    resonance: float
    sweep: int
    bend: int
    shape: Envelope


@dataclass(frozen=True)
class Recording:
    """float32 mono samples at `rate` Hz, with the loop's first frame and the one after its last."""

    samples: NDArray[np.float32]
    rate: int
    loop: tuple[int, int]


class SoundfontFile:
    """A soundfont, mapped: what is not played is not read. Raises Misconfigured where the file is none."""

    def __init__(self, path: Path) -> None:
        try:
            with path.open("rb") as file:
                self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            self._parts = dict(_parts(self._data, 0, len(self._data)))
            self._presets = self._read_presets()
        except (OSError, ValueError, struct.error, KeyError) as error:
            raise Misconfigured(f"{path} is not a soundfont that can be read ({error}): install again") from error

    @property
    def presets(self) -> tuple[tuple[int, int], ...]:
        """Bank and program of each."""
        return tuple(self._presets)

    def zones(self, bank: int, program: int) -> tuple[Zone, ...]:
        """All zones of a preset. Raises KeyError where there is none."""
        begin, end = self._presets[bank, program]
        found: list[Zone] = []
        for outer in self._bags("pbag", "pgen", begin, end, _INSTRUMENT):
            first, last = self._instrument(outer[_INSTRUMENT])
            for inner in self._bags("ibag", "igen", first, last, _SAMPLE):
                zone = self._zone(outer, inner)
                if zone.keys[0] <= zone.keys[1] and zone.velocities[0] <= zone.velocities[1]:
                    found.append(zone)
        return tuple(found)

    def recording(self, sample: int) -> Recording:
        """A zone's recording, decoded."""
        import soundfile  # noqa: PLC0415 - where no soundfont is played it is not needed

        start, end, loop, until, rate, _, _, _, kind = self._header(sample)
        base = self._parts["smpl"][0]
        if kind & _COMPRESSED:
            samples, rate = soundfile.read(io.BytesIO(self._data[base + start : base + end]), dtype="float32")
        else:
            pcm = np.frombuffer(self._data[base + 2 * start : base + 2 * end], "<i2")
            samples, loop, until = pcm.astype(np.float32) / np.float32(32_768), loop - start, until - start
        until = min(until, len(samples))
        return Recording(samples, int(rate), (loop, until) if 0 <= loop < until - 1 else (0, 0))

    def _header(self, sample: int) -> tuple[int, int, int, int, int, int, int, int, int]:
        fields = struct.unpack_from("<20sIIIIIBbHH", self._data, self._parts["shdr"][0] + 46 * sample)
        return fields[1:]

    def _read_presets(self) -> dict[tuple[int, int], tuple[int, int]]:
        start, size = self._parts["phdr"]
        heads = [struct.unpack_from("<20sHHH", self._data, start + at) for at in range(0, size, 38)]
        return {(bank, program): (bag, following[3]) for (_, program, bank, bag), following in pairwise(heads)}

    def _instrument(self, number: int) -> tuple[int, int]:
        at = self._parts["inst"][0] + 22 * number + 20
        return struct.unpack_from("<H", self._data, at)[0], struct.unpack_from("<H", self._data, at + 22)[0]

    def _bags(self, bags: str, gens: str, begin: int, end: int, last: int) -> Iterator[Generators]:
        """The generators of each zone that names a `last` one; the first that does not holds for all after it."""
        common: Generators = {}
        for bag in range(begin, end):
            at = self._parts[bags][0] + 4 * bag
            first, until = (struct.unpack_from("<H", self._data, at + step)[0] for step in (0, 4))
            own = dict(self._generator(gens, number) for number in range(first, until))
            if last in own:
                yield {**common, **own}
            elif bag == begin:
                common = own

    def _generator(self, gens: str, number: int) -> tuple[int, int]:
        at = self._parts[gens][0] + 4 * number
        kind = struct.unpack_from("<H", self._data, at)[0]
        unsigned = kind in (_KEYS, _VELOCITIES, _INSTRUMENT, _SAMPLE)
        return kind, struct.unpack_from("<H" if unsigned else "<h", self._data, at + 2)[0]

    def _zone(self, outer: Generators, inner: Generators) -> Zone:
        own = {
            kind: inner.get(kind, default) + (0 if kind in _NOT_ADDED else outer.get(kind, 0))
            for kind, default in _DEFAULTS.items()
        }
        _, _, _, _, _, pitch, correction, _, _ = self._header(inner[_SAMPLE])
        return Zone(
            sample=inner[_SAMPLE],
            keys=_both(outer, inner, _KEYS),
            velocities=_both(outer, inner, _VELOCITIES),
            root=own[58] if own[58] >= 0 else pitch,
            cents=own[51] * 100 + own[52] + correction,
            per_key=own[56],
            loops=own[54] in (1, 3),
            pan=max(-1.0, min(1.0, own[17] / 500)),
            attenuation=max(0.0, own[48] * _ATTENUATION),
            envelope=Envelope(
                _seconds(own[33]), _seconds(own[34]), _seconds(own[35]), _seconds(own[36]),
                max(0.0, min(100.0, own[37] / 10)), _seconds(own[38]),
            ),
            cutoff=8.176 * 2 ** (own[8] / 1200),
            resonance=max(0.0, own[9] / 10),
            sweep=own[11],
            bend=own[7],
            shape=Envelope(
                _seconds(own[25]), _seconds(own[26]), _seconds(own[27]), _seconds(own[28]),
                1 - max(0, min(1000, own[29])) / 1000, _seconds(own[30]),
            ),
        )  # fmt: skip


def _seconds(timecents: int) -> float:
    return 0.0 if timecents <= -12_000 else float(min(2 ** (timecents / 1200), 40.0))


def _both(outer: Generators, inner: Generators, kind: int) -> tuple[int, int]:
    """Where two ranges (low byte first) meet."""
    (a, b), (c, d) = (divmod(gens.get(kind, 127 << 8), 256)[::-1] for gens in (outer, inner))
    return max(a, c), min(b, d)


def _parts(data: mmap.mmap, begin: int, end: int) -> Iterator[tuple[str, tuple[int, int]]]:
    """Name, first byte and size of every part of a RIFF file."""
    while begin + 8 <= end:
        name, size = data[begin : begin + 4], struct.unpack_from("<I", data, begin + 4)[0]
        if begin == 0 and name != b"RIFF":
            raise ValueError("it does not begin with RIFF")
        if name in (b"RIFF", b"LIST"):
            yield from _parts(data, begin + 12, min(begin + 8 + size, end))
        else:
            yield name.decode("ascii"), (begin + 8, size)
        begin += 8 + size + size % 2
