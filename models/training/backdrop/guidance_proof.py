"""Does the guidance inside the scheduler make a trained model follow a light that it is not told?

python guidance_proof.py --model ../../builtin --out ../../../docs/quality

The built-in denoiser is rebuilt as a network of diffusers from its ONNX file. Light, colours and palette are withheld:
it sees its null tokens. For every condition the same noise is denoised plainly and with guidance; the judge that ranks
backgrounds, trained apart from the denoiser, reads the light of the results. Writes ``guidance.json`` and
``guidance.md``.
"""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path

import diffusers
import numpy as np
import torch
from model import Denoiser
from PIL import Image as Picture
from start import load_onnx

from cyclorama.backdrop.builtin import BuiltinInpainter
from cyclorama.backdrop.codec import PATCH_PX, PatchCodec
from cyclorama.backdrop.diffusers_guidance import (
    FREE_SHARE,
    GAIN,
    LowFrequencyGuidance,
    broad_basis,
    guided_scheduler,
)
from cyclorama.backdrop.frame import frame_for
from cyclorama.backdrop.inpainter import Conditions
from cyclorama.backdrop.judge import BackdropJudge
from cyclorama.backdrop.light_picture import from_other_side, paint_light_picture
from cyclorama.backdrop.noise import shaped_noise, spectrum_for, white_noise_of
from cyclorama.backdrop.scenes import SCENE_NAMES, SCENES
from cyclorama.backdrop.scheduler import guide
from cyclorama.backdrop.setting import setting_of
from cyclorama.core.image import Image
from cyclorama.core.lighting import LightingEstimate
from cyclorama.core.matte import Matte
from cyclorama.core.perspective import Perspective
from cyclorama.runtime.onnx_session import OnnxSession

CANVAS = (256, 256)
WITHHELD = ("light", "colors", "palette")
SCENE_GUIDANCE = 2.0
#: Name to (weight, free share of the time, gain or None for the whole light picture).
RUNS = {
    "plain": (0.0, FREE_SHARE, GAIN),
    "whole picture 0.5, until 45 % of the time": (0.5, 0.45, None),
    "whole picture 1": (1.0, FREE_SHARE, None),
    "side 1 (usual)": (1.0, FREE_SHARE, GAIN),
}
#: Which row is what the product does when it is not told otherwise.
USUAL = "side 1 (usual)"


def scheduler_of() -> diffusers.DPMSolverMultistepScheduler:
    """The schedule that the denoiser was trained on."""
    return diffusers.DPMSolverMultistepScheduler(
        algorithm_type="dpmsolver++", solver_order=2, final_sigmas_type="zero", prediction_type="v_prediction",
        beta_schedule="squaredcos_cap_v2", rescale_betas_zero_snr=True, timestep_spacing="trailing",
    )  # fmt: skip


def equality(net: Denoiser, path: Path) -> float:
    """Largest error of the rebuilt network against the file, relative to its largest output."""
    generator = torch.Generator().manual_seed(0)
    widths = {"noisy": (24, 16, 16), "maps": (31, 16, 16), "features": (84,), "given": (6,)}
    session = OnnxSession(path, threads=1)
    inputs = {n: torch.randn(2, *size, generator=generator) for n, size in _sizes(net, widths).items()}
    inputs["given"] = (inputs["given"] > 0).float()
    inputs["time"] = torch.tensor([100, 900])
    names = ("noisy", "time", "maps", "features", "given")
    with torch.no_grad():
        wanted = net(*(inputs[name] for name in names)).numpy()
    found = session.run({name: inputs[name].numpy() for name in names})["v"]
    return float(np.abs(found - wanted).max() / np.abs(wanted).max())


def _sizes(net: Denoiser, widths: dict) -> dict:
    widths["features"] = (sum(net.conditions.widths),)
    widths["given"] = (len(net.conditions.widths),)
    latent = net.unet.config.out_channels
    widths["noisy"] = (latent, 16, 16)
    widths["maps"] = (net.unet.config.in_channels - latent, 16, 16)
    return widths


def canvas() -> tuple[Image, Matte]:
    """A grey subject without shading: nothing in the picture tells the light."""
    y, x = np.mgrid[: CANVAS[0], : CANVAS[1]] / CANVAS[0]
    inside = (np.abs(x - 0.5) < 0.13) & (y > 0.42) & (y < 0.86) | (np.hypot(x - 0.5, y - 0.34) < 0.1)
    return Image(np.full((*CANVAS, 3), 0.5, np.float32)), Matte(1 - inside.astype(np.float32))


