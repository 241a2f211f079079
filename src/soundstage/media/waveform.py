"""The waveform of a sound as a picture: the extent of each moment, and its RMS inside it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from soundstage.media.png import Pixels, write_png
from soundstage.media.sound_files import samples_of

WIDTH, LANE_HEIGHT = 1200, 120  # pixels; a lane for each channel
_GROUND = np.array([16, 18, 24], np.uint8)
_AXIS = np.array([44, 48, 60], np.uint8)
_EXTENT = np.array([74, 124, 196], np.uint8)
_BODY = np.array([150, 196, 255], np.uint8)


def draw(source: Path, output: Path) -> tuple[int, int]:
    """A PNG of a WAV, from full scale to full scale, time from left to right; gives its width and height.

    Raises StageFailure for a damaged source; StorageFull.
    """
    planar, _ = samples_of(source)
    picture = np.concatenate([_lane(channel) for channel in planar])
    write_png(output, picture)
    return picture.shape[1], picture.shape[0]


def _lane(samples: np.ndarray[tuple[int], np.dtype[np.float32]]) -> Pixels:
    edges = np.linspace(0, len(samples), WIDTH + 1).astype(int)
    starts = np.minimum(edges[:-1], max(len(samples) - 1, 0))
    high = np.maximum.reduceat(samples, starts)
    low = np.minimum.reduceat(samples, starts)
    counts = np.maximum(np.diff(np.append(starts, len(samples))), 1)
    body = np.sqrt(np.add.reduceat(np.square(samples, dtype=np.float64), starts) / counts)
    level = np.linspace(1, -1, LANE_HEIGHT)[:, None]  # of each row, from the top
    half = 1 / LANE_HEIGHT  # at least a pixel is drawn
    pixels = np.broadcast_to(_GROUND, (LANE_HEIGHT, WIDTH, 3)).copy()
    pixels[LANE_HEIGHT // 2] = _AXIS
    pixels[(level <= high + half) & (level >= low - half)] = _EXTENT
    pixels[np.abs(level) <= body] = _BODY
    return pixels
