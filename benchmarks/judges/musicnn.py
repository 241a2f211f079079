"""musicnn: which of 50 tags a piece of music would be given. Weights from the wheel `musicnn` (ISC).

J. Pons and X. Serra, "musicnn: pre-trained convolutional neural networks for music audio tagging", ISMIR 2019 (late
breaking). Two sets of tags: `MSD` (Million Song Dataset: what listeners of popular music wrote) and `MTT` (MagnaTagATune:
what players heard, classical and world music among it). The network is written down as an ONNX graph over the
checkpoint's variables and run by onnxruntime on one core.
"""

from __future__ import annotations

import ast
from typing import Any

import numpy as np
import onnxruntime
import soxr
from benchmarks.judges.tf_variables import float_variables
from benchmarks.judges.wheels import wheel
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

RATE = 16_000
_SIZE, _HOP, _MELS, _PATCH = 512, 256, 96, 187  # a patch is three seconds
_EPSILON = 1e-3  # of TensorFlow's batch normalisation
Variables = dict[str, NDArray[np.float32]]


class Musicnn:
    """heard(samples, rate) → 50 scores 0…1, the mean over patches; `labels` names them."""

    def __init__(self, tags: str) -> None:
        """`tags`: MSD or MTT."""
        with wheel("musicnn", "0.1.0") as archive:
            self.labels = _labels(archive.read("musicnn/configuration.py").decode(), f"{tags}_LABELS")
            files = (f"musicnn/{tags}_musicnn/{name}" for name in (".index", ".data-00000-of-00001"))
            variables = float_variables(*(archive.read(name) for name in files))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(_graph(variables), options, ["CPUExecutionProvider"])
        self._window = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_SIZE) / _SIZE)).astype(np.float32)
        self._mel = _mel_matrix()

    def heard(self, samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
        mono = samples.mean(axis=1) if samples.ndim == 2 else samples
        (scores,) = self._session.run(None, {"patches": self._patches(soxr.resample(mono, rate, RATE))})
        return np.asarray(scores, np.float32).mean(axis=0)

    def top(self, samples: NDArray[np.float32], rate: int, count: int) -> tuple[str, ...]:
        """The likeliest tags, the likeliest first."""
        return tuple(self.labels[at] for at in np.argsort(-self.heard(samples, rate))[:count])

    def _patches(self, mono: NDArray[np.float32]) -> NDArray[np.float32]:
        """(patches, 1, 187, 96) of log mel power; what does not fill a patch is left out, but for the first."""
        mono = np.pad(mono, (_SIZE // 2, max(_SIZE // 2, (_PATCH + 1) * _HOP - len(mono))))
        frames = np.lib.stride_tricks.sliding_window_view(mono, _SIZE)[::_HOP]
        power = np.abs(np.fft.rfft(frames * self._window)).astype(np.float32) ** 2
        mel = np.log10(1 + 10_000 * (power @ self._mel))
        count = len(mel) // _PATCH
        return np.ascontiguousarray(mel[: count * _PATCH].reshape(count, 1, _PATCH, _MELS).astype(np.float32))


def _labels(source: str, name: str) -> tuple[str, ...]:
    """A list of strings out of the package's settings, read as text: nothing of the package is run."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == name:
            return tuple(ast.literal_eval(node.value))
    raise ValueError(f"the wheel's configuration holds no {name}")


def _mel_matrix() -> NDArray[np.float32]:
    """(257, 96): triangles of equal area on Slaney's mel scale (Auditory Toolbox, 1998), 0…8000 Hz."""
    linear, logarithmic = 200 / 3, np.log(6.4) / 27  # below 1 kHz, and from 15 mels on
    mels = np.linspace(0, 15 + np.log(8) / logarithmic, _MELS + 2)
    edges = np.where(mels < 15, mels * linear, 1000 * np.exp(logarithmic * (mels - 15)))
    hertz = np.linspace(0, RATE / 2, _SIZE // 2 + 1)[:, None]
    lower, centre, upper = edges[:-2], edges[1:-1], edges[2:]
    matrix = np.maximum(0, np.minimum((hertz - lower) / (centre - lower), (upper - hertz) / (upper - centre)))
    return (matrix * 2 / (upper - lower)).astype(np.float32)


class _Graph:
    """Nodes and constants in the order in which they are added; layers are numbered as TensorFlow does."""

    def __init__(self, variables: Variables) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self._variables = variables
        self._counts: dict[str, int] = {}

    def add(self, kind: str, inputs: list[str], **attributes: Any) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [f"n{len(self.nodes)}"], **attributes))
        return f"n{len(self.nodes) - 1}"

    def constant(self, value: NDArray[Any]) -> str:
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def _layer(self, kind: str) -> str:
        number = self._counts[kind] = self._counts.get(kind, -1) + 1
        return f"{kind}_{number}" if number else kind

    def normalised(self, signal: str, shape: tuple[int, ...]) -> str:
        name = self._layer("batch_normalization")
        gamma, beta, mean, variance = (
            self._variables[f"{name}/{of}"] for of in ("gamma", "beta", "moving_mean", "moving_variance")
        )
        scale = gamma / np.sqrt(variance + np.float32(_EPSILON))
        scaled = self.add("Mul", [signal, self.constant(scale.reshape(shape))])
        return self.add("Add", [scaled, self.constant((beta - mean * scale).reshape(shape))])

    def convolved(self, signal: str, order: tuple[int, ...], pads: tuple[int, int]) -> str:
        """Convolution over time and height, padded in time before and behind; rectified, then normalised."""
        name = self._layer("conv2d")
        kernel = self._variables[f"{name}/kernel"].transpose(order)
        inputs = [signal, self.constant(kernel), self.constant(self._variables[f"{name}/bias"])]
        made = self.add("Relu", [self.add("Conv", inputs, pads=[pads[0], 0, pads[1], 0])])
        return self.normalised(made, (-1, 1, 1))

    def dense(self, signal: str) -> str:
        name = self._layer("dense")
        weights = [self.constant(self._variables[f"{name}/{of}"]) for of in ("kernel", "bias")]
        return self.add("Gemm", [signal, *weights])


def _graph(variables: Variables) -> bytes:
    """The model as ONNX: filters of timbre and of rhythm, three layers over time with what came before, a summary."""
    graph = _Graph(variables)
    signal = graph.normalised("patches", (1,))
    pads = ((3, 3), (3, 3), (63, 64), (31, 32), (15, 16))
    filtered = [graph.convolved(signal, (3, 2, 0, 1), pad) for pad in pads]
    highest = graph.constant(np.array([3], np.int64))
    front = graph.add("Concat", [graph.add("ReduceMax", [one, highest]) for one in filtered], axis=1)
    first = graph.convolved(front, (3, 1, 0, 2), (3, 3))
    second = graph.add("Add", [graph.convolved(first, (3, 1, 0, 2), (3, 3)), first])
    third = graph.add("Add", [graph.convolved(second, (3, 1, 0, 2), (3, 3)), second])
    features = graph.add("Concat", [front, first, second, third], axis=1)
    over_time = graph.constant(np.array([2], np.int64))
    pooled = [graph.add(kind, [features, over_time]) for kind in ("ReduceMax", "ReduceMean")]
    summary = graph.normalised(graph.add("Flatten", [graph.add("Concat", pooled, axis=3)]), (-1,))
    last = graph.dense(graph.normalised(graph.add("Relu", [graph.dense(summary)]), (-1,)))
    graph.nodes.append(helper.make_node("Sigmoid", [last], ["scores"]))
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "musicnn",
            [helper.make_tensor_value_info("patches", TensorProto.FLOAT, ["n", 1, _PATCH, _MELS])],
            [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["n", 50])],
            graph.constants,
        ),
        opset_imports=[helper.make_opsetid("", 18)],
    )
    model.ir_version = 8
    return bytes(model.SerializeToString())
