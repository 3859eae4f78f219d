"""Train the decoder: latents to pictures of 32 px per cell, starting from the codec's linear answer.

    python decoder.py --scenes scratch/scenes --codec scratch/codec.npz --out scratch/decoder --minutes 20
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import torch
from encode import PICTURE_PER_LATENT
from model import Decoder
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional

from cyclorama.backdrop.codec import PatchCodec


def load_pictures(folder: Path, limit: int) -> list[np.ndarray]:
    """Decoded pictures, uint8 (H, W, 3), evenly over what is there."""
    files = sorted(folder.glob("*.jpg"))
    step = max(len(files) // limit, 1)
    return [np.asarray(Image.open(p).convert("RGB")) for p in files[::step][:limit]]


def batch(rng, pictures, codec: PatchCodec, count: int, cells: int) -> tuple[Tensor, Tensor]:
    """Latents and wanted pictures of random crops, cut on cell borders."""
    wanted, latents = [], []
    for _ in range(count):
        picture = pictures[rng.integers(len(pictures))]
        rows, cols = picture.shape[0] // PICTURE_PER_LATENT, picture.shape[1] // PICTURE_PER_LATENT
        y = rng.integers(rows - min(cells, rows) + 1) * PICTURE_PER_LATENT
        x = rng.integers(cols - min(cells, cols) + 1) * PICTURE_PER_LATENT
        side = cells * PICTURE_PER_LATENT
        crop = picture[y : y + side, x : x + side, :].astype(np.float32) / 255
        crop = crop[:, ::-1] if rng.random() < 0.5 else crop
        small = crop.reshape(crop.shape[0] // 4, 4, crop.shape[1] // 4, 4, 3).mean((1, 3))
        latents.append(codec.encode(small))
        wanted.append(crop.transpose(2, 0, 1))
    tensors = torch.from_numpy(np.stack(latents)), torch.from_numpy(np.stack(wanted))
    return tuple(t.contiguous(memory_format=torch.channels_last) for t in tensors)


def reconstruction_loss(made: Tensor, wanted: Tensor) -> Tensor:
    """Absolute error, and that of neighbour differences at four scales."""
    loss = 2 * (made - wanted).abs().mean()
    for _ in range(4):
        for axis in (2, 3):
            loss = loss + (made.diff(dim=axis) - wanted.diff(dim=axis)).abs().mean()
        made, wanted = functional.avg_pool2d(made, 2), functional.avg_pool2d(wanted, 2)
    return loss + 2 * (made - wanted).abs().mean()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenes", type=Path, required=True)
    parser.add_argument("--codec", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="decoder.safetensors; continued if it exists")
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--steps", type=int, default=1 << 30)
    parser.add_argument("--batch", type=int, default=6)
    parser.add_argument("--limit", type=int, default=1200)
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    codec, pictures = PatchCodec.load(args.codec), load_pictures(args.scenes, args.limit)
    net = Decoder(codec).to(memory_format=torch.channels_last)
    if args.out.exists():
        net.load_state_dict(load_file(args.out))
    optimizer = torch.optim.AdamW(net.parameters(), 1e-3, betas=(0.9, 0.98), weight_decay=1e-4)
    start, step, done, shown = time.time(), 0, 0.0, 0.0
    while done < 1 and step < args.steps:
        done = min(max((time.time() - start) / (60 * args.minutes), step / args.steps), 1.0)
        for group in optimizer.param_groups:
            group["lr"] = 1e-3 * min(1, (step + 1) / 60) * max(1 - done, 0.02)
        z, wanted = batch(rng, pictures, codec, args.batch, 8)
        with torch.autocast("cpu", torch.bfloat16):
            made = net(z + 0.1 * torch.randn_like(z) * torch.rand(len(z), 1, 1, 1))
        loss = reconstruction_loss(made.float(), wanted)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        step += 1
        shown = loss.item() if step == 1 else 0.97 * shown + 0.03 * loss.item()
        if step % 50 == 1:
            print(f"step {step} loss {shown:.4f} {time.time() - start:.0f} s", flush=True)
        if step % 250 == 0 or done == 1:
            save_file({k: v.contiguous() for k, v in net.state_dict().items()}, args.out)
    save_file({k: v.contiguous() for k, v in net.state_dict().items()}, args.out)


if __name__ == "__main__":
    main()
