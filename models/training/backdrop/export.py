"""Export encoder, decoder and denoiser to ONNX with 8-bit weights; every size stays dynamic.

    python export.py --run scratch/run --autoencoder scratch/autoencoder.safetensors --out ../../builtin/backdrop
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import onnx
import torch
from encode import load_autoencoder
from model import LATENT_CHANNELS, Denoiser
from onnx import helper, numpy_helper
from safetensors.torch import load_file
from torch import nn
from torch.export import Dim

from cyclorama.backdrop.conditioning import FEATURE_GROUPS, MAP_CHANNELS


class OneStep(nn.Module):
    """The denoiser with the time as float, so that nothing integer crosses the border."""

    def __init__(self, net: Denoiser) -> None:
        super().__init__()
        self.net = net

    def forward(self, noisy, time, maps, features, given):
        return self.net(noisy, time, maps, features, given)


def export(net: nn.Module, inputs: dict[str, torch.Tensor], shapes: dict, output: str, path: Path) -> None:
    program = torch.onnx.export(
        net.eval(), tuple(inputs.values()), input_names=list(inputs), output_names=[output],
        dynamic_shapes=shapes, dynamo=True, external_data=False, opset_version=18,
    )
    program.save(path)
    model = onnx.load(path)
    del model.graph.value_info[:]
    for node in model.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    store_int8(model)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def store_int8(model: onnx.ModelProto) -> None:
    """Keep large weights as int8 with one scale per output channel; a Cast and a Mul restore them on loading.

    Plain operators on constants are folded when a session starts, so nothing is paid per run.
    """
    for tensor in list(model.graph.initializer):
        weight = numpy_helper.to_array(tensor)
        if weight.dtype != np.float32 or weight.ndim < 2 or weight.size < 4096:
            continue
        users = [n for n in model.graph.node if tensor.name in n.input]
        axis = 0 if users and users[0].op_type in ("Conv", "Gemm") else weight.ndim - 1
        others = tuple(i for i in range(weight.ndim) if i != axis)
        scale = np.maximum(np.abs(weight).max(others, keepdims=True), 1e-8) / 127
        packed = np.round(weight / scale).clip(-127, 127).astype(np.int8)
        model.graph.initializer.remove(tensor)
        name = tensor.name
        model.graph.initializer.append(numpy_helper.from_array(packed, name + "_int8"))
        model.graph.initializer.append(numpy_helper.from_array(scale.astype(np.float32), name + "_scale"))
        cast = helper.make_node("Cast", [name + "_int8"], [name + "_cast"], to=onnx.TensorProto.FLOAT)
        model.graph.node.insert(0, helper.make_node("Mul", [name + "_cast", name + "_scale"], [name]))
        model.graph.node.insert(0, cast)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--autoencoder", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--tiny", action="store_true")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    coder = load_autoencoder(args.autoencoder).to(memory_format=torch.contiguous_format)
    net = Denoiser((32, 32, 32)) if args.tiny else Denoiser()
    net.load_state_dict(load_file(args.run / "average.safetensors"))
    b, h, w = Dim("b", min=1, max=64), Dim("h", min=2, max=16), Dim("w", min=2, max=16)
    h4, w4 = {2: 4 * h, 3: 4 * w}, {2: 64 * h, 3: 64 * w}
    latent = torch.randn(2, LATENT_CHANNELS, 16, 20)
    export(coder.encoder, {"image": torch.rand(2, 3, 256, 320) * 2 - 1}, ({0: b, **w4},), "latent", args.out / "encoder.onnx")
    export(coder.decoder, {"latent": latent}, ({0: b, **h4},), "image", args.out / "decoder.onnx")
    inputs = {
        "noisy": latent,
        "time": torch.tensor([500, 500]),
        "maps": torch.randn(2, LATENT_CHANNELS + MAP_CHANNELS, 16, 20),
        "features": torch.randn(2, sum(FEATURE_GROUPS.values())),
        "given": torch.ones(2, len(FEATURE_GROUPS)),
    }
    shapes = ({0: b, **h4}, {0: b}, {0: b, **h4}, {0: b}, {0: b})
    export(OneStep(net), inputs, shapes, "v", args.out / "denoiser.onnx")


if __name__ == "__main__":
    main()
