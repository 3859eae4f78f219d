"""Train the network that guesses what part of space a cut-out fills.

    python learn.py --data scratch/solids --out ../../builtin/solid --minutes 40

``learn_data.py`` made the data. Every twelfth solid is held out.
"""

from __future__ import annotations

import argparse
import math
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import onnx
import torch
from learn_data import DEPTHS
from torch import Tensor, nn
from torch.nn import functional

from cyclorama.shadows.volume import INPUT_PX, PLANES

HELD_OUT_EVERY = 12
REPORT_EVERY = 150
WIDTHS = (40, 72, 112, 128)


class Block(nn.Module):
    """Two 3 x 3 convolutions around a shortcut."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(4, width)
        self.one, self.two = nn.Conv2d(width, width, 3, 1, 1), nn.Conv2d(width, width, 3, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.two(functional.gelu(self.one(self.norm(x))))


class SolidNet(nn.Module):
    """(B, 3, INPUT_PX, INPUT_PX) to logits (B, PLANES, INPUT_PX / 2, INPUT_PX / 2): a U-Net."""

    def __init__(self) -> None:
        super().__init__()
        w = WIDTHS
        self.enter = nn.Conv2d(14, w[0], 3, 1, 1)
        self.left = nn.ModuleList(Block(width) for width in w)
        self.down = nn.ModuleList(nn.Conv2d(a, b, 2, 2) for a, b in pairwise(w))
        self.around = nn.Linear(w[-1] * 16, w[-1])
        self.up = nn.ModuleList(nn.Conv2d(b, a, 1) for a, b in pairwise(w))
        self.right = nn.ModuleList(Block(width) for width in w[:-1])
        self.leave = nn.Conv2d(w[0], PLANES, 1)
        y, x = torch.meshgrid(torch.linspace(-1, 1, 32), torch.linspace(-1, 1, 32), indexing="ij")
        self.register_buffer("place", torch.stack((x, y))[None])

    def forward(self, view: Tensor) -> Tensor:
        x = functional.pixel_unshuffle(view, 2)
        x = self.enter(torch.cat([x, self.place + torch.zeros_like(x[:, :2])], 1))
        kept = []
        for k, block in enumerate(self.left):
            x = block(x)
            if k < len(self.down):
                kept.append(x)
                x = self.down[k](x)
        x = x + self.around(x.flatten(1))[..., None, None]
        for k in reversed(range(len(self.up))):
            x = functional.interpolate(self.up[k](x), scale_factor=2, mode="nearest") + kept[k]
            x = self.right[k](x)
        return self.leave(x)


class Shipped(nn.Module):
    """As the product runs it: chances instead of logits."""

    def __init__(self, net: SolidNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, view: Tensor) -> Tensor:
        return torch.sigmoid(self.net(view))


def load(folder: Path) -> tuple[Tensor, Tensor]:
    """Views (N, 3, n, n), half floats, and how far cells are filled (N, PLANES, n / 2, n / 2)."""
    parts = [np.load(path) for path in sorted(folder.glob("solids-*.npz"))]
    seen = np.concatenate([part["seen"] for part in parts])
    return torch.from_numpy(seen), torch.from_numpy(np.concatenate([part["filled"] for part in parts]))


def loss(logits: Tensor, filled: Tensor, view: Tensor) -> Tensor:
    """Mean cross-entropy in the columns of space that the cut-out covers."""
    covered = (functional.max_pool2d(view[:, :1], 2) > 0.25).float()
    each = functional.binary_cross_entropy_with_logits(logits, filled, reduction="none")
    return (each.mean(1, keepdim=True) * covered).sum() / covered.sum()


def overlap(net: SolidNet, view: Tensor, filled: Tensor) -> float:
    """Mean overlap of filled cells, of held-out solids."""
    found = []
    with torch.no_grad():
        for v, f in zip(view.split(64), filled.split(64), strict=True):
            seen = v.float()
            covered = functional.max_pool2d(seen[:, :1], 2) > 0.25
            mine, true = (net(seen) > 0) & covered, (f.float() / DEPTHS > 0.5) & covered
            found.append((mine & true).sum((1, 2, 3)) / (mine | true).sum((1, 2, 3)).clamp(min=1))
    return float(torch.cat(found).mean())


def rate_at(step: int, done: float) -> float:
    """Learning rate: up within a hundred steps, then down with the time that is spent."""
    return 2e-3 * min((step + 1) / 100, 1) * max(0.5 + 0.5 * math.cos(math.pi * done), 0.002)


def export(net: SolidNet, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "model.onnx"
    torch.onnx.export(
        Shipped(net).eval(),
        (torch.rand(1, 3, INPUT_PX, INPUT_PX),),
        str(path),
        input_names=["view"],
        output_names=["filled"],
        dynamic_axes={name: {0: "batch"} for name in ("view", "filled")},
        opset_version=17,
        dynamo=False,
    )
    onnx.checker.check_model(onnx.load(str(path)))
    print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=40)
    parser.add_argument("--batch", type=int, default=24)
    parser.add_argument("--seed", type=int, default=3)
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    rng = torch.Generator().manual_seed(args.seed)
    net = SolidNet()
    print(f"{sum(p.numel() for p in net.parameters()) / 1e6:.2f} M parameters", flush=True)
    optimizer = torch.optim.AdamW(net.parameters(), 1e-3, weight_decay=0.02)
    began, step, done = time.monotonic(), 0, 0.0
    while done < 1:
        done = (time.monotonic() - began) / (60 * args.minutes)
        optimizer.param_groups[0]["lr"] = rate_at(step, min(done, 1.0))
        if step % REPORT_EVERY == 0:
            # Data may still be in the making.
            seen, filled = load(args.data)
            free = torch.arange(len(seen)) % HELD_OUT_EVERY != 0
        index = torch.multinomial(free.float(), args.batch, generator=rng)
        view, cells = seen[index].float(), filled[index].float() / DEPTHS
        flip = (torch.rand(args.batch, generator=rng) < 0.5)[:, None, None, None]
        view, cells = torch.where(flip, view.flip(3), view), torch.where(flip, cells.flip(3), cells)
        value = loss(net(view), cells, view)
        optimizer.zero_grad(set_to_none=True)
        value.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        step += 1
        if step % REPORT_EVERY == 0:
            print(
                step,
                len(seen),
                f"{float(value.detach()):.4f}",
                f"{overlap(net, seen[~free], filled[~free]):.3f}",
                flush=True,
            )
            export(net, args.out)
    export(net, args.out)


if __name__ == "__main__":
    main()
