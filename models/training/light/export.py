"""Write the trained network as ONNX with half-precision weights: `python export.py RUN/last.safetensors model.onnx`."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import onnx
import torch
from model import CHANNELS, LightNet
from onnx import helper, numpy_helper
from safetensors.torch import load_file

OUTPUTS = ("sh", "direction", "kappa", "directionality", "softness")


def load(weights: Path) -> LightNet:
    """The network with trained weights, for inference."""
    net = LightNet()
    net.load_state_dict(load_file(weights))
    return net.eval()


def export(net: LightNet, to: Path) -> None:
    """Trace and store; weights as float16, computed with as float32."""
    axes = {name: {0: "subjects"} for name in ("pixels", *OUTPUTS)}
    example = torch.rand(2, CHANNELS, 64, 64)
    names = {"input_names": ["pixels"], "output_names": list(OUTPUTS), "dynamic_axes": axes}
    torch.onnx.export(net, (example,), str(to), **names, opset_version=17, dynamo=False)
    model = _halved(onnx.load(str(to)))
    for entry in list(model.graph.value_info):
        model.graph.value_info.remove(entry)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, str(to))


def _halved(model: onnx.ModelProto) -> onnx.ModelProto:
    casts = []
    for tensor in list(model.graph.initializer):
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < 256:
            continue
        half = numpy_helper.from_array(values.astype(np.float16), tensor.name + "_half")
        model.graph.initializer.remove(tensor)
        model.graph.initializer.append(half)
        casts.append(helper.make_node("Cast", [half.name], [tensor.name], to=onnx.TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    return model


def largest_error(net: LightNet, path: Path) -> float:
    """Largest difference between torch and ONNX Runtime on noise, relative to each output's largest value."""
    import onnxruntime

    pixels = torch.rand(5, CHANNELS, 64, 64)
    with torch.no_grad():
        wanted = [value.numpy() for value in net(pixels)]
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    found = session.run(list(OUTPUTS), {"pixels": pixels.numpy()})
    return max(float(np.abs(f - w).max() / np.abs(w).max()) for f, w in zip(found, wanted, strict=True))


if __name__ == "__main__":
    source, target = (Path(a) for a in sys.argv[1:])
    network = load(source)
    export(network, target)
    error = largest_error(network, target)
    print(f"{target}: {target.stat().st_size / 1e6:.2f} MB, largest relative error {error:.1e}")
