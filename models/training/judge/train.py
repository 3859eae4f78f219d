"""Train the judge: from a small picture to the light on what stands in it, and the horizon.

    python train.py --data scratch/judge/pictures.npz scratch/judge/traced/traced.npz --out ../../builtin/judge

It looks at pictures alone: neither the scene, nor the camera, nor anything of the background model is known to it.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import onnx
import onnx.numpy_helper
import torch
from torch import Tensor, nn
from torch.nn import functional

OUTPUTS = ("direction", "kappa", "horizon", "tint")
HELD_OUT_EVERY = 12
WIDTHS = (24, 48, 80, 112)
#: Path-traced pictures are few; they are taken so often.
TRACED_SHARE = 0.4


class Block(nn.Module):
    """Depthwise 5 x 5, then a wide pointwise pair, around a shortcut."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.spread = nn.Conv2d(width, width, 5, padding=2, groups=width)
        self.norm = nn.GroupNorm(1, width)
        self.up, self.down = nn.Conv2d(width, 2 * width, 1), nn.Conv2d(2 * width, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.down(functional.gelu(self.up(self.norm(self.spread(x)))))


class Judge(nn.Module):
    """(B, 3, 64, 64) sRGB [0, 1] to direction (B, 3), kappa (B,), horizon and its spread (B, 2), tint (B,)."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Conv2d(6, WIDTHS[0], 4, 2, 1)]
        for width, after in zip(WIDTHS, (*WIDTHS[1:], 0), strict=True):
            layers += [Block(width), Block(width)]
            layers += [nn.Conv2d(width, after, 2, 2)] if after else []
        self.body = nn.Sequential(*layers)
        self.head = nn.Sequential(nn.Linear(WIDTHS[-1] * 16, 160), nn.GELU(), nn.Linear(160, 7))
        y, x = torch.meshgrid(torch.linspace(-1, 1, 64), torch.linspace(-1, 1, 64), indexing="ij")
        self.register_buffer("place", torch.stack((x, y))[None])

    def forward(self, picture: Tensor) -> tuple[Tensor, ...]:
        bright = torch.log(picture.mean(1, keepdim=True) ** 2.2 + 0.01)
        bright = bright - bright.mean((2, 3), keepdim=True)
        place = self.place + torch.zeros_like(picture[:, :2])
        x = torch.cat(
            [picture[:, :1] - picture[:, 2:], picture[:, 1:2], bright * 0.5, place, picture[:, :1]], 1
        )
        found = self.head(self.body(x).flatten(1))
        direction = functional.normalize(found[:, :3], dim=1)
        kappa = 1 + functional.softplus(3 * found[:, 3])
        horizon = torch.stack((0.5 + 0.5 * found[:, 4], 0.01 + functional.softplus(found[:, 5] - 2)), 1)
        return direction, kappa, horizon, found[:, 6]


def loss(found: tuple[Tensor, ...], direction: Tensor, horizon: Tensor, tint: Tensor) -> Tensor:
    """Von Mises-Fisher and Laplace likelihoods, and the angle itself."""
    guess, kappa, row, color = found
    cosine = (guess * direction).sum(1)
    # log of the normaliser of a von Mises-Fisher density on the sphere
    density = torch.log(kappa) - kappa - torch.log1p(-torch.exp(-2 * kappa)) + kappa * cosine
    edge = (row[:, 0] - horizon).abs() / row[:, 1] + torch.log(row[:, 1])
    return ((1 - cosine) * 2 - 0.5 * density + 0.4 * edge + 0.5 * (color - tint).abs()).mean()


def augmented(pictures: Tensor, direction: Tensor, rng: torch.Generator) -> tuple[Tensor, Tensor]:
    """Mirror half of the pictures, and their lights."""
    flip = torch.rand(len(pictures), generator=rng) < 0.5
    pictures = torch.where(flip[:, None, None, None], pictures.flip(3), pictures)
    sign = torch.where(flip, -1.0, 1.0)
    return pictures, direction * torch.stack((sign, torch.ones_like(sign), torch.ones_like(sign)), 1)


def measure(net: Judge, pictures: Tensor, table: dict[str, Tensor]) -> dict[str, float]:
    """Errors on held-out pictures."""
    with torch.no_grad():
        parts = [net(p.float() / 255) for p in pictures.split(256)]
    direction, kappa, horizon, tint = (torch.cat(p) for p in zip(*parts, strict=True))
    angle = torch.rad2deg(torch.arccos((direction * table["direction"]).sum(1).clamp(-1, 1)))
    side = table["direction"][:, 0]
    clear = side.abs() > 0.4
    sure = kappa > kappa.median()
    return {
        "angle_median_deg": float(angle.median()),
        "angle_median_sure_deg": float(angle[sure].median()),
        "side_right": float(((direction[:, 0] * side) > 0)[clear].float().mean()),
        "horizon_median": float((horizon[:, 0] - table["horizon"]).abs().median()),
        "tint_median": float((tint - table["tint"]).abs().median()),
    }


def load(paths: list[Path]) -> tuple[Tensor, dict[str, Tensor], Tensor]:
    """Pictures (N, 3, 64, 64), labels, and which are path-traced, of all files together."""
    parts = [dict(np.load(path)) for path in paths]
    whole = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    table = {name: torch.from_numpy(whole[name]) for name in ("direction", "horizon", "tint")}
    traced = torch.from_numpy(np.char.startswith(whole["scene"], "traced"))
    return torch.from_numpy(whole["pictures"]).permute(0, 3, 1, 2).contiguous(), table, traced


def chances(traced: Tensor) -> Tensor:
    """How likely each picture is to be taken next."""
    share = TRACED_SHARE if traced.any() else 0.0
    few, many = traced.sum().clamp(min=1), (~traced).sum().clamp(min=1)
    return torch.where(traced, share / few, (1 - share) / many)


def resume(net: Judge, path: Path) -> None:
    """Take over the weights of an exported network, in which the factors of a norm have lost their names."""
    graph = onnx.load(str(path)).graph
    stored = {entry.name: onnx.numpy_helper.to_array(entry) for entry in graph.initializer}
    loose = [stored[name] for node in graph.node if node.op_type in ("Mul", "Add") for name in node.input
             if name in stored and stored[name].ndim == 3 and stored[name].shape[1:] == (1, 1)]  # fmt: skip
    norms = iter(loose)
    weights = {
        name: torch.from_numpy((stored[name] if name in stored else next(norms)).copy()).reshape(part.shape)
        for name, part in net.named_parameters()
    }
    net.load_state_dict(weights, strict=False)


def export(net: Judge, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "model.onnx"
    torch.onnx.export(
        net,
        (torch.rand(2, 3, 64, 64),),
        str(path),
        input_names=["picture"],
        output_names=list(OUTPUTS),
        dynamic_axes={name: {0: "batch"} for name in ("picture", *OUTPUTS)},
        opset_version=17,
        dynamo=False,
    )
    onnx.checker.check_model(onnx.load(str(path)))
    print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=8000)
    parser.add_argument("--batch", type=int, default=48)
    parser.add_argument("--rate", type=float, default=2e-3, help="highest learning rate")
    parser.add_argument("--start", type=Path, help="go on from this exported judge")
    parser.add_argument("--seed", type=int, default=11)
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    pictures, table, traced = load(args.data)
    held = torch.arange(len(pictures)) % HELD_OUT_EVERY == 0
    rng = torch.Generator().manual_seed(args.seed)
    chance = chances(traced) * ~held
    net = Judge()
    if args.start:
        resume(net, args.start)
    optimizer = torch.optim.AdamW(net.parameters(), args.rate, weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, args.rate, args.steps)
    for step in range(args.steps):
        index = torch.multinomial(chance, args.batch, generator=rng)
        batch, direction = augmented(pictures[index].float() / 255, table["direction"][index], rng)
        value = loss(net(batch), direction, table["horizon"][index], table["tint"][index])
        optimizer.zero_grad(set_to_none=True)
        value.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 2.0)
        optimizer.step()
        schedule.step()
        if step % 100 == 99:
            print(step + 1, f"{float(value.detach()):.3f}", flush=True)
    for name, chosen in (("drawn and photographed", held & ~traced), ("path-traced", held & traced)):
        if chosen.any():
            figures = measure(net.eval(), pictures[chosen], {n: v[chosen] for n, v in table.items()})
            print(name, json.dumps({key: round(value, 4) for key, value in figures.items()}))
    export(net, args.out)


if __name__ == "__main__":
    main()
