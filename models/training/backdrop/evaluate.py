"""Measure how far the painted light follows the asked one, and draw contact sheets.

    python evaluate.py --model ../../builtin/backdrop --out scratch/evaluation

For every scene and seed the same noise is used with a light from the right, from the left, and untold.
A regressor that never saw the network (ridge regression from a 12 x 12 log picture to the light's sideways
component, fitted on held-out rendered scenes) judges the pictures.
"""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path

import numpy as np
from PIL import Image as Picture

from cyclorama.backdrop.builtin import BuiltinInpainter
from cyclorama.backdrop.inpainter import Conditions
from cyclorama.backdrop.ranking import measure_fit
from cyclorama.backdrop.scenes import SCENES
from cyclorama.core.color import luminance, srgb_to_linear
from cyclorama.core.image import Image
from cyclorama.core.lighting import LightingEstimate
from cyclorama.core.matte import Matte
from cyclorama.core.perspective import Perspective
from cyclorama.core.resampling import resize

LIGHT_GROUPS = ("light", "colors")


def make_conditions(
    scene: str, azimuth_deg: float, elevation_deg: float = 25, size=(512, 512), pitch_deg=-3.0, warm=1.2
):
    """Conditions with a light from the given side; azimuth 0 is behind the camera, 90 from the right."""
    az, el = math.radians(azimuth_deg), math.radians(elevation_deg)
    direction = np.array([math.sin(az) * math.cos(el), math.sin(el), math.cos(az) * math.cos(el)], np.float32)
    key = np.array([warm, 1, 1 / warm], np.float32) * 0.8
    lighting = LightingEstimate(
        direction, 80.0, 0.25, key, np.full(3, 0.2, np.float32), np.zeros((9, 3), np.float32)
    )
    camera = Perspective(size, 1.5 * size[0], (size[1] / 2, size[0] / 2), math.radians(pitch_deg), 0.0, 0.8)
    return Conditions(lighting, camera, scene, SCENES[scene].blur)


def features(picture: np.ndarray) -> np.ndarray:
    """Log luminance on a 12 x 12 grid, and its square-free asymmetry left to right."""
    small = resize(luminance(srgb_to_linear(picture)), (12, 12), "area")
    log = np.log(small + 0.01)
    log = log - log.mean()
    return ((log - log[:, ::-1]) / 2).ravel()


class SideJudge:
    """Sideways component of the light from left-right asymmetry; odd by construction: a mirrored picture negates it."""

    def __init__(self, scenes: Path | None, limit: int = 2400) -> None:
        self.weight = np.tile(np.linspace(-1, 1, 12), 12)
        if scenes is None:
            return
        tables = [np.load(p) for p in sorted(scenes.glob("labels_*.npz"))]
        index = np.concatenate([t["index"] for t in tables])[:limit]
        side = np.concatenate([t["direction"] for t in tables])[:limit, 0]
        rows = np.stack(
            [features(np.asarray(Picture.open(scenes / f"{i:06d}.jpg"), np.float32) / 255) for i in index]
        )
        train = np.arange(len(index)) % 5 != 0
        gram = rows[train].T @ rows[train] + 8.0 * np.eye(rows.shape[1])
        self.weight = np.linalg.solve(gram, rows[train].T @ side[train])
        told = rows[~train] @ self.weight
        clear = np.abs(side[~train]) > 0.4
        right = float((np.sign(told) == np.sign(side[~train]))[clear].mean())
        print(
            f"judge: right on {100 * right:.1f} % of {clear.sum()} held-out rendered scenes with side light"
        )

    def __call__(self, image: Image) -> float:
        return float(features(image.pixels) @ self.weight)


