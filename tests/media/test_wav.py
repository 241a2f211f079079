from __future__ import annotations

import contextlib
import json
import struct
import wave
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from soundstage.errors import BadRequest, EngineFailure, StorageFull
from soundstage.media.recipe_wav import MAX_RECIPE_BYTES
from soundstage.media.wav import read_recipe, write_wav
from soundstage.testing import media

RECIPE = json.dumps({"prompt": 'rain <on> a "tin" roof & Bücher 雨', "seed": 4294967295, "plan": {"layers": [1, 2]}})


def floats(path: Path, samples: np.ndarray, rate: int = 44_100) -> Path:
    return media.make_wav(path, samples.astype(np.float32), rate, "FLOAT")


def noise(frames: int, channels: int = 2) -> np.ndarray:
    return np.random.default_rng(3).uniform(-0.9, 0.9, (frames, channels))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    frames=st.integers(0, 70_000), channels=st.integers(1, 2), recipe=st.sampled_from([None, RECIPE, "{}", '{"a":1}'])
)
def test_header_is_exact(tmp_path: Path, frames: int, channels: int, recipe: str | None) -> None:
    written = write_wav(floats(tmp_path / "in.wav", noise(frames, channels)), tmp_path / "out.wav", recipe)
    data = (tmp_path / "out.wav").read_bytes()
    assert (written.frames, written.bytes, written.channels) == (frames, len(data), channels)
    assert data[:4] == b"RIFF" and struct.unpack("<I", data[4:8])[0] == len(data) - 8 and data[8:16] == b"WAVEfmt "
    assert struct.unpack("<IHHIIHH", data[16:36]) == (16, 1, channels, 44_100, 88_200 * channels, 2 * channels, 16)
    assert data[36:40] == b"data" and struct.unpack("<I", data[40:44])[0] == frames * channels * 2
    with wave.open(str(tmp_path / "out.wav")) as file:
        assert (file.getnframes(), file.getnchannels(), file.getsampwidth()) == (frames, channels, 2)
    if frames:
        assert soundfile.info(tmp_path / "out.wav").frames == frames
    if recipe is not None:
        assert json.loads(read_recipe(tmp_path / "out.wav")) == json.loads(recipe)


def test_same_seed_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    samples = floats(tmp_path / "in.wav", noise(100_000))
    outputs = []
    for number, seed in enumerate((7, 7, 8, None)):
        write_wav(samples, tmp_path / f"{number}.wav", RECIPE, seed)
        outputs.append((tmp_path / f"{number}.wav").read_bytes())
    assert outputs[0] == outputs[1] and len(set(outputs)) == 3


def test_dither_is_triangular_and_small(tmp_path: Path) -> None:
    write_wav(floats(tmp_path / "in.wav", np.full((200_000, 1), 0.25 / 32767)), tmp_path / "out.wav", None, 1)
    pcm, _ = soundfile.read(tmp_path / "out.wav", dtype="int16")
    assert set(np.unique(pcm)) <= {-1, 0, 1} and pcm.mean() == pytest.approx(0.25, abs=0.01)
    write_wav(floats(tmp_path / "in.wav", np.full((1000, 1), 0.25 / 32767)), tmp_path / "out.wav")
    assert not soundfile.read(tmp_path / "out.wav")[0].any()


def test_known_bytes_stay_the_same_on_every_machine(tmp_path: Path) -> None:
    """Dither draws from PCG64's raw stream: part of the promise that a recipe gives the same bytes."""
    write_wav(floats(tmp_path / "in.wav", np.zeros((8, 2))), tmp_path / "out.wav", None, 12345)
    pcm, _ = soundfile.read(tmp_path / "out.wav", dtype="int16")
    raw = np.random.PCG64(12345).random_raw(16)
    assert [hex(int(draw)) for draw in raw[:2]] == ["0x3a32b18db2ffc19d", "0x51171315c9e4c4de"]
    high, low = raw >> np.uint64(32), raw & np.uint64(2**32 - 1)
    expected = np.rint((high.astype(float) - low.astype(float)) / 2**32)
    assert pcm.reshape(-1).tolist() == expected.astype(int).tolist()


def test_gain_and_clipping(tmp_path: Path) -> None:
    written = write_wav(floats(tmp_path / "in.wav", np.array([[0.5], [-0.5], [0.25]])), tmp_path / "o.wav", gain_db=9.0)
    assert written.clipped_samples == 2
    assert soundfile.read(tmp_path / "o.wav", dtype="int16")[0].tolist() == [
        32767,
        -32768,
        round(0.25 * 32767 * 10**0.45),
    ]
    assert write_wav(floats(tmp_path / "in.wav", np.array([[1.0], [-1.0]])), tmp_path / "o.wav").clipped_samples == 0


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_is_refused(tmp_path: Path, bad: float) -> None:
    with pytest.raises(EngineFailure, match="not numbers"):
        write_wav(floats(tmp_path / "in.wav", np.array([[0.0], [bad]])), tmp_path / "out.wav")


