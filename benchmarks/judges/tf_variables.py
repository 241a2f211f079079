"""Variables of a TensorFlow checkpoint, read without TensorFlow.

The index is a sorted table of LevelDB (footer, index block, data blocks with shared prefixes); each value is a
`BundleEntryProto` (tensorflow/core/protobuf/tensor_bundle.proto): dtype, shape, offset and size in the data file.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

_FLOAT = 1  # DT_FLOAT
_FOOTER = 48  # bytes: two block handles, padding, magic


def float_variables(index: bytes, data: bytes) -> dict[str, NDArray[np.float32]]:
    """Every float variable by its name in the object graph."""
    variables = {}
    handle = index[-_FOOTER:]
    _, at = _varint(handle, 0)  # the meta-index: offset …
    _, at = _varint(handle, at)  # … and size
    for _, block in _entries(index, handle[at:]):
        for name, entry in _entries(index, block):
            fields = dict(_fields(entry))
            if name and fields.get(1) == _FLOAT:
                offset, size = int(fields.get(4, 0)), int(fields[5])
                values = np.frombuffer(data[offset : offset + size], "<f4")
                variables[name.decode()] = values.reshape(_shape(fields.get(2, b"")))
    return variables


def _varint(buffer: bytes, at: int) -> tuple[int, int]:
    """The number that begins at `at`, and where the next thing begins."""
    value = shift = 0
    while True:
        byte = buffer[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def _entries(table: bytes, handle: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Keys and values of one block; keys share their beginning with the one before."""
    offset, at = _varint(handle, 0)
    size, _ = _varint(handle, at)
    block = table[offset : offset + size]
    if table[offset + size] != 0:
        raise ValueError("the checkpoint's index is compressed")
    end = size - 4 - 4 * struct.unpack("<I", block[-4:])[0]
    at, key = 0, b""
    while at < end:
        shared, at = _varint(block, at)
        fresh, at = _varint(block, at)
        length, at = _varint(block, at)
        key = key[:shared] + block[at : at + fresh]
        yield key, block[at + fresh : at + fresh + length]
        at += fresh + length


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Number and value of each field of a protobuf message; fixed ones are skipped."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        kind = tag & 7
        if kind == 0:
            value, at = _varint(message, at)
            yield tag >> 3, value
        elif kind == 2:
            length, at = _varint(message, at)
            yield tag >> 3, message[at : at + length]
            at += length
        else:
            at += 4 if kind == 5 else 8


def _shape(message: int | bytes) -> list[int]:
    assert isinstance(message, bytes)
    sizes = []
    for number, dimension in _fields(message):
        if number == 2 and isinstance(dimension, bytes):
            sizes.append(int(next((value for field, value in _fields(dimension) if field == 1), 1)))
    return sizes
