"""Soundfonts: read as the specification says, played in tune and as long as wanted."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile

from soundstage.engines.sound.music.band import soundfont_path
from soundstage.engines.sound.music.font_file import SoundfontFile
from soundstage.engines.sound.music.sampler import LENGTHS, Sampler, Shelf
from soundstage.errors import Misconfigured

RATE = 44_100
PERIOD = 100  # frames of the recorded sine: 441 Hz
_KEYS, _VELOCITIES, _ATTENUATION, _SUSTAIN, _RELEASE, _CUTOFF, _PAN = 43, 44, 48, 37, 38, 8, 17
_INSTRUMENT, _SAMPLE, _MODE, _ROOT = 41, 53, 54, 58
Zone = list[tuple[int, int]]


def chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def font(path: Path, zones: list[Zone], preset: Zone | None = None, *, compressed: bool = False) -> Path:
    """A soundfont of one preset (bank 0, program 5) of one instrument with these zones, of one looped sine at A4."""
    sine = np.sin(2 * np.pi * np.arange(10 * PERIOD) / PERIOD).astype(np.float32) * 0.5
    if compressed:
        file = io.BytesIO()
        soundfile.write(file, sine, RATE, format="OGG", subtype="VORBIS")
        sample, end, kind = file.getvalue(), len(file.getvalue()), 0x11
    else:
        sample, end, kind = (sine * 32_767).astype("<i2").tobytes(), len(sine), 1
    loop = (PERIOD, 9 * PERIOD)

    def bags(listed: list[Zone]) -> tuple[bytes, bytes]:
        starts = np.cumsum([0, *(len(zone) for zone in listed)])
        gens = b"".join(struct.pack("<HH", kind, value & 0xFFFF) for zone in listed for kind, value in zone)
        return b"".join(struct.pack("<HH", int(start), 0) for start in starts), gens + bytes(4)

    pbag, pgen = bags([[*(preset or []), (_INSTRUMENT, 0)]])
    ibag, igen = bags(zones)
    heads = (struct.pack("<20sHHHIII", b"sine", 5, 0, 0, 0, 0, 0), struct.pack("<20sHHHIII", b"EOP", 0, 0, 1, 0, 0, 0))
    insts = struct.pack("<20sH", b"sine", 0) + struct.pack("<20sH", b"EOI", len(zones))
    shdr = struct.pack("<20sIIIIIBbHH", b"sine", 0, end, *loop, RATE, 69, 0, 0, kind) + bytes(46)
    parts = {b"phdr": b"".join(heads), b"pbag": pbag, b"pmod": bytes(10), b"pgen": pgen, b"inst": insts,
             b"ibag": ibag, b"imod": bytes(10), b"igen": igen, b"shdr": shdr}  # fmt: skip
    body = chunk(b"LIST", b"sdta" + chunk(b"smpl", sample))
    body += chunk(b"LIST", b"pdta" + b"".join(chunk(name, data) for name, data in parts.items()))
    path.write_bytes(chunk(b"RIFF", b"sfbk" + body))
    return path


def hertz(sound: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(sound.mean(axis=0) * np.hanning(sound.shape[1]), 1 << 19))
    return float(spectrum.argmax() * RATE / (1 << 19))


def test_generators_of_preset_and_instrument_add_up_and_ranges_meet(tmp_path: Path) -> None:
    common: Zone = [(_ATTENUATION, 100), (_RELEASE, 0)]
    zone: Zone = [(_KEYS, 127 << 8 | 40), (_PAN, -250), (_MODE, 1), (_ROOT, 60), (_SAMPLE, 0)]
    path = font(tmp_path / "a.sf2", [common, zone], [(_KEYS, 80 << 8), (_ATTENUATION, 50)])
    (found,) = SoundfontFile(path).zones(0, 5)
    assert found.keys == (40, 80)
    assert found.attenuation == pytest.approx(6.0), "150 centibels as the first synthesisers took them: 0.04 dB each"
    assert found.envelope.release == 1.0
    assert found.pan == -0.5
    assert found.loops
    assert found.root == 60


def test_a_tone_is_in_tune_and_goes_on_past_its_recording(tmp_path: Path) -> None:
    for compressed in (False, True):
        path = font(tmp_path / "a.sf", [[(_MODE, 1), (_SAMPLE, 0)]], compressed=compressed)
        sampler = Sampler(path)
        for key, wanted in ((69, 441.0), (76, 441 * 2 ** (7 / 12)), (50, 441 * 2 ** (-19 / 12))):
            tone = sampler.tone(0, 5, key, 100, RATE)
            assert tone.shape[1] >= RATE
            assert hertz(tone[:, 4410:RATE]) == pytest.approx(wanted, rel=0.0006), "a cent"
            assert np.abs(tone[:, RATE // 2 : RATE]).max() == pytest.approx(0.5, abs=0.05)


def test_the_filter_darkens_and_the_envelope_falls(tmp_path: Path) -> None:
    dull = font(tmp_path / "dull.sf2", [[(_CUTOFF, 4500), (_MODE, 1), (_SAMPLE, 0)]])  # 110 Hz, two octaves below
    tone = Sampler(dull).tone(0, 5, 69, 100, RATE)
    assert np.abs(tone[:, 4410:]).max() < 0.5 * 10 ** (-20 / 20)
    falling = font(tmp_path / "falls.sf2", [[(_SUSTAIN, 300), (_MODE, 1), (_SAMPLE, 0)]])  # to −30 dB at once
    tone = Sampler(falling).tone(0, 5, 69, 100, RATE)
    assert np.abs(tone[:, 4410:]).max() == pytest.approx(0.5 * 10 ** (-30 / 20), rel=0.1)


def test_velocity_chooses_the_recording(tmp_path: Path) -> None:
    path = font(tmp_path / "a.sf2", [[(_VELOCITIES, 127 << 8 | 64), (_MODE, 1), (_SAMPLE, 0)]])
    sampler = Sampler(path)
    assert sampler.tone(0, 5, 69, 100, RATE).shape[1] >= RATE
    assert sampler.tone(0, 5, 69, 30, RATE).shape[1] == 0, "no zone for it: silence"
    with pytest.raises(KeyError):
        sampler.tone(0, 6, 69, 100, RATE)


def test_what_is_no_soundfont_is_refused_with_its_name(tmp_path: Path) -> None:
    for content in (b"", b"RIFX" + bytes(100), b"RIFF" + bytes(60)):
        (tmp_path / "broken.sf2").write_bytes(content)
        with pytest.raises(Misconfigured, match=r"broken\.sf2 is not a soundfont"):
            SoundfontFile(tmp_path / "broken.sf2")


def test_a_shelf_forgets_what_was_longest_not_asked_for() -> None:
    shelf: Shelf[str, int] = Shelf(30)
    for key in "abc":
        shelf.put(key, ord(key), 10)
    assert shelf.get("a") == 97
    shelf.put("d", 100, 10)
    assert shelf.get("b") is None
    assert shelf.get("a") == 97


def test_the_soundfont_of_the_build_has_every_instrument_in_tune() -> None:
    path = soundfont_path()
    assert path is not None, "the soundfont is missing: pip install -e . brings it, where npm reaches its registry"
    sampler = Sampler(path)
    for program, key in ((0, 60), (24, 60), (33, 40), (40, 69), (48, 60), (56, 67), (65, 62), (73, 76)):
        tone = sampler.tone(0, program, key, 90, LENGTHS[3])
        wanted = 440 * 2 ** ((key - 69) / 12)
        heard = hertz(tone[:, 8820:])
        near = min((heard / wanted / number for number in (1, 2, 3, 4)), key=lambda ratio: abs(np.log(ratio)))
        assert abs(1200 * np.log2(near)) < 15, program
