"""How parent and child talk: frames of a kind and a payload, over a pair of sockets.

    length (4 bytes, big-endian, of what follows) | kind (1 byte) | payload (JSON)

parent → child   SETUP  what to load and how far it may go        CALL    header JSON, newline, arguments JSON
child → parent   READY  loaded                                    PROGRESS  a number 0.0–1.0
                 ANSWER the function's answer                     FAILED  an error (see failure.py)
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum

MAX_FRAME = 64 * 1024 * 1024  # bulk travels in files; a frame beyond this is a fault
HEAD = struct.Struct(">IB")


class Kind(IntEnum):
    SETUP = 1
    CALL = 2
    READY = 3
    PROGRESS = 4
    ANSWER = 5
    FAILED = 6


@dataclass(frozen=True)
class Frame:
    kind: Kind
    payload: bytes


class BadFrameError(ValueError):
    """The other side does not speak this protocol."""


def pack(kind: Kind, payload: bytes) -> bytes:
    if len(payload) >= MAX_FRAME:
        raise BadFrameError(
            f"{len(payload)} bytes are too many for one message ({MAX_FRAME} at most): put bulk in a file"
        )
    return HEAD.pack(len(payload) + 1, kind) + payload


class Inbox:
    """Puts received bytes together to frames."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def feed(self, data: bytes) -> None:
        self._bytes += data

    def take(self) -> Frame | None:
        """The next whole frame, or None when more bytes are needed. Raises BadFrameError."""
        if len(self._bytes) < HEAD.size:
            return None
        length, kind = HEAD.unpack_from(self._bytes)
        if not 1 <= length <= MAX_FRAME:
            raise BadFrameError(f"a message of {length} bytes")
        end = HEAD.size - 1 + length
        if len(self._bytes) < end:
            return None
        try:
            frame = Frame(Kind(kind), bytes(self._bytes[HEAD.size : end]))
        except ValueError as error:
            raise BadFrameError(f"a message of unknown kind {kind}") from error
        del self._bytes[:end]
        return frame