def conditions_of(scene: str, number: int) -> Conditions:
    """Light from 35 to 110 degrees on either side, 8 to 50 degrees high."""
    rng = np.random.default_rng([SCENE_NAMES.index(scene), number])
    azimuth = math.radians(float(rng.uniform(35, 110)) * (1 if number % 2 else -1))
    height = math.radians(float(rng.uniform(8, 50)))
    level = math.cos(height)
    direction = np.array([math.sin(azimuth) * level, math.sin(height), math.cos(azimuth) * level])
    key, ambient = np.array([0.96, 0.8, 0.667]), np.full(3, 0.2)
    light = LightingEstimate(direction, 80.0, 0.25, key, ambient, np.zeros((9, 3)))
    center = CANVAS[1] / 2, CANVAS[0] / 2
    camera = Perspective(CANVAS, 1.5 * CANVAS[0], center, math.radians(-3), 0.0, 0.8)
    return Conditions(light, camera, scene, SCENES[scene].blur)


class Proof:
    """The rebuilt model, its inputs, and one run."""

    def __init__(self, folder: Path, steps: int) -> None:
        self.net = Denoiser()
        load_onnx(self.net, folder / "denoiser.onnx")
        self.net.eval()
        self.error = equality(self.net, folder / "denoiser.onnx")
        self.codec = PatchCodec.load(folder / "codec.safetensors")
        self.builtin = BuiltinInpainter(folder, threads=1)
        self.frame = frame_for(CANVAS)
        self.steps = steps

    def run(self, conditions: list, weight: float, free_share: float, gain: float | None) -> np.ndarray:
        """Return pictures (n, h, w, 3) for conditions of one scene; number k uses seed k."""
        image, hole = canvas()
        told = [
            self.builtin._inputs(setting_of(self.codec, self.frame, image, hole, c), c, WITHHELD)
            for c in conditions
        ]
        # Placed and untold are the views to guide between: the light is in neither.
        maps, features_, given = (torch.from_numpy(np.stack(part)) for part in zip(*told, strict=True))
        maps, given = maps[:, 1:], given[:, 1:]
        targets = self._targets(conditions)
        basis = broad_basis(np.ones(self.frame.cells, bool))
        towards = (
            LowFrequencyGuidance(targets, basis, weight, free_share)
            if gain is None
            else LowFrequencyGuidance(
                targets, basis, weight, free_share, self._targets(map(from_other_side, conditions)), gain
            )
        )
        scheduler = guided_scheduler(scheduler_of(), towards)
        scheduler.set_timesteps(self.steps)
        noise = torch.from_numpy(np.stack([self._noise(seed) for seed in range(len(conditions))]))
        latent = noise
        for t in scheduler.timesteps:
            v = self._predict(latent, t, maps, features_, given)
            latent = scheduler.step(v, t, latent, return_dict=False)[0]
        return np.stack([np.clip(self.codec.decode(z), 0, 1) for z in latent.numpy()])

    def _targets(self, conditions) -> torch.Tensor:
        """Light pictures as latents (n, C, h, w)."""
        size = self.frame.cells[0] * PATCH_PX, self.frame.cells[1] * PATCH_PX
        nobody = np.zeros(CANVAS, np.float32)
        return torch.from_numpy(
            np.stack([self.codec.encode(paint_light_picture(c, nobody, size)) for c in conditions])
        )

    def _noise(self, seed: int) -> np.ndarray:
        white = white_noise_of(seed, self.codec.channels, self.frame.cells)
        return shaped_noise(white, spectrum_for(self.codec.spectrum, self.frame.cells))

    def _predict(self, latent, t, maps, features_, given) -> torch.Tensor:
        count, views = maps.shape[:2]
        with torch.no_grad():
            v = self.net(
                latent.repeat_interleave(views, 0), torch.full((count * views,), int(t)), maps.flatten(0, 1),
                features_.repeat_interleave(views, 0), given.flatten(0, 1),
            ).numpy()  # fmt: skip
        v = v.reshape(count, views, *v.shape[1:])
        guided = [guide(told[1], told[0], told[0], scene=SCENE_GUIDANCE, light=1.0) for told in v]
        return torch.from_numpy(np.stack(guided))