def test_both_chunks_hold_the_recipe(tmp_path: Path) -> None:
    write_wav(floats(tmp_path / "in.wav", noise(101, 1)), tmp_path / "out.wav", RECIPE)
    data = (tmp_path / "out.wav").read_bytes()
    position, chunks = 12, {}
    while position < len(data):
        name, length = data[position : position + 4], struct.unpack_from("<I", data, position + 4)[0]
        chunks[name] = data[position + 8 : position + 8 + length]
        position += 8 + length + length % 2
    assert position == len(data) and list(chunks) == [b"fmt ", b"data", b"LIST", b"iXML"]
    assert chunks[b"LIST"].startswith(b"INFOISFT") and b"ICMT" in chunks[b"LIST"] and chunks[b"LIST"].isascii()
    note = ElementTree.fromstring(chunks[b"iXML"]).findtext("NOTE") or ""
    assert json.loads(note) == json.loads(RECIPE)


def test_ixml_alone_is_enough(tmp_path: Path) -> None:
    write_wav(floats(tmp_path / "in.wav", noise(100)), tmp_path / "out.wav", RECIPE)
    data = (tmp_path / "out.wav").read_bytes()
    (tmp_path / "out.wav").write_bytes(data.replace(b"ICMT", b"IXXX"))
    assert json.loads(read_recipe(tmp_path / "out.wav")) == json.loads(RECIPE)


BOMB = b'<!DOCTYPE a [<!ENTITY x "xxxxxxxx">]><BWFXML><NOTE>&x;</NOTE></BWFXML>'


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"RIFF",
        b"ID3\x04 not a wav at all, really",
        b"RIFF\x04\x00\x00\x00WAVE",
        b"RIFF\xff\xff\xff\xffWAVELIST\xff\xff\xff\xffINFOICMT",
        b"RIFF\x00\x00\x00\x00WAVELIST\x10\x00\x00\x00INFOICMT\xff\xff\xff\xff{}",
        b"RIFF\x00\x00\x00\x00WAVELIST\x0e\x00\x00\x00INFOICMT\x02\x00\x00\x00[]",
        b"RIFF\x00\x00\x00\x00WAVELIST\x10\x00\x00\x00INFOICMT\x04\x00\x00\x00\xff\xfe\xfd\xfc",
        b"RIFF\x00\x00\x00\x00WAVEiXML" + struct.pack("<I", len(BOMB)) + BOMB,
        b"RIFF\x00\x00\x00\x00WAVEiXML\x06\x00\x00\x00<a><b>",
        b"RIFF\x00\x00\x00\x00WAVE"
        + b"junk\x00\x00\x00\x00" * 1000
        + b"LIST\x0e\x00\x00\x00INFOICMT\x02\x00\x00\x00{}",
        b"RIFF\x00\x00\x00\x00WAVELIST"
        + struct.pack("<I", 100_012)
        + b"INFOICMT"
        + struct.pack("<I", 100_000)
        + b'{"a":' * 20_000,
    ],
)
def test_hostile_files_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.wav").write_bytes(content)
    with pytest.raises(BadRequest, match="recipe"):
        read_recipe(tmp_path / "x.wav")


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tail=st.binary(max_size=200))
def test_any_bytes_get_an_answer(tmp_path: Path, tail: bytes) -> None:
    (tmp_path / "x.wav").write_bytes(b"RIFF\x00\x00\x00\x00WAVE" + tail)
    with contextlib.suppress(BadRequest):
        assert isinstance(json.loads(read_recipe(tmp_path / "x.wav")), dict)


def test_recipes_are_objects_of_limited_size(tmp_path: Path) -> None:
    samples = floats(tmp_path / "in.wav", noise(10))
    for wrong in ("[1]", json.dumps({"a": "x" * MAX_RECIPE_BYTES})):
        with pytest.raises(ValueError, match="recipe"):
            write_wav(samples, tmp_path / "out.wav", wrong)
    write_wav(samples, tmp_path / "out.wav", json.dumps({"prompt": "雨" * 10_000}))
    assert json.loads(read_recipe(tmp_path / "out.wav"))["prompt"] == "雨" * 10_000


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with pytest.raises(StorageFull):
        write_wav(floats(tmp_path / "in.wav", noise(100_000)), Path("/dev/full"))
