"""Reading the recipe out of a WAV from outside: bounded in every direction, nothing trusted."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import orjson
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from soundstage.errors import BadRequest

MAX_RECIPE_BYTES = 256 * 1024
_MAX_CHUNKS = 64
_MAX_DEPTH = 32


def read_recipe(path: Path) -> str:
    """The recipe (a JSON object) inside a WAV written by `wav.write_wav`: from `ICMT`, else from `iXML`.

    Raises BadRequest when the file is no WAV or holds no recipe.
    """
    with path.open("rb") as file:
        start = file.read(12)
        if len(start) < 12 or start[:4] != b"RIFF" or start[8:] != b"WAVE":
            raise BadRequest("The file is no WAV, so it holds no recipe. Give a WAV that Soundstage made.")
        found = [text for name, body in _chunks(file) if (text := _text(name, body)) is not None]
    for text in found:
        if is_recipe(text):
            return text
    raise BadRequest("The WAV holds no recipe. Give one that Soundstage made and no other program has saved since.")


def _chunks(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """Name and body of the chunks that may hold a recipe, in file order; the samples are skipped, not read."""
    for _ in range(_MAX_CHUNKS):
        header = file.read(8)
        if len(header) < 8:
            return
        name, length = header[:4], struct.unpack("<I", header[4:])[0]
        if name in (b"LIST", b"iXML") and length <= MAX_RECIPE_BYTES * 2:
            yield name, file.read(length)
            file.seek(length % 2, 1)
        else:
            file.seek(length + length % 2, 1)


def _text(name: bytes, body: bytes) -> str | None:
    try:
        return _comment(body) if name == b"LIST" else _note(body)
    except (UnicodeDecodeError, ElementTree.ParseError, DefusedXmlException, ValueError):
        return None


def _comment(body: bytes) -> str | None:
    if body[:4] != b"INFO":
        return None
    position = 4
    while position + 8 <= len(body):
        name, length = body[position : position + 4], struct.unpack_from("<I", body, position + 4)[0]
        if name == b"ICMT":
            if position + 8 + length > len(body):
                return None
            return body[position + 8 : position + 8 + length].rstrip(b"\0").decode("utf-8")
        position += 8 + length + length % 2
    return None


def _note(body: bytes) -> str | None:
    root = ElementTree.fromstring(body.rstrip(b"\0"), forbid_dtd=True)
    note: str | None = root.findtext("NOTE")
    return note


def is_recipe(text: str) -> bool:
    """Whether `text` is a JSON object of sane size and depth, by RFC 8259: no NaN, infinity or lone surrogate."""
    if len(text) > MAX_RECIPE_BYTES:
        return False
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return isinstance(found, dict) and not _is_deeper(found, _MAX_DEPTH)


def _is_deeper(value: Any, most: int) -> bool:
    """Whether lists and objects lie in more than `most` others."""
    inside = [value]
    for _ in range(most):
        containers = [one for one in inside if isinstance(one, dict | list)]
        inside = [inner for one in containers for inner in (one.values() if isinstance(one, dict) else one)]
    return any(isinstance(one, dict | list) for one in inside)
