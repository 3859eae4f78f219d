"""Take the denoiser's weights back out of its ONNX file, to train on, or to run it as a network of diffusers.

Most weights keep their names in the file; those of matrix products lose them and are turned over. Which is which is
read from a fresh network that is exported in the same way: its weights come in the same order.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import onnx
import torch
from export import denoiser_inputs, export
from model import Denoiser
from onnx import numpy_helper


def load_onnx(net: Denoiser, path: Path) -> None:
    """Fill a denoiser with the weights of an exported one.

    Raises
    ------
    SystemExit
        If the file was exported from a network of another shape.
    """
    for parameter in net.parameters():  # no two alike, so that each is known again by its values
        torch.nn.init.normal_(parameter)
    state = net.state_dict()
    stored, order = _weights(onnx.load(str(path)))
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "fresh.onnx"
        export(net, *denoiser_inputs(), "v", fresh, packed=False)
        own, own_order = _weights(onnx.load(str(fresh)))
    if len(order) != len(own_order):
        raise SystemExit(f"{path} holds {len(order)} nameless weights; {len(own_order)} were wanted.")
    found = {name: stored[name] for name in own if name in state and name in stored}
    for theirs, ours in zip(order, own_order, strict=True):
        for name, value in state.items():
            if name not in found and _same(value.numpy(), own[ours]):
                found[name] = stored[theirs].T if stored[theirs].ndim == 2 else stored[theirs]
    missing = sorted(set(state) - set(found))
    if missing:
        raise SystemExit(f"{path} lacks {missing[0]}; a file that export.py wrote was wanted.")
    net.load_state_dict({n: torch.from_numpy(v.copy()).reshape(state[n].shape) for n, v in found.items()})


def _weights(model: onnx.ModelProto) -> tuple[dict[str, np.ndarray], list[str]]:
    """All float weights by name, unpacked, and the nameless ones in the order of their use."""
    stored = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
    packed = [name.removesuffix("_int8") for name in stored if name.endswith("_int8")]
    stored |= {n: stored[n + "_int8"].astype(np.float32) * stored[n + "_scale"] for n in packed}
    floats = {n: v for n, v in stored.items() if v.dtype == np.float32 and not n.endswith("_scale")}
    used = dict.fromkeys(i for node in model.graph.node for i in node.input if i in floats)
    return floats, [name for name in used if name.startswith("val_") and floats[name].size > 1]


def _same(parameter: np.ndarray, weight: np.ndarray) -> bool:
    """Whether a stored weight is this parameter: the same values, a matrix turned over, a vector with empty axes."""
    if weight.ndim == 2:
        return parameter.shape == weight.T.shape and bool(np.array_equal(parameter, weight.T))
    return parameter.size == weight.size and bool(np.array_equal(parameter.ravel(), weight.ravel()))


def main() -> None:
    """Compare what the network and the file make of noise."""
    import sys

    from cyclorama.runtime.onnx_session import OnnxSession

    path, net = Path(sys.argv[1]), Denoiser((32, 32, 32)) if "--tiny" in sys.argv else Denoiser()
    load_onnx(net, path)
    inputs, _ = denoiser_inputs()
    with torch.no_grad():
        wanted = net.eval()(*inputs.values()).numpy()
    found = OnnxSession(path).run({name: value.numpy() for name, value in inputs.items()})["v"]
    print(f"largest relative error {np.abs(found - wanted).max() / np.abs(wanted).max():.1e}")


if __name__ == "__main__":
    main()
