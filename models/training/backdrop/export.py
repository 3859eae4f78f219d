"""Export denoiser and decoder to ONNX with 8-bit weights; batch and picture size stay dynamic.

    python export.py --run scratch/run --decoder scratch/decoder.safetensors --codec scratch/codec.safetensors \\
        --out ../../builtin/backdrop
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import numpy as np
import onnx
import torch
from model import LATENT_CHANNELS, Decoder, Denoiser
from onnx import helper, numpy_helper
from safetensors.torch import load_file
from torch import nn
from torch.export import Dim

from cyclorama.backdrop.codec import PatchCodec
from cyclorama.backdrop.conditioning import FEATURE_GROUPS, MAP_CHANNELS


def export(
    net: nn.Module,
    inputs: dict[str, torch.Tensor],
    shapes: tuple,
    output: str,
    path: Path,
    packed: bool = True,
) -> None:
    """Write a network; ``packed`` stores its large weights as int8."""
    program = torch.onnx.export(
        net.eval(), tuple(inputs.values()), input_names=list(inputs), output_names=[output],
        dynamic_shapes=shapes, dynamo=True, external_data=False, opset_version=18, verbose=False,
    )  # fmt: skip
    program.save(path)
    model = onnx.load(path)
    del model.graph.value_info[:]
    for node in model.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    if packed:
        store_int8(model)
    onnx.checker.check_model(model)
    onnx.save(model, path)
    print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB")


def store_int8(model: onnx.ModelProto) -> None:
    """Keep large weights as int8 with one scale per output channel; a Cast and a Mul restore them on loading.

    Plain operators on constants are folded when a session starts, so nothing is paid per run.
    """
    for tensor in list(model.graph.initializer):
        weight = numpy_helper.to_array(tensor)
        if weight.dtype != np.float32 or weight.ndim < 2 or weight.size < 4096:
            continue
        users = [node for node in model.graph.node if tensor.name in node.input]
        rows_first = users[0].op_type in ("Conv", "Gemm")
        others = tuple(range(1, weight.ndim)) if rows_first else tuple(range(weight.ndim - 1))
        scale = np.maximum(np.abs(weight).max(others, keepdims=True), 1e-8) / 127
        packed = np.round(weight / scale).clip(-127, 127).astype(np.int8)
        name = tensor.name
        model.graph.initializer.remove(tensor)
        model.graph.initializer.append(numpy_helper.from_array(packed, name + "_int8"))
        model.graph.initializer.append(numpy_helper.from_array(scale.astype(np.float32), name + "_scale"))
        cast = helper.make_node("Cast", [name + "_int8"], [name + "_cast"], to=onnx.TensorProto.FLOAT)
        model.graph.node.insert(0, helper.make_node("Mul", [name + "_cast", name + "_scale"], [name]))
        model.graph.node.insert(0, cast)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--decoder", type=Path, required=True)
    parser.add_argument("--codec", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--tiny", action="store_true")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    shutil.copy(args.codec, args.out / "codec.safetensors")
    decoder = Decoder(PatchCodec.load(args.codec))
    decoder.load_state_dict(load_file(args.decoder))
    denoiser = Denoiser((32, 32, 32)) if args.tiny else Denoiser()
    denoiser.load_state_dict(load_file(args.run / "average.safetensors"))
    latent, grid = _latent_and_shape()
    export(decoder, {"latent": latent}, (grid,), "image", args.out / "decoder.onnx")
    export(denoiser, *denoiser_inputs(), "v", args.out / "denoiser.onnx")


def _latent_and_shape() -> tuple[torch.Tensor, dict[int, object]]:
    b, h, w = Dim("b", min=1, max=64), Dim("h", min=2, max=16), Dim("w", min=2, max=16)
    return torch.randn(2, LATENT_CHANNELS, 16, 20), {0: b, 2: 4 * h, 3: 4 * w}


def denoiser_inputs() -> tuple[dict[str, torch.Tensor], tuple]:
    """Inputs to trace the denoiser with, and which of their sizes stay free."""
    latent, grid = _latent_and_shape()
    inputs = {
        "noisy": latent,
        "time": torch.tensor([500, 500]),
        "maps": torch.randn(2, LATENT_CHANNELS + MAP_CHANNELS, 16, 20),
        "features": torch.randn(2, sum(FEATURE_GROUPS.values())),
        "given": torch.ones(2, len(FEATURE_GROUPS)),
    }
    batch = {0: grid[0]}
    return inputs, (grid, batch, grid, batch, batch)


if __name__ == "__main__":
    main()
