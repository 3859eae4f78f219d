"""Train the denoiser on cached latents: v-prediction, zero terminal SNR, conditions withheld at random.

    python train.py --latents scratch/latents.npz --codec scratch/codec.safetensors --out scratch/run --minutes 65

Stopping and starting again continues from the last checkpoint in --out.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch
from diffusers import DDIMScheduler
from diffusers.models.attention_processor import AttnProcessor
from model import Denoiser
from safetensors.torch import load_file, save_file
from start import load_onnx
from torch import nn

from cyclorama.backdrop.codec import PatchCodec
from cyclorama.backdrop.conditioning import FEATURE_GROUPS, build_features, build_maps
from cyclorama.backdrop.noise import cosine_basis, spectrum_for
from cyclorama.backdrop.scenes import SCENE_NAMES, SCENES

GROUPS = list(FEATURE_GROUPS)
DROP = {"light": 0.12, "colors": 0.25, "camera": 0.12, "blur": 0.15, "scene": 0.12, "palette": 0.55}


def schedule() -> DDIMScheduler:
    return DDIMScheduler(
        beta_schedule="squaredcos_cap_v2",
        prediction_type="v_prediction",
        rescale_betas_zero_snr=True,
        timestep_spacing="trailing",
        clip_sample=False,
    )


class Latents:
    """The cache in buckets of one latent size; draws batches with conditions as an estimator would err."""

    def __init__(self, path: Path) -> None:
        arrays = np.load(path)
        self.buckets: dict[str, dict[str, np.ndarray]] = {}
        for name in arrays.files:
            bucket, key = name.split("/")
            self.buckets.setdefault(bucket, {})[key] = arrays[name]
        self.names = list(self.buckets)
        self.sizes = np.array([len(b["z"]) for b in self.buckets.values()], float)

    def batch(self, rng: np.random.Generator, count: int) -> tuple[torch.Tensor, ...]:
        bucket = self.buckets[self.names[rng.choice(len(self.names), p=self.sizes / self.sizes.sum())]]
        index = rng.integers(len(bucket["z"]), size=count)
        rows = [conditions(rng, bucket, i) for i in index]
        clean = bucket["z"][index].astype(np.float32)
        stacked = [clean, *(np.stack(part) for part in zip(*rows, strict=False))]
        return tuple(torch.from_numpy(np.ascontiguousarray(a, dtype=np.float32)) for a in stacked)


def conditions(rng, bucket, i) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Maps (with the subject's latent first), features and which groups are given, for one sample."""
    given = {name: rng.random() >= DROP[name] for name in GROUPS}
    if rng.random() < 0.1:
        given = dict.fromkeys(GROUPS, False)
    kappa = float(np.exp(rng.uniform(np.log(4), np.log(200))))
    direction = bucket["direction"][i] + rng.normal(0, 1, 3) / np.sqrt(kappa)
    up = bucket["up"][i] + np.float32([rng.normal(0, 0.01), 0, rng.normal(0, 0.02)])
    row = float(bucket["contact_row"][i])
    scene = int(bucket["scene"][i])
    common = {
        "up": up / np.linalg.norm(up),
        "focal": float(bucket["focal"][i] * np.exp(rng.normal(0, 0.1))),
        "contact_row": None if np.isnan(row) else row + rng.normal(0, 0.01),
        "direction": direction / np.linalg.norm(direction),
        "softness": float(np.clip(bucket["softness"][i] + rng.normal(0, 0.1), 0.02, 1.4)),
        "key": bucket["key"][i] * np.exp(rng.normal(0, 0.06, 3)),
        "ambient": bucket["ambient"][i] * np.exp(rng.normal(0, 0.12, 3)),
    }
    center = bucket["center"][i]
    h, w = bucket["z"].shape[2:]
    if rng.random() < 0.25:
        subject, alpha = bucket["empty"], np.zeros((h, w), np.float32)
    else:
        k = rng.integers(bucket["subject"].shape[1])
        subject, alpha = bucket["subject"][i, k], bucket["alpha"][i, k].astype(np.float32) / 255
    maps = build_maps(
        (h, w),
        alpha,
        center=(float(center[0]), float(center[1])),
        outdoors=SCENES[SCENE_NAMES[scene]].outdoors and given["scene"],
        light_given=given["light"],
        camera_given=given["camera"],
        **common,
    )
    blur = float(max(bucket["blur"][i] * np.exp(rng.normal(0, 0.1)), 0.0))
    features = build_features(
        center_y=float(center[1]), kappa=kappa, blur=blur, scene=scene, palette=bucket["palette"][i], **common
    )
    return np.concatenate([subject.astype(np.float32), maps]), features, np.array([given[n] for n in GROUPS])


