"""Train the decoder: latents to pictures of 32 px per cell, starting from the codec's linear answer.

python decoder.py --scenes scratch/scenes --codec scratch/codec.safetensors --out scratch/decoder --minutes 20
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import torch
from encode import PICTURE_PER_LATENT
from model import Decoder, Denoiser
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional
from train import NoiseShape, schedule

from cyclorama.backdrop.codec import PATCH_PX, PatchCodec
from cyclorama.backdrop.conditioning import FEATURE_GROUPS, MAP_CHANNELS
from cyclorama.backdrop.noise import cosine_basis, spectrum_for

CELLS = 8


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


class Errors:
    """What a denoiser gets wrong: detail that does not fit its neighbours, hardly ever the broad shapes."""

    def __init__(self, codec: PatchCodec, cells: int) -> None:
        amplitude = spectrum_for(codec.spectrum, (cells, cells))
        amplitude[:, :2, :2] = 0
        self.amplitude, self.basis = torch.from_numpy(amplitude), torch.from_numpy(cosine_basis(cells))

    def __call__(self, z: Tensor) -> Tensor:
        shaped = self.basis.T @ (torch.randn_like(z) * self.amplitude) @ self.basis
        share = torch.rand(2, len(z), 1, 1, 1)
        return z + 0.5 * share[0] * shaped + 0.1 * share[1] * torch.randn_like(z)


class DenoiserErrors:
    """What this very denoiser gets wrong: latents with noise, and its guess of what is under it."""

    def __init__(self, run: Path, codec: PatchCodec, cells: int) -> None:
        self.net = Denoiser()
        self.net.load_state_dict(load_file(run / "average.safetensors"))
        self.net.eval().to(memory_format=torch.channels_last)
        self.shape, self.power = NoiseShape(codec), schedule().alphas_cumprod
        empty = torch.from_numpy(
            codec.encode(np.full((cells * PATCH_PX, cells * PATCH_PX, 3), 0.5, np.float32))
        )
        self.maps = torch.cat([empty, torch.zeros(MAP_CHANNELS, cells, cells)])[None]

    @torch.no_grad()
    def __call__(self, z: Tensor) -> Tensor:
        count = len(z)
        time_index = torch.randint(20, 450, (count,))
        a, s = (
            self.power[time_index].sqrt()[:, None, None, None],
            (1 - self.power[time_index]).sqrt()[:, None, None, None],
        )
        noisy = a * z + s * self.shape.draw(z.shape)
        features, given = (
            torch.zeros(count, sum(FEATURE_GROUPS.values())),
            torch.zeros(count, len(FEATURE_GROUPS)),
        )
        with torch.autocast("cpu", torch.bfloat16):
            v = self.net(noisy, time_index, self.maps.expand(count, -1, -1, -1), features, given)
        return a * noisy - s * v.float()


def reconstruction_loss(made: Tensor, wanted: Tensor) -> Tensor:
    """Absolute error, and that of neighbour differences at four scales."""
    loss = 2 * (made - wanted).abs().mean()
    for _ in range(4):
        for axis in (2, 3):
            loss = loss + (made.diff(dim=axis) - wanted.diff(dim=axis)).abs().mean()
        made, wanted = functional.avg_pool2d(made, 2), functional.avg_pool2d(wanted, 2)
    return loss + 2 * (made - wanted).abs().mean()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scenes", type=Path, required=True)
    parser.add_argument("--codec", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="decoder.safetensors; continued if it exists")
    parser.add_argument("--run", type=Path, help="of train.py: learn to mend what this denoiser gets wrong")
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
    errors = DenoiserErrors(args.run, codec, CELLS) if args.run else Errors(codec, CELLS)
    start, step, done, shown = time.time(), 0, 0.0, 0.0
    while done < 1 and step < args.steps:
        done = min(max((time.time() - start) / (60 * args.minutes), step / args.steps), 1.0)
        for group in optimizer.param_groups:
            group["lr"] = 1e-3 * min(1, (step + 1) / 60) * max(1 - done, 0.02)
        z, wanted = batch(rng, pictures, codec, args.batch, CELLS)
        with torch.autocast("cpu", torch.bfloat16):
            made = net(errors(z))
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
