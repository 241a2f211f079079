"""The spectrogram of a sound as a picture: mel frequencies upwards, time to the right, level by colour.

The colours are those of `magma` (Smith and van der Walt, matplotlib 1.5, 2015; released into the public domain, CC0):
lightness rises evenly with the level, so that it reads in grey and by colour-blind eyes.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from soundstage.media.png import write_png
from soundstage.media.sound_files import samples_of

WIDTH, HEIGHT = 1200, 320  # pixels
RANGE_DB = 80.0  # from the loudest of the picture down to what is drawn black
LOWEST_HERTZ, HIGHEST_HERTZ = 30.0, 20_000.0
_WINDOW = 4096  # 93 ms at 44.1 kHz: tells tones 11 Hz apart
_SHORT = 1024  # 23 ms: tells clicks apart; the picture is of both, see `levels`
_FLOOR_DB = -140.0  # of what is measured; always drawn black
_AT_ONCE = 200  # windows that are held in memory
# Sixteen of its 256 colours; the others lie on the lines between them, within 2 of 255.
_MAGMA = (
    *((0, 0, 4), (11, 9, 36), (32, 17, 75), (59, 15, 112), (87, 21, 126), (114, 31, 129), (140, 41, 129)),
    *((168, 50, 125), (196, 60, 117), (222, 73, 104), (241, 96, 93), (250, 127, 94), (254, 159, 109)),
    *((254, 191, 132), (253, 222, 160), (252, 253, 191)),
)


def draw(source: Path, output: Path) -> tuple[int, int]:
    """A PNG of a WAV of any rate, its channels' power added up; gives its width and height.

    Raises StageFailure for a damaged source; StorageFull.
    """
    picture = levels(*samples_of(source))
    scale = np.linspace(0, 1, len(_MAGMA))
    colours = np.stack([np.interp(np.linspace(0, 1, 256), scale, part) for part in zip(*_MAGMA, strict=True)], axis=1)
    top = max(float(picture.max()), _FLOOR_DB + RANGE_DB)  # so that silence is black
    share = np.clip((picture - top) / RANGE_DB + 1, 0, 1)
    write_png(output, np.rint(colours).astype(np.uint8)[np.rint(share * 255).astype(int)][::-1])
    return WIDTH, HEIGHT


def levels(planar: NDArray[np.float32], rate: int) -> NDArray[np.float64]:
    """(HEIGHT, WIDTH) in dB against full scale, lowest frequency first, of (channels, frames).

    The geometric mean of a spectrogram with a long window and one with a short: sharp in both directions (after Cheung
    and Lim, "Combined multiresolution (wide-band/narrow-band) spectrogram", IEEE Trans. Signal Processing 40, 1992).
    """
    return (_levels(planar, rate, _WINDOW) + _levels(planar, rate, _SHORT)) / 2


def _levels(planar: NDArray[np.float32], rate: int, window: int) -> NDArray[np.float64]:
    """Of each pixel the loudest of moments half a window apart at most, so that nothing falls between two."""
    frames = planar.shape[1]
    shape = np.hanning(window + 1)[:-1]
    moments = max(1, math.ceil(2 * frames / (WIDTH * window)))
    windows = sliding_window_view(np.pad(planar, ((0, 0), (window // 2, window // 2))), window, axis=1)
    edges = _mel_edges(rate) / (rate / 2) * (window // 2)
    picture = np.empty((HEIGHT, WIDTH))
    for pixels in np.array_split(np.arange(WIDTH), math.ceil(WIDTH * moments / _AT_ONCE)):
        places = (pixels[:, None] + (np.arange(moments) + 0.5) / moments) * frames / WIDTH  # the windows' middles
        spectra = np.fft.rfft(windows[:, places.astype(int)] * (shape / shape.sum()))  # (channels, pixels, moments, …)
        power = (np.abs(spectra) ** 2).sum(axis=0).max(axis=1)
        picture[:, pixels] = 10 * np.log10(_binned(power.T, edges) + 10 ** (_FLOOR_DB / 10))
    return picture


def _mel_edges(rate: int) -> NDArray[np.float64]:
    """HEIGHT + 1 frequencies evenly spaced by mel (O'Shaughnessy, Speech Communication, 1987)."""
    low, high = (2595 * np.log10(1 + f / 700) for f in (LOWEST_HERTZ, min(HIGHEST_HERTZ, rate / 2)))
    return np.asarray(700 * (10 ** (np.linspace(low, high, HEIGHT + 1) / 2595) - 1))


def _binned(power: NDArray[np.float64], edges: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean power between edges told in bins; where a row is narrower than a bin, that between two bins."""
    whole = np.vstack([np.zeros(power.shape[1]), np.cumsum(power, axis=0)])  # up to bin i, exclusive

    def upto(places: NDArray[np.float64]) -> NDArray[np.float64]:
        at = np.clip(places + 0.5, 0, len(power))
        lower = np.minimum(at.astype(int), len(power) - 1)
        return np.asarray(whole[lower] + (at - lower)[:, None] * (whole[lower + 1] - whole[lower]))

    return np.maximum(np.diff(upto(edges), axis=0) / np.diff(edges)[:, None], 0.0)
