"""A network of IS-Net's layers with random weights: `python isnet_shaped.py OUT.onnx`, with the package onnx.

It costs what IS-Net costs (1024 x 1024 in and out, 44 million weights), and sees nothing: for benchmarks only, where
the published weights cannot be fetched.

References
----------
.. [1] X. Qin et al., "Highly Accurate Dichotomous Image Segmentation", ECCV 2022, section 4 (IS-Net).
.. [2] X. Qin et al., "U2-Net", Pattern Recognition 106, 2020, figure 5 (RSU blocks and their widths).
"""

from __future__ import annotations

import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

# depth of a block (0: dilated, without pooling), inputs, middle, outputs
ENCODER = ((7, 64, 32, 64), (6, 64, 32, 128), (5, 128, 64, 256), (4, 256, 128, 512), (0, 512, 256, 512))
BOTTOM = (0, 512, 256, 512)
DECODER = ((0, 1024, 256, 512), (4, 1024, 128, 256), (5, 512, 64, 128), (6, 256, 32, 64), (7, 128, 16, 64))


class Writer:
    """Nodes and weights of a graph as it grows; values are names."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []
        self.random = np.random.default_rng(0)

    def add(self, kind: str, inputs: list[str], **settings: object) -> str:
        out = f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [out], **settings))
        return out

    def store(self, value: np.ndarray) -> str:
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(value, name))
        return name

    def conv(
        self, x: str, inputs: int, outputs: int, dilation: int = 1, stride: int = 1, relu: bool = True
    ) -> str:
        scale = np.sqrt(2 / (9 * inputs))
        weight = self.random.normal(0, scale, (outputs, inputs, 3, 3)).astype(np.float32)
        names = [x, self.store(weight), self.store(np.zeros(outputs, np.float32))]
        settings = {"dilations": [dilation] * 2, "pads": [dilation] * 4, "strides": [stride] * 2}
        out = self.add("Conv", names, **settings)
        return self.add("Relu", [out]) if relu else out

    def half(self, x: str) -> str:
        return self.add("MaxPool", [x], kernel_shape=[2, 2], strides=[2, 2])

    def double(self, x: str) -> str:
        scales = self.store(np.float32([1, 1, 2, 2]))
        return self.add("Resize", [x, "", scales], mode="linear")

    def block(self, x: str, depth: int, inputs: int, middle: int, outputs: int) -> str:
        first = self.conv(x, inputs, outputs)
        if depth == 0:
            return self.add("Add", [self._dilated(first, middle, outputs), first])
        down = [self.conv(first, outputs, middle)]
        for _ in range(depth - 2):
            down.append(self.conv(self.half(down[-1]), middle, middle))
        up = self.conv(down[-1], middle, middle, dilation=2)
        for number, beside in enumerate(reversed(down)):
            both = self.add("Concat", [up, beside], axis=1)
            last = number == len(down) - 1
            up = self.conv(both, 2 * middle, outputs if last else middle)
            up = up if last else self.double(up)
        return self.add("Add", [up, first])

    def _dilated(self, x: str, middle: int, outputs: int) -> str:
        a = self.conv(x, outputs, middle)
        b = self.conv(a, middle, middle, 2)
        c = self.conv(b, middle, middle, 4)
        d = self.conv(c, middle, middle, 8)
        c = self.conv(self.add("Concat", [d, c], axis=1), 2 * middle, middle, 4)
        b = self.conv(self.add("Concat", [c, b], axis=1), 2 * middle, middle, 2)
        return self.conv(self.add("Concat", [b, a], axis=1), 2 * middle, outputs)


def network() -> onnx.ModelProto:
    """Return the whole network; input `img` (1, 3, 1024, 1024), output (1, 1, 1024, 1024) in [0, 1]."""
    writer = Writer()
    x = writer.conv("img", 3, 64, stride=2, relu=False)
    kept = []
    for shape in ENCODER:
        kept.append(writer.block(x, *shape))
        x = writer.half(kept[-1])
    x = writer.block(x, *BOTTOM)
    for shape, beside in zip(DECODER, reversed(kept), strict=True):
        x = writer.block(writer.add("Concat", [writer.double(x), beside], axis=1), *shape)
    out = writer.add("Sigmoid", [writer.double(writer.conv(x, 64, 1, relu=False))])
    square = [1, 3, 1024, 1024], [1, 1, 1024, 1024]
    values = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        for name, shape in zip(("img", out), square, strict=True)
    ]
    graph = helper.make_graph(writer.nodes, "isnet-shaped", values[:1], values[1:], writer.weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


if __name__ == "__main__":
    model = network()
    onnx.checker.check_model(model)
    onnx.save(model, sys.argv[1])
    print(sum(int(np.prod(tensor.dims)) for tensor in model.graph.initializer) / 1e6, "million weights")