def flip_test(
    model: BuiltinInpainter, judge: SideJudge, scenes, seeds: int, steps: int, guidance: float
) -> dict:
    """How the picture changes when only the side of the light does.

    ``told``: share of pictures whose judged side is the asked one; ``network``: the same without the guidance of
    the slope, so by the network alone; ``withheld``: the same with light and colours
    withheld (one half by construction, since both askings then paint one picture). ``swings``: share of seeds
    whose picture moves towards the asked side when the light changes sides. ``stops``: mean change of the
    brightness difference between right and left. ``light``: mean correlation with the asked light map.
    """
    canvas = Image(np.full((256, 256, 3), 0.5, np.float32))
    hole = Matte(np.ones((256, 256), np.float32))
    result = {}
    for scene in scenes:
        told, network, withheld, swings, stops, agreement = [], [], [], [], [], []
        for seed in range(seeds):
            sides, slopes = [], []
            for azimuth in (65, -65):
                asked = make_conditions(scene, azimuth, size=(256, 256))
                made = model(canvas, hole, asked, seed=seed, steps=steps, guidance=guidance)
                fit = measure_fit(made, asked)
                sides.append(judge(made))
                told.append(sides[-1] * azimuth > 0)
                alone = model(
                    canvas, hole, asked, seed=seed, steps=steps, guidance=guidance, withheld=("slope",)
                )
                network.append(judge(alone) * azimuth > 0)
                slopes.append(fit["side"])
                agreement.append(fit["light"])
            plain = model(
                canvas, hole, asked, seed=seed, steps=steps, guidance=guidance, withheld=LIGHT_GROUPS
            )
            withheld += [judge(plain) > 0, judge(plain) < 0]
            swings.append(sides[0] > sides[1])
            stops.append(sum(slopes))
        lists = {
            "told": told,
            "network": network,
            "withheld": withheld,
            "swings": swings,
            "stops": stops,
            "light": agreement,
        }
        result[scene] = {name: round(float(np.mean(values)), 3) for name, values in lists.items()}
        print(scene, result[scene], flush=True)
    names = ("told", "network", "withheld", "swings", "stops", "light")
    result["all"] = {k: round(float(np.mean([result[s][k] for s in scenes])), 3) for k in names}
    return result


def horizon_test(model: BuiltinInpainter, seeds: int, steps: int, guidance: float) -> dict:
    """Correlation of the asked horizon with the strongest edge between rows, in open country."""
    canvas = Image(np.full((256, 256, 3), 0.5, np.float32))
    hole = Matte(np.ones((256, 256), np.float32))
    result = {}
    for scene in ("meadow", "hills", "sea"):
        asked, found = [], []
        for seed in range(seeds):
            for pitch in (-6.0, 0.0, 6.0):
                wish = make_conditions(scene, 65, size=(256, 256), pitch_deg=pitch)
                made = model(canvas, hole, wish, seed=seed, steps=steps, guidance=guidance)
                rows = luminance(srgb_to_linear(resize(made.pixels, (32, 8), "area"))).mean(1)
                step = np.abs(np.diff(np.log(rows + 0.02)))[4:-4]
                asked.append(wish.perspective.horizon_px / 256)
                found.append((step.argmax() + 5) / 32)
        gap = float(np.mean(np.abs(np.array(asked) - found)))
        result[scene] = {
            "correlation": round(float(np.corrcoef(asked, found)[0, 1]), 3),
            "gap": round(gap, 3),
        }
        print("horizon", scene, result[scene], flush=True)
    return result


def sheet(
    model: BuiltinInpainter, out: Path, azimuths=(-70, 0, 70), seeds=(0, 1), steps=16, guidance=2.0, tile=224
) -> None:
    """One row for each scene: light from the left, front, right, for every seed."""
    page = Picture.new("RGB", (tile * len(azimuths) * len(seeds), tile * len(SCENES)))
    canvas, hole = Image(np.full((tile, tile, 3), 0.5, np.float32)), Matte(np.ones((tile, tile), np.float32))
    for row, scene in enumerate(SCENES):
        for k, (seed, azimuth) in enumerate((s, a) for s in seeds for a in azimuths):
            made = model(
                canvas,
                hole,
                make_conditions(scene, azimuth, size=(tile, tile)),
                seed=seed,
                steps=steps,
                guidance=guidance,
            )
            page.paste(Picture.fromarray((made.pixels * 255).astype(np.uint8)), (k * tile, row * tile))
    page.save(out)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument(
        "--scenes", type=Path, help="rendered scenes for the judge; without them a plain gradient judges"
    )
    parser.add_argument("--out", type=Path, help="folder for the contact sheet; none is drawn without it")
    parser.add_argument("--seeds", type=int, default=6)
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--guidance", type=float, default=2.0)
    parser.add_argument("--only", nargs="*", choices=list(SCENES), default=list(SCENES))
    parser.add_argument("--json", type=Path, help="write the figures here")
    args = parser.parse_args()
    model = BuiltinInpainter(args.model)
    if args.out:
        args.out.mkdir(parents=True, exist_ok=True)
        sheet(model, args.out / "scenes.png", guidance=args.guidance)
    result = flip_test(model, SideJudge(args.scenes), args.only, args.seeds, args.steps, args.guidance)
    print("all", result["all"])
    if args.out:
        result["horizon"] = horizon_test(model, args.seeds, args.steps, args.guidance)
    if args.json:
        args.json.write_text(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