class NoiseShape:
    """Noise with the spectrum of the latents, and the loss that weighs every frequency by it."""

    def __init__(self, codec: PatchCodec) -> None:
        self.spectrum = codec.spectrum
        self.cache: dict[tuple[int, int], tuple[torch.Tensor, ...]] = {}

    def parts(self, size: tuple[int, int]) -> tuple[torch.Tensor, ...]:
        if size not in self.cache:
            arrays = spectrum_for(self.spectrum, size), cosine_basis(size[0]), cosine_basis(size[1])
            self.cache[size] = tuple(torch.from_numpy(a) for a in arrays)
        return self.cache[size]

    def draw(self, shape: torch.Size) -> torch.Tensor:
        amplitude, rows, cols = self.parts(tuple(shape[2:]))
        return rows.T @ (torch.randn(shape) * amplitude) @ cols

    def loss(self, residual: torch.Tensor) -> torch.Tensor:
        """Plain error, dominated by broad shapes, plus half the error relative to each frequency's amplitude."""
        amplitude, rows, cols = self.parts(tuple(residual.shape[2:]))
        relative = (rows @ residual @ cols.T) / amplitude
        return residual.square().mean() + 0.5 * relative.square().mean()


class Run:
    """Network, optimizer and average, and their checkpoint."""

    def __init__(self, folder: Path, learning_rate: float, tiny: bool, first: Path | None = None) -> None:
        self.net = Denoiser((32, 32, 32)) if tiny else Denoiser()
        if first is not None and not (folder / "state.json").exists():
            load_onnx(self.net, first)
        self.net = self.net.to(memory_format=torch.channels_last)
        # On a CPU and at 64 cells plain attention is several times faster backwards than the fused one.
        self.net.unet.set_attn_processor(AttnProcessor())
        self.average = {k: v.detach().clone() for k, v in self.net.state_dict().items()}
        self.optimizer = torch.optim.AdamW(
            self.net.parameters(), learning_rate, betas=(0.9, 0.99), weight_decay=0.01, fused=True
        )
        self.folder, self.step, self.done = folder, 0, 0.0
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / "state.json").exists():
            state = json.loads((folder / "state.json").read_text())
            self.step, self.done = state["step"], state["done"]
            self.net.load_state_dict(load_file(folder / "net.safetensors"))
            self.average = load_file(folder / "average.safetensors")
            moments = load_file(folder / "moments.safetensors")
            for i, p in enumerate(self.net.parameters()):
                if f"{i}.exp_avg" in moments:
                    self.optimizer.state[p] = {
                        "step": torch.tensor(float(self.step)),
                        "exp_avg": moments[f"{i}.exp_avg"],
                        "exp_avg_sq": moments[f"{i}.exp_avg_sq"],
                    }

    def save(self) -> None:
        plain = {k: v.contiguous() for k, v in self.net.state_dict().items()}
        save_file(plain, self.folder / "net.safetensors")
        save_file({k: v.contiguous() for k, v in self.average.items()}, self.folder / "average.safetensors")
        moments = {
            f"{i}.{k}": self.optimizer.state[p][k].contiguous()
            for i, p in enumerate(self.net.parameters())
            for k in ("exp_avg", "exp_avg_sq")
            if p in self.optimizer.state
        }
        save_file(moments, self.folder / "moments.safetensors")
        (self.folder / "state.json").write_text(json.dumps({"step": self.step, "done": self.done}))

    @torch.no_grad()
    def follow(self) -> None:
        decay = min(0.9993, (1 + self.step) / (20 + self.step))
        pairs = [(self.average[k], v) for k, v in self.net.state_dict().items() if v.is_floating_point()]
        torch._foreach_lerp_([a for a, _ in pairs], [v for _, v in pairs], 1 - decay)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--latents", type=Path, required=True)
    parser.add_argument("--codec", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=65)
    parser.add_argument("--steps", type=int, default=1 << 30)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--learning-rate", type=float, default=5e-4)
    parser.add_argument(
        "--start", type=Path, help="go on from this exported denoiser; the latents must be of its codec"
    )
    parser.add_argument("--tiny", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(1)
    latents, shape = Latents(args.latents), NoiseShape(PatchCodec.load(args.codec))
    run = Run(args.out, args.learning_rate, args.tiny, args.start)
    rng = np.random.default_rng(run.step)
    torch.manual_seed(run.step)
    alphas = schedule().alphas_cumprod
    first, start, saved, shown = run.done, time.time(), time.time(), 0.0
    first_step = run.step
    while run.done < 1 and run.step - first_step < args.steps:
        run.done = min(first + (1 - first) * max((time.time() - start) / (60 * args.minutes), 0), 1.0)
        rate = args.learning_rate * min(1, (run.step + 1) / 300) * max(1 - run.done, 0.01)
        for group in run.optimizer.param_groups:
            group["lr"] = rate
        clean, maps, features, given = latents.batch(rng, args.batch)
        time_index = (torch.rand(args.batch) * 1000).long()
        a = alphas[time_index].sqrt()[:, None, None, None]
        s = (1 - alphas[time_index]).sqrt()[:, None, None, None]
        noise = shape.draw(clean.shape)
        with torch.autocast("cpu", torch.bfloat16):
            made = run.net(a * clean + s * noise, time_index, maps, features, given)
        loss = shape.loss(made.float() - (a * noise - s * clean))
        run.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(run.net.parameters(), 1.0)
        run.optimizer.step()
        run.step += 1
        run.follow()
        shown = loss.item() if not shown else 0.98 * shown + 0.02 * loss.item()
        if run.step % 50 == 1:
            print(
                f"step {run.step} loss {shown:.4f} done {run.done:.3f} {time.time() - start:.0f} s",
                flush=True,
            )
        if time.time() - saved > 180:
            run.save()
            saved = time.time()
    run.save()


if __name__ == "__main__":
    main()
