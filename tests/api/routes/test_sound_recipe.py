"""Recipes read back from files, and files that are none."""

from __future__ import annotations

import json
import struct

import numpy as np
import pytest
import soundfile

from soundstage.domain.account import Scope
from soundstage.media import sound_files
from soundstage.media.wav import write_wav

RECIPE = {"prompt": "雨", "seed": 7, "plan": {"layers": []}}


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("files")
    soundfile.write(folder / "raw.wav", np.zeros((4_410, 2)), 44_100, subtype="FLOAT")
    write_wav(folder / "raw.wav", folder / "sound.wav", json.dumps(RECIPE), 1)
    write_wav(folder / "raw.wav", folder / "plain.wav", None, 1)
    sound_files.to_flac(folder / "sound.wav", folder / "sound.flac")
    sound_files.to_opus(folder / "sound.wav", folder / "sound.opus")
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def post(client, data: bytes, name: str = "sound.wav"):
    return client.post("/apis/sounds/recipe", files={"file": (name, data)})


@pytest.mark.parametrize("name", ["sound.wav", "sound.flac", "sound.opus"])
def test_the_recipe_comes_back(server, files, name):
    with server.client(server.key("default", Scope.READ)) as reader:
        assert post(reader, files[name], name).raise_for_status().json() == RECIPE


def told(text: bytes) -> bytes:
    """A WAV whose comment is that text."""
    info = b"INFOICMT" + struct.pack("<I", len(text)) + text
    body = b"WAVELIST" + struct.pack("<I", len(info)) + info
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"RIFF",
        b"hello, this is no sound",
        b"RIFF\xff\xff\xff\xffWAVELIST\xff\xff\xff\xffINFO",
        b"fLaC" + bytes(5_000),
        b"OggS" + bytes(range(256)) * 40,
        b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + bytes(100),
        told(b'{"a":' * 5_000),
        told(b"[1, 2]"),
        told(b'{"a": 1'),
        told(b'{"a": NaN}'),
        told(b'{"a": 1e999}'),
        told(b'{"a": "\\ud800"}'),
        told(b'{"}": "' + b"}" * 500 + b'", "a": ' + b"[" * 500 + b"]" * 500 + b"}"),
        told(b'{"}": "' + b"}" * 9_000 + b'", "a": ' + b"[" * 9_000 + b"]" * 9_000 + b"}"),
        bytes(70_000),
    ],
)
def test_what_holds_none_is_refused_with_a_sentence(client, refusal, data):
    answer = post(client, data)
    refusal(answer, 400)
    assert "Error" not in answer.text


def test_a_wav_of_another_program(client, files, refusal):
    answer = post(client, files["plain.wav"])
    refusal(answer, 400)
    assert "no recipe" in answer.text


def test_a_form_without_a_file(client, refusal):
    refusal(client.post("/apis/sounds/recipe", files={"wrong": ("x.wav", b"RIFF")}), 422)


def test_brackets_within_words_are_no_depth(client):
    recipe = {"prompt": "[" * 100 + "}" * 50, "plan": {"notes": ["{"] * 100}}
    assert post(client, told(json.dumps(recipe).encode())).raise_for_status().json() == recipe
