"""FFmpeg's own loudness meter (the filter `ebur128`), as an independent reference."""

from __future__ import annotations

from fractions import Fraction

import av
import av.error
import av.filter
import numpy as np

RATE = 48_000


def ffmpeg_levels(samples: np.ndarray) -> dict[str, float]:
    """`I` (LUFS), `LRA` (LU), `true_peak` (linear) of (n, 2) float32 at 48 kHz."""
    graph = av.filter.Graph()
    source = graph.add_abuffer(format="flt", sample_rate=RATE, layout="stereo", time_base=Fraction(1, RATE))
    meter = graph.add("ebur128", "metadata=1:peak=true:framelog=quiet")
    sink = graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    told: dict[str, str] = {}
    for start in range(0, len(samples), RATE):
        block = np.ascontiguousarray(samples[start : start + RATE], np.float32)
        frame = av.AudioFrame.from_ndarray(block.reshape(1, -1), format="flt", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
        source.push(frame)
        try:
            while True:
                told.update(sink.pull().metadata)
        except (av.error.BlockingIOError, av.error.EOFError):
            pass
    return {name: float(told[f"lavfi.r128.{name}"]) for name in ("I", "LRA", "true_peak")}
