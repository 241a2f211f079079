"""PNG pictures of arrays: 8-bit RGB, no ancillary data, so the same pixels give the same bytes (ISO/IEC 15948)."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from soundstage.media.storage_full import full_disk_told

Pixels = NDArray[np.uint8]  # (height, width, 3)


def write_png(output: Path, pixels: Pixels) -> None:
    """Row by row from the top. Each row is stored as its difference to the one above it. Raises StorageFull."""
    height, width, _ = pixels.shape
    rows = np.zeros((height, 1 + 3 * width), np.uint8)
    rows[:, 0] = 2  # filter type "up"
    flat = pixels.reshape(height, 3 * width)
    rows[:, 1:] = flat
    rows[1:, 1:] -= flat[:-1]
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    with full_disk_told(output), output.open("wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n")
        for name, body in ((b"IHDR", head), (b"IDAT", zlib.compress(rows.tobytes(), 7)), (b"IEND", b"")):
            file.write(struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)))
