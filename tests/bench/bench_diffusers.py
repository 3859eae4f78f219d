"""Seconds a step and memory of large backgrounds, with random weights in the shapes of Stable Diffusion 1.5 and XL.

    python tests/bench/bench_diffusers.py

First, everywhere: how many copies of its widest map the decoder of each model holds at once, and the denoiser of its
latent grid, counted on tensors without contents, with attention that makes no table of all pairs (as one kernel does it
on a CPU and on a card); beside them the factors with which memory is planned.

Then, on a CUDA device, Stable Diffusion 1.5 at 512 px and XL at 1024 px: seconds a step and the peak of memory. Every
model goes the product's way: saved to a folder, planned, loaded and run by its adapter. The baseline of the ratio is
the plain model (light guidance 1) in the same run; beside the measured peak stands what was planned. Without such a
device a tiny model shows that the bench works, and its figures mean nothing else.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path
from unittest import mock

import numpy as np
import torch
import transformers
from diffusers import (
    AutoencoderKL,
    DDIMScheduler,
    EulerDiscreteScheduler,
    StableDiffusionInpaintPipeline,
    StableDiffusionXLInpaintPipeline,
    UNet2DConditionModel,
)

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from live_memory import peak_bytes  # noqa: E402

from cyclorama.backdrop.diffusers_memory import _DECODER_COPIES, _UNET_COPIES  # noqa: E402
from cyclorama.backdrop.diffusers_options import DiffusersOptions  # noqa: E402
from cyclorama.backdrop.diffusers_sd import StableDiffusionInpaint, StableDiffusionXLInpaint  # noqa: E402
from cyclorama.backdrop.inpainter import Conditions  # noqa: E402
from cyclorama.core.lighting import LightingEstimate  # noqa: E402
from cyclorama.core.perspective import Perspective  # noqa: E402
from tiny_diffusion import BETAS, clip_tokenizer, save_tiny  # noqa: E402

GIB = float(1 << 30)


def vae(side: int) -> AutoencoderKL:
    return AutoencoderKL(
        in_channels=3, out_channels=3, block_out_channels=[128, 256, 512, 512], latent_channels=4,
        layers_per_block=2, sample_size=side, down_block_types=["DownEncoderBlock2D"] * 4,
        up_block_types=["UpDecoderBlock2D"] * 4,
    )  # fmt: skip


def text(tokenizer, width: int, layers: int, *, projection: bool = False):
    config = transformers.CLIPTextConfig(
        hidden_size=width, intermediate_size=4 * width, num_attention_heads=width // 64, num_hidden_layers=layers,
        vocab_size=len(tokenizer), bos_token_id=tokenizer.bos_token_id, eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id, projection_dim=width,
    )  # fmt: skip
    return (transformers.CLIPTextModelWithProjection if projection else transformers.CLIPTextModel)(config)


def unet15() -> UNet2DConditionModel:
    """860 million weights, as published."""
    return UNet2DConditionModel(sample_size=64, in_channels=9, cross_attention_dim=768)


def unet_xl() -> UNet2DConditionModel:
    """2.57 billion weights, as published."""
    return UNet2DConditionModel(
        sample_size=128, in_channels=9, cross_attention_dim=2048, block_out_channels=(320, 640, 1280),
        attention_head_dim=(5, 10, 20), transformer_layers_per_block=(1, 2, 10), use_linear_projection=True,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"), addition_embed_type="text_time",
        addition_time_embed_dim=256, projection_class_embeddings_input_dim=2816,
    )  # fmt: skip


def sd15(folder: Path) -> Path:
    tokenizer, unet = clip_tokenizer(), unet15()
    pipe = StableDiffusionInpaintPipeline(
        vae=vae(512), text_encoder=text(tokenizer, 768, 12), tokenizer=tokenizer, unet=unet,
        scheduler=DDIMScheduler(clip_sample=False, steps_offset=1, **BETAS),
        safety_checker=None, feature_extractor=None, requires_safety_checker=False,
    )  # fmt: skip
    return saved(pipe, folder / "sd15")


def sdxl(folder: Path) -> Path:
    tokenizer, unet = clip_tokenizer(), unet_xl()
    pipe = StableDiffusionXLInpaintPipeline(
        vae=vae(1024), unet=unet, tokenizer=tokenizer, tokenizer_2=tokenizer,
        text_encoder=text(tokenizer, 768, 12), text_encoder_2=text(tokenizer, 1280, 32, projection=True),
        scheduler=EulerDiscreteScheduler(timestep_spacing="leading", steps_offset=1, **BETAS),
        add_watermarker=False,
    )  # fmt: skip
    return saved(pipe, folder / "sdxl")


def saved(pipe, folder: Path) -> Path:
    count = sum(weight.numel() for weight in pipe.unet.parameters())
    print(f"{folder.name}: {count / 1e6:.0f} million weights in the UNet", flush=True)
    pipe.to(dtype=torch.float16).save_pretrained(folder, safe_serialization=True)
    return folder


def asked(side: int) -> tuple[np.ndarray, np.ndarray, Conditions]:
    light = LightingEstimate(
        np.array([1, 0.5, 0.3]), 60.0, 0.2, np.full(3, 0.8), np.full(3, 0.2), np.zeros((9, 3))
    )
    camera = Perspective((side, side), 1.5 * side, (side / 2, side / 2), -0.05, 0.0, 0.8)
    known = np.random.default_rng(0).random((side, side, 3), dtype=np.float32)
    repaint = np.ones((side, side), bool)
    repaint[side // 4 : -side // 8, side // 3 : -side // 3] = False
    return known, repaint, Conditions(light, camera, "meadow", 0.01)


def run(model, side: int, guidance: float, steps: int) -> tuple[float, float]:
    """Median seconds between steps, and the peak of memory in GiB (0 where torch does not tell)."""
    known, repaint, conditions = asked(side)
    stamps: list[float] = []
    cuda = torch.cuda.is_available()
    if cuda:
        torch.cuda.reset_peak_memory_stats()

    def stamp(progress) -> None:
        if cuda:
            torch.cuda.synchronize()
        stamps.append(time.perf_counter())

    model.paint(known, repaint, conditions, seed=0, steps=steps, guidance=guidance, report=stamp)
    peak = torch.cuda.max_memory_allocated() / GIB if cuda else 0.0
    return statistics.median(np.diff(stamps)), peak


def copies(side: int, make_unet) -> tuple[float, float]:
    """Copies that decoder and denoiser hold: of the second width at full size, of the first width of the grid."""
    cells, number = side // 8, 4
    with torch.device("meta"):
        decoder, unet = vae(side).eval(), make_unet().eval()
        latent, noisy = torch.zeros(1, 4, cells, cells), torch.zeros(2, 9, cells, cells)
        words, time_ = torch.zeros(2, 77, unet.config.cross_attention_dim), torch.zeros(2)
        added = {"text_embeds": torch.zeros(2, 1280), "time_ids": torch.zeros(2, 6)}
    # Tensors without contents would take the slow way, which makes that table.
    with mock.patch("torch.nn.functional.scaled_dot_product_attention", lambda query, *_, **__: query * 1):
        decoding, stepping = _peaks(decoder, unet, latent, (noisy, time_, words, added))
    widest = decoder.config.block_out_channels[1] * side * side * number
    grid = unet.config.block_out_channels[0] * cells * cells * number
    return decoding / widest, stepping / grid


def _peaks(decoder, unet, latent, given) -> tuple[int, int]:
    noisy, time_, words, added = given
    decoding = peak_bytes(decoder, lambda: decoder.decode(latent, return_dict=False))
    stepping = peak_bytes(unet, lambda: unet(noisy, time_, words, added_cond_kwargs=added, return_dict=False))
    return decoding, stepping


def print_copies() -> None:
    print("| model | copies while decoding | planned | copies while denoising | planned |")
    print("| --- | --- | --- | --- | --- |")
    for name, side, make in (("SD 1.5", 512, unet15), ("SDXL", 1024, unet_xl)):
        decoding, stepping = copies(side, make)
        print(
            f"| {name} {side} px | {decoding:.2f} | {_DECODER_COPIES:g} | {stepping:.1f} | {_UNET_COPIES:g} |",
            flush=True,
        )
    print()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--steps", type=int, default=12)
    args = parser.parse_args()
    print_copies()
    cuda = torch.cuda.is_available()
    if cuda:
        print(f"device: {torch.cuda.get_device_name()}")
        cases = [
            ("SD 1.5", StableDiffusionInpaint, sd15, 512),
            ("SDXL", StableDiffusionXLInpaint, sdxl, 1024),
        ]
    else:
        print(
            "No GPU is here: below is a tiny model on the CPU, to show that the bench works. On a GPU the same table "
            "holds SD 1.5 at 512 px and SDXL at 1024 px, random weights in the published shapes."
        )
        torch.set_num_threads(1)
        cases = [("tiny SD", StableDiffusionInpaint, lambda folder: save_tiny("sd9", folder), 64)]
    print("| model | s/step plain | s/step, light told | ratio | peak GiB | planned GiB | placed |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name, kind, make, side in cases:
        with tempfile.TemporaryDirectory() as folder:
            model = kind(make(Path(folder)), DiffusersOptions(native_px=side))
            run(model, side, 2.0, 2)  # warm
            plain, _ = run(model, side, 1.0, args.steps)
            told, peak = run(model, side, 2.0, args.steps)
            plan = model.provenance["memory"]
            print(
                f"| {name} {side} px | {plain:.3f} | {told:.3f} | {told / plain:.2f} | {peak:.2f} | "
                f"{plan['needed_gib']:.2f} | {plan['device']} {plan['precision']} offload {plan['offload']} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
