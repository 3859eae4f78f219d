"""Train on one CPU core: `python train.py --data DIR --out DIR --steps 26000`.

Resumes from its last checkpoint, and takes up shards that are rendered while it runs. Writes ``last.safetensors``
(running mean of the weights), ``resume.pt`` and ``log.jsonl``.
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import time
from pathlib import Path

import numpy as np
import torch
from model import LightNet
from safetensors.torch import save_file
from samples import Batch, Samples, targets

__all__ = ["HELD_OUT_SEED", "loss_of"]

#: Solids of this seed are never trained on.
HELD_OUT_SEED = 99
_SH_WEIGHT = torch.tensor([0.0] + [1.0] * 3 + [0.5] * 5)


def loss_of(net: torch.nn.Module, batch: Batch, mixed: bool = True) -> torch.Tensor:
    """Likelihood and angle of the direction, and squared errors of harmonics, directionality, softness."""
    pixels, light, softness = batch
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=mixed):
        sh, direction, kappa, share, radius = net(pixels.to(memory_format=torch.channels_last))
    true_sh, true_direction, true_share = targets(light)
    cosine = (direction * true_direction).sum(1)
    # ln of the von Mises-Fisher density; the direction matters less where the light has hardly any.
    log_density = torch.log(kappa) - kappa - torch.log(-torch.expm1(-2 * kappa)) + kappa * cosine
    weight = (true_share / 0.25).clamp(0.1, 1)
    squares = ((sh - true_sh).clamp(-6, 6) ** 2 * _SH_WEIGHT).mean()
    straight = (weight * (1 - cosine - 0.5 * log_density)).mean()
    return (
        straight
        + 0.5 * squares
        + 3 * ((share - true_share) ** 2).mean()
        + 0.3 * ((radius - softness) ** 2).mean()
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument(
        "--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5], help="seeds of the shards to train on"
    )
    parser.add_argument("--steps", type=int, default=26000)
    parser.add_argument("--batch", type=int, default=48)
    parser.add_argument("--rate", type=float, default=2e-3)
    return parser.parse_args()


def main() -> None:
    args = _arguments()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    args.out.mkdir(parents=True, exist_ok=True)
    net = LightNet().to(memory_format=torch.channels_last)
    mean = copy.deepcopy(net).requires_grad_(False)
    optimizer = torch.optim.AdamW(net.parameters(), lr=args.rate, weight_decay=2e-3)
    step, resume = 0, args.out / "resume.pt"
    if resume.exists():
        state = torch.load(resume, weights_only=True)
        for part, name in ((net, "net"), (mean, "mean"), (optimizer, "optimizer")):
            part.load_state_dict(state[name])
        step = state["step"]
    samples = Samples(args.data, set(args.seeds))
    batches = samples.batches(np.random.default_rng([1, step]), args.batch)
    log, total, began = (args.out / "log.jsonl").open("a"), 0.0, time.process_time()
    while step < args.steps:
        rate = args.rate * min(1, (step + 1) / 200) * (0.5 + 0.5 * math.cos(math.pi * step / args.steps))
        for group in optimizer.param_groups:
            group["lr"] = rate
        loss = loss_of(net, next(batches))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        step += 1
        total += float(loss.detach()) / 200
        _average(mean, net, min(0.999, 1 - 1 / (1 + step / 10)))
        if step % 200 == 0:
            line = {"step": step, "loss": round(total, 4), "pictures": samples.refresh()}
            log.write(json.dumps({**line, "cpu_s": round(time.process_time() - began)}) + "\n")
            log.flush()
            total = 0.0
        if step % 1000 == 0:
            _save(args.out, net, mean, optimizer, step)
    _save(args.out, net, mean, optimizer, step)
    print(f"{step} steps, {time.process_time() - began:.0f} s of processor time")


def _average(mean: torch.nn.Module, net: torch.nn.Module, keep: float) -> None:
    with torch.no_grad():
        source = net.state_dict()
        for name, value in mean.state_dict().items():
            if value.is_floating_point():
                value.lerp_(source[name], 1 - keep)
            else:
                value.copy_(source[name])


def _save(out: Path, net, mean, optimizer, step: int) -> None:
    part = out / "part"
    save_file({k: v.contiguous().clone() for k, v in mean.state_dict().items()}, part)
    part.replace(out / "last.safetensors")
    state = {
        "net": net.state_dict(),
        "mean": mean.state_dict(),
        "optimizer": optimizer.state_dict(),
        "step": step,
    }
    torch.save(state, part)
    part.replace(out / "resume.pt")


if __name__ == "__main__":
    main()
