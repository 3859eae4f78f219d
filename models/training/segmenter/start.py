"""Take up the training of a segmenter from its ONNX file, when the run that made it is gone.

An exported file has the batch norms folded into its convolutions. Training needs them apart: each gets the statistics
of what its convolution gives on training pictures, and the gain and offset that leave the answers as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import onnx
import torch
from model import STRIDES, SegmenterNet
from onnx import numpy_helper
from torch import Tensor, nn


def load_onnx(net: SegmenterNet, path: Path) -> None:
    """Fill a network with the weights of an exported one; its norms are left to pass values through."""
    found = _named(onnx.load(str(path)))
    state = {name: torch.from_numpy(value.copy()) for name, value in found.items()}
    own = net.state_dict()
    for name, conv, norm in _folded(net):
        state[name + ".weight"] = found_weight = torch.from_numpy(found[conv + ".weight"].copy())
        width = len(found_weight)
        state |= {
            norm + ".weight": torch.ones(width),
            norm + ".bias": torch.from_numpy(found[conv + ".bias"].copy()),
            norm + ".running_mean": torch.zeros(width),
            norm + ".running_var": torch.ones(width) - 1e-5,
        }
    _share_heads(state, found)
    missing = {n for n in own if n not in state and not n.endswith("num_batches_tracked")} - {"mean", "std"}
    if missing:
        raise SystemExit(f"{path} lacks {sorted(missing)[:3]}; a file that export.py wrote was wanted.")
    net.load_state_dict({**own, **{n: state[n].reshape(own[n].shape) for n in own if n in state}})


@torch.no_grad()
def calibrate(net: SegmenterNet, pictures: Iterator[Tensor], batches: int = 12) -> None:
    """Give each batch norm the statistics of its inputs, without changing what it gives.

    Parameters
    ----------
    pictures : batches (N, 3, S, S) of training pictures.
    """
    norms = [m for m in net.modules() if isinstance(m, nn.BatchNorm2d)]
    sums = {norm: torch.zeros(2, norm.num_features) for norm in norms}

    def note(norm: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        x = inputs[0].float()
        sums[norm] += torch.stack((x.mean((0, 2, 3)), (x * x).mean((0, 2, 3)))) / batches  # type: ignore[index]

    hooks = [norm.register_forward_hook(note) for norm in norms]
    net.eval()
    for _ in range(batches):
        net(next(pictures))
    for hook in hooks:
        hook.remove()
    for norm, (mean, square) in sums.items():
        variance = (square - mean**2).clamp(min=1e-6)
        scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        offset = norm.bias - scale * norm.running_mean
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(variance)
        norm.weight.copy_(scale * torch.sqrt(variance + norm.eps))
        norm.bias.copy_(offset + scale * mean)
    net.train()


def _named(model: onnx.ModelProto) -> dict[str, np.ndarray]:
    """Weights by the names of the layers that use them, in float32."""
    stored = {t.name.removesuffix("_half"): numpy_helper.to_array(t) for t in model.graph.initializer}
    found = {n: v.astype(np.float32) for n, v in stored.items() if "::" not in n and v.dtype.kind == "f"}
    for node in model.graph.node:
        for role, value in zip(("weight", "bias"), node.input[1:], strict=False):
            if value.startswith("onnx::") and value in stored:
                array = stored[value].astype(np.float32)
                found[f"{_layer(node.name)}.{role}"] = array.T if node.op_type == "MatMul" else array
    return found


def _layer(node: str) -> str:
    """Name of a layer in the network, from the name of its node: every part of a path repeats those above it."""
    names: list[str] = []
    for part in node.strip("/").split("/")[:-1]:
        full = part if names and part.startswith(names[-1] + ".") else ".".join([*names[-1:], part])
        names.append(full)
    return names[-1]


def _folded(net: SegmenterNet) -> Iterator[tuple[str, str, str]]:
    """Names of a convolution in the network and in the file, and of the norm that was folded into it."""
    for name, module in net.named_modules():
        if isinstance(module, nn.BatchNorm2d) and not name.startswith("heads."):
            conv = name.rsplit(".", 1)[0] + ".0"
            yield conv, conv, name
    for tower in range(3):
        for level in range(len(STRIDES)):
            suffix = f"_{level}" if level else ""
            yield f"heads.convs.{tower}", f"heads.convs.{tower}{suffix}", f"heads.norms.{tower}.{level}"


def _share_heads(state: dict[str, Tensor], found: Mapping[str, np.ndarray]) -> None:
    """The levels share one convolution and differ by the gain of their norm: find both again."""
    for tower in range(3):
        shared = torch.from_numpy(found[f"heads.convs.{tower}.weight"].copy())
        state[f"heads.convs.{tower}.weight"] = shared
        power = (shared**2).sum((1, 2, 3)).clamp(min=1e-12)
        for level in range(1, len(STRIDES)):
            own = torch.from_numpy(found[f"heads.convs.{tower}_{level}.weight"].copy())
            state[f"heads.norms.{tower}.{level}.weight"] = (shared * own).sum((1, 2, 3)) / power


if __name__ == "__main__":
    import sys

    from export import largest_error

    network, file = SegmenterNet(), Path(sys.argv[1])
    load_onnx(network, file)
    calibrate(network, iter(lambda: torch.rand(2, 3, 128, 128), None), 4)
    print(f"largest relative error {largest_error(network.eval(), file):.1e}")
