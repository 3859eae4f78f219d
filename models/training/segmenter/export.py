"""Write the trained network as ONNX with half-precision weights: `python export.py RUN/last.safetensors model.onnx`."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import onnx
import torch
from model import SegmenterNet
from onnx import helper, numpy_helper
from safetensors.torch import load_file

OUTPUTS = ("where", "what", "shared", "foreground")


def load(weights: Path) -> SegmenterNet:
    """The network with trained weights, for inference."""
    net = SegmenterNet()
    net.load_state_dict(load_file(weights))
    return net.eval()


def export(net: SegmenterNet, to: Path) -> None:
    """Trace, store weights as float16 (they are computed with as float32), check against torch at another size."""
    sides = {2: "height", 3: "width"}
    axes = {
        "image": sides,
        "where": {1: "locations"},
        "what": {1: "locations"},
        "shared": {2: "h4", 3: "w4"},
        "foreground": {2: "h2", 3: "w2"},
    }
    torch.onnx.export(
        net,
        (torch.rand(1, 3, 256, 320),),
        str(to),
        input_names=["image"],
        output_names=list(OUTPUTS),
        dynamic_axes=axes,
        opset_version=17,
        dynamo=False,
    )
    model = halve_weights(onnx.load(str(to)))
    for entry in list(model.graph.value_info):
        model.graph.value_info.remove(entry)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, str(to))


def halve_weights(model: onnx.ModelProto) -> onnx.ModelProto:
    """Store every large float32 weight as float16 behind a cast, which the runtime folds away when it loads."""
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


def largest_error(net: SegmenterNet, path: Path, size: tuple[int, int] = (352, 224)) -> float:
    """Largest difference between torch and ONNX Runtime on noise, relative to each output's largest value."""
    import onnxruntime

    image = torch.rand(1, 3, *size)
    with torch.no_grad():
        wanted = [t.numpy() for t in net(image)]
    found = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"]).run(
        list(OUTPUTS), {"image": image.numpy()}
    )
    return max(float(np.abs(f - w).max() / np.abs(w).max()) for f, w in zip(found, wanted, strict=False))


if __name__ == "__main__":
    source, target = (Path(a) for a in sys.argv[1:])
    network = load(source)
    export(network, target)
    print(
        f"{target}: {target.stat().st_size / 1e6:.2f} MB, largest relative error {largest_error(network, target):.1e}"
    )