def angle_deg(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Angles between unit vectors (n, 3)."""
    return np.degrees(np.arccos(np.clip((a * b).sum(1), -1, 1)))


def measure(proof: Proof, judge: BackdropJudge, count: int, sheet: Path | None) -> dict:
    """All scenes, conditions and runs; rows of flip, angle, detail, and the way from the plain picture."""
    rows: dict[str, list] = {name: [] for name in RUNS}
    pictures = []
    for scene in SCENE_NAMES:
        conditions = [conditions_of(scene, number) for number in range(count)]
        asked = np.stack([c.lighting.direction for c in conditions])
        strip, plain = [], None
        for name, settings in RUNS.items():
            made = proof.run(conditions, *settings).astype(np.float32)
            plain = made if plain is None else plain
            found = np.stack([judge(Image(picture)).direction for picture in made])
            angles = angle_deg(found, asked)
            mirrored = angle_deg(found, asked * np.array([-1, 1, 1]))
            tinted = np.abs((made - plain).mean((1, 2))).mean(1)
            outdoors = [SCENES[scene].outdoors] * count
            rows[name] += list(zip(outdoors, angles < mirrored, angles, _detail(made), tinted, strict=True))
            strip += [made[0], made[1]]
        pictures.append(np.concatenate(strip, 1))
        print(scene, {n: f"{np.mean([r[1] for r in rows[n][-count:]]):.2f}" for n in RUNS}, flush=True)
    if sheet is not None:
        Picture.fromarray((np.concatenate(pictures) * 255).astype(np.uint8)).save(sheet)
    return {name: _summary(found) for name, found in rows.items()}


def _detail(made: np.ndarray) -> np.ndarray:
    """Mean difference between neighbouring pixels: what guidance has to leave alone."""
    return np.abs(np.diff(made, axis=2)).mean((1, 2, 3))


def _summary(found: list) -> dict:
    table = {}
    for name, keep in (("all", None), ("indoors", False), ("outdoors", True)):
        kept = [row for row in found if keep is None or row[0] == keep]
        flips = np.array([row[1] for row in kept])
        table[name] = {
            "conditions": len(kept),
            "flip": round(float(flips.mean()), 3),
            "flip_error": round(float(math.sqrt(flips.mean() * (1 - flips.mean()) / len(kept))), 3),
            "angle_median_deg": round(float(np.median([row[2] for row in kept])), 1),
            "detail": round(float(np.mean([row[3] for row in kept])), 5),
            "tinted": round(float(np.mean([row[4] for row in kept])), 4),
        }
    return table


def markdown(result: dict) -> str:
    count = result["runs"]["plain"]["all"]["conditions"]
    plain, usual = (result["runs"][name]["all"] for name in ("plain", USUAL))
    lines = [
        "## Light guidance inside the scheduler",
        "",
        "The built-in denoiser, rebuilt as a network of diffusers (largest relative difference from its ONNX file: "
        f"{result['equality']:.1e}), is told no light, no colours and no palette. The subject is plain grey. "
        f"{count} conditions over {len(SCENE_NAMES)} scenes, light from 35 to 110 degrees on either side, "
        f"{result['steps']} steps of DPM-Solver++, the same noise in every row. Judged by the network that ranks "
        "backgrounds ([card](../../models/builtin/judge/card.md)): no figure below can be expected to be better than "
        "its own errors.",
        "",
        "- flip: share of pictures whose judged light is nearer to the asked one than to its mirror image, and its "
        "standard error. Chance is 50 %; a plain picture leans to one side and is asked for one side only, so the "
        "difference between rows of one noise is what counts.",
        "- angle: median between asked and judged direction, degrees.",
        "- whole picture: all broad shapes are drawn towards the light picture. Side: only along its difference from "
        f"the same picture lit from the other side, {GAIN} times as far as that picture says.",
        "- detail: mean difference of neighbouring pixels; equal detail means that fine structure was left alone.",
        "- tint: how far the mean colour moved away from that of the plain picture, in sRGB from 0 to 1.",
        "",
        "| run | flip | flip indoors | flip outdoors | angle | angle indoors | angle outdoors | detail | tint |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, row in result["runs"].items():
        flips = " | ".join(f"{row[k]['flip']:.1%} ± {row[k]['flip_error']:.1%}" for k in row)
        medians = " | ".join(f"{row[k]['angle_median_deg']:.1f}" for k in row)
        lines.append(
            f"| {name} | {flips} | {medians} | {row['all']['detail']:.4f} | {row['all']['tinted']:.3f} |"
        )
    lines += [
        "",
        f"The usual guidance moves the flip from {plain['flip']:.0%} to {usual['flip']:.0%} and the median angle from "
        f"{plain['angle_median_deg']:.0f} to {usual['angle_median_deg']:.0f} degrees, and leaves colours and detail "
        "where they were. Drawing towards the whole light picture flips as many, but greys the colours, wipes out the "
        "horizon and costs detail. Leaves and clouds follow less than walls: they leave less to broad shapes.",
        "",
        "Made by `python models/training/backdrop/guidance_proof.py --model models/builtin --out docs/quality "
        f"--count {result['count']}`.",
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, required=True, help="folder of the built-in networks")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--count", type=int, default=11, help="conditions for each scene")
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--sheet", type=Path, help="draw two conditions of every scene and run")
    args = parser.parse_args()
    torch.set_num_threads(1)
    judge = BackdropJudge(OnnxSession(args.model / "judge" / "model.onnx", threads=1))
    proof = Proof(args.model / "backdrop", args.steps)
    print(f"equality {proof.error:.1e}", flush=True)
    runs = measure(proof, judge, args.count, args.sheet)
    result = {"equality": proof.error, "steps": args.steps, "count": args.count, "runs": runs}
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "guidance.json").write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    (args.out / "guidance.md").write_text(markdown(result), "utf-8")


if __name__ == "__main__":
    main()
