"""Writing ONNX graphs by hand: nodes after one another, constants beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from soundstage.errors import Misconfigured

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[Any]

_OPSET = 17
_IR = 8  # what belongs to opset 17: any onnxruntime since 1.12 reads it


class GraphWriter:
    """Collects a graph; every method that adds a node answers the name of its output.

    weights: a checkpoint's arrays by name.
    """

    def __init__(self, weights: Mapping[str, Array]) -> None:
        self._weights = weights
        self._nodes: list[Any] = []
        self._constants: dict[str, Any] = {}

    def weight(self, name: str) -> Array:
        """An array of the checkpoint. Raises Misconfigured where it is missing."""
        try:
            return self._weights[name]
        except KeyError:
            raise Misconfigured(f"the checkpoint is of another network: it has no {name}") from None

    def constant(self, name: str, values: Array | Sequence[float] | int) -> str:
        """A constant of the graph; numbers with a point are kept as float32, whole ones as int64."""
        import numpy as np  # noqa: PLC0415 - specs stay light
        from onnx import numpy_helper  # noqa: PLC0415

        array = np.asarray(values)
        array = array.astype(np.float32 if array.dtype.kind == "f" else np.int64)
        if name not in self._constants:
            self._constants[name] = numpy_helper.from_array(np.ascontiguousarray(array), name)
        return name

    def kept(self, name: str) -> str:
        """An array of the checkpoint as a constant of the same name."""
        return self.constant(name, self.weight(name))

    def add(self, operator: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        from onnx import helper  # noqa: PLC0415

        output = output or f"{operator}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(operator, list(inputs), [output], **attributes))
        return output

    def convolution(self, value: str, layer: str, **attributes: Any) -> str:
        """The convolution `<layer>.weight`, with `<layer>.bias` where there is one."""
        bias = [self.kept(f"{layer}.bias")] if f"{layer}.bias" in self._weights else []
        return self.add("Conv", value, self.kept(f"{layer}.weight"), *bias, **attributes)

    def linear(self, value: str, layer: str) -> str:
        """The fully connected layer over the last axis."""
        turned = self.constant(f"{layer}.turned", self.weight(f"{layer}.weight").T)
        return self.add("Add", self.add("MatMul", value, turned), self.kept(f"{layer}.bias"))

    def batch_norm(self, value: str, layer: str) -> str:
        """Batch normalisation by the statistics of training; scale 1 and bias 0 where it has none of its own."""
        import numpy as np  # noqa: PLC0415

        mean = self.weight(f"{layer}.running_mean")
        scale = self.constant(f"{layer}.scale", self._weights.get(f"{layer}.weight", np.ones_like(mean)))
        bias = self.constant(f"{layer}.shift", self._weights.get(f"{layer}.bias", np.zeros_like(mean)))
        statistics = (self.kept(f"{layer}.running_mean"), self.kept(f"{layer}.running_var"))
        return self.add("BatchNormalization", value, scale, bias, *statistics, epsilon=1e-5)

    def written(self, value: tuple[str, Sequence[int | str]], answer: tuple[str, Sequence[int | str]]) -> bytes:
        """The model as bytes. `value` and `answer`: name and shape of what goes in and comes out (float32)."""
        from onnx import TensorProto, checker, helper  # noqa: PLC0415

        graph = helper.make_graph(
            self._nodes,
            "soundstage",
            [helper.make_tensor_value_info(value[0], TensorProto.FLOAT, list(value[1]))],
            [helper.make_tensor_value_info(answer[0], TensorProto.FLOAT, list(answer[1]))],
            list(self._constants.values()),
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR)
        checker.check_model(model)
        return bytes(model.SerializeToString())
